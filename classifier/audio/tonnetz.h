/* Tonal centroids: librosa 0.10's `feature.tonnetz` of a chroma_stft (Harte, Sandler and Gasser
 * 2006, "Detecting harmonic change in musical audio"). Deviation: librosa's own default takes a
 * constant-Q chroma of the harmonic part instead. */
#ifndef CLASSIFIER_AUDIO_TONNETZ_H
#define CLASSIFIER_AUDIO_TONNETZ_H

#include <stddef.h>

#define TONNETZ_N ((size_t)6) /* fifths x and y, minor thirds x and y, major thirds x and y */

/* chroma: (CHROMA_N, 8). ret: (TONNETZ_N, 8). Any thread. */
void tonnetz_block(const float *chroma, float *ret);

#endif
