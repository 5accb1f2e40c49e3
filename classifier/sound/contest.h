/* Models that name the genre of a sound, each measured on recordings that it did not learn from,
 * and beside that in the flattering way in which GTZAN is often measured. */
#ifndef CLASSIFIER_SOUND_CONTEST_H
#define CLASSIFIER_SOUND_CONTEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "classifier/metric.h"
#include "classifier/sound/watch.h"

enum contest_model {
    CONTEST_KNN,
    CONTEST_FOREST,
    CONTEST_LOGISTIC,
    CONTEST_MLP,       /* these four take summary statistics */
    CONTEST_CNN,       /* mel spectrograms */
    CONTEST_LSTM_MFCC, /* frames of MFCC */
    CONTEST_LSTM_MEL,  /* frames of mel bands */
    CONTEST_MODELS
};

enum contest_way {
    CONTEST_TABLE_RANDOM, /* rows of a published table, dealt at random */
    CONTEST_TABLE_BLOCKS, /* rows whose numbers are neighbours stay together: often of one artist */
    CONTEST_SOUND,        /* recordings; of each group all or none was learned from */
    CONTEST_AUGMENTED,    /* the same, and changed takes of rare genres to learn from */
    CONTEST_LEAKY,        /* segments dealt at random: parts of a recording stand on both sides */
    CONTEST_WAYS
};

#define CONTEST_FOLDS ((size_t)10)

struct contest_score {
    bool measured;
    size_t n; /* rows, recordings or segments that were judged */
    struct metric metric;
};

struct contest {
    struct contest_score score[CONTEST_WAYS][CONTEST_MODELS];
    size_t failed; /* files and rows that could not be used */
};

struct contest_options {
    const char *audio; /* as catalogue_read has it; NULL: none */
    const char *table; /* as columns_read has it; NULL: none */
    bool augment;
    double segment_s; /* 0: 6 */
    int epochs;       /* of CNN and LSTM; 0: 30 */
    size_t folds;     /* 0: CONTEST_FOLDS; of sound half as many */
    uint64_t seed;
};

/* Recordings are judged by the mean over their segments. ERR_FORMAT when a file is bad or there is
 * too little to learn from; ERR_IO. */
ERR_NODISCARD enum err_code contest_run(const struct contest_options *o, const struct watch *watch,
                                        struct contest *ret, struct err *e);
void contest_print(const struct contest *c, FILE *out);
/* {"ways": [{"way", "judged", "models": [{"model", "right", "f1", "auc"}]}], "failed"} */
struct json *contest_json(const struct contest *c);

#endif
