#include "classifier/map_align.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

#define COMMON_LEAST 3
#define INSIDE       0.995 /* of the items, that lie within the edges */
#define FILLED       0.95F
#define FILLED_LEAST 0.5F

/* Means and products of the items that have an old place. */
struct common {
    size_t n;
    double at[2];
    double old[2];
    double at_square;
    double old_square;
    double same[2];     /* of old by the conjugate of at: a turn */
    double mirrored[2]; /* of old by at: a turn after a mirror */
};

static bool is_old(const float *old, size_t i)
{
    return isfinite(old[2 * i]) && isfinite(old[2 * i + 1]);
}

static void means_make(struct common *c, const float *at, const float *old, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t d = 0; d < 2 && is_old(old, i); d++) {
            c->at[d] += (double)at[2 * i + d];
            c->old[d] += (double)old[2 * i + d];
        }
        c->n += is_old(old, i);
    }
    for (size_t d = 0; d < 2 && c->n > 0; d++) {
        c->at[d] /= (double)c->n;
        c->old[d] /= (double)c->n;
    }
}

static void products_make(struct common *c, const float *at, const float *old, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!is_old(old, i)) {
            continue;
        }
        const double x = (double)at[2 * i] - c->at[0], y = (double)at[2 * i + 1] - c->at[1];
        const double u = (double)old[2 * i] - c->old[0], v = (double)old[2 * i + 1] - c->old[1];
        c->at_square += x * x + y * y;
        c->old_square += u * u + v * v;
        c->same[0] += u * x + v * y;
        c->same[1] += v * x - u * y;
        c->mirrored[0] += u * x - v * y;
        c->mirrored[1] += v * x + u * y;
    }
}

/* Returns the factor. */
static double to_old(const struct common *c, float *at, size_t n)
{
    const double plain = hypot(c->same[0], c->same[1]);
    const double mirror = hypot(c->mirrored[0], c->mirrored[1]);
    const double *turn = mirror > plain ? c->mirrored : c->same;
    const double length = fmax(mirror, plain), sign = mirror > plain ? -1.0 : 1.0;
    const double factor = sqrt(c->old_square / c->at_square);
    const double cosine = length > 0.0 ? turn[0] / length : 1.0;
    const double sine = length > 0.0 ? turn[1] / length : 0.0;
    for (size_t i = 0; i < n; i++) {
        const double x = (double)at[2 * i] - c->at[0];
        const double y = sign * ((double)at[2 * i + 1] - c->at[1]);
        at[2 * i] = (float)(factor * (cosine * x - sine * y) + c->old[0]);
        at[2 * i + 1] = (float)(factor * (sine * x + cosine * y) + c->old[1]);
    }
    return factor;
}

static int by_value(const void *a, const void *b)
{
    const float *x = a;
    const float *y = b;
    return (*x > *y) - (*x < *y);
}

static void centre(float *at, size_t n)
{
    float *values = mem_array(n + 1, sizeof(*values));
    const size_t beyond = (size_t)((1.0 - INSIDE) / 2.0 * (double)n);
    for (size_t d = 0; d < 2 && n > 0; d++) {
        for (size_t i = 0; i < n; i++) {
            values[i] = at[2 * i + d];
        }
        qsort(values, n, sizeof(*values), by_value);
        const float middle = (values[beyond] + values[n - 1 - beyond]) / 2.0F;
        for (size_t i = 0; i < n; i++) {
            at[2 * i + d] -= middle;
        }
    }
    free(values);
}

/* How far out the items lie but for the outermost few. */
static float reach(const float *at, size_t n)
{
    float *values = mem_array(n + 1, sizeof(*values));
    for (size_t i = 0; i < n; i++) {
        values[i] = fmaxf(fabsf(at[2 * i]), fabsf(at[2 * i + 1]));
    }
    if (n > 0) {
        qsort(values, n, sizeof(*values), by_value);
    }
    const float out = n > 0 ? values[(size_t)(INSIDE * (double)(n - 1))] : 0.0F;
    free(values);
    return out;
}

double map_align(float *at, const float *old, size_t n)
{
    struct common c = {.n = 0};
    double factor = 1.0;
    bool follows = false;
    means_make(&c, at, old, n);
    products_make(&c, at, old, n);
    if (c.n >= COMMON_LEAST && c.at_square > 0.0 && c.old_square > 0.0) {
        follows = true;
        factor = to_old(&c, at, n);
    } else {
        centre(at, n);
    }
    const float out = reach(at, n);
    if (out > 0.0F && (!follows || out > 1.0F || out < FILLED_LEAST)) {
        factor *= (double)(FILLED / out);
        for (size_t i = 0; i < 2 * n; i++) {
            at[i] *= FILLED / out;
        }
    }
    for (size_t i = 0; i < 2 * n; i++) {
        at[i] = fmaxf(-1.0F, fminf(1.0F, at[i]));
    }
    return 1.0 / factor;
}
