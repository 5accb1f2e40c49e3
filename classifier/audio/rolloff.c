#include "classifier/audio/rolloff.h"

#include "classifier/audio/stft.h"

#define SHARE 0.85F

/* The bin is the number of running sums below the share. */
SIMD_INLINE void rolloff_block_body(const float *magnitude, float *ret_hz)
{
    const lanes *row = (const lanes *)magnitude;
    lanes sum = {0}, running = {0};
    lanes_int below = {0};
    for (size_t k = 0; k < STFT_BINS; k++) {
        sum += row[k];
    }
    sum *= SHARE;
    for (size_t k = 0; k < STFT_BINS; k++) {
        running += row[k];
        below -= (lanes_int)(running < sum); /* true is -1 */
    }
    for (size_t l = 0; l < SIMD_N; l++) {
        ret_hz[l] = (float)below[l] * (STFT_RATE / (float)STFT_WINDOW);
    }
}
SIMD_FUNCTION(rolloff_block, (const float *magnitude, float *ret_hz), (magnitude, ret_hz))
