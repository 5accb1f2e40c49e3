#include "classifier/audio/rms.h"

#include <math.h>

#include "classifier/audio/stft.h"

#define HOPS (STFT_WINDOW / STFT_HOP)

/* Each stretch of STFT_HOP samples is in four frames. */
void rms_block(const float *x, float *ret)
{
    double energy[SIMD_N + HOPS - 1] = {0.0};
    for (size_t h = 0; h < SIMD_N + HOPS - 1; h++) {
        float part[SIMD_N] = {0.0F};
        for (size_t i = 0; i < STFT_HOP; i++) {
            const float v = x[h * STFT_HOP + i];
            part[i % SIMD_N] += v * v;
        }
        for (size_t i = 0; i < SIMD_N; i++) {
            energy[h] += (double)part[i];
        }
    }
    for (size_t l = 0; l < SIMD_N; l++) {
        const double sum = energy[l] + energy[l + 1] + energy[l + 2] + energy[l + 3];
        ret[l] = (float)sqrt(sum / (double)STFT_WINDOW);
    }
}
