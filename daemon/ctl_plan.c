#include "daemon/ctl_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/ctl_run.h"
#include "daemon/ctl_table.h"

#define PLAN_MAX     ((size_t)32 << 20)
#define SHOWN_MOST   10
#define GENRE_LEN    128
#define SNAPSHOT_LEN 256

static const struct mark {
    const char *verb;
    char sign;
} marks[] = {{"add", '+'}, {"remove", '-'}, {"hold", '?'}, {"veto", '!'}};

static char sign_of(const char *verb)
{
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (text_equal(marks[i].verb, verb))
            return marks[i].sign;
    }
    return '?';
}

static const char *str_of(const struct json *j, const char *key)
{
    const char *text = json_get_str(j, key);
    return text != NULL ? text : "";
}

/* "93 %, Title - Artist (why)" */
static void song_put(const struct json *change, struct buf *b)
{
    static const struct {
        const char *why, *text;
    } reasons[] = {{"unliked", "no longer among your songs"},
                   {"said", "you said so"},
                   {"edited", "you took it out"},
                   {"undone", "an undo took it out"},
                   {"unlikely", "no longer likely enough"}};
    if (json_get(change, "p") != NULL)
        buf_printf(b, "%.0f %%, ", 100 * json_get_num(change, "p", 0));
    buf_printf(b, "%s - %s", str_of(change, "name"), str_of(change, "artists"));
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (text_equal(str_of(change, "why"), reasons[i].why))
            buf_printf(b, " (%s)", reasons[i].text);
    }
}

/* --- shown
 * ---------------------------------------------------------------------------------------- */

static int64_t count(const struct json *changes, const char *verb)
{
    int64_t n = 0;
    for (const struct json *c = json_first(changes); c != NULL; c = json_next(c))
        n += text_equal(json_get_str(c, "verb"), verb);
    return n;
}

static void print_clean(const struct buf *b)
{
    char *clean = ctl_table_clean(buf_str(b));
    puts(clean);
    free(clean);
}

static void some_show(const struct json *changes, const char *verb)
{
    int64_t shown = 0;
    struct buf b;
    buf_init(&b, 0);
    for (const struct json *c = json_first(changes); c != NULL; c = json_next(c)) {
        if (!text_equal(json_get_str(c, "verb"), verb) || shown++ >= SHOWN_MOST)
            continue;
        buf_clear(&b);
        buf_printf(&b, "  %c ", sign_of(verb));
        song_put(c, &b);
        print_clean(&b);
    }
    buf_free(&b);
    if (shown > SHOWN_MOST)
        printf("  %c and %lld more\n", sign_of(verb), (long long)(shown - SHOWN_MOST));
}

static void playlist_show(const struct json *p)
{
    const struct json *changes = json_get(p, "changes");
    struct buf b;
    buf_init(&b, 0);
    int64_t held = count(changes, "hold");
    int64_t kept_out = count(changes, "veto");
    buf_printf(&b, "%s: %lld to put in, %lld to take out", str_of(p, "name"),
               (long long)count(changes, "add"), (long long)count(changes, "remove"));
    if (held > 0)
        buf_printf(&b, ", %lld that would leave if you agree (--yes)", (long long)held);
    if (kept_out > 0)
        buf_printf(&b, ", %lld that you keep out", (long long)kept_out);
    if (json_get_int(p, "theirs", 0) > 0)
        buf_printf(&b, ", %lld of yours stay", (long long)json_get_int(p, "theirs", 0));
    print_clean(&b);
    buf_free(&b);
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        some_show(changes, marks[i].verb);
}

void ctl_plan_show(const struct json *summary)
{
    const struct json *playlists = json_get(summary, "playlists");
    for (const struct json *p = json_first(playlists); p != NULL; p = json_next(p)) {
        if (json_first(json_get(p, "changes")) != NULL)
            playlist_show(p);
    }
}

/* --- written
 * -------------------------------------------------------------------------------------- */

static void one_line(const char *text, struct buf *out)
{
    char *clean = ctl_table_clean(text);
    buf_add_str(out, clean);
    free(clean);
}

static void volume_print(const struct json *p, const struct json *volume, struct buf *out)
{
    bool made = json_get_str(volume, "id") != NULL;
    int64_t row = json_get_int(volume, "row", 0);
    struct buf song;
    buf_init(&song, 0);
    buf_printf(out, "\nplaylist %s %s %s # ", made ? str_of(volume, "id") : "new",
               made && *str_of(volume, "snapshot") ? str_of(volume, "snapshot") : "-",
               str_of(p, "genre"));
    one_line(str_of(volume, "name"), out);
    buf_add_char(out, '\n');
    const struct json *changes = json_get(p, "changes");
    for (const struct json *c = json_first(changes); c != NULL; c = json_next(c)) {
        if (json_get_int(c, "playlist", 0) != row)
            continue;
        buf_clear(&song);
        song_put(c, &song);
        buf_printf(out, "%c %s # ", sign_of(json_get_str(c, "verb")), str_of(c, "id"));
        one_line(buf_str(&song), out);
        buf_add_char(out, '\n');
    }
    buf_free(&song);
}

