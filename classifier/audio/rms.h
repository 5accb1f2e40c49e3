/* Loudness of frames, librosa 0.10's `feature.rms` of a signal: zeros before its start and after
 * its end. */
#ifndef CLASSIFIER_AUDIO_RMS_H
#define CLASSIFIER_AUDIO_RMS_H

#include <stddef.h>

/* x: (STFT_SPAN). ret: (8). Any thread. */
void rms_block(const float *x, float *ret);

#endif
