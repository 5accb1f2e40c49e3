/* A model's evaluation as one HTML page that needs nothing else. */
#ifndef CLASSIFIER_REPORT_H
#define CLASSIFIER_REPORT_H

#include <stddef.h>

#include "base/buf.h"
#include "base/json.h"
#include "classifier/measure.h"

/* What was measured of a model. */
struct report {
    const char *model_id;
    const char *const *files; /* (files_n) shown without their directories */
    size_t files_n;
    size_t songs;
    struct measure of[EVAL_INPUTS];
    double importance[2][MEASURE_INPUTS]; /* of EVAL_TEXT_AND_STATISTICS and of EVAL_ALL */
};

void report_html(const struct report *r, struct buf *b);
/* The same figures as an object. Caller: json_free. */
struct json *report_json(const struct report *r);

#endif