void ctl_plan_print(const struct json *summary, struct buf *out)
{
    buf_add_str(out,
                "# A plan of genred: 'genrectl apply FILE' does what stands here, no more.\n"
                "# + puts a song in, - takes it out, ! keeps it out for good, ? does nothing:\n"
                "# such a song was judged anew, and leaves only if you make it a -.\n"
                "# A line that you take out, or begin with #, is not done.\n");
    const struct json *playlists = json_get(summary, "playlists");
    for (const struct json *p = json_first(playlists); p != NULL; p = json_next(p)) {
        const struct json *volumes = json_get(p, "volumes");
        for (const struct json *v = json_first(volumes); v != NULL; v = json_next(v))
            volume_print(p, v, out);
    }
}

enum err_code ctl_plan_write(const struct json *summary, const char *path, struct err *e)
{
    struct buf text;
    bool made = false;
    buf_init(&text, PLAN_MAX);
    ctl_plan_print(summary, &text);
    enum err_code code = file_create(path, buf_str(&text), text.len, 0600, &made, e);
    buf_free(&text);
    if (code == ERR_OK && !made)
        return err_set(e, ERR_USAGE, "%s is there already: name another file", path);
    return code;
}

/* --- read
 * ----------------------------------------------------------------------------------------- */

struct reader {
    struct json *playlists;
    struct json *playlist; /* the one being read; not yet among them */
    struct json *changes;  /* of it */
    int64_t line;
};

static void playlist_end(struct reader *r)
{
    if (r->playlist == NULL)
        return;
    json_set(r->playlist, "changes", r->changes);
    json_add(r->playlists, r->playlist);
    r->playlist = r->changes = NULL;
}

static enum err_code playlist_begin(struct reader *r, const char *line, struct err *e)
{
    char id[32];
    char snapshot[SNAPSHOT_LEN];
    char genre[GENRE_LEN];
    if (sscanf(line, "playlist %31s %255s %127[^\n]", id, snapshot, genre) != 3)
        return err_set(e, ERR_USAGE, "line %lld: a playlist needs its id, snapshot and genre",
                       (long long)r->line);
    playlist_end(r);
    r->playlist = json_object();
    r->changes = json_array();
    json_set_int(r->playlist, "line", r->line);
    json_set_str(r->playlist, "id", text_equal(id, "new") ? "" : id);
    json_set_str(r->playlist, "snapshot", text_equal(snapshot, "-") ? "" : snapshot);
    json_set_str(r->playlist, "genre", genre);
    return ERR_OK;
}

static enum err_code song_take(struct reader *r, const char *line, struct err *e)
{
    char id[64];
    char rest[2];
    const char *verb = NULL;
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (marks[i].sign == line[0])
            verb = marks[i].verb;
    }
    if (verb == NULL || sscanf(line + 1, " %63s %1s", id, rest) != 1)
        return err_set(e, ERR_USAGE,
                       "line %lld: neither a playlist nor + - ! ? with the id of one song",
                       (long long)r->line);
    if (r->playlist == NULL)
        return err_set(e, ERR_USAGE, "line %lld: a song before any playlist", (long long)r->line);
    if (text_equal(verb, "hold"))
        return ERR_OK;
    struct json *change = json_object();
    json_set_str(change, "verb", verb);
    json_set_str(change, "id", id);
    json_set_int(change, "line", r->line);
    json_add(r->changes, change);
    return ERR_OK;
}

/* Ends the line before its comment and the blanks before that. */
static void cut(char *line)
{
    char *comment = line[0] == '#' ? line : strstr(line, " #");
    if (comment != NULL)
        *comment = '\0';
    size_t n = strlen(line);
    while (n > 0 && strchr(" \t\r", line[n - 1]) != NULL)
        line[--n] = '\0';
}

enum err_code ctl_plan_parse(const char *text, struct json **ret_plan, struct err *e)
{
    struct reader r = {.playlists = json_array()};
    enum err_code code = ERR_OK;
    char *copy = mem_strdup(text_starts_with(text, "\xef\xbb\xbf") ? text + 3 : text);
    for (char *line = copy, *next = NULL; code == ERR_OK && line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        r.line++;
        cut(line);
        line += strspn(line, " \t");
        if (text_starts_with(line, "playlist "))
            code = playlist_begin(&r, line, e);
        else if (*line != '\0')
            code = song_take(&r, line, e);
    }
    free(copy);
    playlist_end(&r);
    if (code == ERR_OK && json_size(r.playlists) == 0)
        code = err_set(e, ERR_USAGE, "this is no plan: no playlist stands in it");
    if (code != ERR_OK) {
        json_free(r.playlists);
        return code;
    }
    *ret_plan = json_object();
    json_set(*ret_plan, "playlists", r.playlists);
    return ERR_OK;
}

enum err_code ctl_plan_apply(struct ctl *c, struct err *e)
{
    struct buf text;
    struct json *plan = NULL;
    const char *path = c->command.args[0];
    buf_init(&text, PLAN_MAX);
    enum err_code code = file_read(path, &text, e);
    if (code == ERR_OK && strlen(buf_str(&text)) != text.len)
        code = err_set(e, ERR_USAGE, "%s is no text", path);
    if (code == ERR_OK) {
        code = ctl_plan_parse(buf_str(&text), &plan, e);
        if (code != ERR_OK)
            err_wrap(e, "%s", path);
    }
    if (code == ERR_OK)
        code = ctl_run_whole(c, "/api/apply", plan, e);
    json_free(plan);
    buf_free(&text);
    return code;
}
