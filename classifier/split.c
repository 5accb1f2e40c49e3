#include "classifier/split.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "base/text.h"
#include "classifier/word.h"

static const struct {
    const char *name;
    const char *key;
} ways[SPLIT_WAYS] = {
    [SPLIT_RANDOM] = {"random rows", "random"},
    [SPLIT_DISTINCT] = {"random, no duplicates", "random_distinct"},
    [SPLIT_BY_ARTIST] = {"by artist", "by_artist"},
};

const char *split_name(enum split_way way)
{
    return ways[way].name;
}

const char *split_key(enum split_way way)
{
    return ways[way].key;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void rows_shuffle(struct corpus_row *rows, size_t n, uint64_t seed)
{
    struct rand_seq rand = {seed};
    for (size_t i = n; i > 1; i--) {
        size_t k = rand_below(&rand, i);
        struct corpus_row swapped = rows[i - 1];
        rows[i - 1] = rows[k];
        rows[k] = swapped;
    }
}

static uint64_t *set_find(uint64_t *set, size_t cap, uint64_t hash)
{
    size_t i = (size_t)(hash >> 20) & (cap - 1);
    while (set[i] != 0 && set[i] != hash) {
        i = (i + 1) & (cap - 1);
    }
    return &set[i];
}

/* Room for n hashes: a power of two with as much again free. */
static uint64_t *set_new(size_t n, size_t *ret_cap)
{
    size_t cap = 16;
    while (cap < 2 * n) {
        cap *= 2;
    }
    *ret_cap = cap;
    return mem_array(cap, sizeof(uint64_t));
}

/* Of the first artist and the title, both in lower case; not 0. */
static uint64_t song_hash(const struct corpus_row *row)
{
    char lower[1024];
    uint64_t hash = text_hash(lower, word_lower(row->song.name, lower, sizeof(lower)), row->artist);
    return hash ? hash : 1;
}

/* Keeps the first of rows that are the same song. Returns how many are left. */
static size_t rows_distinct(struct corpus_row *rows, size_t n)
{
    size_t cap = 0, kept = 0;
    uint64_t *set = set_new(n, &cap);
    for (size_t i = 0; i < n; i++) {
        uint64_t hash = song_hash(&rows[i]);
        uint64_t *place = set_find(set, cap, hash);
        if (*place == 0) {
            *place = hash;
            rows[kept++] = rows[i];
        }
    }
    free(set);
    return kept;
}

static void corpus_take(struct corpus *c, const struct corpus_row *rows, size_t n)
{
    c->rows = mem_array(n, sizeof(*c->rows));
    c->n = n;
    if (n > 0) {
        memcpy(c->rows, rows, n * sizeof(*rows));
    }
}

static void seen_mark(struct split *s)
{
    size_t cap = 0;
    uint64_t *set = set_new(s->train.n, &cap);
    s->seen = mem_array(s->test.n, sizeof(*s->seen));
    for (size_t i = 0; i < s->train.n; i++) {
        uint64_t artist = s->train.rows[i].artist;
        *set_find(set, cap, artist ? artist : 1) = artist ? artist : 1;
    }
    for (size_t i = 0; i < s->test.n; i++) {
        uint64_t artist = s->test.rows[i].artist;
        s->seen[i] = *set_find(set, cap, artist ? artist : 1) != 0;
    }
    free(set);
}

void split_make(struct split *ret_split, enum split_way way, const struct corpus *train,
                const struct corpus *validate, size_t rows, uint64_t seed)
{
    struct split s = {0};
    const size_t n = train->n + validate->n;
    const size_t tested = least(validate->n, n / 5);
    struct corpus_row *all = mem_array(n, sizeof(*all));
    if (train->n > 0) {
        memcpy(all, train->rows, train->n * sizeof(*all));
    }
    if (validate->n > 0) {
        memcpy(all + train->n, validate->rows, validate->n * sizeof(*all));
    }
    if (way == SPLIT_BY_ARTIST) {
        rows_shuffle(all, train->n, seed);
        rows_shuffle(all + train->n, validate->n, seed);
        corpus_take(&s.train, all, least(train->n, rows));
        corpus_take(&s.test, all + train->n, tested);
    } else {
        size_t kept = way == SPLIT_DISTINCT ? rows_distinct(all, n) : n;
        size_t asked = least(tested, kept / 5);
        s.dropped = n - kept;
        rows_shuffle(all, kept, seed);
        corpus_take(&s.test, all, asked);
        corpus_take(&s.train, all + asked, least(least(kept - asked, train->n), rows));
    }
    seen_mark(&s);
    free(all);
    *ret_split = s;
}

void split_free(struct split *s)
{
    corpus_free(&s->train);
    corpus_free(&s->test);
    free(s->seen);
    *s = (struct split){0};
}
