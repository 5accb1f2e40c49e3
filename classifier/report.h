/* A model's evaluation as one HTML page that needs nothing else. */
#ifndef CLASSIFIER_REPORT_H
#define CLASSIFIER_REPORT_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "classifier/importance.h"
#include "classifier/measure.h"

/* A file that was read; borrowed name. */
struct report_file {
    const char *name; /* without directories */
    char sha256[65];  /* "" for what is no plain file, which cannot be read twice */
};

/* What was measured of a model. */
struct report {
    const char *model_id;
    struct report_file *files; /* (files_n) */
    size_t files_n;
    size_t songs;
    struct measure of[EVAL_INPUTS];
    struct importance without_tags[IMPORTANCE_INPUTS]; /* EVAL_TEXT_AND_STATISTICS */
    struct importance with_tags[IMPORTANCE_INPUTS];    /* EVAL_ALL */
};

/* ERR_IO when the file cannot be read. */
ERR_NODISCARD enum err_code report_file_read(const char *path, struct report_file *ret_file,
                                             struct err *e);
/* The page. b must allow some hundred KiB. */
void report_html(const struct report *r, struct buf *b);

#endif
