/* How much a sound begins in each frame: librosa 0.10's `onset.onset_strength`, the mean rise of a
 * mel spectrum in decibels (Boeck and Widmer 2013, "Maximum filter vibrato suppression for onset
 * detection", with lag 1 and no filter). */
#ifndef CLASSIFIER_AUDIO_ONSET_H
#define CLASSIFIER_AUDIO_ONSET_H

#include <stddef.h>

/* db: (ceil(frames / 8), MEL_N, 8) mel spectra in decibels. ret: (frames): the rise from frame t -
 * 3 to t - 2, since a window sees a beginning before its centre does; the first three are 0. */
void onset_strength(const float *db, size_t frames, float *ret);

#endif
