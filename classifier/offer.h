/* A rule that tells some songs from the others of a library: what a person may mean by them. It is
 * the conjunction of at most three terms (classifier/rule.h), each the one that raises F1 most:
 * greedy search as in decision lists (Rivest, Learning Decision Lists, 1987). Pure. */
#ifndef CLASSIFIER_OFFER_H
#define CLASSIFIER_OFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/song.h"
#include "classifier/tree.h"

#define OFFER_LEAST 10 /* songs; of fewer nothing can be told */

struct offer_song {
    const struct song *song;
    const float *p; /* (tree_n) */
    const float *threshold;
    bool in; /* one of those that the rule is to find */
};

struct offer {
    char rule[512];
    double precision; /* on songs that the rule was not made from, two halves in turn */
    double recall;    /* likewise */
};

/* False when there are too few songs, or no term tells them from the others. O(songs * terms). Any
 * thread. */
bool offer_make(const struct tree *tree, const struct offer_song *songs, size_t n,
                struct offer *ret);

#endif
