#include "classifier/mlp.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

size_t mlp_input(const struct mlp_shape *s)
{
    return 2 * (size_t)VECTOR_NUMBERS + (size_t)VECTOR_SMOOTH * s->pieces +
           (size_t)VECTOR_GROUPS * (s->dim + 1);
}

size_t mlp_slot_bytes(const struct mlp_shape *s)
{
    return sizeof(struct mlp_slot) + s->dim;
}

/* The lower half, mixed and scaled to the number of slots: FNV's low bits alone are uneven. */
size_t mlp_slot_first(uint64_t token, const struct mlp_shape *s)
{
    uint32_t mixed = (uint32_t)token * UINT32_C(0x9e3779b1);
    return (size_t)(((uint64_t)mixed * s->slots) >> 32);
}

uint32_t mlp_slot_mark(uint64_t token)
{
    uint32_t mark = (uint32_t)(token >> 32);
    return mark ? mark : 1;
}

size_t mlp_slot_find(const struct mlp *m, uint64_t token)
{
    uint32_t mark = mlp_slot_mark(token);
    size_t bytes = mlp_slot_bytes(&m->shape);
    size_t at = mlp_slot_first(token, &m->shape);
    for (size_t i = 0; i < m->shape.slots; i++) {
        uint32_t found;
        memcpy(&found, m->table + at * bytes, sizeof(found));
        if (found == mark) {
            return at;
        }
        if (found == 0) {
            break;
        }
        at = at + 1 == m->shape.slots ? 0 : at + 1;
    }
    return SIZE_MAX;
}

void mlp_encode_numbers(const struct mlp *m, const struct vector *v, float *out)
{
    const size_t pieces = m->shape.pieces;
    float *piece = out + 2 * (size_t)VECTOR_NUMBERS;
    for (size_t i = 0; i < VECTOR_NUMBERS; i++) {
        bool known = v->known & (UINT32_C(1) << i);
        float z = (v->number[i] - m->mean[i]) * m->scale[i];
        out[2 * i] = known ? fmaxf(-4.0F, fminf(4.0F, z)) : 0.0F;
        out[2 * i + 1] = known ? 1.0F : 0.0F;
        for (size_t k = 0; i < VECTOR_SMOOTH && k < pieces; k++) {
            const float *knot = m->knots + i * (pieces + 1) + k;
            float width = knot[1] - knot[0];
            float part = width > 0.0F ? (v->number[i] - knot[0]) / width
                                      : (v->number[i] >= knot[1] ? 1.0F : 0.0F);
            piece[i * pieces + k] = known ? fmaxf(0.0F, fminf(1.0F, part)) : 0.0F;
        }
    }
}

/* bag: (D). Returns whether any token was known. */
static bool bag_make(const struct mlp *m, const uint64_t *tokens, size_t n, float *bag)
{
    const size_t dim = m->shape.dim;
    size_t known = 0;
    memset(bag, 0, dim * sizeof(*bag));
    for (size_t i = 0; i < n; i++) {
        size_t at = mlp_slot_find(m, tokens[i]);
        if (at == SIZE_MAX) {
            continue;
        }
        const unsigned char *bytes = m->table + at * mlp_slot_bytes(&m->shape);
        struct mlp_slot slot;
        memcpy(&slot, bytes, sizeof(slot));
        const signed char *row = (const signed char *)(bytes + sizeof(slot));
        for (size_t d = 0; d < dim; d++) {
            bag[d] += slot.scale * (float)row[d];
        }
        known++;
    }
    float share = known > 1 ? 1.0F / sqrtf((float)known) : 1.0F;
    for (size_t d = 0; d < dim; d++) {
        bag[d] *= share;
    }
    return known > 0;
}

void mlp_encode(const struct mlp *m, const struct vector *v, float *out)
{
    mlp_encode_numbers(m, v, out);
    out += 2 * (size_t)VECTOR_NUMBERS + (size_t)VECTOR_SMOOTH * m->shape.pieces;
    for (size_t g = 0; g < VECTOR_GROUPS; g++) {
        bool known = bag_make(m, v->token[g], v->tokens[g], out);
        out[m->shape.dim] = known ? 1.0F : 0.0F;
        out += m->shape.dim + 1;
    }
}

