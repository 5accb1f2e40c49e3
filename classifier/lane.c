#include "classifier/lane.h"

#include <math.h>
#include <string.h>

typedef float lanes __attribute__((vector_size(32)));
typedef uint32_t words __attribute__((vector_size(32)));
typedef int32_t ints __attribute__((vector_size(32)));

#define LANES  ((size_t)8)
#define INLINE static inline __attribute__((always_inline))

/* Defines NAME, which runs NAME_body, compiled for AVX2 where the processor has it. */
#ifdef __x86_64__
#define LANE_FUNCTION(NAME, PARAMETERS, ARGUMENTS)                                                 \
    __attribute__((target("avx2"))) static void NAME##_avx2 PARAMETERS                             \
    {                                                                                              \
        NAME##_body ARGUMENTS;                                                                     \
    }                                                                                              \
    void NAME PARAMETERS                                                                           \
    {                                                                                              \
        if (__builtin_cpu_supports("avx2")) {                                                      \
            NAME##_avx2 ARGUMENTS;                                                                 \
        } else {                                                                                   \
            NAME##_body ARGUMENTS;                                                                 \
        }                                                                                          \
    }
#else
#define LANE_FUNCTION(NAME, PARAMETERS, ARGUMENTS)                                                 \
    void NAME PARAMETERS                                                                           \
    {                                                                                              \
        NAME##_body ARGUMENTS;                                                                     \
    }
#endif

/* How many of the lanes from i on are there. */
INLINE size_t lanes_at(size_t i, size_t n)
{
    return n - i < LANES ? n - i : LANES;
}

/* --- relu --- */

INLINE void drop_lanes(float *y, const words *counter, uint32_t below, float scale, size_t count)
{
    words at = *counter;
    lanes v = {0};
    memcpy(&v, y, count * sizeof(*y));
    at ^= at >> 16;
    at *= 0x7feb352dU;
    at ^= at >> 15;
    at *= 0x846ca68bU;
    at ^= at >> 16;
    words kept = (words)(v > 0.0F) & (words)(at >= below);
    v = (lanes)((words)(v * scale) & kept);
    memcpy(y, &v, count * sizeof(*y));
}

INLINE void lane_relu_forward_body(float *y, size_t n, uint32_t seed, uint32_t below, float scale)
{
    words at = {0, 1, 2, 3, 4, 5, 6, 7};
    at += seed;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES, at += (uint32_t)LANES) {
        drop_lanes(y + i, &at, below, scale, LANES);
    }
    if (i < n) {
        drop_lanes(y + i, &at, below, scale, n - i);
    }
}
LANE_FUNCTION(lane_relu_forward, (float *y, size_t n, uint32_t seed, uint32_t below, float scale),
              (y, n, seed, below, scale))

INLINE void lane_relu_backward_body(const float *y, float *dy, size_t n, float scale)
{
    lanes v, dv;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        memcpy(&v, y + i, sizeof(v));
        memcpy(&dv, dy + i, sizeof(dv));
        dv = (lanes)((words)(dv * scale) & (words)(v > 0.0F));
        memcpy(dy + i, &dv, sizeof(dv));
    }
    for (; i < n; i++) {
        dy[i] = y[i] > 0.0F ? dy[i] * scale : 0.0F;
    }
}
LANE_FUNCTION(lane_relu_backward, (const float *y, float *dy, size_t n, float scale),
              (y, dy, n, scale))

/* --- sums --- */

INLINE void lane_add_body(float *y, const float *x, float factor, size_t n)
{
    lanes v, add;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        memcpy(&v, y + i, sizeof(v));
        memcpy(&add, x + i, sizeof(add));
        v += factor * add;
        memcpy(y + i, &v, sizeof(v));
    }
    for (; i < n; i++) {
        y[i] += factor * x[i];
    }
}
LANE_FUNCTION(lane_add, (float *y, const float *x, float factor, size_t n), (y, x, factor, n))

/* --- loss --- */

/* exp(x) for x <= 0. */
INLINE void exp_lanes(const lanes *x, lanes *ret_exp)
{
    const lanes least = {-87.0F, -87.0F, -87.0F, -87.0F, -87.0F, -87.0F, -87.0F, -87.0F};
    const float round = 12582912.0F; /* 1.5 * 2^23: sums with it have no fraction */
    words low = (words)(*x < least);
    lanes v = (lanes)(((words)*x & ~low) | ((words)least & low));
    lanes power = (v * 1.44269504088896341F + round) - round;
    v = v - power * 0.693359375F - power * -2.12194440e-4F;
    lanes sum = v * 1.9875691500e-4F + 1.3981999507e-3F;
    sum = sum * v + 8.3334519073e-3F;
    sum = sum * v + 4.1665795894e-2F;
    sum = sum * v + 1.6666665459e-1F;
    sum = sum * v + 5.0000001201e-1F;
    sum = sum * v * v + v + 1.0F;
    ints exponent = (__builtin_convertvector(power, ints) + 127) << 23;
    *ret_exp = sum * (lanes)exponent;
}

