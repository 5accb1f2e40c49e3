/* The model beside plain ones, measured in several ways on the same songs. */
#ifndef CLASSIFIER_COMPARE_H
#define CLASSIFIER_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "classifier/split.h"
#include "classifier/train.h"

enum compare_model {
    COMPARE_KNN,    /* sees numbers only, as the forest does */
    COMPARE_FOREST, /* random forest */
    COMPARE_LOGISTIC,
    COMPARE_MLP,
    COMPARE_MODELS
};

enum compare_inputs {
    COMPARE_NO_TAGS, /* all but tags; the rows below lack tags too */
    COMPARE_NO_STATISTICS,
    COMPARE_NO_TEXT,
    COMPARE_NO_ARTIST,
    COMPARE_NO_ALBUM,
    COMPARE_NO_TITLE,
    COMPARE_NO_LABEL,
    COMPARE_NO_YEAR,
    COMPARE_ALL, /* tags too */
    COMPARE_INPUTS
};

/* Which rows of the test. */
enum compare_rows {
    COMPARE_EVERY,
    COMPARE_SEEN,   /* whose first artist is on a training row */
    COMPARE_UNSEEN, /* the others */
    COMPARE_ROWS
};

struct compare_score {
    bool measured;
    size_t n;
    double macro_auc; /* these three as in metric.h */
    double best_right;
    double macro_f1;
};

struct compare {
    struct {
        size_t train;
        size_t test;
        size_t seen;
        size_t dropped;
        struct compare_score score[COMPARE_INPUTS][COMPARE_MODELS][COMPARE_ROWS];
    } way[SPLIT_WAYS];
    size_t rows; /* the cap on training rows */
    size_t bad;  /* malformed rows of the files, left out */
    uint64_t seed;
};

struct compare_options {
    const char *const *data; /* (data_n) files as in dataset.h */
    size_t data_n;
    const char *families; /* tag-families.csv */
    size_t rows;          /* training rows at most; 0: COMPARE_ROWS_MOST */
    uint64_t seed;
    int epochs;                        /* of the MLP; 0: the recipe's */
    const struct train_recipe *recipe; /* NULL: the default */
    size_t trees;                      /* 0: COMPARE_TREES */
    unsigned place_bits; /* logistic regression hashes texts to 2^place_bits places; 0:
                            COMPARE_PLACE_BITS */
    const char *dump; /* a directory: for each way the rows as kNN and forest see them are written
                         there, KEY-train.csv and KEY-test.csv, and only those two are measured */
    bool json;        /* print JSON instead of tables */
    const char *out;  /* JSON is written to this file too; NULL: to none */
    const char *html; /* and the tables as a page to this one */
};

#define COMPARE_ROWS_MOST  20000
#define COMPARE_NEIGHBOURS 50
#define COMPARE_TREES      200
#define COMPARE_PLACE_BITS 16

/* kNN and the forest are fitted anew for each set of inputs, as logistic regression is; the MLP is
 * trained once for each way, as it is made to serve any inputs. Progress goes to standard error.
 * ERR_FORMAT when a file is bad or there is too little to learn from, ERR_IO. */
ERR_NODISCARD enum err_code compare_make(struct compare *ret_compare,
                                         const struct compare_options *o, struct err *e);
/* The same, prints tables, or one JSON document, to out, and writes the file. ERR_PARTLY after
 * printing when rows were bad. */
ERR_NODISCARD enum err_code compare_run(const struct compare_options *o, FILE *out, struct err *e);

#endif
