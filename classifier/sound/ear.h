/* Nets that hear strips of sound themselves: convolutions on mel spectrograms, LSTM on frames. A
 * recording is judged by the mean over EAR_LOOKS windows of it. */
#ifndef CLASSIFIER_SOUND_EAR_H
#define CLASSIFIER_SOUND_EAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "classifier/sound/recordings.h"

enum ear_kind { EAR_CNN, EAR_LSTM_MFCC, EAR_LSTM_MEL };

#define EAR_LOOKS ((size_t)5)

/* Recordings with strips, of which those in `fold` are judged and the others learned from. */
struct ear_split {
    const struct recordings *recordings;
    const size_t *group_fold; /* by group */
    size_t fold;
    bool changed; /* learn from changed takes, too */
};

struct ear_options {
    enum ear_kind kind;
    int epochs; /* 0: 30 */
    uint64_t seed;
};

/* probs: (recordings, GENRE_N), of which the rows of the fold are filled. ERR_FORMAT when there is
 * nothing to learn from. One thread; minutes. */
ERR_NODISCARD enum err_code ear_judge(const struct ear_split *split, const struct ear_options *o,
                                      float *probs, struct err *e);

#endif
