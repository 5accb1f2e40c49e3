/* Measuring a model on songs of artists that it was never trained on. */
#ifndef CLASSIFIER_EVAL_H
#define CLASSIFIER_EVAL_H

#include <stddef.h>

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

/* "all but tags" ..., as tables head them. */
const char *eval_inputs_name(enum eval_inputs inputs);
/* "without_tags" ..., as JSON calls them. */
const char *eval_inputs_key(enum eval_inputs inputs);
/* Takes out of v what `inputs` does not have. */
void eval_thin(struct vector *v, enum eval_inputs inputs);
/* probs: (n, GENRE_N) of the families, which are a model's first genres. */
void eval_families(const struct model *m, const struct vector *vectors, size_t n, float *probs);
/* The model must have the families of genre.h, else ERR_FORMAT. */
ERR_NODISCARD enum err_code eval_measure(const struct model *m, const struct corpus *c,
                                         enum eval_inputs inputs, struct metric *ret_metric,
                                         struct err *e);

#endif
