/* Labelled songs in memory: what training learns from and evaluation measures on. */
#ifndef CLASSIFIER_CORPUS_H
#define CLASSIFIER_CORPUS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/song.h"
#include "classifier/clean.h"
#include "classifier/dataset.h"

struct corpus_row {
    struct song song;
    const char *labels; /* its genre columns, "; " between several: the answer, never an input */
    uint32_t
        families;    /* bit i: genre_name[i] is true of it, by tags or labels of any of its rows */
    uint32_t common; /* the families that all of its rows with any have */
    uint32_t rows;   /* of the files that it was made from */
    uint32_t file;   /* which of the paths it came from */
    int64_t line;    /* there */
    uint64_t artist; /* hash of the first artist in lower case */
};

struct corpus {
    struct arena arena;
    struct corpus_row *rows; /* of one part each, labelled, every song once */
    size_t n;
    size_t read;       /* rows in the files */
    size_t bad;        /* malformed: on standard error the first hundred of a file were told */
    size_t duplicates; /* merged into a row that came before */
    size_t unlabelled; /* no tag with a family */
    /* (files): rules about values and rows counted over all rows of the file, those about songs
     * over the part. File names are borrowed from the paths. */
    struct clean_report *reports;
    size_t files;
};

/* Rows of `part` from n files, cleaned by clean.h; tags and genre columns become families by the
 * CSV at `families`. On failure *c is empty: a file that cannot be read to its end (ERR_IO) or has
 * not one usable row (ERR_FORMAT) is refused as a whole.
 *
 * Rows of one song are merged: same id, else same ISRC, else same first artist and title_plain. A
 * row that is the same song as two songs that were two so far joins the first found and leaves them
 * two. The row with more known values is kept, the other fills what it lacks, and the song has the
 * families of both.
 *
 * DATASET_VALIDATE, what measuring goes by: a song there is measured once, as ever by its id and
 * now also by artist and title, so that a much-released song does not count twice; all its rows'
 * families are true of it. No song is left out for contradicting genres, in training only: leaving
 * out the hard ones would flatter. Memory grows with the songs kept. */
ERR_NODISCARD enum err_code corpus_load(struct corpus *c, const char *const *paths, size_t n,
                                        const char *families, enum dataset_part part,
                                        struct err *e);
/* The same for files whose bad rows were told before: it tells none. */
ERR_NODISCARD enum err_code corpus_load_again(struct corpus *c, const char *const *paths, size_t n,
                                              const char *families, enum dataset_part part,
                                              struct err *e);
void corpus_free(struct corpus *c);

#endif
