#include "classifier/audio/centroid.h"

#include "classifier/audio/stft.h"

SIMD_INLINE void centroid_block_body(const float *magnitude, float *ret_hz)
{
    const lanes *row = (const lanes *)magnitude;
    lanes sum = {0}, turned = {0};
    for (size_t k = 0; k < STFT_BINS; k++) {
        sum += row[k];
        turned += row[k] * (float)k;
    }
    const float hz = (float)stft_hz(1);
    for (size_t l = 0; l < SIMD_N; l++) {
        ret_hz[l] = sum[l] > 0.0F ? hz * turned[l] / sum[l] : 0.0F;
    }
}
SIMD_FUNCTION(centroid_block, (const float *magnitude, float *ret_hz), (magnitude, ret_hz))
