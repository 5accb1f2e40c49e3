#include "classifier/map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "classifier/map_align.h"
#include "classifier/map_graph.h"
#include "classifier/map_move.h"
#include "classifier/principal.h"

#define SEED         20
#define FEW          20 /* one in so many is new, at most: the others stay */
#define PLAIN_MOST   3  /* songs that their components alone lay out */
#define EPOCHS       200
#define EPOCHS_SMALL 500
#define SMALL        10000
#define EPOCHS_FEW   100
#define RATE_FEW     0.25F /* also the least where all move: as umap-learn's transform */
#define RATE_AGAIN   0.5F
#define EXTENT       10.0
#define NOISE        1e-4
#define PASSES       8
#define GRAPH_DONE   (MAP_DONE / 5)

/* The songs that can be laid out. */
struct sheet {
    struct map_task *t;
    size_t n;
    size_t *row;   /* (n) of the task */
    float *unit;   /* (n, dim) */
    float *old;    /* (n, 2) NaN: new */
    float *at;     /* (n, 2) in the layout's units; NaN: not yet */
    bool *is_new;  /* (n) */
    bool *is_held; /* (n) */
    size_t n_new;
    struct map_graph graph;
};

bool map_is_place(const float *place, size_t dim)
{
    double sum = 0.0;
    for (size_t d = 0; d < dim; d++) {
        sum += (double)place[d] * (double)place[d];
    }
    return isfinite(sum) && sum > 0.0;
}

static void row_take(struct sheet *s, size_t row)
{
    const struct map_task *t = s->t;
    const float *place = t->places + row * t->dim;
    double sum = 0.0;
    for (size_t d = 0; d < t->dim; d++) {
        sum += (double)place[d] * (double)place[d];
    }
    for (size_t d = 0; d < t->dim; d++) {
        s->unit[s->n * t->dim + d] = (float)((double)place[d] / sqrt(sum));
    }
    memcpy(s->old + 2 * s->n, t->at + 2 * row, 2 * sizeof(*s->old));
    s->is_new[s->n] = !isfinite(s->old[2 * s->n]) || !isfinite(s->old[2 * s->n + 1]);
    s->is_held[s->n] = !s->is_new[s->n];
    s->n_new += s->is_new[s->n];
    s->row[s->n++] = row;
}

static void sheet_make(struct sheet *s, struct map_task *t)
{
    *s = (struct sheet){.t = t};
    s->row = mem_array(t->n + 1, sizeof(*s->row));
    s->unit = mem_array(t->n * t->dim + 1, sizeof(*s->unit));
    s->old = mem_array(2 * t->n + 1, sizeof(*s->old));
    s->at = mem_array(2 * t->n + 1, sizeof(*s->at));
    s->is_new = mem_array(t->n + 1, sizeof(*s->is_new));
    s->is_held = mem_array(t->n + 1, sizeof(*s->is_held));
    for (size_t i = 0; i < t->n; i++) {
        if (map_is_place(t->places + i * t->dim, t->dim)) {
            row_take(s, i);
        }
    }
}

static void sheet_free(struct sheet *s)
{
    map_graph_free(&s->graph);
    free(s->row);
    free(s->unit);
    free(s->old);
    free(s->at);
    free(s->is_new);
    free(s->is_held);
}

/* --- where all begin ---------------------------------------------------------------------------
 */

static void begin_at_components(struct sheet *s)
{
    const size_t dim = s->t->dim;
    double mean[PRINCIPAL_DIM_MAX], axes[2 * PRINCIPAL_DIM_MAX], variances[2], most = 0.0;
    struct rand_seq rand = {SEED};
    principal_fit(s->unit, s->n, dim, 2, mean, axes, variances);
    for (size_t i = 0; i < 2 * s->n; i++) {
        const float *unit = s->unit + i / 2 * dim;
        double sum = 0.0;
        for (size_t d = 0; d < dim; d++) {
            sum += ((double)unit[d] - mean[d]) * axes[i % 2 * dim + d];
        }
        s->at[i] = (float)sum;
        most = fmax(most, fabs(sum));
    }
    for (size_t i = 0; i < 2 * s->n; i++) {
        const double part = most > 1e-6 ? (double)s->at[i] / most : 0.0;
        const double noise = s->n > PLAIN_MOST ? NOISE * rand_normal(&rand) : 0.0;
        s->at[i] = (float)(EXTENT * part + noise);
    }
}

