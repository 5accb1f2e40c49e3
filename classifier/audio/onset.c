#include "classifier/audio/onset.h"

#include "classifier/audio/mel.h"

#define DELAY (1 + STFT_WINDOW / (2 * STFT_HOP))

/* rise: (8) of a block's frames from those before them; last: (MEL_N) the frame before the block.
 */
static void block_rise(const float *db, const float *last, float *ret)
{
    float sum[SIMD_N] = {0.0F};
    for (size_t b = 0; b < MEL_N; b++) {
        const float *row = db + b * SIMD_N;
        float before = last[b];
        for (size_t l = 0; l < SIMD_N; l++) {
            const float rise = row[l] - before;
            sum[l] += rise > 0.0F ? rise : 0.0F;
            before = row[l];
        }
    }
    for (size_t l = 0; l < SIMD_N; l++) {
        ret[l] = sum[l] / (float)MEL_N;
    }
}

void onset_strength(const float *db, size_t frames, float *ret)
{
    float last[MEL_N], rise[SIMD_N];
    for (size_t i = 0; i < DELAY && i < frames; i++) {
        ret[i] = 0.0F;
    }
    for (size_t f = 0; f < frames; f += SIMD_N) {
        const float *block = db + f * MEL_N;
        for (size_t b = 0; b < MEL_N && f == 0; b++) {
            last[b] = block[b * SIMD_N];
        }
        block_rise(block, last, rise);
        for (size_t l = f == 0; l < SIMD_N && f + l + DELAY - 1 < frames; l++) {
            ret[f + l + DELAY - 1] = rise[l];
        }
        for (size_t b = 0; b < MEL_N; b++) {
            last[b] = block[b * SIMD_N + SIMD_N - 1];
        }
    }
}
