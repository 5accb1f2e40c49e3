/* Labelled songs in memory: what training learns from and evaluation measures on. */
#ifndef CLASSIFIER_CORPUS_H
#define CLASSIFIER_CORPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/song.h"
#include "classifier/clean.h"
#include "classifier/dataset.h"
#include "classifier/genre.h"
#include "classifier/tree.h"

struct corpus_row {
    struct song song;
    const char *labels; /* its genre columns, "; " between several: the answer, never an input */
    uint32_t
        families; /* bit i: genre_name[i] is true of it, by tags or labels of any of its rows */
    struct genre_set yes;   /* genres that are true of it, families among them */
    struct genre_set known; /* those of which it is known whether they are */
    bool tagged;            /* tags told something: then all of them are known */
    uint32_t common;        /* the families that all of its rows with any have */
    uint32_t rows;          /* of the files that it was made from */
    uint32_t file;          /* which of the paths it came from */
    int64_t line;           /* there */
    uint64_t artist;        /* hash of the first artist in lower case */
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

/* Where songs and their labels come from. */
struct corpus_sources {
    const char *const *paths; /* (n) track lists as in dataset.h */
    size_t n;
    const char *families;    /* tag-families.csv */
    const char *artists;     /* further tags of artists, as artist.h reads them; NULL: none */
    const struct tree *tree; /* whose sub-genres are labelled too; NULL: families only */
    bool quiet;              /* the files' bad rows were told before: tells none */
    bool repeats;            /* rows of one song but under other ids stay apart */
};

/* Rows of `part`, cleaned by clean.h; tags and genre columns become families and sub-genres. A song
 * for training of which neither tells anything goes by its first artist in `artists`. What a file's
 * genre column says of a song tells nothing of genres that the column never speaks of; tags tell of
 * all. On failure *c is empty: a file that cannot be read to its end (ERR_IO) or has not one usable
 * row (ERR_FORMAT) is refused as a whole.
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
ERR_NODISCARD enum err_code corpus_load(struct corpus *c, const struct corpus_sources *sources,
                                        enum dataset_part part, struct err *e);
void corpus_free(struct corpus *c);

#endif
