/* The layers of training: a forward and a backward for each, row-major, over gemm.h or
 * OpenBLAS where it is dense. Backward functions add to the gradients of parameters and overwrite
 * those of inputs. */
#ifndef CLASSIFIER_LAYER_H
#define CLASSIFIER_LAYER_H

#include <stddef.h>
#include <stdint.h>

#include "base/rand.h"

/* A dense layer on `rows` rows: x (rows, in) with x_step floats from row to row, y (rows, out) with
 * y_step, w (in, out) with w_step (0: out). */
struct layer_dense {
    size_t rows;
    size_t in;
    size_t out;
    size_t x_step;
    size_t y_step;
    size_t w_step;
};

/* y = x w + b. w: (in, out), b: (out). */
void layer_dense_forward(const struct layer_dense *l, const float *x, const float *w,
                         const float *b, float *y);
/* dw (in, out) += x' dy, db (out) += column sums of dy. */
void layer_dense_backward_weights(const struct layer_dense *l, const float *x, const float *dy,
                                  float *dw, float *db);
/* dx (rows, in), x_step apart, = dy w'. */
void layer_dense_backward_input(const struct layer_dense *l, const float *dy, const float *w,
                                float *dx);

/* y (n) = relu(y), then with probability `drop` zero, else over 1 - drop (inverted dropout). */
void layer_relu_forward(float *y, size_t n, float drop, struct rand_seq *r);
/* dy (n) where the forward's y (n) is above zero, over 1 - drop; zero elsewhere. */
void layer_relu_backward(const float *y, float *dy, size_t n, float drop);

/* One over the root of n; 1 for n = 0. */
float layer_bag_share(size_t n);
/* bag (dim) = the rows of table (., dim), each times layer_bag_share(n); zero for n = 0. A row's
 * gradient is the bag's times the same. */
void layer_bag_forward(const float *table, const uint32_t *rows, size_t n, size_t dim, float *bag);

#define LAYER_UNKNOWN (-1.0F) /* a target that nobody knows: no loss, no gradient */

/* Binary cross-entropy of one row: logits (n), target (n) in [0, 1] or unknown; returns the loss's
 * sum in nats, and writes weight * (sigmoid(logit) - target), its gradient times weight, to dlogits
 * (n).
 */
double layer_loss(const float *logits, const float *target, size_t n, float weight, float *dlogits);

#endif
