#include "classifier/example.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int float_compare(const void *a, const void *b)
{
    const float *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* values: (n), sorted. */
static void quantiles(const float *values, size_t n, size_t pieces, float *knots)
{
    for (size_t k = 0; k <= pieces; k++) {
        knots[k] = n > 0 ? values[(n - 1) * k / pieces] : 0.0F;
    }
}

/* Sets mean and scale of one number from its known values (n). */
static void moments(const float *values, size_t n, float *mean, float *scale)
{
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)values[i];
    }
    double m = n > 0 ? sum / (double)n : 0.0;
    for (size_t i = 0; i < n; i++) {
        squares += ((double)values[i] - m) * ((double)values[i] - m);
    }
    double deviation = n > 0 ? sqrt(squares / (double)n) : 0.0;
    *mean = (float)m;
    *scale = deviation > 1e-6 ? (float)(1.0 / deviation) : 1.0F;
}

void example_scale(const struct corpus *c, size_t pieces, float *mean, float *scale, float *knots)
{
    float *values = mem_array(c->n * VECTOR_NUMBERS + 1, sizeof(*values));
    size_t known[VECTOR_NUMBERS] = {0};
    struct vector *v = mem_alloc(sizeof(*v));
    for (size_t i = 0; i < c->n; i++) {
        vector_make(&c->rows[i].song, v);
        for (size_t k = 0; k < VECTOR_NUMBERS; k++) {
            if (v->known & (UINT32_C(1) << k)) {
                values[k * c->n + known[k]++] = v->number[k];
            }
        }
    }
    for (size_t k = 0; k < VECTOR_NUMBERS; k++) {
        float *of_k = values + k * c->n;
        moments(of_k, known[k], &mean[k], &scale[k]);
        if (k < VECTOR_SMOOTH) {
            qsort(of_k, known[k], sizeof(*of_k), float_compare);
            quantiles(of_k, known[k], pieces, knots + k * (pieces + 1));
        }
    }
    free(v);
    free(values);
}

#define DOUBT 0.3F /* of a family that hardly any of the tags of a song speak for */

static void slot_add(struct examples *e, uint32_t slot)
{
    if (e->slots_n == e->slots_cap) {
        e->slots_cap = e->slots_cap ? 2 * e->slots_cap : 65536;
        e->slots = mem_resize(e->slots, e->slots_cap, sizeof(*e->slots));
    }
    e->slots[e->slots_n++] = slot;
}

static int hash_compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

#define FURTHER 0.4F /* weight of songs of further files: the first one is what is measured on */

/* One over the root of the number of songs of the same artist, scaled to 1 on average. */
static void weights_make(struct examples *e, const struct corpus *c)
{
    uint64_t *artists = mem_array(c->n + 1, sizeof(*artists));
    double sum = 0.0;
    for (size_t i = 0; i < c->n; i++) {
        artists[i] = c->rows[i].artist;
    }
    qsort(artists, c->n, sizeof(*artists), hash_compare);
    for (size_t i = 0; i < c->n; i++) {
        const uint64_t *at =
            bsearch(&c->rows[i].artist, artists, c->n, sizeof(*artists), hash_compare);
        const uint64_t *from = at, *to = at + 1;
        while (from > artists && from[-1] == *at) {
            from--;
        }
        while (to < artists + c->n && *to == *at) {
            to++;
        }
        e->at[i].weight = (c->rows[i].file == 0 ? 1.0F : FURTHER) / sqrtf((float)(to - from));
        sum += (double)e->at[i].weight;
    }
    for (size_t i = 0; i < c->n; i++) {
        e->at[i].weight *= (float)((double)c->n / sum);
    }
    free(artists);
}

void example_make(struct examples *ret_examples, const struct corpus *c, const struct mlp *m,
                  const struct vocab *v)
{
    struct examples e = {.n = c->n};
    struct vector *vector = mem_alloc(sizeof(*vector));
    e.numbers_n = 2 * (size_t)VECTOR_NUMBERS + (size_t)VECTOR_SMOOTH * m->shape.pieces;
    e.at = mem_array(c->n + 1, sizeof(*e.at));
    e.numbers = mem_array(c->n + 1, e.numbers_n * sizeof(*e.numbers));
    for (size_t i = 0; i < c->n; i++) {
        vector_make(&c->rows[i].song, vector);
        mlp_encode_numbers(m, vector, e.numbers + i * e.numbers_n);
        e.at[i].yes = c->rows[i].yes;
        e.at[i].known = c->rows[i].known;
        for (size_t g = 0; g < GENRE_N; g++) {
            e.at[i].doubt[g] = DOUBT * (1.0F - c->rows[i].strength[g]);
        }
        for (size_t g = 0; g < VECTOR_GROUPS; g++) {
            e.at[i].first[g] = e.slots_n;
            for (size_t k = 0; k < vector->tokens[g]; k++) {
                uint32_t slot = vocab_find(v, vector->token[g][k]);
                if (slot != UINT32_MAX) {
                    slot_add(&e, slot);
                }
            }
        }
        e.at[i].first[VECTOR_GROUPS] = e.slots_n;
    }
    weights_make(&e, c);
    free(vector);
    *ret_examples = e;
}

void example_free(struct examples *e)
{
    free(e->at);
    free(e->numbers);
    free(e->slots);
    *e = (struct examples){0};
}
