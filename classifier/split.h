/* Ways to part labelled songs into those to learn from and those to be asked about. */
#ifndef CLASSIFIER_SPLIT_H
#define CLASSIFIER_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "classifier/corpus.h"

enum split_way {
    SPLIT_RANDOM,    /* rows at random */
    SPLIT_DISTINCT,  /* rows at random, of rows with the same first artist and title only one */
    SPLIT_BY_ARTIST, /* by dataset_part: no first artist is on both sides */
    SPLIT_WAYS
};

struct split {
    struct corpus train; /* rows only: their texts belong to the corpora the split was made from */
    struct corpus test;
    bool *seen;     /* (test.n): a row of train has the same first artist */
    size_t dropped; /* rows left out as duplicates */
};

/* "random rows" ..., and as keys in JSON. */
const char *split_name(enum split_way way);
const char *split_key(enum split_way way);
/* All ways give the same numbers of rows where the rows allow it: as many to test as the
 * validation part has, at most a fifth of all, and at most `rows` to train. The same corpora, rows
 * and seed give the same split. train, validate: DATASET_TRAIN and DATASET_VALIDATE of the same
 * files; they must outlive the split. Caller: split_free. */
void split_make(struct split *ret_split, enum split_way way, const struct corpus *train,
                const struct corpus *validate, size_t rows, uint64_t seed);
void split_free(struct split *s);

#endif
