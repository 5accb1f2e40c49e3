/* Measuring a model on songs of artists that it was never trained on. */
#ifndef CLASSIFIER_EVAL_H
#define CLASSIFIER_EVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "classifier/corpus.h"
#include "classifier/metric.h"
#include "classifier/model.h"

/* What the model gets to see. */
enum eval_inputs {
    EVAL_TEXT_AND_STATISTICS, /* all but tags */
    EVAL_NO_LABEL,            /* nor the record label, which Spotify does not tell with the likes */
    EVAL_TEXT,                /* neither statistics nor tags */
    EVAL_TEXT_NO_LABEL,       /* nor the record label */
    EVAL_STATISTICS,          /* neither text nor tags: statistics, year, duration, explicit */
    EVAL_ALL,                 /* tags too */
    EVAL_INPUTS
};

struct eval_options {
    const char *const *data; /* (data_n) files as in dataset.h */
    size_t data_n;
    const char *families; /* tag-families.csv */
    const char *model;    /* NULL: the shipped one */
    bool json;
};

/* "all but tags" ..., as tables head them. */
const char *eval_inputs_name(enum eval_inputs inputs);
/* Takes out of v what `inputs` does not have. */
void eval_thin(struct vector *v, enum eval_inputs inputs);
/* probs: (n, GENRE_N) of the families, which are a model's first genres. */
void eval_families(const struct model *m, const struct vector *vectors, size_t n, float *probs);
/* The model must have the families of genre.h, else ERR_FORMAT. */
ERR_NODISCARD enum err_code eval_measure(const struct model *m, const struct corpus *c,
                                         enum eval_inputs inputs, struct metric *ret_metric,
                                         struct err *e);
/* Measures on the validation artists of the files and prints a table, or one JSON document, to out.
 * ERR_PARTLY after printing when rows were bad. */
ERR_NODISCARD enum err_code eval_run(const struct eval_options *o, FILE *out, struct err *e);

#endif
