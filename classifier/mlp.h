/* The network, inference only, in plain loops: bags of embeddings and numbers, then T towers of
 * dense layers side by side whose logits are averaged.
 *
 *   input (I) = [z and mask of each number (2 N) | pieces of the smooth ones (S * K) |
 *                per group: its bag (D), and whether it has a known token (1)]
 *   tower t:   relu(input W1[:, t] + b1[t]) (H1) -> relu(. W2[t] + b2[t]) (H2) -> . W3[t] + b3[t]
 * (G) p (G) = sigmoid(mean over towers of the logits)
 *
 * Pieces are the piecewise linear encoding of Gorishniy et al. 2022 ("On Embeddings for Numerical
 * Features in Tabular Deep Learning", eq. 1): piece k grows from 0 to 1 between knots k and k + 1.
 * A bag is the sum of the rows of its tokens over the root of their number; tokens that the model
 * does not know are left out of both. */
#ifndef CLASSIFIER_MLP_H
#define CLASSIFIER_MLP_H

#include <stddef.h>
#include <stdint.h>

#include "classifier/vector.h"

#define MLP_GENRES_MAX 256
#define MLP_TOWERS_MAX 8
#define MLP_DIM_MAX    64
#define MLP_PIECES_MAX 32
#define MLP_SLOTS_MAX  (UINT32_C(1) << 20)
#define MLP_INPUT_MAX  1024
#define MLP_WIDTH_MAX  2048
#define MLP_SPACE_MAX  64
#define MLP_BLOCK      8 /* songs that go through a layer together */

struct mlp_shape {
    uint32_t genres;  /* G */
    uint32_t towers;  /* T */
    uint32_t hidden1; /* H1 */
    uint32_t hidden2; /* H2 */
    uint32_t dim;     /* D, a multiple of 4 */
    uint32_t pieces;  /* K */
    uint32_t slots;   /* of the embedding table */
    uint32_t space;   /* P, dimensions of the space of likeness */
};

/* What of a song is known beside title, artists and album, as a set of bits: it decides how sure
 * the logits are.
 */
enum mlp_regime { MLP_STATISTICS = 1, MLP_TAGS = 2, MLP_LABEL = 4, MLP_REGIMES = 8 };

/* All float arrays row-major, borrowed. */
struct mlp {
    struct mlp_shape shape;
    const float *mean;        /* (N) */
    const float *scale;       /* (N): one over the deviation */
    const float *knots;       /* (S, K + 1), ascending */
    const float *w1;          /* (I, T * H1) */
    const float *b1;          /* (T * H1) */
    const float *w2;          /* (T, H1, H2) */
    const float *b2;          /* (T, H2) */
    const float *w3;          /* (T, H2, G) */
    const float *b3;          /* (T, G) */
    const float *calibration; /* (MLP_REGIMES, 2, G): scale and shift of the logits */
    const float *threshold;   /* (MLP_REGIMES, G): probabilities from which on a song is called of a
                                 genre; above 1: never */
    const float *projection;  /* (T * H2, P): from the second layers into the space of likeness */
    /* Open addressing with linear probing: struct mlp_slot and D bytes of row, `slots` times. */
    const unsigned char *table;
};

/* A row of the table: value d of the embedding is scale * (int8_t)row[d]. mark 0: the slot is free.
 */
struct mlp_slot {
    uint32_t mark; /* the token's upper half; 1 where that is 0 */
    float scale;
};

size_t mlp_input(const struct mlp_shape *s);                      /* I */
size_t mlp_slot_bytes(const struct mlp_shape *s);                 /* of one slot with its row */
size_t mlp_slot_first(uint64_t token, const struct mlp_shape *s); /* where probing begins */
uint32_t mlp_slot_mark(uint64_t token);
/* Place of the token's slot, or SIZE_MAX when the table does not have it. */
size_t mlp_slot_find(const struct mlp *m, uint64_t token);

/* The part of the input that comes from numbers: out (2 N + S * K). Training encodes with it too.
 */
void mlp_encode_numbers(const struct mlp *m, const struct vector *v, float *out);
/* The whole input: out (I). */
void mlp_encode(const struct mlp *m, const struct vector *v, float *out);
/* x: (n, I), n <= MLP_BLOCK; logits: (n, G), the towers' mean; hidden: (n, T * H2), the towers'
 * second layers side by side, or NULL. Any thread; 180 KiB of stack. */
void mlp_forward(const struct mlp *m, const float *x, size_t n, float *logits, float *hidden);
size_t mlp_hidden(const struct mlp_shape *s); /* T * H2 */
/* logits (G) as they are to be believed. regime: enum mlp_regime bits. */
void mlp_calibrate(const struct mlp *m, unsigned regime, float *logits);
/* hidden (n, T * H2) to places (n, P) of unit length, n <= MLP_BLOCK; like songs are close (a dot
 * product is the cosine). */
void mlp_place(const struct mlp *m, const float *hidden, size_t n, float *places);
float mlp_probability(float logit); /* the logistic function */

#endif
