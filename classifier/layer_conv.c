#include "classifier/layer_conv.h"

#include <cblas.h>
#include <string.h>

static size_t rows_of(const struct layer_conv *l)
{
    return l->in * l->kernel * l->kernel;
}

static size_t plane_of(const struct layer_conv *l)
{
    return l->height * l->width;
}

size_t layer_conv_scratch(const struct layer_conv *l)
{
    return rows_of(l) * plane_of(l);
}

/* Where a row of the picture, moved by `by` columns, overlaps with itself: [*from, *to) of the
 * target. */
static void overlap(size_t width, ptrdiff_t by, size_t *from, size_t *to)
{
    *from = by < 0 ? (size_t)-by : 0;
    *to = by > 0 ? width - (size_t)by : width;
}

/* Of one picture x (C, H, W): columns (C * K * K, H * W), row (c, i, j) being channel c moved by
 * (i, j) less half the kernel. */
static void unfold(const struct layer_conv *l, const float *x, float *columns)
{
    const ptrdiff_t half = (ptrdiff_t)(l->kernel / 2);
    memset(columns, 0, layer_conv_scratch(l) * sizeof(*columns));
    for (size_t row = 0; row < rows_of(l); row++) {
        const size_t channel = row / (l->kernel * l->kernel);
        const ptrdiff_t down = (ptrdiff_t)(row / l->kernel % l->kernel) - half;
        const ptrdiff_t right = (ptrdiff_t)(row % l->kernel) - half;
        size_t top, bottom, from, to;
        overlap(l->height, down, &top, &bottom);
        overlap(l->width, right, &from, &to);
        for (size_t y = top; y < bottom; y++) {
            const ptrdiff_t source =
                ((ptrdiff_t)(channel * l->height + y) + down) * (ptrdiff_t)l->width + right;
            memcpy(columns + row * plane_of(l) + y * l->width + from, x + source + (ptrdiff_t)from,
                   (to - from) * sizeof(*x));
        }
    }
}

/* The sum of unfold's columns at the places that they came from: dx (C, H, W). */
static void fold(const struct layer_conv *l, const float *columns, float *dx)
{
    const ptrdiff_t half = (ptrdiff_t)(l->kernel / 2);
    memset(dx, 0, l->in * plane_of(l) * sizeof(*dx));
    for (size_t row = 0; row < rows_of(l); row++) {
        const size_t channel = row / (l->kernel * l->kernel);
        const ptrdiff_t down = (ptrdiff_t)(row / l->kernel % l->kernel) - half;
        const ptrdiff_t right = (ptrdiff_t)(row % l->kernel) - half;
        size_t top, bottom, from, to;
        overlap(l->height, down, &top, &bottom);
        overlap(l->width, right, &from, &to);
        for (size_t y = top; y < bottom; y++) {
            const float *column = columns + row * plane_of(l) + y * l->width;
            float *target =
                dx + ((ptrdiff_t)(channel * l->height + y) + down) * (ptrdiff_t)l->width + right;
            for (size_t x = from; x < to; x++)
                target[x] += column[x];
        }
    }
}

void layer_conv_forward(const struct layer_conv *l, const float *x, const float *w, const float *b,
                        float *scratch, float *y)
{
    const size_t plane = plane_of(l);
    for (size_t i = 0; i < l->n; i++) {
        float *out = y + i * l->out * plane;
        for (size_t o = 0; o < l->out; o++) {
            for (size_t p = 0; p < plane; p++)
                out[o * plane + p] = b[o];
        }
        unfold(l, x + i * l->in * plane, scratch);
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)l->out, (int)plane,
                    (int)rows_of(l), 1.0F, w, (int)rows_of(l), scratch, (int)plane, 1.0F, out,
                    (int)plane);
    }
}

void layer_conv_backward_weights(const struct layer_conv *l, const float *x, const float *dy,
                                 float *scratch, float *dw, float *db)
{
    const size_t plane = plane_of(l);
    for (size_t i = 0; i < l->n; i++) {
        const float *d = dy + i * l->out * plane;
        unfold(l, x + i * l->in * plane, scratch);
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)l->out, (int)rows_of(l),
                    (int)plane, 1.0F, d, (int)plane, scratch, (int)plane, 1.0F, dw,
                    (int)rows_of(l));
        for (size_t o = 0; o < l->out; o++) {
            double sum = 0.0;
            for (size_t p = 0; p < plane; p++)
                sum += (double)d[o * plane + p];
            db[o] += (float)sum;
        }
    }
}

void layer_conv_backward_input(const struct layer_conv *l, const float *dy, const float *w,
                               float *scratch, float *dx)
{
    const size_t plane = plane_of(l);
    for (size_t i = 0; i < l->n; i++) {
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)rows_of(l), (int)plane,
                    (int)l->out, 1.0F, w, (int)rows_of(l), dy + i * l->out * plane, (int)plane,
                    0.0F, scratch, (int)plane);
        fold(l, scratch, dx + i * l->in * plane);
    }
}
