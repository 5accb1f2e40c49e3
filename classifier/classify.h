/* Labelling a track list: a CSV in, one JSON line per song out. */
#ifndef CLASSIFIER_CLASSIFY_H
#define CLASSIFIER_CLASSIFY_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

struct classify_options {
    const char *path;  /* a file as in dataset.h; "-" is standard input */
    const char *model; /* NULL: the shipped one */
};

/* Writes {"id","name","genres":[{"name","p"},...],"subgenres":[...]} per song to out: all families
 * and the five likeliest sub-genres, the likeliest first, p to six places. A bad row is told on
 * standard error with its line and skipped; then the result is ERR_PARTLY, after everything else
 * was written. *ret_songs: lines written, also on failure. */
ERR_NODISCARD enum err_code classify_run(const struct classify_options *o, FILE *out,
                                         size_t *ret_songs, struct err *e);

#endif
