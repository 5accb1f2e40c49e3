#include "classifier/forest.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "classifier/genre.h"

#define BINS  256
#define SMALL 64 /* rows up to which insertion sorts faster than counting */

/* The cuts between a feature's bins, ascending: x is in bin b when just b cuts are below it. */
struct cuts {
    float at[BINS - 1];
    size_t n;
};

struct node {
    uint32_t left;   /* child; the right one follows it. 0: a leaf */
    uint32_t labels; /* of a leaf whose rows all have these */
    uint32_t mixed;  /* of another leaf: its place in `values`, from 1 */
    uint16_t feature;
    uint8_t bin; /* rows up to it go left */
};

struct forest {
    size_t columns;
    size_t trees;
    struct cuts *cuts; /* (columns) */
    uint32_t *root;    /* (trees) */
    struct node *node;
    size_t nodes, nodes_cap;
    float *values; /* (., GENRE_N): shares of the labels in leaves that are not pure */
    size_t values_n, values_cap;
};

/* --- bins --------------------------------------------------------------------------------------
 */

static int float_compare(const void *a, const void *b)
{
    const float *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* values: (n), sorted. Cuts lie halfway between neighbours: between all of them when they are few,
 * else after every 256th part of the rows. */
static void cuts_make(const float *values, size_t n, struct cuts *cuts)
{
    size_t steps = 0;
    for (size_t i = 1; i < n; i++) {
        steps += values[i] > values[i - 1];
    }
    size_t due = 0; /* the row from which on the next cut may lie */
    cuts->n = 0;
    for (size_t i = 1; i < n && cuts->n < BINS - 1; i++) {
        if (values[i] > values[i - 1] && i >= due) {
            cuts->at[cuts->n++] = values[i - 1] + (values[i] - values[i - 1]) / 2.0F;
            while (steps >= BINS && due <= i) {
                due += (n + BINS - 1) / BINS;
            }
        }
    }
}

static uint8_t bin_of(const struct cuts *cuts, float x)
{
    size_t low = 0, high = cuts->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (x > cuts->at[middle]) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return (uint8_t)low;
}

/* --- one tree ----------------------------------------------------------------------------------
 */

struct part {
    uint32_t node;
    size_t from, to; /* of `rows` */
};

struct grower {
    struct forest *forest;
    const struct matrix *m;
    uint8_t *bins;    /* (columns, n) */
    uint32_t *weight; /* (n) times that a row was drawn */
    uint32_t *rows;   /* those drawn, each once; a node's lie together */
    uint32_t *sorted; /* (n) scratch */
    uint16_t *order;  /* (columns) features, shuffled as they are drawn */
    struct part *stack;
    size_t stack_n, stack_cap;
    size_t tries;
    size_t min_leaf;
    struct rand_seq rand;
};

/* Sums over a set of rows, drawn ones as often as they were drawn. */
struct tally {
    uint64_t count[GENRE_N];
    uint64_t squares; /* of the counts, summed */
    uint64_t rows;
};

struct split {
    double score; /* the higher, the less impure; below zero: none found */
    size_t feature;
    uint8_t bin;
};

/* Copies the node's rows into g->sorted, ordered by their bins of one feature. False when all are
 * in the same. */
static bool rows_sort(struct grower *g, const struct part *p, const uint8_t *bins)
{
    const uint32_t *rows = g->rows + p->from;
    const size_t n = p->to - p->from;
    if (n <= SMALL) {
        for (size_t i = 0; i < n; i++) {
            size_t k = i;
            for (; k > 0 && bins[g->sorted[k - 1]] > bins[rows[i]]; k--) {
                g->sorted[k] = g->sorted[k - 1];
            }
            g->sorted[k] = rows[i];
        }
    } else {
        uint32_t place[BINS + 1] = {0};
        for (size_t i = 0; i < n; i++) {
            place[bins[rows[i]] + 1]++;
        }
        for (size_t b = 0; b < BINS; b++) {
            place[b + 1] += place[b];
        }
        for (size_t i = 0; i < n; i++) {
            g->sorted[place[bins[rows[i]]]++] = rows[i];
        }
    }
    return bins[g->sorted[0]] != bins[g->sorted[n - 1]];
}

/* For a label with count c among w rows, w times its Gini impurity is 2 (c - c^2 / w): the best
 * split has the greatest sum of c^2 / w over labels and sides. `all` holds the node; the left
 * side's sums grow row by row, the right side's follow from (c - l)^2 = c^2 - 2 c l + l^2. */
static void feature_try(struct grower *g, const struct part *p, const struct tally *all,
                        size_t feature, struct split *best)
{
    const uint8_t *bins = g->bins + feature * g->m->n;
    const size_t n = p->to - p->from;
    struct tally left = {0};
    uint64_t products = 0; /* all.count * left.count, summed */
    for (size_t i = 0; i + 1 < n; i++) {
        const uint32_t row = g->sorted[i];
        const uint64_t w = g->weight[row];
        for (uint32_t labels = g->m->labels[row]; labels != 0; labels &= labels - 1) {
            unsigned label = (unsigned)__builtin_ctz(labels);
            left.squares += w * (2 * left.count[label] + w);
            products += w * all->count[label];
            left.count[label] += w;
        }
        left.rows += w;
        const uint8_t here = bins[row], next = bins[g->sorted[i + 1]];
        if (here == next || i + 1 < g->min_leaf || n - i - 1 < g->min_leaf) {
            continue;
        }
        uint64_t right = all->squares + left.squares - 2 * products;
        double score = (double)left.squares / (double)left.rows +
                       (double)right / (double)(all->rows - left.rows);
        if (score > best->score) {
            *best = (struct split){score, feature, (uint8_t)((here + next) / 2)};
        }
    }
}

static struct split split_find(struct grower *g, const struct part *p, const struct tally *all)
{
    struct split best = {.score = -1.0};
    size_t varied = 0;
    const size_t columns = g->m->columns;
    for (size_t k = 0; k < columns && (k < g->tries || varied == 0); k++) {
        size_t drawn = k + rand_below(&g->rand, columns - k);
        uint16_t feature = g->order[drawn];
        g->order[drawn] = g->order[k];
        g->order[k] = feature;
        if (rows_sort(g, p, g->bins + feature * g->m->n)) {
            varied++;
            feature_try(g, p, all, feature, &best);
        }
    }
    return best;
}

static uint32_t nodes_add(struct forest *f, size_t n)
{
    if (f->nodes + n > f->nodes_cap) {
        f->nodes_cap = 2 * f->nodes_cap + 1024;
        f->node = mem_resize(f->node, f->nodes_cap, sizeof(*f->node));
    }
    memset(f->node + f->nodes, 0, n * sizeof(*f->node));
    f->nodes += n;
    return (uint32_t)(f->nodes - n);
}

static void leaf_make(struct forest *f, uint32_t node, const struct tally *all)
{
    bool pure = true;
    for (size_t g = 0; g < GENRE_N; g++) {
        pure = pure && (all->count[g] == 0 || all->count[g] == all->rows);
        f->node[node].labels |= (uint32_t)(all->count[g] == all->rows) << g;
    }
    if (pure) {
        return;
    }
    if (f->values_n == f->values_cap) {
        f->values_cap = 2 * f->values_cap + 1024;
        f->values = mem_resize(f->values, f->values_cap, GENRE_N * sizeof(*f->values));
    }
    for (size_t g = 0; g < GENRE_N; g++) {
        f->values[f->values_n * GENRE_N + g] = (float)((double)all->count[g] / (double)all->rows);
    }
    f->node[node].mixed = (uint32_t)++f->values_n;
}

static void part_push(struct grower *g, uint32_t node, size_t from, size_t to)
{
    if (g->stack_n == g->stack_cap) {
        g->stack_cap = 2 * g->stack_cap + 64;
        g->stack = mem_resize(g->stack, g->stack_cap, sizeof(*g->stack));
    }
    g->stack[g->stack_n++] = (struct part){node, from, to};
}

/* Returns the first row of the right side. */
static size_t part_divide(struct grower *g, const struct part *p, const struct split *s)
{
    const uint8_t *bins = g->bins + s->feature * g->m->n;
    size_t left = p->from, right = p->to;
    while (left < right) {
        uint32_t row = g->rows[left];
        if (bins[row] <= s->bin) {
            left++;
        } else {
            g->rows[left] = g->rows[--right];
            g->rows[right] = row;
        }
    }
    return left;
}

static void node_grow(struct grower *g, const struct part *p)
{
    struct tally all = {0};
    uint32_t any = 0, every = UINT32_MAX;
    for (size_t i = p->from; i < p->to; i++) {
        const uint32_t row = g->rows[i], w = g->weight[row];
        any |= g->m->labels[row];
        every &= g->m->labels[row];
        for (uint32_t labels = g->m->labels[row]; labels != 0; labels &= labels - 1) {
            all.count[__builtin_ctz(labels)] += w;
        }
        all.rows += w;
    }
    for (size_t k = 0; k < GENRE_N; k++) {
        all.squares += all.count[k] * all.count[k];
    }
    struct split best = {.score = -1.0};
    if (any != every && p->to - p->from >= 2 * g->min_leaf) {
        best = split_find(g, p, &all);
    }
    if (best.score < 0.0) {
        leaf_make(g->forest, p->node, &all);
        return;
    }
    size_t middle = part_divide(g, p, &best);
    uint32_t left = nodes_add(g->forest, 2);
    struct node *node = &g->forest->node[p->node];
    node->left = left;
    node->feature = (uint16_t)best.feature;
    node->bin = best.bin;
    part_push(g, left + 1, middle, p->to);
    part_push(g, left, p->from, middle);
}

static void tree_grow(struct grower *g, size_t tree)
{
    const size_t n = g->m->n;
    memset(g->weight, 0, n * sizeof(*g->weight));
    for (size_t i = 0; i < n; i++) {
        g->weight[rand_below(&g->rand, n)]++;
    }
    size_t drawn = 0;
    for (size_t i = 0; i < n; i++) {
        if (g->weight[i] > 0) {
            g->rows[drawn++] = (uint32_t)i;
        }
    }
    g->forest->root[tree] = nodes_add(g->forest, 1);
    part_push(g, g->forest->root[tree], 0, drawn);
    while (g->stack_n > 0) {
        struct part p = g->stack[--g->stack_n];
        node_grow(g, &p);
    }
}

/* --- the forest --------------------------------------------------------------------------------
 */

static void bins_make(struct forest *f, const struct matrix *m, uint8_t *bins)
{
    float *values = mem_array(m->n, sizeof(*values));
    for (size_t c = 0; c < m->columns; c++) {
        for (size_t i = 0; i < m->n; i++) {
            values[i] = m->x[i * m->columns + c];
        }
        qsort(values, m->n, sizeof(*values), float_compare);
        cuts_make(values, m->n, &f->cuts[c]);
        for (size_t i = 0; i < m->n; i++) {
            bins[c * m->n + i] = bin_of(&f->cuts[c], m->x[i * m->columns + c]);
        }
    }
    free(values);
}

struct forest *forest_fit(const struct matrix *m, const struct forest_options *o)
{
    struct forest *f = mem_alloc(sizeof(*f));
    f->columns = m->columns;
    f->trees = o->trees;
    f->cuts = mem_array(m->columns, sizeof(*f->cuts));
    f->root = mem_array(o->trees, sizeof(*f->root));
    struct grower g = {.forest = f, .m = m, .rand = {o->seed}};
    size_t root = (size_t)sqrt((double)m->columns);
    g.tries = o->features > 0 ? o->features : root;
    g.min_leaf = o->min_leaf > 0 ? o->min_leaf : 1;
    g.bins = mem_array(m->columns, m->n);
    g.weight = mem_array(m->n, sizeof(*g.weight));
    g.rows = mem_array(m->n, sizeof(*g.rows));
    g.sorted = mem_array(m->n, sizeof(*g.sorted));
    g.order = mem_array(m->columns, sizeof(*g.order));
    for (size_t c = 0; c < m->columns; c++) {
        g.order[c] = (uint16_t)c;
    }
    bins_make(f, m, g.bins);
    for (size_t tree = 0; tree < o->trees; tree++) {
        tree_grow(&g, tree);
    }
    free(g.bins);
    free(g.weight);
    free(g.rows);
    free(g.sorted);
    free(g.order);
    free(g.stack);
    return f;
}

void forest_free(struct forest *f)
{
    if (f) {
        free(f->cuts);
        free(f->root);
        free(f->node);
        free(f->values);
        free(f);
    }
}

static void leaf_add(const struct forest *f, const struct node *leaf, float *probs)
{
    const float *values = leaf->mixed ? f->values + (leaf->mixed - 1) * GENRE_N : NULL;
    for (size_t g = 0; g < GENRE_N; g++) {
        probs[g] += values ? values[g] : leaf->labels >> g & 1 ? 1.0F : 0.0F;
    }
}

void forest_predict(const struct forest *f, const struct matrix *m, float *probs)
{
    uint8_t *bins = mem_array(f->columns, 1);
    memset(probs, 0, m->n * GENRE_N * sizeof(*probs));
    for (size_t i = 0; i < m->n; i++) {
        float *p = probs + i * GENRE_N;
        for (size_t c = 0; c < f->columns; c++) {
            bins[c] = bin_of(&f->cuts[c], m->x[i * f->columns + c]);
        }
        for (size_t tree = 0; tree < f->trees; tree++) {
            const struct node *node = &f->node[f->root[tree]];
            while (node->left != 0) {
                node = &f->node[node->left + (bins[node->feature] > node->bin)];
            }
            leaf_add(f, node, p);
        }
        for (size_t g = 0; g < GENRE_N; g++) {
            p[g] /= (float)f->trees;
        }
    }
    free(bins);
}
