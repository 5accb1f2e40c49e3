/* How often a signal changes its sign, librosa 0.10's `feature.zero_crossing_rate`: the first
 * sample of a frame is never a crossing, and what is not beyond 1e-10 counts as a positive zero. */
#ifndef CLASSIFIER_AUDIO_CROSSING_H
#define CLASSIFIER_AUDIO_CROSSING_H

#include <stddef.h>

/* x: (STFT_SPAN), of which [first, end) is signal; beyond it librosa repeats the signal's last
 * value, where nothing crosses. ret: (8) crossings / STFT_WINDOW. Any thread. */
void crossing_block(const float *x, size_t first, size_t end, float *ret);

#endif
