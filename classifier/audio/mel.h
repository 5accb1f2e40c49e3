/* Energies on the mel scale: librosa 0.10's `feature.melspectrogram` with `filters.mel` (128
 * triangles from 0 Hz to half the rate, Slaney 1998, "Auditory Toolbox": linear below 1 kHz,
 * logarithmic above; each triangle's area 1). */
#ifndef CLASSIFIER_AUDIO_MEL_H
#define CLASSIFIER_AUDIO_MEL_H

#include "classifier/audio/stft.h"

#define MEL_N ((size_t)128)

struct mel;

/* Caller: mel_free. */
struct mel *mel_new(void);
void mel_free(struct mel *m);
/* power: (STFT_BINS, 8). ret: (MEL_N, 8). Any thread. */
void mel_block(const struct mel *m, const float *power, float *ret);

/* Weight of a bin in a band, from which the filters are made. */
double mel_weight(size_t band, size_t bin);

#endif
