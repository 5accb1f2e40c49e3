/* Songs as points of a plane, like ones close together: UMAP (McInnes, Healy and Melville 2018,
 * arXiv 1802.03426; umap-learn 0.5) over the cosine, with 15 neighbours and min_dist 0.1. */
#ifndef CLASSIFIER_MAP_H
#define CLASSIFIER_MAP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define MAP_DONE 1000 /* of map_task.done: all */

struct map_task {
    size_t n;
    size_t dim;          /* even, at most NEAR_DIM_MAX */
    const float *places; /* (n, dim) of any length but 0 */
    /* (n, 2) row-major. Before: where a song was, NaN for a new one. After: where it is, -1 .. 1;
     * NaN for one whose place is no direction (map_is_place). */
    float *at;
    bool again;   /* lay out all songs, however few are new */
    double scale; /* of the layout that `at` comes from, in its own units per 1; 0: there is none */
    bool whole;   /* after: all songs were laid out, not new ones alone */
    atomic_uint done;   /* 0 .. MAP_DONE, for other threads to read */
    atomic_bool cancel; /* for other threads to set */
};

/* Whether place (dim) can be laid out: all finite, not all 0. */
bool map_is_place(const float *place, size_t dim);

/* Fills at, scale and whole. The same input gives the same output. A song that was somewhere begins
 * there, a new one amidst its neighbours that were, and without any that were all begin at their
 * two principal components. When less than a twentieth is new (and `again` is not set) the others
 * stay exactly where they are. Else the result is turned, mirrored, scaled and shifted to the old
 * positions (Procrustes; the scale keeps the spread, since the least squares' one shrinks), and
 * what then lies outside of -1 .. 1 is moved to the edge. False: cancelled, at is as it was. 20,000
 * songs of 32 dimensions take some seconds. Any thread. */
bool map_make(struct map_task *t);

#endif
