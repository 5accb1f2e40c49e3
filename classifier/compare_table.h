/* A comparison as text and as JSON. */
#ifndef CLASSIFIER_COMPARE_TABLE_H
#define CLASSIFIER_COMPARE_TABLE_H

#include <stdio.h>

#include "base/buf.h"
#include "classifier/compare.h"

/* "kNN" and "all but tags" ..., as the tables say. */
const char *compare_table_model(enum compare_model model);
const char *compare_table_inputs(enum compare_inputs inputs);
/* Two tables: every set of inputs with all rows of the test; and all but tags with the rows of
 * artists that training saw and did not see. "-": the model cannot see the difference. */
void compare_table_print(const struct compare *c, FILE *out);
/* Appends one line: an object with the splits, each with its sizes and `scores`, an array with an
 * object for each model, set of inputs and kind of rows that was measured. */
void compare_table_json(const struct compare *c, struct buf *b);
/* The tables as a page that needs nothing else. */
void compare_table_html(const struct compare *c, struct buf *b);

#endif
