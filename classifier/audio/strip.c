#include "classifier/audio/strip.h"

#include <math.h>
#include <string.h>

#include "classifier/audio/simd.h"

#define RANGE_DB 80.0F

static float level(const struct analysis_view *view, size_t frame, size_t band)
{
    return view->mel[(frame / SIMD_N * MEL_N + band) * SIMD_N + frame % SIMD_N];
}

void strip_make(const struct analysis_view *view, struct strip *ret)
{
    const size_t n = view->frames < STRIP_FRAMES ? view->frames : STRIP_FRAMES;
    const size_t first = (view->frames - n) / 2;
    float most = -INFINITY;
    for (size_t f = 0; f < n; f++) {
        for (size_t b = 0; b < MEL_N; b++) {
            most = fmaxf(most, level(view, first + f, b));
        }
    }
    memset(ret, 0, sizeof(*ret));
    ret->frames = (uint32_t)n;
    for (size_t f = 0; f < n; f++) {
        for (size_t b = 0; b < MEL_N; b++) {
            const float share = (level(view, first + f, b) - most) / RANGE_DB + 1.0F;
            ret->mel[f][b] = (uint8_t)lrintf(255.0F * fmaxf(0.0F, share));
        }
    }
}
