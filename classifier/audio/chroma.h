/* How strong each of the twelve pitch classes is: librosa 0.10's `feature.chroma_stft` with
 * `filters.chroma` (Ellis 2007, "Chroma feature analysis and synthesis"). */
#ifndef CLASSIFIER_AUDIO_CHROMA_H
#define CLASSIFIER_AUDIO_CHROMA_H

#include <stddef.h>

#define CHROMA_N ((size_t)12) /* C, C sharp, ... B */

struct chroma;

/* For what is tuned so many semitones away from A = 440 Hz. Caller: chroma_free. */
struct chroma *chroma_new(double tuning_semitones);
void chroma_free(struct chroma *c);
/* power: (STFT_BINS, 8). ret: (CHROMA_N, 8), the largest of each frame 1, or all 0. Any thread. */
void chroma_block(const struct chroma *c, const float *power, float *ret);

#endif
