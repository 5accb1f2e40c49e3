/* A whole examination of a model: a table, a JSON document, an HTML page. */
#ifndef CLASSIFIER_EXAMINE_H
#define CLASSIFIER_EXAMINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

struct examine_options {
    const char *const *data; /* (data_n) files as in dataset.h */
    size_t data_n;
    const char *families; /* tag-families.csv */
    const char *model;    /* NULL: the shipped one */
    const char *html;     /* where to write a page with figures; NULL: none */
    bool json;
};

/* Measures on the validation artists of the files and prints a table, or one JSON document, to out.
 * ERR_PARTLY after printing when rows were bad. */
ERR_NODISCARD enum err_code examine_run(const struct examine_options *o, FILE *out, struct err *e);

#endif