/* What a row's loss is made of: the sum of the lanes of `linear`, and the logarithm of the product
 * of those of `product`. */
struct loss {
    lanes linear;
    lanes product;
};

/* -t log p - (1 - t) log(1 - p) is max(z, 0) - z t + log(1 + exp(-|z|)), which does not overflow.
 * The logarithm is taken once, of the product. */
INLINE void loss_lanes(struct loss *loss, const lanes *z, const lanes *t, float weight,
                       lanes *ret_gradient)
{
    const words sign = (words)(*z < 0.0F);
    lanes magnitude = (lanes)((words)*z & 0x7fffffffU), small, negative = -magnitude;
    exp_lanes(&negative, &small);
    lanes p = 1.0F / (1.0F + small);
    p = (lanes)(((words)p & ~sign) | ((words)(small * p) & sign));
    loss->linear += (lanes)((words)*z & ~sign) - *z * *t;
    loss->product *= 1.0F + small;
    *ret_gradient = weight * (p - *t);
}

/* The sum so far; begins anew. */
INLINE double loss_flush(struct loss *loss)
{
    double sum = 0.0, product = 1.0;
    for (size_t k = 0; k < LANES; k++) {
        sum += (double)loss->linear[k];
        product *= (double)loss->product[k];
        loss->linear[k] = 0.0F;
        loss->product[k] = 1.0F;
    }
    return sum + log(product);
}

#define FLUSH ((size_t)512) /* as many factors up to 2 as a double's range and a float's bear */

INLINE void lane_loss_body(const float *logits, const float *target, size_t n, float weight,
                           float *dlogits, double *ret_loss)
{
    struct loss loss = {{0}, {1.0F, 1.0F, 1.0F, 1.0F, 1.0F, 1.0F, 1.0F, 1.0F}};
    double sum = 0.0;
    for (size_t i = 0; i < n; i += LANES) {
        const size_t count = lanes_at(i, n);
        /* Lanes that are not there cost nothing: no class, surely. */
        lanes z = {-99.0F, -99.0F, -99.0F, -99.0F, -99.0F, -99.0F, -99.0F, -99.0F}, t = {0}, dz;
        if (count == LANES) {
            memcpy(&z, logits + i, sizeof(z));
            memcpy(&t, target + i, sizeof(t));
        } else {
            memcpy(&z, logits + i, count * sizeof(float));
            memcpy(&t, target + i, count * sizeof(float));
        }
        loss_lanes(&loss, &z, &t, weight, &dz);
        memcpy(dlogits + i, &dz, count * sizeof(float));
        if (i % FLUSH == FLUSH - LANES) {
            sum += loss_flush(&loss);
        }
    }
    *ret_loss = sum + loss_flush(&loss);
}
LANE_FUNCTION(lane_loss,
              (const float *logits, const float *target, size_t n, float weight, float *dlogits,
               double *ret_loss),
              (logits, target, n, weight, dlogits, ret_loss))

/* --- Adam --- */

INLINE void adam_lanes(const struct lane_adam *a, float *x, float *g, float *moment1,
                       float *moment2)
{
    lanes value, gradient, m1, m2, root = {0};
    memcpy(&value, x, sizeof(value));
    memcpy(&gradient, g, sizeof(gradient));
    memcpy(&m1, moment1, sizeof(m1));
    memcpy(&m2, moment2, sizeof(m2));
    m1 = a->beta1 * m1 + (1.0F - a->beta1) * gradient;
    m2 = a->beta2 * m2 + (1.0F - a->beta2) * gradient * gradient;
    for (size_t k = 0; k < LANES; k++) {
        root[k] = sqrtf(m2[k]);
    }
    value = a->keep * value - a->rate * m1 / (a->root_scale * root + 1e-8F);
    gradient = (lanes){0};
    memcpy(x, &value, sizeof(value));
    memcpy(g, &gradient, sizeof(gradient));
    memcpy(moment1, &m1, sizeof(m1));
    memcpy(moment2, &m2, sizeof(m2));
}

INLINE void lane_adam_body(const struct lane_adam *a, float *x, float *g, float *moment1,
                           float *moment2, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        adam_lanes(a, x + i, g + i, moment1 + i, moment2 + i);
    }
    for (; i < n; i++) {
        moment1[i] = a->beta1 * moment1[i] + (1.0F - a->beta1) * g[i];
        moment2[i] = a->beta2 * moment2[i] + (1.0F - a->beta2) * g[i] * g[i];
        x[i] = a->keep * x[i] - a->rate * moment1[i] / (a->root_scale * sqrtf(moment2[i]) + 1e-8F);
        g[i] = 0.0F;
    }
}
LANE_FUNCTION(lane_adam,
              (const struct lane_adam *a, float *x, float *g, float *moment1, float *moment2,
               size_t n),
              (a, x, g, moment1, moment2, n))
