#include "classifier/layer_norm.h"

#include <math.h>

static const float *plane_at(const struct layer_norm *l, const float *x, size_t i, size_t c)
{
    return x + (i * l->channels + c) * l->plane;
}

/* Mean and variance (of n values, not n - 1) of a channel. */
static void moments(const struct layer_norm *l, const float *x, size_t c, double *ret_mean,
                    double *ret_var)
{
    const double n = (double)(l->n * l->plane);
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < l->n; i++) {
        const float *at = plane_at(l, x, i, c);
        for (size_t p = 0; p < l->plane; p++)
            sum += (double)at[p];
    }
    for (size_t i = 0; i < l->n; i++) {
        const float *at = plane_at(l, x, i, c);
        for (size_t p = 0; p < l->plane; p++)
            squares += ((double)at[p] - sum / n) * ((double)at[p] - sum / n);
    }
    *ret_mean = sum / n;
    *ret_var = squares / n;
}

static void scale_plane(const struct layer_norm *l, const float *x, size_t c, float factor,
                        float offset, float *y)
{
    for (size_t i = 0; i < l->n; i++) {
        const float *from = plane_at(l, x, i, c);
        float *to = y + (i * l->channels + c) * l->plane;
        for (size_t p = 0; p < l->plane; p++)
            to[p] = from[p] * factor + offset;
    }
}

void layer_norm_forward(const struct layer_norm *l, const struct layer_norm_state *s,
                        const float *x, float *y)
{
    const double n = (double)(l->n * l->plane);
    for (size_t c = 0; c < l->channels; c++) {
        double mean, var;
        moments(l, x, c, &mean, &var);
        s->mean[c] = (float)mean;
        s->scale[c] = (float)(1.0 / sqrt(var + LAYER_NORM_EPS));
        s->kept_mean[c] += LAYER_NORM_MOMENTUM * (s->mean[c] - s->kept_mean[c]);
        s->kept_var[c] +=
            LAYER_NORM_MOMENTUM * ((float)(var * n / fmax(n - 1.0, 1.0)) - s->kept_var[c]);
        const float factor = s->gain[c] * s->scale[c];
        scale_plane(l, x, c, factor, s->shift[c] - s->mean[c] * factor, y);
    }
}

void layer_norm_apply(const struct layer_norm *l, const struct layer_norm_state *s, const float *x,
                      float *y)
{
    for (size_t c = 0; c < l->channels; c++) {
        const float factor = s->gain[c] / (float)sqrt((double)s->kept_var[c] + LAYER_NORM_EPS);
        scale_plane(l, x, c, factor, s->shift[c] - s->kept_mean[c] * factor, y);
    }
}

void layer_norm_backward(const struct layer_norm *l, const struct layer_norm_state *s,
                         const float *x, float *dgain, float *dshift, float *dy)
{
    const double n = (double)(l->n * l->plane);
    for (size_t c = 0; c < l->channels; c++) {
        const double mean = (double)s->mean[c], scale = (double)s->scale[c];
        double sum = 0.0, along = 0.0; /* of dy, and of dy times the normalised x */
        for (size_t i = 0; i < l->n; i++) {
            const float *from = plane_at(l, x, i, c), *d = plane_at(l, dy, i, c);
            for (size_t p = 0; p < l->plane; p++) {
                sum += (double)d[p];
                along += (double)d[p] * ((double)from[p] - mean) * scale;
            }
        }
        dgain[c] += (float)along;
        dshift[c] += (float)sum;
        for (size_t i = 0; i < l->n; i++) {
            const float *from = plane_at(l, x, i, c);
            float *d = dy + (i * l->channels + c) * l->plane;
            for (size_t p = 0; p < l->plane; p++) {
                const double unit = ((double)from[p] - mean) * scale;
                d[p] = (float)((double)s->gain[c] * scale *
                               ((double)d[p] - sum / n - unit * along / n));
            }
        }
    }
}
