/* Labelled songs in memory: what training learns from and evaluation measures on. */
#ifndef CLASSIFIER_CORPUS_H
#define CLASSIFIER_CORPUS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/song.h"
#include "classifier/dataset.h"
#include "classifier/genre.h"
#include "classifier/tree.h"

struct corpus_row {
    struct song song;
    uint32_t families;      /* bit i: genre_name[i] is true of it */
    struct genre_set yes;   /* genres that are true of it, families among them */
    struct genre_set known; /* those of which it is known whether they are */
    uint32_t file;          /* which of the paths it came from */
    uint64_t artist;        /* hash of the first artist in lower case */
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

/* Where songs and their labels come from. */
struct corpus_sources {
    const char *const *paths; /* (n) track lists as in dataset.h */
    size_t n;
    const char *families;    /* tag-families.csv */
    const char *artists;     /* further tags of artists, as artist.h reads them; NULL: none */
    const struct tree *tree; /* whose sub-genres are labelled too; NULL: families only */
};

/* Rows of `part`. A row's own tags become families and sub-genres; where they tell none, those of
 * its first artist in `artists` do. On failure *c is empty. */
ERR_NODISCARD enum err_code corpus_load(struct corpus *c, const struct corpus_sources *sources,
                                        enum dataset_part part, struct err *e);
void corpus_free(struct corpus *c);

#endif