/* One dense layer of a block. x: rows of `in` values, `x_step` apart; w: (in, out), b: (out);
 * y: rows of `out` values, `y_step` apart. */
struct dense {
    const float *w;
    const float *b;
    size_t in;
    size_t out;
    size_t x_step;
    size_t y_step;
};

/* Eight floats that add and multiply at once, on any processor: the compiler takes it apart where
 * the machine has narrower ones. The sums stay in order, so that every machine says the same. */
typedef float lanes __attribute__((vector_size(32)));

#define LANES (sizeof(lanes) / sizeof(float))
#define SONGS 4 /* of a tile */

/* y of four songs and two LANES of columns from `column` on. Written out, so that all sums stay in
 * registers, and there are enough of them to go on with while one is under way. */
static inline __attribute__((always_inline)) void
tile_forward(const struct dense *d, const float *x, float *y, size_t column)
{
    const size_t step = d->x_step;
    lanes a0, a1, a2, a3, b0, b1, b2, b3, v, w;
    memcpy(&a0, d->b + column, sizeof(a0));
    memcpy(&b0, d->b + column + LANES, sizeof(b0));
    a1 = a2 = a3 = a0;
    b1 = b2 = b3 = b0;
    const float *row = d->w + column;
    for (size_t i = 0; i < d->in; i++, row += d->out) {
        memcpy(&v, row, sizeof(v));
        memcpy(&w, row + LANES, sizeof(w));
        a0 += x[i] * v;
        b0 += x[i] * w;
        a1 += x[step + i] * v;
        b1 += x[step + i] * w;
        a2 += x[2 * step + i] * v;
        b2 += x[2 * step + i] * w;
        a3 += x[3 * step + i] * v;
        b3 += x[3 * step + i] * w;
    }
    const lanes sums[SONGS][2] = {{a0, b0}, {a1, b1}, {a2, b2}, {a3, b3}};
    for (size_t s = 0; s < SONGS; s++) {
        memcpy(y + s * d->y_step + column, sums[s], sizeof(sums[s]));
    }
}

/* The same of one song. */
static inline __attribute__((always_inline)) void
line_forward(const struct dense *d, const float *x, float *y, size_t column)
{
    lanes sum, w;
    memcpy(&sum, d->b + column, sizeof(sum));
    for (size_t i = 0; i < d->in; i++) {
        memcpy(&w, d->w + i * d->out + column, sizeof(w));
        sum += x[i] * w;
    }
    memcpy(y + column, &sum, sizeof(sum));
}

/* Columns from `column` on: fewer than LANES are left. */
static inline __attribute__((always_inline)) void
rest_forward(const struct dense *d, const float *x, float *y, size_t column)
{
    const size_t left = d->out - column;
    float sum[LANES] = {0};
    memcpy(sum, d->b + column, left * sizeof(*sum));
    for (size_t i = 0; i < d->in; i++) {
        const float *row = d->w + i * d->out + column;
        for (size_t k = 0; k < left; k++) {
            sum[k] += x[i] * row[k];
        }
    }
    memcpy(y + column, sum, left * sizeof(*sum));
}

static inline __attribute__((always_inline)) void tiles_forward(const struct dense *d,
                                                                const float *x, size_t n, float *y)
{
    size_t tiled = n / SONGS * SONGS, column = 0;
    for (; column + 2 * LANES <= d->out; column += 2 * LANES) {
        for (size_t s = 0; s < tiled; s += SONGS) {
            tile_forward(d, x + s * d->x_step, y + s * d->y_step, column);
        }
        for (size_t s = tiled; s < n; s++) {
            line_forward(d, x + s * d->x_step, y + s * d->y_step, column);
            line_forward(d, x + s * d->x_step, y + s * d->y_step, column + LANES);
        }
    }
    for (; column + LANES <= d->out; column += LANES) {
        for (size_t s = 0; s < n; s++) {
            line_forward(d, x + s * d->x_step, y + s * d->y_step, column);
        }
    }
    for (size_t s = 0; s < n && column < d->out; s++) {
        rest_forward(d, x + s * d->x_step, y + s * d->y_step, column);
    }
}

