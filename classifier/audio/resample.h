/* To STFT_RATE by libsoxr at its high quality, as librosa 0.10's `load` does. The only file that
 * knows libsoxr. */
#ifndef CLASSIFIER_AUDIO_RESAMPLE_H
#define CLASSIFIER_AUDIO_RESAMPLE_H

#include <stddef.h>

#include "base/err.h"

struct resample;

/* Where the samples go. */
typedef void (*resample_sink_fn)(void *context, const float *x, size_t n);

/* Caller: resample_free. ERR_BUG when the library refuses. */
ERR_NODISCARD enum err_code resample_new(double rate, resample_sink_fn sink, void *context,
                                         struct resample **ret, struct err *e);
/* x: (n); n = 0 ends the signal. */
ERR_NODISCARD enum err_code resample_add(struct resample *r, const float *x, size_t n,
                                         struct err *e);
void resample_free(struct resample *r);

#endif
