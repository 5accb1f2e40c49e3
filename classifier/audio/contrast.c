#include "classifier/audio/contrast.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

#include "classifier/audio/stft.h"

#define LOWEST_HZ 200.0
#define QUANTILE  0.02
#define EDGE_MAX  16

struct contrast_band contrast_band_of(size_t band)
{
    const double low = band == 0 ? 0.0 : LOWEST_HZ * exp2((double)band - 1.0);
    const double high = LOWEST_HZ * exp2((double)band);
    const bool last = band == CONTRAST_N - 1;
    size_t first = 0;
    while (stft_hz(first) < low) {
        first++;
    }
    size_t end = first;
    while (end < STFT_BINS && (last || stft_hz(end) <= high)) {
        end++;
    }
    first -= band > 0;
    const double edge = fmax(1.0, rint(QUANTILE * (double)(end - first)));
    assert(edge <= EDGE_MAX);
    return (struct contrast_band){first, end - first - !last, (size_t)edge};
}

/* Puts v among the `n` largest and smallest so far, both kept in order. */
SIMD_INLINE void edges_add(const lanes *v, lanes *largest, lanes *smallest, size_t n)
{
    lanes up = *v;
    lanes down = up;
    for (size_t i = 0; i < n; i++) {
        const lanes high = largest[i], low = smallest[i];
        simd_max(&high, &up, largest + i);
        simd_min(&high, &up, &up);
        simd_min(&low, &down, smallest + i);
        simd_max(&low, &down, &down);
    }
}

SIMD_INLINE void contrast_block_body(const float *magnitude, float *ret_peak, float *ret_valley)
{
    for (size_t b = 0; b < CONTRAST_N; b++) {
        const struct contrast_band band = contrast_band_of(b);
        lanes largest[EDGE_MAX], smallest[EDGE_MAX], peak = {0}, valley = {0};
        for (size_t i = 0; i < band.edge; i++) {
            largest[i] = (lanes){0} - 1.0F;
            smallest[i] = (lanes){0} + INFINITY;
        }
        for (size_t k = 0; k < band.n; k++) {
            edges_add((const lanes *)(magnitude + (band.first + k) * SIMD_N), largest, smallest,
                      band.edge);
        }
        for (size_t i = 0; i < band.edge; i++) {
            peak += largest[i];
            valley += smallest[i];
        }
        *(lanes *)(ret_peak + b * SIMD_N) = peak / (float)band.edge;
        *(lanes *)(ret_valley + b * SIMD_N) = valley / (float)band.edge;
    }
}
SIMD_FUNCTION(contrast_block, (const float *magnitude, float *ret_peak, float *ret_valley),
              (magnitude, ret_peak, ret_valley))
