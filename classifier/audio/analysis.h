/* From a signal, which may come in pieces, to all features. The stream is gone through once; what
 * needs the whole of it is kept small: mel spectra (512 bytes a frame) and contrast (56). Tuning,
 * chroma and tonnetz are of the first ANALYSIS_KEPT_S of the signal, which are kept, since chroma
 * needs the tuning first; everything else is of all of it. */
#ifndef CLASSIFIER_AUDIO_ANALYSIS_H
#define CLASSIFIER_AUDIO_ANALYSIS_H

#include <stddef.h>

#include "classifier/audio/summary.h"

#define ANALYSIS_KEPT_S 600  /* ten minutes */
#define ANALYSIS_MOST_S 3600 /* nobody may feed more: about 150 MB */

struct analysis;

/* Caller: analysis_free. One thread at a time. */
struct analysis *analysis_new(void);
void analysis_free(struct analysis *a);

/* x: (n) samples at STFT_RATE, finite, not much beyond -1 to 1. */
void analysis_add(struct analysis *a, const float *x, size_t n);
/* Samples added so far. */
size_t analysis_samples(const struct analysis *a);
/* After the last piece, once; at least one sample. Sets all of it but `cut`. */
void analysis_end(struct analysis *a, struct summary *ret);

/* For a picture, after analysis_end; borrowed. The kept part of the signal, and of frame f < frames
 * the mel bands in decibels at mel[f / 8][band][f % 8], and the pitch classes at chroma likewise.
 */
struct analysis_view {
    const float *signal;
    size_t samples;
    size_t frames;
    const float *mel;    /* (ceil(frames / 8), MEL_N, 8) */
    const float *chroma; /* (ceil(frames / 8), CHROMA_N, 8) */
};
void analysis_look(const struct analysis *a, struct analysis_view *ret);

#endif
