/* How far a recording is tuned away from A = 440 Hz: librosa 0.10's `estimate_tuning` with
 * resolution 0.01 and 12 bins per octave, over `piptrack` (peaks between 150 and 4000 Hz above a
 * tenth of the frame's largest, placed by a parabola: Smith 2011, "Spectral Audio Signal
 * Processing") on power spectra, as `feature.chroma_stft` calls them. */
#ifndef CLASSIFIER_AUDIO_TUNING_H
#define CLASSIFIER_AUDIO_TUNING_H

#include <stddef.h>

struct tuning_peak {
    float strength;
    float away; /* from the nearest note, in semitones, -0.5 to 0.5 */
};

struct tuning {
    struct tuning_peak *peaks;
    size_t n;
    size_t cap;
};

/* power: (STFT_BINS, 8). Starts from a zeroed *t; tuning_free. */
void tuning_add(struct tuning *t, const float *power);
/* In semitones, a multiple of 0.01 from -0.5 to 0.49: where most of the peaks that are as strong as
 * the median lie. 0 when there are none. The peaks are not used up. */
double tuning_semitones(const struct tuning *t);
void tuning_free(struct tuning *t);

#endif
