/* The forces of UMAP: neighbours draw each other near, chance draws push apart. */
#ifndef CLASSIFIER_MAP_MOVE_H
#define CLASSIFIER_MAP_MOVE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "classifier/map_graph.h"

struct map_move {
    const struct map_graph_edge *edges; /* (edges_n) */
    size_t edges_n;
    size_t n;
    const bool *held; /* (n) items that stay where they are; NULL: none */
    unsigned epochs;
    float rate; /* of the first epoch; it falls to 0 */
    uint64_t seed;
    atomic_uint *done; /* from `from` to `to` */
    unsigned from;
    unsigned to;
    const atomic_bool *cancel;
};

/* Moves at (n, 2): optimize_layout_euclidean of umap-learn 0.5 with a and b of min_dist 0.1 and
 * spread 1, gamma 1 and 5 negative samples. An edge as weak as less than one draw in all epochs is
 * left out, as there. False: cancelled. */
bool map_move_run(const struct map_move *m, float *at);

#endif
