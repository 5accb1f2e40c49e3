/* Labelled songs in memory: what training learns from and evaluation measures on. */
#ifndef CLASSIFIER_CORPUS_H
#define CLASSIFIER_CORPUS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/song.h"
#include "classifier/dataset.h"

struct corpus_row {
    struct song song;
    uint32_t families; /* bit i: genre_name[i] is true of it */
    uint32_t file;     /* which of the paths it came from */
    uint64_t artist;   /* hash of the first artist in lower case */
};

struct corpus {
    struct arena arena;
    struct corpus_row *rows; /* of one part each, labelled, every id once */
    size_t n;
    size_t read;       /* rows in the files */
    size_t bad;        /* malformed: each was told on standard error */
    size_t duplicates; /* an id that came before */
    size_t unlabelled; /* no tag with a family */
};

/* Rows of `part` from n files; tags become families by the CSV at `families`. On failure *c is
 * empty. */
ERR_NODISCARD enum err_code corpus_load(struct corpus *c, const char *const *paths, size_t n,
                                        const char *families, enum dataset_part part,
                                        struct err *e);
void corpus_free(struct corpus *c);

#endif
