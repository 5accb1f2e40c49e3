/* A network as a row of layers, each of which takes what the one before it gives, while it is
 * trained and when it is used. Pictures are (channels, height, width); a sequence is one channel of
 * `height` steps with `width` values each. One thread. */
#ifndef CLASSIFIER_STACK_H
#define CLASSIFIER_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rand.h"

enum stack_kind {
    STACK_CONV, /* 3 x 3, to n channels */
    STACK_NORM, /* of each channel over the batch */
    STACK_RELU,
    STACK_POOL,  /* the largest of 2 x 2 */
    STACK_MEAN,  /* of each channel's plane: what is left is (1, 1, channels) */
    STACK_LSTM,  /* a sequence to one of n values */
    STACK_STEPS, /* mean over the steps of a sequence */
    STACK_DENSE, /* all values to n */
    STACK_DROP,  /* in training each value is zero with probability `drop` */
};

struct stack_row {
    enum stack_kind kind;
    size_t n;
    float drop;
};

struct stack_shape {
    size_t channels;
    size_t height;
    size_t width;
};

struct stack;

/* rows: (n_rows), borrowed for as long as the stack lives; they must fit each other and end with
 * STACK_DENSE. batch: the most rows that go through together. Random weights (He et al. 2015;
 * LSTM: uniform in one over the root of its units, forget gates at 1) from the seed. Caller:
 * stack_free. */
struct stack *stack_new(const struct stack_row *rows, size_t n_rows, struct stack_shape in,
                        size_t batch, uint64_t seed);
void stack_free(struct stack *s);

size_t stack_inputs(const struct stack *s);    /* values of one row of input */
size_t stack_outputs(const struct stack *s);   /* G, of the last layer */
size_t stack_embedding(const struct stack *s); /* E, values that the last layer sees */

/* x: (n, inputs), borrowed until the way back. Returns logits (n, G), valid until the next call. */
const float *stack_forward(struct stack *s, const float *x, size_t n, bool training);
/* (n, E) of the last forward: what the last layer saw. */
const float *stack_seen(const struct stack *s);
/* dlogits: (n, G), of the last forward, which was in training. Adds to the gradients. */
void stack_backward(struct stack *s, const float *dlogits);
/* One step of AdamW (Loshchilov and Hutter 2019, betas 0.9 and 0.999) along the gradients, which
 * are zero afterwards. decay: per step times rate, of weights, not of biases, gains and shifts. */
void stack_update(struct stack *s, double rate, double decay);

/* All that is learned, in one block, and what goes with it in training: a checkpoint is all of
 * it but the gradients. */
struct stack_state {
    float *params; /* (n), with what the normalisations remember */
    float *grads;
    float *moment1;
    float *moment2;
    size_t n;
    int64_t steps;
    struct rand_seq rand; /* what is dropped next */
};
struct stack_state *stack_state(struct stack *s);

#endif
