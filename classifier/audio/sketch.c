#include "classifier/audio/sketch.h"

#include <math.h>

#include "classifier/audio/simd.h"

#define RANGE_DB 80.0F

/* The part of n things that column c stands for: one of them at least. */
static void column_part(size_t c, size_t n, size_t *ret_first, size_t *ret_end)
{
    *ret_first = c * n / SKETCH_WIDTH;
    *ret_end = (c + 1) * n / SKETCH_WIDTH;
    if (*ret_end <= *ret_first) {
        *ret_end = *ret_first + 1;
    }
}

static int8_t level(float x)
{
    return (int8_t)lrintf(127.0F * fmaxf(-1.0F, fminf(1.0F, x)));
}

static uint8_t shade(float share)
{
    return (uint8_t)lrintf(255.0F * fmaxf(0.0F, fminf(1.0F, share)));
}

/* Mean of row `row` of frames first ... end - 1; x: (blocks, rows, 8). */
static float row_mean(const float *x, size_t rows, size_t row, size_t first, size_t end)
{
    float sum = 0.0F;
    for (size_t f = first; f < end; f++) {
        sum += x[(f / SIMD_N * rows + row) * SIMD_N + f % SIMD_N];
    }
    return sum / (float)(end - first);
}

static float loudest(const struct analysis_view *view)
{
    float most = -INFINITY;
    for (size_t f = 0; f < view->frames; f++) {
        for (size_t b = 0; b < MEL_N; b++) {
            most = fmaxf(most, row_mean(view->mel, MEL_N, b, f, f + 1));
        }
    }
    return most;
}

static void wave_draw(const struct analysis_view *view, size_t c, struct sketch *ret)
{
    size_t first, end;
    column_part(c, view->samples, &first, &end);
    float low = view->signal[first], high = low;
    for (size_t i = first; i < end; i++) {
        low = fminf(low, view->signal[i]);
        high = fmaxf(high, view->signal[i]);
    }
    ret->low[c] = level(low);
    ret->high[c] = level(high);
}

void sketch_make(const struct analysis_view *view, struct sketch *ret)
{
    const float most = loudest(view);
    for (size_t c = 0; c < SKETCH_WIDTH; c++) {
        size_t first, end;
        wave_draw(view, c, ret);
        column_part(c, view->frames, &first, &end);
        for (size_t b = 0; b < MEL_N; b++) {
            const float db = row_mean(view->mel, MEL_N, b, first, end);
            ret->mel[c][b] = shade((db - most) / RANGE_DB + 1.0F);
        }
        for (size_t k = 0; k < CHROMA_N; k++) {
            ret->chroma[c][k] = shade(row_mean(view->chroma, CHROMA_N, k, first, end));
        }
    }
}
