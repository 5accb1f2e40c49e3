/* A model of a few weights for tests, made from a seed. */
#ifndef TESTS_UNIT_TINY_MODEL_H
#define TESTS_UNIT_TINY_MODEL_H

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/rand.h"
#include "classifier/genre.h"
#include "classifier/mlp.h"
#include "classifier/model.h"

struct tiny_model {
    struct mlp mlp;
    float *floats;
    unsigned char *table;
};

static inline const float *tiny_floats(float **at, size_t n, float size, struct rand_seq *r)
{
    const float *start = *at;
    for (size_t i = 0; i < n; i++) {
        (*at)[i] = (float)((rand_unit(r) - 0.5) * 2.0) * size;
    }
    *at += n;
    return start;
}

/* tokens: (n) that get a row in the table, whose slots are twice as many and at least four. */
static inline void tiny_model_make(struct tiny_model *t, struct mlp_shape shape,
                                   const uint64_t *tokens, size_t n)
{
    struct rand_seq r = {7};
    shape.space = shape.space ? shape.space : 4;
    shape.slots = n < 2 ? 4 : (uint32_t)(2 * n);
    size_t towers = shape.towers, width = towers * shape.hidden1;
    float *at = t->floats = calloc(1 << 18, sizeof(float));
    struct mlp *m = &t->mlp;
    m->shape = shape;
    m->mean = tiny_floats(&at, VECTOR_NUMBERS, 1.0F, &r);
    m->scale = tiny_floats(&at, VECTOR_NUMBERS, 1.0F, &r);
    m->knots = at;
    for (size_t i = 0; i < (size_t)VECTOR_SMOOTH * (shape.pieces + 1); i++) {
        *at++ = (float)(i % (shape.pieces + 1)) / (float)shape.pieces;
    }
    m->w1 = tiny_floats(&at, mlp_input(&shape) * width, 0.3F, &r);
    m->b1 = tiny_floats(&at, width, 0.3F, &r);
    m->w2 = tiny_floats(&at, width * shape.hidden2, 0.3F, &r);
    m->b2 = tiny_floats(&at, towers * shape.hidden2, 0.3F, &r);
    m->w3 = tiny_floats(&at, towers * shape.hidden2 * shape.genres, 0.3F, &r);
    m->b3 = tiny_floats(&at, towers * shape.genres, 0.3F, &r);
    m->calibration = at;
    for (size_t i = 0; i < (size_t)MLP_REGIMES * 2 * shape.genres; i++) {
        *at++ = i / shape.genres % 2 == 0 ? 1.0F : 0.0F;
    }
    m->threshold = tiny_floats(&at, (size_t)MLP_REGIMES * shape.genres, 0.9F, &r);
    m->projection = tiny_floats(&at, towers * shape.hidden2 * shape.space, 0.3F, &r);
    size_t bytes = mlp_slot_bytes(&shape);
    t->table = calloc(shape.slots, bytes);
    m->table = t->table;
    for (size_t i = 0; i < n; i++) {
        struct mlp_slot slot = {mlp_slot_mark(tokens[i]), 0.02F};
        size_t k = mlp_slot_first(tokens[i], &shape);
        for (uint32_t mark = 1; memcpy(&mark, t->table + k * bytes, 4), mark != 0;) {
            k = (k + 1) % shape.slots;
        }
        memcpy(t->table + k * bytes, &slot, sizeof(slot));
        for (size_t d = 0; d < shape.dim; d++) {
            t->table[k * bytes + sizeof(slot) + d] = (unsigned char)rand_next(&r);
        }
    }
}

static inline void tiny_model_free(struct tiny_model *t)
{
    free(t->floats);
    free(t->table);
}

#endif
