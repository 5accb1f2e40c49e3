#include "classifier/audio/tonnetz.h"

#include <math.h>

#include "classifier/audio/chroma.h"
#include "classifier/audio/simd.h"

static double basis(size_t row, size_t note)
{
    static const double turns[] = {7.0 / 6.0, 3.0 / 2.0, 2.0 / 3.0}, radius[] = {1.0, 1.0, 0.5};
    const double angle = turns[row / 2] * (double)note - (row % 2 == 0 ? 0.5 : 0.0);
    return radius[row / 2] * cos(M_PI * angle);
}

void tonnetz_block(const float *chroma, float *ret)
{
    double sum[TONNETZ_N][SIMD_N] = {{0.0}}, total[SIMD_N] = {0.0};
    for (size_t i = 0; i < CHROMA_N * SIMD_N; i++) {
        total[i % SIMD_N] += fabs((double)chroma[i]);
    }
    for (size_t r = 0; r < TONNETZ_N; r++) {
        for (size_t i = 0; i < CHROMA_N * SIMD_N; i++) {
            sum[r][i % SIMD_N] += basis(r, i / SIMD_N) * (double)chroma[i];
        }
        for (size_t l = 0; l < SIMD_N; l++) {
            ret[r * SIMD_N + l] = total[l] > 0.0 ? (float)(sum[r][l] / total[l]) : 0.0F;
        }
    }
}