static void plain_forward(const struct dense *d, const float *x, size_t n, float *y)
{
    tiles_forward(d, x, n, y);
}

#ifdef __x86_64__
/* The same for a processor that has the eight lanes. Without fused multiply-add, which rounds
 * otherwise. */
__attribute__((target("avx2"))) static void avx2_forward(const struct dense *d, const float *x,
                                                         size_t n, float *y)
{
    tiles_forward(d, x, n, y);
}
#endif

static void dense_forward(const struct dense *d, const float *x, size_t n, float *y)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        avx2_forward(d, x, n, y);
        return;
    }
#endif
    plain_forward(d, x, n, y);
}

static void relu(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = x[i] > 0.0F ? x[i] : 0.0F;
    }
}

size_t mlp_hidden(const struct mlp_shape *s)
{
    return (size_t)s->towers * s->hidden2;
}

void mlp_forward(const struct mlp *m, const float *x, size_t n, float *logits, float *hidden)
{
    const struct mlp_shape *s = &m->shape;
    const size_t width1 = (size_t)s->towers * s->hidden1, width2 = mlp_hidden(s);
    float h1[MLP_BLOCK * MLP_WIDTH_MAX];
    float h2[MLP_BLOCK * MLP_WIDTH_MAX];
    struct dense first = {m->w1, m->b1, mlp_input(s), width1, mlp_input(s), width1};
    dense_forward(&first, x, n, h1);
    relu(h1, n * width1);
    for (size_t t = 0; t < s->towers; t++) {
        struct dense second = {m->w2 + t * s->hidden1 * s->hidden2,
                               m->b2 + t * s->hidden2,
                               s->hidden1,
                               s->hidden2,
                               width1,
                               width2};
        dense_forward(&second, h1 + t * s->hidden1, n, h2 + t * s->hidden2);
    }
    relu(h2, n * width2);
    /* The towers' last layers lie one below the other: their sum is one layer. */
    float bias[MLP_GENRES_MAX] = {0};
    for (size_t i = 0; i < s->towers * s->genres; i++) {
        bias[i % s->genres] += m->b3[i];
    }
    struct dense third = {m->w3, bias, width2, s->genres, width2, s->genres};
    dense_forward(&third, h2, n, logits);
    for (size_t i = 0; i < n * s->genres; i++) {
        logits[i] /= (float)s->towers;
    }
    if (hidden != NULL) {
        memcpy(hidden, h2, n * width2 * sizeof(*hidden));
    }
}

void mlp_calibrate(const struct mlp *m, unsigned regime, float *logits)
{
    const size_t genres = m->shape.genres;
    const float *scale = m->calibration + regime * 2 * genres, *shift = scale + genres;
    for (size_t g = 0; g < genres; g++) {
        logits[g] = scale[g] * logits[g] + shift[g];
    }
}

void mlp_place(const struct mlp *m, const float *hidden, size_t n, float *places)
{
    static const float none[MLP_SPACE_MAX];
    const size_t space = m->shape.space, from = mlp_hidden(&m->shape);
    struct dense dense = {m->projection, none, from, space, from, space};
    dense_forward(&dense, hidden, n, places);
    for (size_t i = 0; i < n; i++) {
        float *place = places + i * space, sum = 0.0F;
        for (size_t d = 0; d < space; d++) {
            sum += place[d] * place[d];
        }
        float scale = sum > 0.0F ? 1.0F / sqrtf(sum) : 0.0F;
        for (size_t d = 0; d < space; d++) {
            place[d] *= scale;
        }
    }
}

float mlp_probability(float logit)
{
    return 1.0F / (1.0F + expf(-logit));
}
