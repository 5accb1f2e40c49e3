/* Powers as decibels, librosa 0.10's `power_to_db` with ref=1, amin=1e-10, top_db=80. */
#ifndef CLASSIFIER_AUDIO_DECIBEL_H
#define CLASSIFIER_AUDIO_DECIBEL_H

#include <stddef.h>

/* x: (n) powers, in place; what lies more than 80 dB below the loudest is raised to there. */
void decibel_of(float *x, size_t n);

#endif
