#include "classifier/classify.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "classifier/dataset.h"
#include "classifier/genre.h"
#include "classifier/model.h"
#include "classifier/word.h"

#define CHUNK          64
#define SUBGENRES_MOST 5 /* told of a song */

/* Songs that wait for their labels. */
struct chunk {
    struct arena arena; /* of ids and names */
    const char *id[CHUNK];
    const char *name[CHUNK];
    struct vector vector[CHUNK];
    size_t n;
};

static void string_add(struct buf *b, const char *s)
{
    buf_add_char(b, '"');
    for (uint32_t c; (c = word_decode(&s)) != 0;) {
        char bytes[4];
        if (c < 0x20 || c == 0x7f) {
            buf_printf(b, "\\u%04x", (unsigned)c);
            continue;
        }
        if (c == '"' || c == '\\') {
            buf_add_char(b, '\\');
        }
        buf_add(b, bytes, word_encode(c, bytes));
    }
    buf_add_char(b, '"');
}

/* p in [0, 1] with six places, whatever the locale: fewer would tie the rare genres' small ones. */
static void probability_add(struct buf *b, float p)
{
    unsigned places = (unsigned)lround((double)p * 1e6);
    buf_printf(b, "%u.%06u", places / 1000000, places % 1000000);
}

/* The genres' numbers, the likeliest first. order: (n). */
static void order_make(const float *probs, size_t n, size_t *order)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        for (; at > 0 && probs[order[at - 1]] < probs[i]; at--) {
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
}

/* The genres of `order` (n) that are families, or the likeliest that are not. */
static void genres_add(struct buf *b, const struct model *m, const float *probs,
                       const size_t *order, bool families)
{
    size_t told = 0;
    for (size_t g = 0; g < model_genres(m) && (families || told < SUBGENRES_MOST); g++) {
        const char *name = model_genre(m, order[g]);
        if ((genre_find(name) != GENRE_NONE) != families) {
            continue;
        }
        buf_add_str(b, told++ > 0 ? ",{\"name\":" : "{\"name\":");
        string_add(b, name);
        buf_add_str(b, ",\"p\":");
        probability_add(b, probs[order[g]]);
        buf_add_char(b, '}');
    }
}

static void song_add(struct buf *b, const struct model *m, const struct chunk *c, size_t i,
                     const float *probs)
{
    size_t order[MLP_GENRES_MAX] = {0};
    order_make(probs, model_genres(m), order);
    buf_add_str(b, "{\"id\":");
    string_add(b, c->id[i]);
    buf_add_str(b, ",\"name\":");
    string_add(b, c->name[i]);
    buf_add_str(b, ",\"genres\":[");
    genres_add(b, m, probs, order, true);
    buf_add_str(b, "],\"subgenres\":[");
    genres_add(b, m, probs, order, false);
    buf_add_str(b, "]}\n");
}

/* Labels and writes the chunk, which is empty afterwards. */
static enum err_code chunk_write(struct chunk *c, const struct model *m, FILE *out, struct buf *b,
                                 struct err *e)
{
    const size_t genres = model_genres(m);
    float probs[CHUNK * MLP_GENRES_MAX];
    model_label_vectors(m, c->vector, c->n, probs);
    buf_clear(b);
    for (size_t i = 0; i < c->n; i++) {
        song_add(b, m, c, i, probs + i * genres);
    }
    arena_free(&c->arena);
    c->n = 0;
    errno = 0;
    if (b->overflow || fwrite(buf_str(b), 1, b->len, out) != b->len) {
        return err_set(e, ERR_IO, "cannot write the labels: %s", strerror(errno ? errno : EIO));
    }
    return ERR_OK;
}

/* Reads and labels all songs; counts them and the bad rows. */
static enum err_code songs_label(struct dataset *d, const struct model *m, FILE *out,
                                 size_t counts[2], struct err *e)
{
    enum err_code code = ERR_OK;
    struct song song;
    struct buf b;
    buf_init(&b, (size_t)256 << 20); /* a name may be as long as a row */
    struct chunk *c = mem_alloc(sizeof(*c));
    int got = 0;
    while (code == ERR_OK && (got = dataset_next(d, &song, e)) != 0) {
        if (got < 0) {
            counts[1]++;
            fprintf(stderr, "%s; skipped\n", e->text);
            continue;
        }
        c->id[c->n] = arena_str(&c->arena, song.id);
        c->name[c->n] = arena_str(&c->arena, song.name);
        vector_make(&song, &c->vector[c->n]);
        c->n++;
        counts[0]++;
        if (c->n == CHUNK) {
            code = chunk_write(c, m, out, &b, e);
        }
    }
    if (code == ERR_OK && c->n > 0) {
        code = chunk_write(c, m, out, &b, e);
    }
    arena_free(&c->arena);
    free(c);
    buf_free(&b);
    return code;
}

enum err_code classify_run(const struct classify_options *o, FILE *out, size_t *ret_songs,
                           struct err *e)
{
    struct model *m = NULL;
    struct dataset *d = NULL;
    size_t counts[2] = {0}; /* songs, bad rows */
    enum err_code code = model_open(o->model, &m, e);
    if (code == ERR_OK) {
        code = dataset_open(o->path, &d, e);
    }
    if (code == ERR_OK) {
        code = songs_label(d, m, out, counts, e);
    }
    if (code == ERR_OK && fflush(out) != 0) {
        code = err_set(e, ERR_IO, "cannot write the labels: %s", strerror(errno));
    }
    if (code == ERR_OK && counts[1] > 0) {
        code = err_set(e, ERR_PARTLY, "%s: %zu rows were bad and skipped", o->path, counts[1]);
    }
    *ret_songs = counts[0];
    dataset_close(d);
    model_close(m);
    return code;
}
