#include "classifier/map_graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "classifier/near.h"

#define CANDIDATES 40 /* by 8 bits a dimension, of which the exact nearest are kept */
#define ROUNDS     64
#define TOLERANCE  1e-5
#define LEAST      1e-3 /* of the mean distance: no bandwidth is narrower */
#define STRIDE     64   /* items between two looks at the clock */

struct hit {
    uint32_t other;
    float distance;
};

static int by_distance(const void *a, const void *b)
{
    const struct hit *x = a;
    const struct hit *y = b;
    if (x->distance < y->distance || x->distance > y->distance) {
        return x->distance < y->distance ? -1 : 1;
    }
    return (x->other > y->other) - (x->other < y->other);
}

static float distance_of(const float *a, const float *b, size_t dim)
{
    float sum = 0.0F;
    for (size_t d = 0; d < dim; d++) {
        sum += a[d] * b[d];
    }
    return fmaxf(0.0F, 1.0F - sum);
}

/* The k nearest others of item i. */
static void neighbours_find(const struct map_graph *g, const struct near *near, const float *x,
                            size_t dim, size_t i, float *distance)
{
    struct near_hit rough[CANDIDATES];
    struct hit hits[CANDIDATES] = {{0}};
    size_t n = 0;
    const size_t got = near_search(near, x + i * dim, CANDIDATES, rough);
    for (size_t c = 0; c < got; c++) {
        const size_t other = rough[c].item;
        if (other != i) {
            hits[n++] =
                (struct hit){(uint32_t)other, distance_of(x + i * dim, x + other * dim, dim)};
        }
    }
    qsort(hits, n, sizeof(*hits), by_distance);
    for (size_t c = 0; c < g->k; c++) {
        g->other[i * g->k + c] = hits[c].other;
        distance[c] = hits[c].distance;
    }
}

static double sum_of(const float *distance, size_t k, double nearest, double bandwidth)
{
    double sum = 0.0;
    for (size_t c = 0; c < k; c++) {
        const double over = (double)distance[c] - nearest;
        sum += over > 0.0 ? exp(-over / bandwidth) : 1.0;
    }
    return sum;
}

/* The bandwidth with which the memberships add up to log2 of the neighbours, itself counted. */
static double bandwidth_of(const float *distance, size_t k, double nearest)
{
    const double wanted = log2((double)(k + 1));
    double low = 0.0, high = HUGE_VAL, middle = 1.0, mean = 0.0;
    for (int round = 0; round < ROUNDS; round++) {
        const double sum = sum_of(distance, k, nearest, middle);
        if (fabs(sum - wanted) < TOLERANCE) {
            break;
        }
        if (sum > wanted) {
            high = middle;
            middle = (low + high) / 2.0;
        } else {
            low = middle;
            middle = isinf(high) ? middle * 2.0 : (low + high) / 2.0;
        }
    }
    for (size_t c = 0; c < k; c++) {
        mean += (double)distance[c] / (double)(k + 1);
    }
    return fmax(middle, LEAST * mean);
}

static void weights_make(const float *distance, size_t k, float *weight)
{
    double nearest = 0.0;
    for (size_t c = k; c > 0; c--) {
        nearest = distance[c - 1] > 0.0F ? (double)distance[c - 1] : nearest;
    }
    const double bandwidth = bandwidth_of(distance, k, nearest);
    for (size_t c = 0; c < k; c++) {
        const double over = (double)distance[c] - nearest;
        weight[c] = over > 0.0 && bandwidth > 0.0 ? (float)exp(-over / bandwidth) : 1.0F;
    }
}

bool map_graph_make(struct map_graph *g, const float *x, size_t dim, const bool *asked, size_t n,
                    const struct map_graph_progress *progress)
{
    float distance[MAP_GRAPH_K];
    *g = (struct map_graph){
        .n = n, .k = n < MAP_GRAPH_K ? n - (n > 0) : MAP_GRAPH_K - 1, .asked = asked};
    g->other = mem_array(n * g->k + 1, sizeof(*g->other));
    g->weight = mem_array(n * g->k + 1, sizeof(*g->weight));
    struct near *near = near_new(dim);
    for (size_t i = 0; i < n; i++) {
        near_add(near, x + i * dim);
    }
    bool going = true;
    for (size_t i = 0; going && i < n; i++) {
        if (i % STRIDE == 0) {
            going = !atomic_load(progress->cancel);
            atomic_store(progress->done, (unsigned)(progress->most * i / n));
        }
        if (asked == NULL || asked[i]) {
            neighbours_find(g, near, x, dim, i, distance);
            weights_make(distance, g->k, g->weight + i * g->k);
        }
    }
    near_free(near);
    return going;
}

void map_graph_free(struct map_graph *g)
{
    free(g->other);
    free(g->weight);
    *g = (struct map_graph){0};
}

/* Where i stands among the neighbours of `of`; k when it does not. */
static size_t place_among(const struct map_graph *g, size_t of, uint32_t i)
{
    size_t c = 0;
    while (c < g->k && g->other[of * g->k + c] != i) {
        c++;
    }
    return c;
}

struct map_graph_edge *map_graph_edges(const struct map_graph *g, size_t *ret_n)
{
    struct map_graph_edge *edges = mem_array(2 * g->n * g->k + 1, sizeof(*edges));
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++) {
        for (size_t c = 0; c < g->k && (g->asked == NULL || g->asked[i]); c++) {
            const uint32_t head = (uint32_t)i, tail = g->other[i * g->k + c];
            const float one = g->weight[i * g->k + c];
            const bool known = g->asked == NULL || g->asked[tail];
            const size_t back = known ? place_among(g, tail, head) : g->k;
            if (back < g->k) {
                const float other = g->weight[tail * g->k + back];
                edges[n++] = (struct map_graph_edge){head, tail, one + other - one * other};
                continue;
            }
            edges[n++] = (struct map_graph_edge){head, tail, one};
            if (known) {
                edges[n++] = (struct map_graph_edge){tail, head, one};
            }
        }
    }
    *ret_n = n;
    return edges;
}
