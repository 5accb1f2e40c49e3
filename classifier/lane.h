/* Loops over floats in eight lanes, with AVX2 where the processor has it. Any thread. Nothing is
 * fused or summed in another order, so that every machine says the same. */
#ifndef CLASSIFIER_LANE_H
#define CLASSIFIER_LANE_H

#include <stddef.h>
#include <stdint.h>

/* y (n) = relu(y) * scale where a hash of seed + i, which stands for a random number, is `below` at
 * least; else zero. The hash is lowbias32 of Wellons 2018 ("Prospecting for Hash Functions"). */
void lane_relu_forward(float *y, size_t n, uint32_t seed, uint32_t below, float scale);
/* dy (n) = dy * scale where y (n) is above zero, else zero. */
void lane_relu_backward(const float *y, float *dy, size_t n, float scale);
/* y (n) += factor * x (n). */
void lane_add(float *y, const float *x, float factor, size_t n);
/* As layer_loss, the sum to *ret_loss. The exponential is Cephes's expf (Moshier). */
void lane_loss(const float *logits, const float *target, size_t n, float weight, float *dlogits,
               double *ret_loss);

/* One step of Adam: moment = beta moment + (1 - beta) g or g^2,
 * x = keep x - rate moment1 / (root_scale sqrt(moment2) + 1e-8). */
struct lane_adam {
    float rate;
    float root_scale;
    float keep;
    float beta1;
    float beta2;
};

/* Of n parameters x with gradients g, which are zero afterwards. */
void lane_adam(const struct lane_adam *a, float *x, float *g, float *moment1, float *moment2,
               size_t n);

#endif
