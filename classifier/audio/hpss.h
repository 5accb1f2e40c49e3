/* A signal's harmonic and percussive parts: librosa 0.10's `effects.hpss` with kernel size 31,
 * power 2, margin 1 (Fitzgerald 2010, "Harmonic/percussive separation using median filtering"; soft
 * masks of Driedger, Mueller and Disch 2014). Magnitudes are filtered by medians along time
 * (harmonic) and along frequency (percussive), mirrored at the ends; what is summed up are the
 * signals that the inverse transform makes of the masked spectra. Works on a stream, three blocks
 * behind. */
#ifndef CLASSIFIER_AUDIO_HPSS_H
#define CLASSIFIER_AUDIO_HPSS_H

#include <stddef.h>

#include "classifier/audio/moment.h"

struct hpss;

struct hpss *hpss_new(void); /* Caller: hpss_free. */
void hpss_free(struct hpss *h);
/* The next block: spectrum (STFT_BINS, 2, 8), magnitude (STFT_BINS, 8), zero in frames that are not
 * there. */
void hpss_add(struct hpss *h, const float *spectrum, const float *magnitude);
/* After the last block of a signal of n samples. The moments of both signals' samples. */
void hpss_end(struct hpss *h, size_t n, struct moment *ret_harmonic, struct moment *ret_percussive);

#endif
