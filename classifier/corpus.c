#include "classifier/corpus.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "classifier/artist.h"
#include "classifier/family.h"
#include "classifier/title.h"
#include "classifier/word.h"

#define TOLD_MOST 100 /* malformed rows of a file that are told one by one */

/* What a row may be known by; the surest first. */
enum key { KEY_ID, KEY_ISRC, KEY_SONG, KEYS };

static const enum clean_rule key_rules[KEYS] = {
    [KEY_ID] = CLEAN_SAME_ID, [KEY_ISRC] = CLEAN_SAME_ISRC, [KEY_SONG] = CLEAN_SAME_SONG};

struct place {
    uint64_t hash; /* 0: free */
    size_t row;
};

struct loader {
    struct corpus *corpus;
    const struct corpus_sources *sources;
    const struct family *family;
    const struct artist *artist;
    struct genre_set *judged; /* (files) genres that a file's own columns tell apart */
    enum dataset_part part;
    size_t cap;
    struct place *places; /* open addressing over the keys of all rows */
    size_t places_cap;
    size_t places_n;
};

static struct place *place_find(struct place *places, size_t cap, uint64_t hash)
{
    size_t i = (size_t)(hash >> 20) & (cap - 1);
    while (places[i].hash != 0 && places[i].hash != hash) {
        i = (i + 1) & (cap - 1);
    }
    return &places[i];
}

/* The place of a key, free or not; room for it is made. hash: not 0. */
static struct place *place_of(struct loader *l, uint64_t hash)
{
    if (2 * (l->places_n + 1) > l->places_cap) {
        size_t cap = l->places_cap ? 2 * l->places_cap : 1024;
        struct place *places = mem_array(cap, sizeof(*places));
        for (size_t i = 0; i < l->places_cap; i++) {
            if (l->places[i].hash != 0) {
                *place_find(places, cap, l->places[i].hash) = l->places[i];
            }
        }
        free(l->places);
        l->places = places;
        l->places_cap = cap;
    }
    return place_find(l->places, l->places_cap, hash);
}

static uint64_t key_hash(enum key key, const char *text, uint64_t seed)
{
    const char kind = (char)('0' + key);
    uint64_t hash = text_hash(text, strlen(text), text_hash(&kind, 1, seed));
    return hash ? hash : 1;
}

/* 0 for a key that the row does not have. */
static void keys_make(const struct song *song, const char *isrc, uint64_t keys[KEYS])
{
    char text[512];
    bool made = text_starts_with(song->id, DATASET_MADE_ID); /* says no more than KEY_SONG */
    keys[KEY_ID] = made ? 0 : key_hash(KEY_ID, song->id, TEXT_HASH_START);
    word_lower(isrc, text, sizeof(text));
    keys[KEY_ISRC] = *text ? key_hash(KEY_ISRC, text, TEXT_HASH_START) : 0;
    title_plain(song->name, text, sizeof(text));
    keys[KEY_SONG] = key_hash(KEY_SONG, text, artist_key(song->artists));
}

/* The row that has one of the keys; *ret_key is which. SIZE_MAX: none. */
static size_t row_find(struct loader *l, const uint64_t keys[KEYS], enum key *ret_key)
{
    for (size_t i = 0; i < KEYS; i++) {
        const struct place *place = keys[i] ? place_of(l, keys[i]) : NULL;
        if (place && place->hash != 0) {
            *ret_key = (enum key)i;
            return place->row;
        }
    }
    return SIZE_MAX;
}

static void keys_put(struct loader *l, const uint64_t keys[KEYS], size_t row)
{
    for (size_t i = 0; i < KEYS; i++) {
        struct place *place = keys[i] ? place_of(l, keys[i]) : NULL;
        if (place && place->hash == 0) {
            *place = (struct place){.hash = keys[i], .row = row};
            l->places_n++;
        }
    }
}

static void text_keep(struct arena *arena, const char **text, const char *mine)
{
    *text = *text == mine ? mine : arena_str(arena, *text);
}

/* Copies the texts of *song that are not those of `mine`, which are the arena's. */
static void song_keep(struct arena *arena, struct song *song, const struct song *mine)
{
    text_keep(arena, &song->id, mine->id);
    text_keep(arena, &song->name, mine->name);
    text_keep(arena, &song->artists, mine->artists);
    text_keep(arena, &song->album, mine->album);
    text_keep(arena, &song->label, mine->label);
    text_keep(arena, &song->tags, mine->tags);
}

