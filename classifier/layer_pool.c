#include "classifier/layer_pool.h"

#include <string.h>

/* The place of the largest of the four from (row, column) on. */
static uint32_t largest(const float *plane, size_t width, size_t row, size_t column)
{
    uint32_t best = (uint32_t)(row * width + column);
    const uint32_t others[] = {best + 1, best + (uint32_t)width, best + (uint32_t)width + 1};
    for (size_t i = 0; i < 3; i++) {
        if (plane[others[i]] > plane[best])
            best = others[i];
    }
    return best;
}

void layer_pool_forward(const struct layer_pool *l, const float *x, float *y, uint32_t *ret_at)
{
    size_t out = 0;
    for (size_t i = 0; i < l->planes; i++) {
        const float *plane = x + i * l->height * l->width;
        for (size_t row = 0; row + 1 < l->height; row += 2) {
            for (size_t column = 0; column + 1 < l->width; column += 2, out++) {
                ret_at[out] = largest(plane, l->width, row, column);
                y[out] = plane[ret_at[out]];
            }
        }
    }
}

void layer_pool_backward(const struct layer_pool *l, const float *dy, const uint32_t *at, float *dx)
{
    const size_t smaller = (l->height / 2) * (l->width / 2);
    memset(dx, 0, l->planes * l->height * l->width * sizeof(*dx));
    for (size_t i = 0; i < l->planes; i++) {
        for (size_t p = 0; p < smaller; p++)
            dx[i * l->height * l->width + at[i * smaller + p]] += dy[i * smaller + p];
    }
}

void layer_pool_mean_forward(const struct layer_pool *l, const float *x, float *y)
{
    const size_t n = l->height * l->width;
    for (size_t i = 0; i < l->planes; i++) {
        double sum = 0.0;
        for (size_t p = 0; p < n; p++)
            sum += (double)x[i * n + p];
        y[i] = (float)(sum / (double)n);
    }
}

void layer_pool_mean_backward(const struct layer_pool *l, const float *dy, float *dx)
{
    const size_t n = l->height * l->width;
    for (size_t i = 0; i < l->planes; i++) {
        for (size_t p = 0; p < n; p++)
            dx[i * n + p] = dy[i] / (float)n;
    }
}
