#include "daemon/ctl_import.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/song.h"
#include "base/text.h"
#include "classifier/dataset.h"
#include "classifier/title.h"

/* Well below the 64 KiB that the daemon takes in one body, however it is escaped. */
#define BYTES_A_REQUEST 8000
#define TAGS_MOST       2000 /* of a song; more is no list of genres */
#define LABEL_MOST      200
#define BAD_ROWS_TOLD   3

struct import {
    struct ctl *c;
    struct json *rows;
    size_t bytes; /* of texts in `rows`, about */
    int64_t songs;
    int64_t with_stats;
    int64_t with_tags;
    int64_t bad;
};

static void set_stats(struct json *row, const struct song *song)
{
    struct json *stats = json_object();
    for (int i = 0; i < SONG_STATS; i++) {
        if (song->stat_mask >> i & 1) {
            json_set_num(stats, song_stat_name[i], (double)song->stat[i]);
        }
    }
    json_set(row, "stats", stats);
}

/* What the list calls the song counts as a tag too. */
static void set_tags(struct json *row, const struct song *song, const struct dataset_row *more)
{
    struct buf tags = {0};
    char cut[TAGS_MOST];
    buf_printf(&tags, "%s%s%s", more->labels, *more->labels && *song->tags ? "; " : "", song->tags);
    text_copy(cut, sizeof(cut), buf_str(&tags));
    json_set_str(row, "tags", cut);
    buf_free(&tags);
}

static struct json *row_json(const struct song *song, const struct dataset_row *more)
{
    char key[24];
    char label[LABEL_MOST];
    struct json *row = json_object();
    text_copy(label, sizeof(label), song->label);
    snprintf(key, sizeof(key), "%016" PRIx64, title_key(song->name, song->artists));
    json_set_str(row, "key", song->id);
    json_set_str(row, "isrc", more->isrc);
    json_set_str(row, "song", *song->name && *song->artists ? key : "");
    json_set_str(row, "label", label);
    set_tags(row, song, more);
    set_stats(row, song);
    return row;
}

static enum err_code send_rows(struct import *im, bool done, struct json **ret_answer,
                               struct err *e)
{
    struct json *body = json_object();
    json_set(body, "rows", im->rows);
    json_set_bool(body, "done", done);
    im->rows = json_array();
    im->bytes = 0;
    enum err_code code = ctl_ask(im->c, "POST", "/api/import", body, ret_answer, e);
    json_free(body);
    return code;
}

static enum err_code take_song(struct import *im, const struct song *song,
                               const struct dataset_row *more, struct err *e)
{
    bool says_nothing = !song->stat_mask && !*song->tags && !*more->labels && !*song->label;
    if (says_nothing) {
        return ERR_OK;
    }
    im->songs++;
    im->with_stats += song->stat_mask != 0;
    im->with_tags += *song->tags || *more->labels;
    json_add(im->rows, row_json(song, more));
    im->bytes += 500 + strlen(song->id) + strlen(song->tags) + strlen(more->labels);
    return im->bytes >= BYTES_A_REQUEST ? send_rows(im, false, NULL, e) : ERR_OK;
}

static void note_bad_row(struct import *im, const char *path, const struct err *why)
{
    im->bad++;
    if (im->bad <= BAD_ROWS_TOLD) {
        ctl_say("%s: %s", path, why->text);
    } else if (im->bad == BAD_ROWS_TOLD + 1) {
        ctl_say("%s: more such lines are left out in silence", path);
    }
}

static enum err_code import_file(struct import *im, const char *path, struct err *e)
{
    struct dataset *d = NULL;
    struct song song;
    struct err bad = {0};
    int got = 0;
    enum err_code code = dataset_open(path, &d, e);
    while (code == ERR_OK && (got = dataset_next(d, &song, &bad)) != 0) {
        if (got > 0) {
            code = take_song(im, &song, dataset_row(d), e);
        } else if (bad.code == ERR_FORMAT) {
            note_bad_row(im, path, &bad);
        } else {
            *e = bad;
            code = err_wrap(e, "%s", path);
        }
    }
    dataset_close(d);
    return code;
}

static void show(const struct import *im, const struct json *answer)
{
    printf("%" PRId64 " songs imported, %" PRId64 " with statistics, %" PRId64 " with tags\n",
           im->songs, im->with_stats, im->with_tags);
    printf("%" PRId64 " of your %" PRId64 " songs are among them\n",
           json_get_int(answer, "known", 0), json_get_int(answer, "all", 0));
    if (!json_get_bool(answer, "counts", true)) {
        ctl_say("\"dataset\" is not in [sources] order, so what was imported does not count yet");
    }
}

enum err_code ctl_import_run(struct ctl *c, struct err *e)
{
    struct import im = {.c = c, .rows = json_array()};
    struct json *answer = NULL;
    struct err failed = {0};
    enum err_code code = ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < c->command.n_args; i++) {
        struct err of_file = {0};
        enum err_code rc = import_file(&im, c->command.args[i], &of_file);
        if (rc == ERR_IO || rc == ERR_FORMAT) {
            failed = of_file;
        } else if (rc != ERR_OK) {
            *e = of_file;
            code = rc;
        }
    }
    if (code == ERR_OK) {
        code = send_rows(&im, true, &answer, e);
    }
    if (code == ERR_OK) {
        json_set_int(answer, "songs", im.songs);
        json_set_int(answer, "left_out", im.bad);
        if (c->json) {
            ctl_print_json(answer);
        } else {
            show(&im, answer);
        }
    }
    json_free(answer);
    json_free(im.rows);
    if (code == ERR_OK && failed.code != ERR_OK) {
        *e = failed;
        return failed.code;
    }
    if (code == ERR_OK && im.bad > 0) {
        return err_set(e, ERR_PARTLY, "%" PRId64 " lines were left out", im.bad);
    }
    return code;
}
