/* The short-time Fourier transform as librosa 0.10's `stft` and `istft` have it: windows of 2048
 * samples, 512 apart, each centred on its frame (zeros before the start and after the end),
 * periodic Hann window. Eight frames, a block, are transformed together. */
#ifndef CLASSIFIER_AUDIO_STFT_H
#define CLASSIFIER_AUDIO_STFT_H

#include <stddef.h>

#include "classifier/audio/simd.h"

#define STFT_RATE   22050 /* samples per second everywhere in this folder behind the decoder */
#define STFT_WINDOW ((size_t)2048)
#define STFT_HOP    ((size_t)512)
#define STFT_BINS   (STFT_WINDOW / 2 + 1)
#define STFT_STEP   (SIMD_N * STFT_HOP)                     /* samples from block to block */
#define STFT_SPAN   ((SIMD_N - 1) * STFT_HOP + STFT_WINDOW) /* samples that a block sees */

struct stft;

/* Caller: stft_free. One thread at a time. */
struct stft *stft_new(void);
void stft_free(struct stft *s);

/* Frames of a signal of n samples. */
size_t stft_frames(size_t n);
/* Frequency of a bin in Hz. */
double stft_hz(size_t bin);

/* x: (STFT_SPAN), lane l sees x[l * STFT_HOP ...]. ret_spectrum: (STFT_BINS, 2, 8) real and
 * imaginary parts. */
void stft_forward(struct stft *s, const float *x, float *ret_spectrum);
/* ret_x: (8, STFT_WINDOW), each frame's samples times the window, to be added where they overlap
 * and divided by the sum of squared windows there. */
void stft_inverse(struct stft *s, const float *spectrum, float *ret_x);
/* (STFT_WINDOW) the window. */
const double *stft_hann(const struct stft *s);

/* spectrum (STFT_BINS, 2, 8) to power and magnitude, both (STFT_BINS, 8). */
void stft_power(const float *spectrum, float *ret_power, float *ret_magnitude);

#endif
