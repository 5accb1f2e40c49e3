/* How far peaks stand above valleys in seven bands, librosa 0.10's `feature.spectral_contrast` with
 * quantile 0.02 (Jiang et al. 2002, "Music type classification by spectral contrast feature"). */
#ifndef CLASSIFIER_AUDIO_CONTRAST_H
#define CLASSIFIER_AUDIO_CONTRAST_H

#include <stddef.h>

#define CONTRAST_N ((size_t)7) /* below 200 Hz, then octaves, the last up to half the rate */

struct contrast_band {
    size_t first; /* bin */
    size_t n;     /* bins */
    size_t edge;  /* how many of the smallest and of the largest are averaged */
};

/* As librosa cuts them: neighbours share a bin, and all but the last band leave their last one out
 * after `edge` was counted with it. */
struct contrast_band contrast_band_of(size_t band);

/* magnitude: (STFT_BINS, 8). ret_peak, ret_valley: (CONTRAST_N, 8) means of the largest and of the
 * smallest magnitudes. The contrast is the difference of both in decibels (decibel_of, over all
 * frames). Any thread. */
void contrast_block(const float *magnitude, float *ret_peak, float *ret_valley);

#endif
