/* Who is close to whom among places, and how surely: UMAP's fuzzy simplicial set. */
#ifndef CLASSIFIER_MAP_GRAPH_H
#define CLASSIFIER_MAP_GRAPH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAP_GRAPH_K 15 /* neighbours, itself among them, as umap-learn counts */

/* Neighbours of n items, each the K - 1 others nearest by cosine, the nearest first. */
struct map_graph {
    size_t n;
    size_t k;          /* neighbours kept per item: min(K - 1, n - 1) */
    uint32_t *other;   /* (n, k) */
    float *weight;     /* (n, k) 0 .. 1, how surely the item thinks it near */
    const bool *asked; /* (n) items whose neighbours are known; NULL: all */
};

struct map_graph_edge {
    uint32_t head; /* moves */
    uint32_t tail; /* moves too unless it is held */
    float weight;
};

/* x: (n, dim) of unit length, dim even and at most NEAR_DIM_MAX; asked: borrowed. done goes from 0
 * to `most`. The exact K nearest of 8-bit candidates (near.h), then smooth_knn_dist with local
 * connectivity 1 and bandwidth 1. False: cancelled. Caller: map_graph_free, also then. */
struct map_graph_progress {
    atomic_uint *done;
    unsigned most;
    const atomic_bool *cancel;
};
bool map_graph_make(struct map_graph *g, const float *x, size_t dim, const bool *asked, size_t n,
                    const struct map_graph_progress *progress);
void map_graph_free(struct map_graph *g);

/* The edges, w + w' - w w' where both are near to each other, both ways as umap-learn samples them;
 * with `asked` only those whose head was asked. Caller: free. */
struct map_graph_edge *map_graph_edges(const struct map_graph *g, size_t *ret_n);

#endif