static void row_add(struct loader *l, const struct corpus_row *row)
{
    struct corpus *c = l->corpus;
    static const struct song none;
    if (c->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 4096;
        c->rows = mem_resize(c->rows, l->cap, sizeof(*c->rows));
    }
    struct corpus_row *added = &c->rows[c->n++];
    *added = *row;
    song_keep(&c->arena, &added->song, &none);
    added->labels = arena_str(&c->arena, row->labels);
}

static void row_merge(struct loader *l, struct corpus_row *kept, const struct corpus_row *row)
{
    struct arena *arena = &l->corpus->arena;
    const struct song mine = kept->song;
    if (clean_known(&row->song) > clean_known(&mine)) {
        kept->song = row->song;
        clean_fill(&kept->song, &mine);
        kept->file = row->file;
        kept->line = row->line;
        kept->artist = row->artist;
    } else {
        clean_fill(&kept->song, &row->song);
    }
    song_keep(arena, &kept->song, &mine);
    if (!*kept->labels) {
        kept->labels = arena_str(arena, row->labels);
    } else if (*row->labels && !strstr(kept->labels, row->labels)) {
        kept->labels = arena_printf(arena, "%s; %s", kept->labels, row->labels);
    }
    bool both = kept->families && row->families;
    kept->common = both ? kept->common & row->families : kept->common | row->families;
    kept->families |= row->families;
    genre_set_join(&kept->yes, &row->yes);
    genre_set_join(&kept->known, &row->known);
    kept->tagged = kept->tagged || row->tagged;
    kept->rows++;
}

/* Sub-genres that "a; b; c" speak for. */
static void subgenres_add(const struct loader *l, const char *tags, struct genre_set *set)
{
    const struct tree *tree = l->sources->tree;
    unsigned char hit[TREE_MAX];
    if (tree == NULL) {
        return;
    }
    tree_tags(tree, tags, hit);
    for (size_t g = GENRE_N; g < tree_given(tree); g++) {
        if (hit[g]) {
            genre_set_add(set, g);
        }
    }
}

/* What tags and the file's own columns tell of a row. */
static void labels_read(struct loader *l, struct corpus_row *row)
{
    struct genre_set own = {.bits = {family_of_labels(l->family, row->labels)}};
    struct genre_set tagged = {.bits = {family_of_tags(l->family, row->song.tags)}};
    subgenres_add(l, row->labels, &own);
    subgenres_add(l, row->song.tags, &tagged);
    genre_set_join(&l->judged[row->file], &own);
    row->tagged = genre_set_families(&tagged) != 0;
    row->yes = own;
    genre_set_join(&row->yes, &tagged);
    row->families = row->common = genre_set_families(&row->yes);
}

static void row_take(struct loader *l, const struct song *song, const struct dataset *d,
                     uint32_t file)
{
    struct corpus *c = l->corpus;
    const struct dataset_row *beside = dataset_row(d);
    clean_count(&c->reports[file], beside->found, dataset_line(d));
    if ((beside->found & CLEAN_DROPS) || dataset_part(song->artists) != l->part) {
        return;
    }
    struct corpus_row row = {.song = *song,
                             .labels = beside->labels,
                             .rows = 1,
                             .file = file,
                             .line = dataset_line(d),
                             .artist = artist_key(song->artists)};
    labels_read(l, &row);
    uint64_t keys[KEYS];
    enum key key = KEY_ID;
    keys_make(song, beside->isrc, keys);
    if (l->sources->repeats) {
        keys[KEY_ISRC] = keys[KEY_SONG] = 0;
    }
    size_t at = row_find(l, keys, &key);
    if (at == SIZE_MAX) {
        at = c->n;
        row_add(l, &row);
    } else {
        row_merge(l, &c->rows[at], &row);
        clean_count(&c->reports[file], CLEAN_BIT(key_rules[key]), row.line);
        c->duplicates++;
    }
    keys_put(l, keys, at);
}

