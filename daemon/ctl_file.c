#include "daemon/ctl_file.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "classifier/genre.h"
#include "classifier/near.h"
#include "classifier/recall.h"
#include "classifier/why.h"
#include "daemon/ctl.h"
#include "daemon/ctl_songs.h"

#define COUNT_DEFAULT 10
#define COUNT_MOST    10000
#define GUESSES       3 /* families that are explained when none is named */

/* A file's songs, the model, and the song that was named. */
struct file {
    struct songs songs;
    struct model *model;
    size_t song;
};

static enum err_code file_open(struct file *f, const struct command *c, struct err *e)
{
    const char *path = c->value[OPTION_FROM];
    *f = (struct file){.song = 0};
    if (command_has(c, OPTION_PLAYLIST) || c->n_args == 0) {
        return err_set(e, ERR_USAGE, "--from needs a song of that file, by its id or name");
    }
    enum err_code code = model_open(c->value[OPTION_MODEL], &f->model, e);
    if (code == ERR_OK) {
        code = songs_load(&f->songs, &path, 1, false, e);
    }
    if (code == ERR_OK) {
        code = songs_named(&f->songs, c->args[0], &f->song, e);
    }
    return code;
}

static void file_close(struct file *f)
{
    songs_free(&f->songs);
    model_close(f->model);
}

static struct json *song_json(const struct song *song)
{
    struct json *j = json_object();
    assert(song != NULL);
    json_set_str(j, "id", song->id);
    json_set_str(j, "name", song->name);
    json_set_str(j, "artists", song->artists);
    return j;
}

static void show(const struct command *c, struct json *j,
                 void (*print)(const struct ctl *c, const struct json *j))
{
    const struct ctl ctl = {.command = *c, .stop_fd = -1};
    if (command_has(c, OPTION_JSON)) {
        ctl_print_json(j);
    } else {
        print(&ctl, j);
    }
    json_free(j);
}

/* --- similar -----------------------------------------------------------------------------------
 */

static struct json *similar_json(const struct file *f, size_t count)
{
    const size_t space = model_space(f->model), n = f->songs.n;
    float *places = mem_array(n, space * sizeof(*places));
    struct near_hit *hits = mem_array(count + 1, sizeof(*hits));
    struct near *near = near_new(space);
    struct json *tracks = json_array();
    recall_places(&f->songs, f->model, places);
    for (size_t i = 0; i < n; i++) {
        near_add(near, places + i * space);
    }
    size_t got = near_search(near, places + f->song * space, count + 1, hits), told = 0;
    for (size_t i = 0; i < got && told < count; i++) {
        if (hits[i].item != f->song) {
            struct json *j = song_json(&f->songs.at[hits[i].item]);
            json_set_num(j, "cosine", (double)hits[i].cosine);
            json_add(tracks, j);
            told++;
        }
    }
    near_free(near);
    free(hits);
    free(places);
    struct json *j = json_object();
    json_set(j, "tracks", tracks);
    return j;
}

enum err_code ctl_file_similar(const struct command *c, struct err *e)
{
    struct file f;
    int64_t count = COUNT_DEFAULT;
    const char *wanted = c->value[OPTION_COUNT];
    enum err_code code = ERR_OK;
    if (wanted != NULL && !text_to_int(wanted, 1, COUNT_MOST, &count)) {
        return err_set(e, ERR_USAGE, "--count is no whole number from 1 to %d: \"%.64s\"",
                       COUNT_MOST, wanted);
    }
    code = file_open(&f, c, e);
    if (code == ERR_OK) {
        show(c, similar_json(&f, (size_t)count), ctl_songs_similar);
    }
    file_close(&f);
    return code;
}

/* --- why ---------------------------------------------------------------------------------------
 */

/* Columns of the genres named, or of the likeliest families. */
static enum err_code columns_find(const struct file *f, const struct command *c,
                                  const struct why *why, size_t *columns, size_t *ret_n,
                                  struct err *e)
{
    struct json *names = json_array();
    enum err_code code = ERR_OK;
    size_t n = 0;
    if (command_has(c, OPTION_GENRES)) {
        ctl_names_split(c->value[OPTION_GENRES], names);
    }
    for (const struct json *name = json_first(names); name != NULL && code == ERR_OK;
         name = json_next(name)) {
        size_t column = model_find(f->model, json_str(name));
        if (column == GENRE_NONE || n == MLP_GENRES_MAX) {
            code = err_set(e, ERR_USAGE, "the model knows no genre '%s'", json_str(name));
        } else {
            columns[n++] = column;
        }
    }
    for (size_t i = 0; i < GUESSES && !command_has(c, OPTION_GENRES); i++) {
        size_t best = GENRE_NONE;
        for (size_t g = 0; g < model_genres(f->model) && g < GENRE_N; g++) {
            bool told = false;
            for (size_t k = 0; k < n; k++) {
                told = told || columns[k] == g;
            }
            if (!told && (best == GENRE_NONE || why->total[g] > why->total[best])) {
                best = g;
            }
        }
        columns[n] = best;
        n += best != GENRE_NONE;
    }
    json_free(names);
    *ret_n = n;
    return code;
}

static struct json *why_document(const struct file *f, const struct why *why, const size_t *columns,
                                 size_t n)
{
    const char *const source[WHY_GROUPS] = {NULL};
    const struct song *song = &f->songs.at[f->song];
    struct json *j = song_json(song);
    struct json *genres = json_array();
    unsigned regime = (song->stat_mask ? MLP_STATISTICS : 0U) | (*song->tags ? MLP_TAGS : 0U) |
                      (*song->label ? MLP_LABEL : 0U);
    for (size_t i = 0; i < n; i++) {
        struct json *genre = why_json(why, f->model, columns[i], source);
        double threshold = (double)model_threshold(f->model, regime, columns[i]);
        json_set_num(genre, "threshold", threshold);
        json_set_bool(genre, "is", json_get_num(genre, "p", 0.0) >= threshold);
        json_add(genres, genre);
    }
    json_set(j, "genres", genres);
    json_set_str(j, "method", WHY_METHOD);
    return j;
}

enum err_code ctl_file_why(const struct command *c, struct err *e)
{
    struct file f;
    enum err_code code = file_open(&f, c, e);
    if (code == ERR_OK) {
        struct why why;
        size_t columns[MLP_GENRES_MAX + GUESSES], n = 0;
        why_make(f.model, &f.songs.at[f.song], &why);
        code = columns_find(&f, c, &why, columns, &n, e);
        if (code == ERR_OK) {
            show(c, why_document(&f, &why, columns, n), ctl_songs_why);
        }
        why_free(&why);
    }
    file_close(&f);
    return code;
}
