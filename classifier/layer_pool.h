/* Making planes smaller: the largest of each 2 x 2, as PyTorch's MaxPool2d(2), and the mean of all.
 */
#ifndef CLASSIFIER_LAYER_POOL_H
#define CLASSIFIER_LAYER_POOL_H

#include <stddef.h>
#include <stdint.h>

struct layer_pool {
    size_t planes; /* of all pictures and channels */
    size_t height; /* H, at least 2; of an odd one the last row is left out */
    size_t width;  /* likewise */
};

/* x: (planes, H, W), y: (planes, H / 2, W / 2); ret_at likewise: where in its plane each came from.
 * Of equal ones the first. */
void layer_pool_forward(const struct layer_pool *l, const float *x, float *y, uint32_t *ret_at);
/* dx (planes, H, W) is overwritten. */
void layer_pool_backward(const struct layer_pool *l, const float *dy, const uint32_t *at,
                         float *dx);

/* y (planes) = mean of x (planes, H, W). */
void layer_pool_mean_forward(const struct layer_pool *l, const float *x, float *y);
void layer_pool_mean_backward(const struct layer_pool *l, const float *dy, float *dx);

#endif
