#include "daemon/ctl_features.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/team.h"
#include "classifier/audio/extract.h"
#include "classifier/audio/picture.h"
#include "daemon/ctl.h"
#include "daemon/ctl_count.h"
#include "daemon/ctl_table.h"

#define TOGETHER ((size_t)8) /* files that are read before the first of them is printed */
#define MANY     ((size_t)5) /* files for which a bar is worth it */

/* One file and what came of it. */
struct song {
    const char *path;
    struct extract extract;
    struct sketch *sketch; /* NULL: not wanted */
    struct ctl_count *count;
    enum err_code code;
    struct err err;
};

static void song_read(void *context, size_t part)
{
    struct song *s = (struct song *)context + part;
    const struct extract_options options = {.sketch = s->sketch};
    s->code = extract_run(s->path, &options, &s->extract, &s->err);
    ctl_count_add(s->count);
}

/* --- printing ----------------------------------------------------------------------------------
 */

static void print_json(const struct song *s)
{
    struct json *j = json_object();
    json_set_str(j, "file", s->path);
    if (s->code == ERR_OK) {
        struct json *source = json_object();
        json_set_int(source, "sample_rate", s->extract.about.rate);
        json_set_int(source, "channels", s->extract.about.channels);
        json_set(j, "source", source);
        summary_json(&s->extract.summary, j);
    } else {
        json_set_str(j, "error", err_name(s->code));
        json_set_str(j, "message", s->err.text);
    }
    ctl_print_json(j);
    json_free(j);
}

static void print_csv(const struct song *s)
{
    struct buf b = {0};
    buf_add_char(&b, '"');
    for (const char *at = s->path; *at != '\0'; at++) {
        buf_add_str(&b, *at == '"' ? "\"" : "");
        buf_add_char(&b, *at);
    }
    buf_add_str(&b, "\",");
    summary_csv(&s->extract.summary, &b);
    puts(buf_str(&b));
    buf_free(&b);
}

/* A few digits that mean something. */
static void number_add(struct ctl_table *t, double value)
{
    ctl_table_addf(t, fabs(value) >= 1000.0 ? "%.0f" : "%.3g", value);
}

static void row_add(struct ctl_table *t, const struct summary_row *row, const struct moment *at)
{
    ctl_table_add(t, row->name);
    if (row->n == 1) {
        number_add(t, at->mean);
        number_add(t, sqrt(moment_var(at)));
        ctl_table_add(t, row->unit);
        return;
    }
    struct buf b = {0};
    for (size_t i = 0; i < row->n; i++) {
        buf_printf(&b, "%s%.2g", i > 0 ? " " : "", at[i].mean);
    }
    ctl_table_add(t, "");
    ctl_table_add(t, "");
    ctl_table_add(t, buf_str(&b));
    buf_free(&b);
}

static void print_table(const struct song *s, bool color)
{
    static const struct ctl_table_column columns[] = {{"feature", false, false},
                                                      {"mean", true, false},
                                                      {"deviation", true, false},
                                                      {"", false, true}};
    const struct summary *sum = &s->extract.summary;
    struct ctl_table t;
    char *name = ctl_table_clean(s->path);
    printf("%s: %.1f s%s of %d Hz, %d channel%s; %.1f beats per minute, tuned %+.2f semitones\n",
           name, sum->duration_s, sum->cut ? " (the first hour)" : "", s->extract.about.rate,
           s->extract.about.channels, s->extract.about.channels == 1 ? "" : "s", sum->tempo,
           sum->tuning);
    free(name);
    ctl_table_init(&t, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < SUMMARY_N; i++) {
        row_add(&t, &summary_rows[i], sum->at + summary_rows[i].first);
    }
    ctl_table_print(&t, ctl_table_width(STDOUT_FILENO), color);
}

