#include "classifier/audio/bandwidth.h"

#include <math.h>

#include "classifier/audio/stft.h"

SIMD_INLINE void bandwidth_block_body(const float *magnitude, const float *centroid_hz,
                                      float *ret_hz)
{
    const lanes *row = (const lanes *)magnitude, *centre = (const lanes *)centroid_hz;
    lanes sum = {0}, spread = {0};
    for (size_t k = 0; k < STFT_BINS; k++) {
        const lanes away = (float)k * (STFT_RATE / (float)STFT_WINDOW) - *centre;
        sum += row[k];
        spread += row[k] * away * away;
    }
    for (size_t l = 0; l < SIMD_N; l++) {
        ret_hz[l] = sum[l] > 0.0F ? sqrtf(spread[l] / sum[l]) : 0.0F;
    }
}
SIMD_FUNCTION(bandwidth_block, (const float *magnitude, const float *centroid_hz, float *ret_hz),
              (magnitude, centroid_hz, ret_hz))
