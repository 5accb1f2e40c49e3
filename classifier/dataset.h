/* Track lists as files: the columns of a track table (track_id, track_name, artists, ...) or of an
 * Exportify export, old or new, in any order. Any column but id and name may be missing. */
#ifndef CLASSIFIER_DATASET_H
#define CLASSIFIER_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/song.h"

struct dataset;

/* path: a CSV, gzip too; "-" is standard input. ERR_IO, or ERR_FORMAT when it has no header, no
 * column with the name, or neither ids nor artists, from which an id is made where there is none.
 */
ERR_NODISCARD enum err_code dataset_open(const char *path, struct dataset **ret_dataset,
                                         struct err *e);
void dataset_close(struct dataset *d);
/* 1: a song, whose texts are valid until the next call; 0: the end; -1: the row is bad, *e says why
 * with the line's number, and the next call goes on after it. */
int dataset_next(struct dataset *d, struct song *ret_song, struct err *e);
/* What the row of the last dataset_next says of the song's genre in columns of its own, "a; b" or
 * "": answers, not something the model may see. Until the next dataset_next. */
const char *dataset_genres(struct dataset *d);
/* The line on which the row of the last dataset_next begins, from 1. */
int64_t dataset_line(const struct dataset *d);

/* Which part of the split by artist a song belongs to. */
enum dataset_part {
    DATASET_TRAIN,    /* every artist has u >= 0.25 */
    DATASET_VALIDATE, /* 0.15 <= u < 0.25 for the first artist */
    DATASET_NEITHER,  /* the rest: nothing is learned from it and nothing measured on it */
};

/* u of one artist (n bytes): the first 32 bits of SHA-256 of the name in lower case, over 2^32. The
 * lower case is word_lower's. */
double dataset_place(const char *artist, size_t n);
/* artists: "; " between several. A song without an artist is DATASET_NEITHER. */
enum dataset_part dataset_part(const char *artists);

#endif
