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

struct loader {
    struct corpus *corpus;
    const struct corpus_sources *sources;
    const struct family *family;
    const struct artist *artist;
    enum dataset_part part;
    size_t cap;
    uint64_t *ids; /* hashes of the ids seen, open addressing; 0: free */
    size_t ids_cap;
    size_t ids_n;
};

static uint64_t *id_find(uint64_t *ids, size_t cap, uint64_t hash)
{
    size_t i = (size_t)(hash >> 20) & (cap - 1);
    while (ids[i] != 0 && ids[i] != hash) {
        i = (i + 1) & (cap - 1);
    }
    return &ids[i];
}

/* False when the id was there before. */
static bool id_add(struct loader *l, const char *id)
{
    uint64_t hash = text_hash(id, strlen(id), TEXT_HASH_START);
    hash = hash ? hash : 1;
    if (2 * (l->ids_n + 1) > l->ids_cap) {
        size_t cap = l->ids_cap ? 2 * l->ids_cap : 1024;
        uint64_t *ids = mem_array(cap, sizeof(*ids));
        for (size_t i = 0; i < l->ids_cap; i++) {
            if (l->ids[i] != 0) {
                *id_find(ids, cap, l->ids[i]) = l->ids[i];
            }
        }
        free(l->ids);
        l->ids = ids;
        l->ids_cap = cap;
    }
    uint64_t *place = id_find(l->ids, l->ids_cap, hash);
    bool fresh = *place == 0;
    *place = hash;
    l->ids_n += fresh;
    return fresh;
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

static void row_take(struct loader *l, const struct song *song, uint32_t file)
{
    struct corpus *c = l->corpus;
    if (dataset_part(song->artists) != l->part) {
        return;
    }
    if (!id_add(l, song->id)) {
        c->duplicates++;
        return;
    }
    struct genre_set yes = tags_read(l, song->tags);
    uint64_t artist = artist_key(song->artists);
    if (genre_set_families(&yes) == 0 && l->part == DATASET_TRAIN) {
        yes = tags_read(l, artist_tags(l->artist, artist));
    }
    if (genre_set_families(&yes) == 0) {
        c->unlabelled++;
        return;
    }
    if (c->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 4096;
        c->rows = mem_resize(c->rows, l->cap, sizeof(*c->rows));
    }
    struct corpus_row *row = &c->rows[c->n++];
    *row = (struct corpus_row){
        .song = *song, .families = genre_set_families(&yes), .yes = yes, .file = file, .artist = artist};
    memset(&row->known, 0xff, sizeof(row->known));
    row->song.id = arena_str(&c->arena, song->id);
    row->song.name = arena_str(&c->arena, song->name);
    row->song.artists = arena_str(&c->arena, song->artists);
    row->song.album = arena_str(&c->arena, song->album);
    row->song.label = arena_str(&c->arena, song->label);
    row->song.tags = arena_str(&c->arena, song->tags);
}

static enum err_code file_take(struct loader *l, const char *path, uint32_t file, struct err *e)
{
    struct dataset *d = NULL;
    enum err_code code = dataset_open(path, &d, e);
    if (code != ERR_OK) {
        return code;
    }
    struct song song;
    size_t good = 0;
    for (int got; (got = dataset_next(d, &song, e)) != 0;) {
        l->corpus->read++;
        if (got < 0) {
            l->corpus->bad++;
            fprintf(stderr, "%s: %s; skipped\n", path, e->text);
        } else {
            good++;
            row_take(l, &song, file);
        }
    }
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
    free(l.ids);
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
