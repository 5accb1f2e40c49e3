/* Batch normalisation (Ioffe and Szegedy 2015) of channels, as PyTorch's BatchNorm2d with eps 1e-5:
 * in training with the batch's own mean and variance. */
#ifndef CLASSIFIER_LAYER_NORM_H
#define CLASSIFIER_LAYER_NORM_H

#include <stddef.h>

#define LAYER_NORM_EPS      1e-5
#define LAYER_NORM_MOMENTUM 0.1F /* of what is remembered of the batches */

struct layer_norm {
    size_t n;        /* of a batch */
    size_t channels; /* C */
    size_t plane;    /* values of a channel */
};

/* Each (C). */
struct layer_norm_state {
    const float *gain;
    const float *shift;
    float *mean;      /* of the last batch that went forward */
    float *scale;     /* likewise: one over the deviation */
    float *kept_mean; /* what is remembered of all batches */
    float *kept_var;
};

/* x, y: (n, C, plane), not the same. In training: fills mean and scale, and lets kept_mean and
 * kept_var (unbiased) follow. */
void layer_norm_forward(const struct layer_norm *l, const struct layer_norm_state *s,
                        const float *x, float *y);
/* Likewise with what is remembered. */
void layer_norm_apply(const struct layer_norm *l, const struct layer_norm_state *s, const float *x,
                      float *y);
/* x as it went forward. dgain, dshift (C) are added to; dy (n, C, plane) becomes dx. */
void layer_norm_backward(const struct layer_norm *l, const struct layer_norm_state *s,
                         const float *x, float *dgain, float *dshift, float *dy);

#endif