/* What is known of a song once all its rows and all files were read. */
static void labels_settle(const struct loader *l, struct corpus_row *row)
{
    if (row->families == 0 && l->part == DATASET_TRAIN) {
        const char *tags = artist_tags(l->artist, row->artist);
        row->yes.bits[0] = row->families = row->common = family_of_tags(l->family, tags);
        subgenres_add(l, tags, &row->yes);
        row->tagged = row->families != 0;
    }
    if (row->tagged) {
        memset(&row->known, 0xff, sizeof(row->known));
    } else {
        genre_set_join(&row->known, &l->judged[row->file]);
    }
}

/* Leaves out the songs without a family and, in training, those that contradict themselves. */
static void songs_sift(struct loader *l)
{
    struct corpus *c = l->corpus;
    size_t kept = 0;
    for (size_t i = 0; i < c->n; i++) {
        struct corpus_row *row = &c->rows[i];
        labels_settle(l, row);
        bool conflict = l->part == DATASET_TRAIN && clean_conflict(row->common, row->families);
        uint32_t found = 0;
        if (row->families == 0) {
            found = CLEAN_BIT(CLEAN_NO_FAMILY);
            c->unlabelled++;
        } else if (conflict) {
            found = CLEAN_BIT(CLEAN_CONFLICT);
        } else {
            found = row->common != row->families ? CLEAN_BIT(CLEAN_UNITED) : 0;
            c->rows[kept++] = *row;
        }
        clean_count(&c->reports[row->file], found, row->line);
    }
    c->n = kept;
}

/* A row that cannot be read; false when nothing more can be. */
static bool bad_take(struct loader *l, const char *path, int64_t line, struct clean_report *report,
                     const struct err *e)
{
    if (e->code == ERR_IO) {
        return false;
    }
    l->corpus->bad++;
    clean_count(report, CLEAN_BIT(CLEAN_MALFORMED), line);
    if (l->sources->quiet) {
        return true;
    }
    if (report->rows[CLEAN_MALFORMED] <= TOLD_MOST) {
        fprintf(stderr, "%s: %s; skipped\n", path, e->text);
    } else if (report->rows[CLEAN_MALFORMED] == TOLD_MOST + 1) {
        fprintf(stderr, "%s: more bad rows are counted, not told\n", path);
    }
    return true;
}

static enum err_code file_take(struct loader *l, const char *path, uint32_t file, struct err *e)
{
    struct dataset *d = NULL;
    struct clean_report *report = &l->corpus->reports[file];
    report->file = path;
    enum err_code code = dataset_open(path, &d, e);
    if (code != ERR_OK) {
        return code;
    }
    struct song song;
    size_t good = 0;
    for (int got; code == ERR_OK && (got = dataset_next(d, &song, e)) != 0;) {
        l->corpus->read++;
        report->read++;
        if (got > 0) {
            good++;
            row_take(l, &song, d, file);
        } else if (!bad_take(l, path, dataset_line(d), report, e)) {
            code = e->code;
        }
    }
    dataset_close(d);
    if (code == ERR_OK && good == 0) {
        code = err_set(e, ERR_FORMAT, "%s has not one usable row", path);
    }
    return code;
}

enum err_code corpus_load(struct corpus *c, const struct corpus_sources *sources,
                          enum dataset_part part, struct err *e)
{
    struct family *family = NULL;
    struct artist *artist = NULL;
    const size_t n = sources->n;
    *c = (struct corpus){.reports = mem_array(n + 1, sizeof(*c->reports)), .files = n};
    enum err_code code = family_open(sources->families, &family, e);
    if (code == ERR_OK && sources->artists != NULL) {
        code = artist_open(sources->artists, &artist, e);
    }
    struct loader l = {.corpus = c,
                       .sources = sources,
                       .family = family,
                       .artist = artist,
                       .judged = mem_array(n + 1, sizeof(*l.judged)),
                       .part = part};
    for (size_t i = 0; i < n && code == ERR_OK; i++) {
        code = file_take(&l, sources->paths[i], (uint32_t)i, e);
    }
    if (code == ERR_OK) {
        songs_sift(&l);
    } else {
        corpus_free(c);
    }
    free(l.places);
    free(l.judged);
    artist_close(artist);
    family_close(family);
    return code;
}

void corpus_free(struct corpus *c)
{
    arena_free(&c->arena);
    free(c->rows);
    free(c->reports);
    *c = (struct corpus){0};
}
