/* Faster or slower but as high as before, and higher or lower but as long as before: librosa 0.10's
 * `effects.time_stretch` and `effects.pitch_shift` (a stretch, then resampling) over its
 * `phase_vocoder` (Laroche and Dolson 1999, "Improved phase vocoder time-scale modification of
 * audio", section I; no phase locking). Deviation: both at once take one stretch, not two. */
#ifndef CLASSIFIER_AUDIO_VOCODER_H
#define CLASSIFIER_AUDIO_VOCODER_H

#include <stddef.h>

#include "base/err.h"

#define VOCODER_RATE_LEAST 0.25
#define VOCODER_RATE_MOST  4.0
#define VOCODER_SEMITONES  12.0

struct vocoder_change {
    double rate;      /* above 1 is faster */
    double semitones; /* above 0 is higher */
};

/* x: (n) samples at STFT_RATE, n > 0; `by` within the bounds above. *ret: (*ret_n), n / rate
 * rounded, 1 at least; free(). Takes about 20 times the memory of x. ERR_BUG when the resampler
 * refuses. Any thread. */
ERR_NODISCARD enum err_code vocoder_apply(const float *x, size_t n, const struct vocoder_change *by,
                                          float **ret, size_t *ret_n, struct err *e);

#endif
