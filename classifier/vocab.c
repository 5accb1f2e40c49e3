#include "classifier/vocab.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "classifier/vector.h"

/* How often a token was seen while the songs are walked artist by artist. */
struct count {
    uint64_t token; /* 0: free */
    uint64_t last;  /* artist whose song had it last */
    uint32_t songs;
    uint32_t artists;
    bool is_artist;
};

struct counts {
    struct count *at; /* open addressing, cap a power of two */
    size_t n;
    size_t cap;
};

static struct count *count_find(const struct counts *c, uint64_t token)
{
    size_t i = (size_t)(token >> 16) & (c->cap - 1);
    while (c->at[i].token != 0 && c->at[i].token != token) {
        i = (i + 1) & (c->cap - 1);
    }
    return &c->at[i];
}

static void counts_grow(struct counts *c)
{
    struct counts bigger = {.cap = c->cap ? 2 * c->cap : 65536, .n = c->n};
    bigger.at = mem_array(bigger.cap, sizeof(*bigger.at));
    for (size_t i = 0; i < c->cap; i++) {
        if (c->at[i].token != 0) {
            *count_find(&bigger, c->at[i].token) = c->at[i];
        }
    }
    free(c->at);
    *c = bigger;
}

static void vector_count(struct counts *c, const struct vector *v, uint64_t artist)
{
    for (size_t g = 0; g < VECTOR_GROUPS; g++) {
        for (size_t i = 0; i < v->tokens[g]; i++) {
            if (2 * (c->n + 1) > c->cap) {
                counts_grow(c);
            }
            struct count *count = count_find(c, v->token[g][i]);
            c->n += count->token == 0;
            count->artists += count->token == 0 || count->last != artist;
            count->songs++;
            count->token = v->token[g][i];
            count->last = artist;
            count->is_artist = g == VECTOR_ARTIST;
        }
    }
}

static int row_compare(const void *a, const void *b)
{
    const struct corpus_row *x = *(const struct corpus_row *const *)a;
    const struct corpus_row *y = *(const struct corpus_row *const *)b;
    int order = (x->artist > y->artist) - (x->artist < y->artist);
    return order ? order : (x > y) - (x < y);
}

static void corpus_count(struct counts *counts, const struct corpus *c)
{
    const struct corpus_row **rows = mem_array(c->n ? c->n : 1, sizeof(*rows));
    struct vector *v = mem_alloc(sizeof(*v));
    for (size_t i = 0; i < c->n; i++) {
        rows[i] = &c->rows[i];
    }
    qsort(rows, c->n, sizeof(*rows), row_compare);
    for (size_t i = 0; i < c->n; i++) {
        vector_make(&rows[i]->song, v);
        vector_count(counts, v, rows[i]->artist);
    }
    free(v);
    free(rows);
}

/* The commonest first; equal ones by token, so that the order is the same on every run. */
static int count_compare(const void *a, const void *b)
{
    const struct count *x = a, *y = b;
    int order = (x->songs < y->songs) - (x->songs > y->songs);
    return order ? order : (x->token > y->token) - (x->token < y->token);
}

static bool count_kept(const struct count *c, uint32_t artists)
{
    return c->token != 0 && (c->is_artist ? c->songs >= 2 : c->artists >= artists);
}

void vocab_make(struct vocab *v, const struct corpus *c, uint32_t artists, uint32_t most)
{
    struct counts counts = {0};
    corpus_count(&counts, c);
    size_t kept = 0;
    for (size_t i = 0; i < counts.cap; i++) {
        if (count_kept(&counts.at[i], artists)) {
            counts.at[kept++] = counts.at[i];
        }
    }
    if (kept > 0) {
        qsort(counts.at, kept, sizeof(*counts.at), count_compare);
    }
    kept = kept < most ? kept : most;
    struct mlp_shape shape = {.slots = (uint32_t)(kept + kept / 4 + 8)};
    *v = (struct vocab){.slots = shape.slots};
    v->token = mem_array(v->slots, sizeof(*v->token));
    for (size_t i = 0; i < kept; i++) {
        size_t at = mlp_slot_first(counts.at[i].token, &shape);
        uint32_t mark = mlp_slot_mark(counts.at[i].token);
        while (v->token[at] != 0 && mlp_slot_mark(v->token[at]) != mark) {
            at = at + 1 == v->slots ? 0 : at + 1;
        }
        v->tokens += v->token[at] == 0;
        v->token[at] = v->token[at] ? v->token[at] : counts.at[i].token;
    }
    free(counts.at);
}

void vocab_free(struct vocab *v)
{
    free(v->token);
    *v = (struct vocab){0};
}

uint32_t vocab_find(const struct vocab *v, uint64_t token)
{
    struct mlp_shape shape = {.slots = v->slots};
    size_t at = mlp_slot_first(token, &shape);
    uint32_t mark = mlp_slot_mark(token);
    for (; v->token[at] != 0; at = at + 1 == v->slots ? 0 : at + 1) {
        if (mlp_slot_mark(v->token[at]) == mark) {
            return (uint32_t)at;
        }
    }
    return UINT32_MAX;
}
