/* Track lists as files: the columns of a track table (track_id, track_name, artists, ...), of an
 * Exportify export, old or new, or of the lists that people publish (artist_name, music_genre;
 * track_artist, playlist_genre), in any order. There must be names, and ids or artists; any other
 * column may be missing. A row without an id gets one made from its artist and title. Keys may be
 * letters (C#, Bb), modes words (Major), and numbers have a decimal comma where the file's
 * delimiter is another character. */
#ifndef CLASSIFIER_DATASET_H
#define CLASSIFIER_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/song.h"

struct dataset;

/* How an id begins that was made here. */
#define DATASET_MADE_ID "made:"

/* What a row says beside the song. */
struct dataset_row {
    const char *labels; /* its genre columns, "; " between several: the answer, never an input */
    const char *isrc;   /* "" when not known */
    uint32_t found;     /* rules of clean.h that applied, as bits; values were dropped by them */
};

/* path: a CSV, gzip too; "-" is standard input. ERR_IO, or ERR_FORMAT when it has no header or no
 * column with the names, or neither ids nor artists.
 *
 * `music_genre`, `playlist_genre`, `playlist_subgenre`, `track_genre`, `genre` and `genres` are
 * genres that the songs are labelled with, but an Exportify export's "Genres" are its artists'
 * tags. `label` is the record label, but a genre where there is a `record_label` too. */
ERR_NODISCARD enum err_code dataset_open(const char *path, struct dataset **ret_dataset,
                                         struct err *e);
void dataset_close(struct dataset *d);
/* 1: a song cleaned by clean_row, whose texts are valid until the next call; 0: the end; -1: the
 * row is bad, *e says why with the line's number, and the next call goes on after it. Code
 * ERR_FORMAT, or ERR_IO when the file cannot be read any further. */
int dataset_next(struct dataset *d, struct song *ret_song, struct err *e);
/* The rest of the row of the last dataset_next, valid until the next. */
const struct dataset_row *dataset_row(const struct dataset *d);
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
