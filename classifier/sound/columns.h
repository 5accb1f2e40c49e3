/* The summary statistics of a sound as a row of numbers, which models take, and tables of such rows
 * as others publish them. */
#ifndef CLASSIFIER_SOUND_COLUMNS_H
#define CLASSIFIER_SOUND_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "classifier/audio/summary.h"
#include "classifier/sound/watch.h"

enum columns_set {
    COLUMNS_OWN, /* mean, var, min, max of every feature of summary.h, and the tempo */
    /* Those of the tables that are made of GTZAN with librosa: mean and var of chroma_stft (of all
     * twelve classes together), rms, spectral_centroid, spectral_bandwidth, rolloff,
     * zero_crossing_rate, harmony, perceptr and mfcc1 to 20, and the tempo. */
    COLUMNS_TABLE,
};

#define COLUMNS_OWN_N   (SUMMARY_MOMENTS * SUMMARY_CELLS + 1)
#define COLUMNS_TABLE_N ((size_t)57)
#define COLUMNS_NAME    ((size_t)48) /* bytes */

size_t columns_n(enum columns_set set);
/* "mfcc3_var", ...; i < columns_n. */
void columns_name(enum columns_set set, size_t i, char out[COLUMNS_NAME]);
/* ret: (columns_n). Any thread. */
void columns_of(enum columns_set set, const struct summary *s, float *ret);

struct columns_row {
    char name[COLUMNS_NAME]; /* "blues.00007" of "blues.00007.wav" */
    int64_t number;          /* 7; -1: there is none */
    uint32_t labels;         /* families of genre.h as bits, at least one */
};

struct columns_table {
    struct columns_row *rows;
    float *x; /* (n, COLUMNS_TABLE_N) */
    size_t n;
    size_t bad; /* rows that the watch was told of */
};

/* A CSV with all columns of COLUMNS_TABLE in any order, `label` and perhaps `filename`. ERR_IO, or
 * ERR_FORMAT when a column is missing or no row can be used; *ret is untouched then. Caller:
 * columns_free. */
ERR_NODISCARD enum err_code columns_read(const char *path, const struct watch *watch,
                                         struct columns_table *ret, struct err *e);
void columns_free(struct columns_table *t);

#endif
