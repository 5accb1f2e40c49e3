#include "classifier/corpus.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "classifier/artist.h"
#include "classifier/family.h"
#include "classifier/word.h"

struct seen;

struct loader {
    struct corpus *corpus;
    const struct corpus_sources *sources;
    const struct family *family;
    const struct artist *artist;
    enum dataset_part part;
    size_t cap;
    struct seen *seen; /* open addressing */
    size_t seen_cap;
    size_t seen_n;
    struct genre_set judged; /* genres that the present file's own columns tell apart */
};

/* An id that came before. */
struct seen {
    uint64_t hash; /* 0: free */
    size_t row;    /* SIZE_MAX: it was not taken */
};

static struct seen *seen_find(struct seen *seen, size_t cap, uint64_t hash)
{
    size_t i = (size_t)(hash >> 20) & (cap - 1);
    while (seen[i].hash != 0 && seen[i].hash != hash) {
        i = (i + 1) & (cap - 1);
    }
    return &seen[i];
}

/* The place of an id; its hash is 0 when it is new. */
static struct seen *seen_place(struct loader *l, uint64_t hash)
{
    if (2 * (l->seen_n + 1) > l->seen_cap) {
        size_t cap = l->seen_cap ? 2 * l->seen_cap : 1024;
        struct seen *seen = mem_array(cap, sizeof(*seen));
        for (size_t i = 0; i < l->seen_cap; i++) {
            if (l->seen[i].hash != 0) {
                *seen_find(seen, cap, l->seen[i].hash) = l->seen[i];
            }
        }
        free(l->seen);
        l->seen = seen;
        l->seen_cap = cap;
    }
    return seen_find(l->seen, l->seen_cap, hash);
}

/* What "a; b; c" say a song is. */
static struct genre_set tags_read(const struct loader *l, const char *tags)
{
    struct genre_set set = {.bits = {family_of_tags(l->family, tags)}};
    unsigned char hit[TREE_MAX];
    if (l->sources->tree != NULL) {
        tree_tags(l->sources->tree, tags, hit);
        for (size_t g = GENRE_N; g < tree_given(l->sources->tree); g++) {
            if (hit[g]) {
                genre_set_add(&set, g);
            }
        }
    }
    return set;
}

/* What the file's own columns say, by name. */
static struct genre_set genres_read(struct loader *l, const char *genres)
{
    struct genre_set set = tags_read(l, genres);
    set.bits[0] |= family_of_genres(l->family, genres);
    return set;
}

/* Labels of a row from everything that tells one. What the file itself says of a song tells nothing
 * of genres that it never speaks of; tags tell of all. */
static void labels_make(struct loader *l, const struct song *song, const char *genres,
                        struct corpus_row *row)
{
    struct genre_set own =
        l->part == DATASET_TRAIN ? genres_read(l, genres) : (struct genre_set){0};
    bool told = genre_set_families(&own) != 0;
    row->yes = tags_read(l, song->tags);
    if (!told && genre_set_families(&row->yes) == 0 && l->part == DATASET_TRAIN) {
        row->yes = tags_read(l, artist_tags(l->artist, row->artist));
    }
    if (genre_set_families(&row->yes) != 0) {
        memset(&row->known, 0xff, sizeof(row->known));
    }
    genre_set_join(&l->judged, &own);
    genre_set_join(&row->yes, &own);
    row->families = genre_set_families(&row->yes);
}

static void row_add(struct loader *l, const struct corpus_row *row)
{
    struct corpus *c = l->corpus;
    if (c->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 4096;
        c->rows = mem_resize(c->rows, l->cap, sizeof(*c->rows));
    }
    struct song *song = &c->rows[c->n].song;
    c->rows[c->n++] = *row;
    song->id = arena_str(&c->arena, song->id);
    song->name = arena_str(&c->arena, song->name);
    song->artists = arena_str(&c->arena, song->artists);
    song->album = arena_str(&c->arena, song->album);
    song->label = arena_str(&c->arena, song->label);
    song->tags = arena_str(&c->arena, song->tags);
}

static void row_take(struct loader *l, const struct song *song, const char *genres, uint32_t file)
{
    struct corpus *c = l->corpus;
    if (dataset_part(song->artists) != l->part) {
        return;
    }
    uint64_t hash = text_hash(song->id, strlen(song->id), TEXT_HASH_START);
    hash = hash ? hash : 1;
    struct seen *seen = seen_place(l, hash);
    struct corpus_row row = {.song = *song, .file = file, .artist = artist_key(song->artists)};
    labels_make(l, song, genres, &row);
    if (seen->hash != 0) {
        c->duplicates++;
        if (seen->row != SIZE_MAX && l->part == DATASET_TRAIN) {
            genre_set_join(&c->rows[seen->row].yes, &row.yes);
            c->rows[seen->row].families = genre_set_families(&c->rows[seen->row].yes);
        }
        return;
    }
    l->seen_n++;
    *seen = (struct seen){hash, row.families != 0 ? c->n : SIZE_MAX};
    if (row.families == 0) {
        c->unlabelled++;
        return;
    }
    row_add(l, &row);
}

/* Once a file is read whole, it is known which genres its own columns tell apart. */
static void judged_settle(struct loader *l, size_t first)
{
    for (size_t i = first; i < l->corpus->n; i++) {
        genre_set_join(&l->corpus->rows[i].known, &l->judged);
    }
    l->judged = (struct genre_set){0};
}

static enum err_code file_take(struct loader *l, const char *path, uint32_t file, struct err *e)
{
    struct dataset *d = NULL;
    enum err_code code = dataset_open(path, &d, e);
    if (code != ERR_OK) {
        return code;
    }
    struct song song;
    size_t good = 0, first = l->corpus->n;
    for (int got; (got = dataset_next(d, &song, e)) != 0;) {
        l->corpus->read++;
        if (got < 0) {
            l->corpus->bad++;
            fprintf(stderr, "%s: %s; skipped\n", path, e->text);
        } else {
            good++;
            row_take(l, &song, dataset_genres(d), file);
        }
    }
    judged_settle(l, first);
    dataset_close(d);
    return good > 0 ? ERR_OK : err_set(e, ERR_FORMAT, "%s has not one usable row", path);
}

enum err_code corpus_load(struct corpus *c, const struct corpus_sources *sources,
                          enum dataset_part part, struct err *e)
{
    struct family *family = NULL;
    struct artist *artist = NULL;
    *c = (struct corpus){0};
    enum err_code code = family_open(sources->families, &family, e);
    if (code == ERR_OK && sources->artists != NULL) {
        code = artist_open(sources->artists, &artist, e);
    }
    struct loader l = {
        .corpus = c, .sources = sources, .family = family, .artist = artist, .part = part};
    for (size_t i = 0; i < sources->n && code == ERR_OK; i++) {
        code = file_take(&l, sources->paths[i], (uint32_t)i, e);
    }
    free(l.seen);
    artist_close(artist);
    family_close(family);
    if (code != ERR_OK) {
        corpus_free(c);
    }
    return code;
}

void corpus_free(struct corpus *c)
{
    arena_free(&c->arena);
    free(c->rows);
    *c = (struct corpus){0};
}
