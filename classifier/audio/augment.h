/* A recording changed a little, so that a model learns what does not matter: cropped, faster or
 * slower, higher or lower, noisier, louder. The same seed, the same change. */
#ifndef CLASSIFIER_AUDIO_AUGMENT_H
#define CLASSIFIER_AUDIO_AUGMENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum augment_kind {
    AUGMENT_CROP,    /* 70 to 100 % of it, from anywhere */
    AUGMENT_STRETCH, /* 0.8 to 1.25 times as fast */
    AUGMENT_PITCH,   /* up to two semitones up or down */
    AUGMENT_NOISE,   /* white, 20 to 40 dB below its mean power */
    AUGMENT_GAIN,    /* up to 6 dB up or down */
    AUGMENT_N
};

#define AUGMENT_BIT(KIND) (UINT32_C(1) << (KIND))
#define AUGMENT_ALL       (AUGMENT_BIT(AUGMENT_N) - 1)
#define AUGMENT_MOST_S    60 /* of a recording */

/* "crop", ...; a kind's number is its place. */
extern const char *const augment_name[AUGMENT_N];

struct augment {
    uint64_t seed;
    uint32_t kinds;  /* AUGMENT_BIT of each */
    double strength; /* above 0 to 1: the share of the ranges above that is used; 0: 1 */
};

/* What the seed says. Kinds that are off change nothing of the others. */
struct augment_plan {
    double kept;      /* share of the signal */
    double place;     /* of what is kept: 0 at the start, 1 at the end */
    double rate;      /* 1: as it was */
    double semitones; /* 0: as it was */
    double noise_db;  /* below the signal's power; 0: none */
    double gain_db;   /* 0: as it was */
    uint64_t seed;    /* of the noise */
};
struct augment_plan augment_plan(const struct augment *a);

/* x: (n) samples at STFT_RATE, n > 0. *ret: (*ret_n) others; free(). ERR_BUG as vocoder_apply. Any
 * thread. */
ERR_NODISCARD enum err_code augment_apply(const struct augment_plan *plan, const float *x, size_t n,
                                          float **ret, size_t *ret_n, struct err *e);

#endif