static enum err_code picture_write(const struct song *s, const char *path, struct err *e)
{
    struct buf b = {0};
    enum err_code code = picture_make(s->sketch, &b, e);
    if (code == ERR_OK) {
        code = file_write(path, b.data, b.len, 0644, e);
    }
    buf_free(&b);
    return code;
}

static void song_print(const struct command *c, const struct song *s, bool alone)
{
    if (command_has(c, OPTION_JSON) && (s->code == ERR_OK || !alone)) {
        print_json(s);
    } else if (s->code == ERR_OK && command_has(c, OPTION_CSV)) {
        print_csv(s);
    } else if (s->code == ERR_OK) {
        print_table(s, false);
    } else if (!alone) {
        char *name = ctl_table_clean(s->path);
        ctl_say("%s %s", name, s->err.text);
        free(name);
    }
}

/* --- the command -------------------------------------------------------------------------------
 */

static enum err_code options_check(const struct command *c, struct err *e)
{
    if (command_has(c, OPTION_CSV) && command_has(c, OPTION_JSON)) {
        return err_set(e, ERR_USAGE, "--csv and --json cannot both be");
    }
    if (command_has(c, OPTION_PNG) && c->n_args > 1) {
        return err_set(e, ERR_USAGE, "--png draws one file only");
    }
    return ERR_OK;
}

/* How many of the files could not be used. *ret_last: the last of them. */
static size_t songs_run(const struct command *c, struct song *songs, struct ctl_count *count,
                        struct err *ret_last)
{
    struct team *team = c->n_args > 1 ? team_new(0) : NULL;
    size_t failed = 0;
    for (size_t i = 0; i < c->n_args; i += TOGETHER) {
        const size_t n = c->n_args - i < TOGETHER ? c->n_args - i : TOGETHER;
        if (team != NULL) {
            team_run(team, song_read, songs + i, n);
        } else {
            song_read(songs, 0);
        }
        ctl_count_clear(count);
        for (size_t k = i; k < i + n; k++) {
            song_print(c, songs + k, c->n_args == 1);
            if (songs[k].code != ERR_OK) {
                *ret_last = songs[k].err;
                failed++;
            }
        }
        fflush(stdout);
        if (i + n < c->n_args) {
            ctl_count_set(count, i + n, c->n_args);
        }
    }
    team_free(team);
    return failed;
}

enum err_code ctl_features_run(const struct command *c, struct err *e)
{
    struct err last = {0};
    struct ctl_count count;
    enum err_code code = options_check(c, e);
    if (code != ERR_OK) {
        return code;
    }
    struct song *songs = mem_array(c->n_args, sizeof(*songs));
    struct sketch *sketch = command_has(c, OPTION_PNG) ? mem_alloc(sizeof(*sketch)) : NULL;
    for (size_t i = 0; i < c->n_args; i++) {
        songs[i] = (struct song){.path = c->args[i], .sketch = sketch, .count = &count};
    }
    const bool bar = c->n_args >= MANY && isatty(STDERR_FILENO) && !command_has(c, OPTION_QUIET);
    ctl_count_init(&count, "features", "files", !bar, false);
    ctl_count_set(&count, 0, c->n_args);
    if (command_has(c, OPTION_CSV)) {
        struct buf b = {0};
        summary_csv_head(&b);
        printf("file,%s\n", buf_str(&b));
        buf_free(&b);
    }
    const size_t failed = songs_run(c, songs, &count, &last);
    if (failed == 1 && c->n_args == 1) {
        char *name = ctl_table_clean(c->args[0]);
        code = err_set(e, last.code, "%s %s", name, last.text);
        free(name);
    } else if (failed > 0) {
        code = err_set(e, failed < c->n_args ? ERR_PARTLY : last.code,
                       "%zu of %zu files could not be used", failed, c->n_args);
    } else if (sketch != NULL) {
        code = picture_write(songs, c->value[OPTION_PNG], e);
    }
    free(sketch);
    free(songs);
    return code;
}
