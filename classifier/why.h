/* Which inputs spoke for and against each genre of a song.
 *
 * Owen values (Owen 1977, "Values of Games with a Priori Unions"): Shapley values of single inputs
 * whose groups (the sound's statistics, the title's words, the tags ...) join and leave together.
 * The game is a genre's logit, of the song with only some of its inputs known; what is not known is
 * absent as the model was trained to bear. Sampled over WHY_ORDERS orders, each with its reverse
 * (Castro et al. 2009): whatever the sample, the parts of a genre add up to its logit less the
 * logit of a song of which nothing is known. */
#ifndef CLASSIFIER_WHY_H
#define CLASSIFIER_WHY_H

#include <stddef.h>

#include "base/json.h"
#include "base/song.h"
#include "classifier/model.h"

#define WHY_PARTS  64 /* of a song at most; what comes after goes with the last of its group */
#define WHY_ORDERS 48
#define WHY_METHOD                                                                                 \
    "Owen values: the parts add up to the log-odds of the song less those of one of which "        \
    "nothing "                                                                                     \
    "is known"

enum why_group {
    WHY_SOUND, /* one part per statistic */
    WHY_DURATION,
    WHY_YEAR,
    WHY_EXPLICIT,
    WHY_ARTIST, /* one per artist, its name and its words */
    WHY_ALBUM,  /* one per word */
    WHY_TITLE,  /* one per word */
    WHY_LABEL,
    WHY_TAG, /* one per tag */
    WHY_GROUPS
};
extern const char *const why_group_name[WHY_GROUPS];

struct why_part {
    enum why_group group;
    char text[96]; /* "energy 0.93 (very high)", "deep house" ... */
};

struct why {
    size_t n; /* parts */
    size_t genres;
    struct why_part part[WHY_PARTS];
    double *value; /* (n, genres) what the part adds to the logit */
    float *base;   /* (genres) logits of a song of which nothing is known */
    float *total;  /* (genres) logits of the song */
};

/* Any thread. Deterministic. Caller: why_free. */
void why_make(const struct model *m, const struct song *song, struct why *ret_why);
void why_free(struct why *w);

/* One genre (a column of the model) as a document: its probability, that of an unknown song, and
 * the parts, greatest first, each with its logit, its share of all parts' sizes, and where it came
 * from: source[group], NULL: the song itself. */
struct json *why_json(const struct why *w, const struct model *m, size_t genre,
                      const char *const source[WHY_GROUPS]);

#endif
