/* A song as the model sees it: numbers with a mask, and hashed tokens in groups that can be left
 * out. */
#ifndef CLASSIFIER_VECTOR_H
#define CLASSIFIER_VECTOR_H

#include <stddef.h>
#include <stdint.h>

#include "base/song.h"

/* The numbers, unscaled. Those before VECTOR_SMOOTH are continuous and also enter in pieces (see
 * mlp.h). */
enum vector_number {
    VECTOR_DANCEABILITY,
    VECTOR_ENERGY,
    VECTOR_LOUDNESS,
    VECTOR_SPEECHINESS,
    VECTOR_ACOUSTICNESS,
    VECTOR_INSTRUMENTALNESS,
    VECTOR_LIVENESS,
    VECTOR_VALENCE,
    VECTOR_TEMPO,
    VECTOR_DURATION, /* natural logarithm of the seconds */
    VECTOR_YEAR_NUMBER,
    VECTOR_SMOOTH,
    VECTOR_KEY_COS = VECTOR_SMOOTH, /* the key on a circle of twelve */
    VECTOR_KEY_SIN,
    VECTOR_MODE,
    VECTOR_METRE, /* time signature */
    VECTOR_EXPLICIT,
    VECTOR_NUMBERS
};

/* Bits of the numbers that come from Spotify's statistics. */
#define VECTOR_STATISTICS                                                                          \
    (((UINT32_C(1) << VECTOR_NUMBERS) - 1) & ~(UINT32_C(1) << VECTOR_DURATION) &                   \
     ~(UINT32_C(1) << VECTOR_YEAR_NUMBER) & ~(UINT32_C(1) << VECTOR_EXPLICIT))

/* Each group has a bag of its own in the model, and may be left out on its own. */
enum vector_group {
    VECTOR_ARTIST,      /* each artist, whole */
    VECTOR_ARTIST_WORD, /* words of the artists' names and pieces of three characters */
    VECTOR_ALBUM,       /* words of the album, pieces */
    VECTOR_TITLE,       /* words of the title, pieces, scripts */
    VECTOR_LABEL,       /* record label, whole and its words */
    VECTOR_YEAR,        /* year and decade */
    VECTOR_TAG,         /* genre tags, whole and their words */
    VECTOR_GROUPS
};

#define VECTOR_TOKENS 96 /* of a group at most; what comes after is left out */

struct vector {
    float number[VECTOR_NUMBERS]; /* 0 where not known */
    uint32_t known;               /* bit i: number[i] is known */
    uint16_t tokens[VECTOR_GROUPS];
    uint64_t token[VECTOR_GROUPS]
                  [VECTOR_TOKENS]; /* FNV-1a of the group's prefix and the token; not 0 */
};

/* Any thread, no allocation. A statistic that is not finite or out of all range counts as not
 * known. */
void vector_make(const struct song *song, struct vector *ret_vector);
/* Takes the statistics (numbers of VECTOR_STATISTICS) or one group's tokens out again. */
void vector_drop_statistics(struct vector *v);
void vector_drop_group(struct vector *v, enum vector_group group);

#endif
