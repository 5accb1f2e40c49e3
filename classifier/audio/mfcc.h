/* Mel-frequency cepstral coefficients: librosa 0.10's `feature.mfcc`, the first 20 numbers of the
 * orthonormal DCT-II (Davis and Mermelstein 1980) of a mel spectrum in decibels. */
#ifndef CLASSIFIER_AUDIO_MFCC_H
#define CLASSIFIER_AUDIO_MFCC_H

#include <stddef.h>

#define MFCC_N ((size_t)20)

struct mfcc;

struct mfcc *mfcc_new(void); /* Caller: mfcc_free. */
void mfcc_free(struct mfcc *m);
/* db: (MEL_N, 8). ret: (MFCC_N, 8). Any thread. */
void mfcc_block(const struct mfcc *m, const float *db, float *ret);

#endif
