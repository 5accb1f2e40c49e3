/* How well likeness finds what people keep together. */
#ifndef CLASSIFIER_RECALL_H
#define CLASSIFIER_RECALL_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "classifier/model.h"
#include "classifier/playlists.h"
#include "classifier/songs.h"

#define RECALL_AT      100
#define RECALL_QUERIES 20 /* of a playlist at most */

struct recall {
    size_t playlists;
    size_t queries;
    double all;    /* mean share of a playlist's other songs, at most RECALL_AT, that are among the
                      RECALL_AT nearest of all songs */
    double others; /* the same with songs of the query's first artist left out on both sides */
};

/* places: (songs->n, dim) of unit length, even dim. Queries are a playlist's songs, evenly spread.
 */
void recall_measure(const struct songs *songs, const struct playlists *playlists,
                    const float *places, size_t dim, struct recall *ret_recall);
/* Standardised audio statistics, the rival: places (songs->n, SONG_STATS); a song without any lies
 * at no place. */
void recall_statistics(const struct songs *songs, float *places);
/* Of a model, with tags where they are known. places: (songs->n, model_space). */
void recall_places(const struct songs *songs, const struct model *m, float *places);

/* Measures both on the held-out playlists of a file and prints a table. */
ERR_NODISCARD enum err_code recall_run(const char *const *data, size_t n, const char *playlists,
                                       const char *model, FILE *out, struct err *e);

#endif