/* The mean of the neighbours that lie somewhere. */
static bool begin_amidst(struct sheet *s, size_t i)
{
    const struct map_graph *g = &s->graph;
    double x = 0.0, y = 0.0, sum = 0.0;
    for (size_t c = 0; c < g->k; c++) {
        const size_t other = g->other[i * g->k + c];
        const double weight = (double)g->weight[i * g->k + c] + 1e-6;
        if (isfinite(s->at[2 * other])) {
            x += weight * (double)s->at[2 * other];
            y += weight * (double)s->at[2 * other + 1];
            sum += weight;
        }
    }
    if (sum > 0.0) {
        s->at[2 * i] = (float)(x / sum);
        s->at[2 * i + 1] = (float)(y / sum);
    }
    return sum > 0.0;
}

/* The old ones where they were, new ones amidst their neighbours, and those of whom no neighbour
 * ever lies anywhere in the middle. A little off, so that no two lie on one spot. */
static void begin_where_they_were(struct sheet *s)
{
    struct rand_seq rand = {SEED};
    for (size_t i = 0; i < 2 * s->n; i++) {
        s->at[i] = s->is_new[i / 2] ? NAN : s->old[i] * (float)s->t->scale;
    }
    for (int pass = 0; pass < PASSES; pass++) {
        for (size_t i = 0; i < s->n; i++) {
            if (!isfinite(s->at[2 * i])) {
                begin_amidst(s, i);
            }
        }
    }
    for (size_t i = 0; i < 2 * s->n; i++) {
        const float noise = (float)(NOISE * rand_normal(&rand));
        if (s->is_new[i / 2]) {
            s->at[i] = (isfinite(s->at[i]) ? s->at[i] : 0.0F) + noise;
        }
    }
}

/* --- the two ways
 * ---------------------------------------------------------------------------------
 */

static bool neighbours_make(struct sheet *s, const bool *asked)
{
    const struct map_graph_progress progress = {&s->t->done, GRAPH_DONE, &s->t->cancel};
    return map_graph_make(&s->graph, s->unit, s->t->dim, asked, s->n, &progress);
}

static bool move(struct sheet *s, const bool *held, unsigned epochs, float rate)
{
    struct map_move m = {
        .n = s->n,
        .held = held,
        .epochs = epochs,
        .rate = rate,
        .seed = SEED,
        .done = &s->t->done,
        .from = GRAPH_DONE,
        .to = MAP_DONE,
        .cancel = &s->t->cancel,
    };
    struct map_graph_edge *edges = map_graph_edges(&s->graph, &m.edges_n);
    m.edges = edges;
    const bool going = map_move_run(&m, s->at);
    free(edges);
    return going;
}

static bool place_few(struct sheet *s)
{
    if (!neighbours_make(s, s->is_new)) {
        return false;
    }
    begin_where_they_were(s);
    if (!move(s, s->is_held, EPOCHS_FEW, RATE_FEW)) {
        return false;
    }
    for (size_t i = 0; i < 2 * s->n; i++) {
        const float at = s->at[i] / (float)s->t->scale;
        s->at[i] = s->is_held[i / 2] ? s->old[i] : fmaxf(-1.0F, fminf(1.0F, at));
    }
    return true;
}

static bool place_all(struct sheet *s)
{
    const bool known = s->t->scale > 0.0 && 2 * s->n_new < s->n;
    const float share = (float)s->n_new / (float)(s->n + 1);
    if (s->n <= PLAIN_MOST) {
        begin_at_components(s);
    } else {
        if (!neighbours_make(s, NULL)) {
            return false;
        }
        if (known) {
            begin_where_they_were(s);
        } else {
            begin_at_components(s);
        }
        const float rate = !known ? 1.0F : s->t->again ? RATE_AGAIN : fmaxf(RATE_FEW, share);
        if (!move(s, NULL, s->n <= SMALL ? EPOCHS_SMALL : EPOCHS, rate)) {
            return false;
        }
    }
    s->t->scale = map_align(s->at, s->old, s->n);
    s->t->whole = true;
    return true;
}

bool map_make(struct map_task *t)
{
    struct sheet s;
    bool going = !atomic_load(&t->cancel);
    t->whole = false;
    sheet_make(&s, t);
    if (going && (t->again || s.n_new > 0)) {
        const bool few = !t->again && t->scale > 0.0 && FEW * s.n_new < s.n;
        going = few ? place_few(&s) : place_all(&s);
    } else {
        memcpy(s.at, s.old, 2 * s.n * sizeof(*s.at));
    }
    for (size_t i = 0; going && i < 2 * t->n; i++) {
        t->at[i] = NAN;
    }
    for (size_t i = 0; going && i < s.n; i++) {
        memcpy(t->at + 2 * s.row[i], s.at + 2 * i, 2 * sizeof(*t->at));
    }
    if (going) {
        atomic_store(&t->done, MAP_DONE);
    }
    sheet_free(&s);
    return going;
}
