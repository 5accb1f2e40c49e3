#include "classifier/net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "classifier/lane.h"
#include "classifier/layer.h"

static void layout_make(struct net_layout *l, const struct mlp_shape *s)
{
    const size_t t = s->towers;
    l->w1 = 0;
    l->b1 = l->w1 + mlp_input(s) * t * s->hidden1;
    l->w2 = l->b1 + t * s->hidden1;
    l->b2 = l->w2 + t * s->hidden1 * s->hidden2;
    l->w3 = l->b2 + t * s->hidden2;
    l->b3 = l->w3 + t * s->hidden2 * s->genres;
    l->table = l->b3 + t * s->genres;
    l->n = l->table + (size_t)s->slots * s->dim;
}

static void normal_fill(float *x, size_t n, double deviation, struct rand_seq *r)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = (float)(deviation * rand_normal(r));
    }
}

/* The most slots that a share has. */
static size_t share_slots(const struct mlp_shape *s)
{
    return s->slots / NET_SHARES + 1;
}

struct net *net_new(const struct mlp_shape *shape, size_t batch, uint64_t seed)
{
    struct net *n = mem_alloc(sizeof(*n));
    const size_t input = mlp_input(shape), t = shape->towers;
    n->shape = *shape;
    n->batch = batch;
    n->sub_weight = 1.0F;
    n->rand.state = seed;
    layout_make(&n->layout, shape);
    n->params = mem_array(n->layout.n, sizeof(float));
    n->grads = mem_array(n->layout.n, sizeof(float));
    n->moment1 = mem_array(n->layout.n, sizeof(float));
    n->moment2 = mem_array(n->layout.n, sizeof(float));
    n->x = mem_array(batch * input, sizeof(float));
    n->dx = mem_array(batch * input, sizeof(float));
    n->h1 = mem_array(batch * t * shape->hidden1, sizeof(float));
    n->dh1 = mem_array(batch * t * shape->hidden1, sizeof(float));
    n->h2 = mem_array(batch * t * shape->hidden2, sizeof(float));
    n->dh2 = mem_array(batch * t * shape->hidden2, sizeof(float));
    n->logits = mem_array(batch * t * shape->genres, sizeof(float));
    n->target = mem_array(batch * shape->genres, sizeof(float));
    n->bag_first = mem_array(batch * (VECTOR_GROUPS + 1), sizeof(*n->bag_first));
    n->touched = mem_array(NET_SHARES * share_slots(shape), sizeof(*n->touched));
    n->is_touched = mem_array(shape->slots, 1);
    n->team = team_new(0);
    const struct net_layout *l = &n->layout;
    normal_fill(n->params + l->w1, l->b1 - l->w1, sqrt(2.0 / (double)input), &n->rand);
    normal_fill(n->params + l->w2, l->b2 - l->w2, sqrt(2.0 / shape->hidden1), &n->rand);
    normal_fill(n->params + l->w3, l->b3 - l->w3, sqrt(1.0 / shape->hidden2), &n->rand);
    normal_fill(n->params + l->table, l->n - l->table, 0.1, &n->rand);
    for (size_t i = l->b3; i < l->table; i++) {
        n->params[i] = -2.5F; /* most families are absent from most songs */
    }
    return n;
}

void net_free(struct net *n)
{
    if (n) {
        float *const blocks[] = {n->params, n->grads, n->moment1, n->moment2, n->x,      n->dx,
                                 n->h1,     n->dh1,   n->h2,      n->dh2,     n->logits, n->target};
        for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
            free(blocks[i]);
        }
        team_free(n->team);
        free(n->bag_rows);
        free(n->bag_first);
        free(n->touched);
        free(n->is_touched);
        free(n);
    }
}

/* --- what a batch is worked on with -------------------------------------------------------------
 */

#define CHUNK 128 /* rows of a task where rows are shared out */

/* What the tasks of a batch are told. */
struct batch {
    struct net *net;
    const struct examples *examples;
    const uint32_t *which;
    size_t rows;
    const struct net_drop *drop;
    float hidden_drop;
    uint64_t seed; /* of the tasks' random numbers */
    const struct net_step *step;
};

/* Random numbers of one part of the batch's work. */
static struct rand_seq rand_of(const struct batch *b, size_t part)
{
    struct rand_seq r = {b->seed + part * UINT64_C(0xd1342543de82ef95)};
    return (struct rand_seq){rand_next(&r)};
}

static size_t chunks_of(size_t rows)
{
    return (rows + CHUNK - 1) / CHUNK;
}

static size_t chunk_rows(size_t rows, size_t chunk)
{
    return rows - chunk * CHUNK < CHUNK ? rows - chunk * CHUNK : CHUNK;
}

/* --- loading -----------------------------------------------------------------------------------
 */

static bool chance(struct rand_seq *r, float probability)
{
    return probability > 0.0F && rand_unit(r) < (double)probability;
}

static void number_drop(float *x, size_t pieces, size_t number)
{
    x[2 * number] = 0.0F;
    x[2 * number + 1] = 0.0F;
    if (number < VECTOR_SMOOTH) {
        memset(x + 2 * (size_t)VECTOR_NUMBERS + number * pieces, 0, pieces * sizeof(*x));
    }
}

static void target_load(const struct example *example, size_t genres, float *target)
{
    for (size_t g = 0; g < genres; g++) {
        target[g] = !genre_set_has(&example->known, g) ? LAYER_UNKNOWN
                    : genre_set_has(&example->yes, g)
                        ? 1.0F - (g < GENRE_N ? example->doubt[g] : 0.0F)
                        : 0.0F;
    }
}

/* One row of x and of the target. Its first bag's place in bag_rows is there. */
static void row_load(const struct batch *b, size_t row)
{
    struct net *n = b->net;
    const struct examples *e = b->examples;
    const struct net_drop *drop = b->drop;
    const size_t dim = n->shape.dim, i = b->which[row];
    float *x = n->x + row * mlp_input(&n->shape);
    struct rand_seq r = rand_of(b, row);
    target_load(&e->at[i], n->shape.genres, n->target + row * n->shape.genres);
    memcpy(x, e->numbers + i * e->numbers_n, e->numbers_n * sizeof(*x));
    const bool no_statistics = drop && chance(&r, drop->statistics);
    const bool no_year = drop && chance(&r, drop->year);
    for (size_t k = 0; k < VECTOR_NUMBERS; k++) {
        bool statistic = VECTOR_STATISTICS & (UINT32_C(1) << k);
        if ((statistic && no_statistics) || (k == VECTOR_YEAR_NUMBER && no_year)) {
            number_drop(x, n->shape.pieces, k);
        }
    }
    x += e->numbers_n;
    size_t *first = n->bag_first + row * (VECTOR_GROUPS + 1);
    for (size_t g = 0; g < VECTOR_GROUPS; g++, x += dim + 1) {
        bool gone = drop && (chance(&r, drop->group[g]) || (g == VECTOR_YEAR && no_year));
        size_t at = first[g];
        for (size_t k = e->at[i].first[g]; !gone && k < e->at[i].first[g + 1]; k++) {
            if (!drop || !chance(&r, drop->token[g])) {
                n->bag_rows[at++] = e->slots[k];
            }
        }
        first[g + 1] = at;
        layer_bag_forward(n->params + n->layout.table, n->bag_rows + first[g], at - first[g], dim,
                          x);
        x[dim] = at > first[g] ? 1.0F : 0.0F;
    }
}

static void chunk_load(void *context, size_t chunk)
{
    const struct batch *b = context;
    for (size_t i = 0; i < chunk_rows(b->rows, chunk); i++) {
        row_load(b, chunk * CHUNK + i);
    }
}

void net_load(struct net *n, const struct examples *e, const uint32_t *which, size_t rows,
              const struct net_drop *drop)
{
    struct batch b = {.net = n, .examples = e, .which = which, .rows = rows, .drop = drop};
    size_t tokens = 0;
    for (size_t row = 0; row < rows; row++) {
        const struct example *example = &e->at[which[row]];
        n->bag_first[row * (VECTOR_GROUPS + 1)] = tokens;
        tokens += example->first[VECTOR_GROUPS] - example->first[0];
    }
    if (tokens > n->bag_rows_cap) {
        n->bag_rows_cap = 2 * tokens;
        n->bag_rows = mem_resize(n->bag_rows, n->bag_rows_cap, sizeof(*n->bag_rows));
    }
    b.seed = drop ? rand_next(&n->rand) : 0;
    team_run(n->team, chunk_load, &b, chunks_of(rows));
}

/* --- forward and backward ----------------------------------------------------------------------
 */

/* The layers of one tower, and where its arrays lie. */
struct tower {
    struct layer_dense first; /* x and w1 of all towers, of which it has some columns */
    struct layer_dense second;
    struct layer_dense third;
    size_t w1, b1, w2, b2, w3, b3; /* as in net_layout */
    float *h1, *dh1;               /* (rows, H1), T * H1 apart */
    float *h2, *dh2;               /* (rows, H2) */
    float *logits;                 /* (rows, G) */
};

static struct tower tower_of(const struct net *n, size_t rows, size_t t)
{
    const struct mlp_shape *s = &n->shape;
    const struct net_layout *l = &n->layout;
    const size_t input = mlp_input(s), width = (size_t)s->towers * s->hidden1;
    return (struct tower){.first = {rows, input, s->hidden1, input, width, width},
                          .second = {rows, s->hidden1, s->hidden2, width, s->hidden2, 0},
                          .third = {rows, s->hidden2, s->genres, s->hidden2, s->genres, 0},
                          .w1 = l->w1 + t * s->hidden1,
                          .b1 = l->b1 + t * s->hidden1,
                          .w2 = l->w2 + t * s->hidden1 * s->hidden2,
                          .b2 = l->b2 + t * s->hidden2,
                          .w3 = l->w3 + t * s->hidden2 * s->genres,
                          .b3 = l->b3 + t * s->genres,
                          .h1 = n->h1 + t * s->hidden1,
                          .dh1 = n->dh1 + t * s->hidden1,
                          .h2 = n->h2 + t * n->batch * s->hidden2,
                          .dh2 = n->dh2 + t * n->batch * s->hidden2,
                          .logits = n->logits + t * n->batch * s->genres};
}

static void tower_forward(void *context, size_t t)
{
    const struct batch *b = context;
    struct net *n = b->net;
    const struct tower w = tower_of(n, b->rows, t);
    const float *params = n->params;
    struct rand_seq r = rand_of(b, t);
    layer_dense_forward(&w.first, n->x, params + w.w1, params + w.b1, w.h1);
    for (size_t row = 0; row < b->rows; row++) {
        layer_relu_forward(w.h1 + row * w.first.y_step, w.first.out, b->hidden_drop, &r);
    }
    layer_dense_forward(&w.second, w.h1, params + w.w2, params + w.b2, w.h2);
    layer_relu_forward(w.h2, b->rows * w.second.out, b->hidden_drop, &r);
    layer_dense_forward(&w.third, w.h2, params + w.w3, params + w.b3, w.logits);
}

/* The families come first of all genres. */
static size_t families_of(const struct net *n)
{
    return n->shape.genres < GENRE_N ? n->shape.genres : GENRE_N;
}

/* Every tower has its own loss, so that they stay different: only the logits' mean is shared, at
 * the end. */
static double tower_loss(const struct batch *b, float *logits)
{
    const size_t genres = b->net->shape.genres, main = families_of(b->net);
    const float share = 1.0F / (float)(b->rows * b->net->shape.towers);
    double loss = 0.0;
    for (size_t row = 0; row < b->rows; row++, logits += genres) {
        const float weight = b->examples->at[b->which[row]].weight;
        const float *target = b->net->target + row * genres;
        loss += (double)weight * layer_loss(logits, target, main, share * weight, logits);
        (void)layer_loss(logits + main, target + main, genres - main,
                         share * weight * b->net->sub_weight, logits + main);
    }
    return loss;
}

/* Forward, loss, and back to dh1, with the gradients of all weights and biases. */
static void tower_gradient(void *context, size_t t)
{
    const struct batch *b = context;
    struct net *n = b->net;
    const struct tower w = tower_of(n, b->rows, t);
    float *grads = n->grads;
    tower_forward(context, t);
    n->tower_loss[t] = tower_loss(b, w.logits);
    layer_dense_backward_weights(&w.third, w.h2, w.logits, grads + w.w3, grads + w.b3);
    layer_dense_backward_input(&w.third, w.logits, n->params + w.w3, w.dh2);
    layer_relu_backward(w.h2, w.dh2, b->rows * w.second.out, b->hidden_drop);
    layer_dense_backward_weights(&w.second, w.h1, w.dh2, grads + w.w2, grads + w.b2);
    layer_dense_backward_input(&w.second, w.dh2, n->params + w.w2, w.dh1);
    for (size_t row = 0; row < b->rows; row++) {
        const size_t at = row * w.first.y_step;
        layer_relu_backward(w.h1 + at, w.dh1 + at, w.first.out, b->hidden_drop);
    }
    layer_dense_backward_weights(&w.first, n->x, w.dh1, grads + w.w1, grads + w.b1);
}

/* The bags' columns of dx, of all towers. */
static void chunk_backward(void *context, size_t chunk)
{
    const struct batch *b = context;
    struct net *n = b->net;
    const size_t input = mlp_input(&n->shape), numbers = b->examples->numbers_n;
    const size_t width = (size_t)n->shape.towers * n->shape.hidden1;
    const struct layer_dense bags = {
        chunk_rows(b->rows, chunk), input - numbers, width, input, width, 0};
    layer_dense_backward_input(&bags, n->dh1 + chunk * CHUNK * width,
                               n->params + n->layout.w1 + numbers * width,
                               n->dx + chunk * CHUNK * input + numbers);
}

/* From one bag's gradient to those of its rows that are in a share, noting which were touched. */
static void bag_backward(struct net *n, size_t share, const float *dbag, const size_t *first)
{
    const size_t dim = n->shape.dim;
    float *dtable = n->grads + n->layout.table;
    uint32_t *touched = n->touched + share * share_slots(&n->shape);
    for (size_t k = first[0]; k < first[1]; k++) {
        const uint32_t slot = n->bag_rows[k];
        if (slot % NET_SHARES != share) {
            continue;
        }
        lane_add(dtable + slot * dim, dbag, layer_bag_share(first[1] - first[0]), dim);
        if (!n->is_touched[slot]) {
            n->is_touched[slot] = 1;
            touched[n->touched_n[share]++] = slot;
        }
    }
}

static void share_backward(void *context, size_t share)
{
    const struct batch *b = context;
    struct net *n = b->net;
    const size_t dim = n->shape.dim, input = mlp_input(&n->shape);
    for (size_t row = 0; row < b->rows; row++) {
        const float *dbag = n->dx + row * input + b->examples->numbers_n;
        const size_t *first = n->bag_first + row * (VECTOR_GROUPS + 1);
        for (size_t g = 0; g < VECTOR_GROUPS; g++, dbag += dim + 1) {
            bag_backward(n, share, dbag, first + g);
        }
    }
}

double net_gradient(struct net *n, const struct examples *e, const uint32_t *which, size_t rows,
                    float hidden_drop)
{
    struct batch b = {
        .net = n, .examples = e, .which = which, .rows = rows, .hidden_drop = hidden_drop};
    const size_t towers = n->shape.towers;
    b.seed = hidden_drop > 0.0F ? rand_next(&n->rand) : 0;
    team_run(n->team, tower_gradient, &b, towers);
    team_run(n->team, chunk_backward, &b, chunks_of(rows));
    team_run(n->team, share_backward, &b, NET_SHARES);
    double loss = 0.0;
    for (size_t t = 0; t < towers; t++) {
        loss += n->tower_loss[t];
    }
    return loss / (double)(rows * towers * families_of(n));
}

/* --- AdamW -------------------------------------------------------------------------------------
 */

#define BETA1 0.9F
#define BETA2 0.999F

static struct lane_adam adam_of(const struct net *n, double rate, double decay)
{
    const double fix1 = 1.0 - pow((double)BETA1, (double)n->steps);
    const double fix2 = 1.0 - pow((double)BETA2, (double)n->steps);
    return (struct lane_adam){.rate = (float)(rate / fix1),
                              .root_scale = (float)(1.0 / sqrt(fix2)),
                              .keep = (float)(1.0 - rate * decay),
                              .beta1 = BETA1,
                              .beta2 = BETA2};
}

/* Parameters [from, to) of the blocks. */
static void range_update(struct net *n, const struct lane_adam *a, size_t from, size_t to)
{
    lane_adam(a, n->params + from, n->grads + from, n->moment1 + from, n->moment2 + from,
              to - from);
}

/* One of NET_SHARES parts of the dense parameters and of the table. */
static void share_update(void *context, size_t share)
{
    const struct batch *b = context;
    struct net *n = b->net;
    const size_t dense = n->layout.table, dim = n->shape.dim;
    const uint32_t *touched = n->touched + share * share_slots(&n->shape);
    struct lane_adam a = adam_of(n, b->step->rate, b->step->decay);
    range_update(n, &a, dense * share / NET_SHARES, dense * (share + 1) / NET_SHARES);
    a = adam_of(n, b->step->rate, b->step->table_decay);
    for (size_t i = 0; i < n->touched_n[share]; i++) {
        const size_t from = n->layout.table + (size_t)touched[i] * dim;
        range_update(n, &a, from, from + dim);
        n->is_touched[touched[i]] = 0;
    }
    n->touched_n[share] = 0;
}

void net_update(struct net *n, const struct net_step *step)
{
    struct batch b = {.net = n, .step = step};
    n->steps++;
    team_run(n->team, share_update, &b, NET_SHARES);
}

void net_predict(struct net *n, size_t rows, float *probs)
{
    const size_t genres = n->shape.genres, towers = n->shape.towers;
    struct batch b = {.net = n, .rows = rows};
    team_run(n->team, tower_forward, &b, towers);
    for (size_t i = 0; i < rows * genres; i++) {
        float sum = 0.0F;
        for (size_t t = 0; t < towers; t++) {
            sum += n->logits[t * n->batch * genres + i];
        }
        probs[i] = mlp_probability(sum / (float)towers);
    }
}

void net_quantise(const struct net *n, const struct vocab *v, unsigned char *table, struct mlp *m)
{
    const struct net_layout *l = &n->layout;
    const size_t dim = n->shape.dim, bytes = mlp_slot_bytes(&n->shape);
    memset(table, 0, n->shape.slots * bytes);
    for (size_t s = 0; s < n->shape.slots; s++) {
        const float *row = n->params + l->table + s * dim;
        float most = 0.0F;
        for (size_t d = 0; d < dim; d++) {
            most = fmaxf(most, fabsf(row[d]));
        }
        struct mlp_slot slot = {v->token[s] ? mlp_slot_mark(v->token[s]) : 0, most / 127.0F};
        if (slot.mark == 0) {
            continue;
        }
        memcpy(table + s * bytes, &slot, sizeof(slot));
        for (size_t d = 0; d < dim && most > 0.0F; d++) {
            long q = lroundf(row[d] / slot.scale);
            table[s * bytes + sizeof(slot) + d] = (unsigned char)(signed char)q;
        }
    }
    m->shape = n->shape;
    m->w1 = n->params + l->w1;
    m->b1 = n->params + l->b1;
    m->w2 = n->params + l->w2;
    m->b2 = n->params + l->b2;
    m->w3 = n->params + l->w3;
    m->b3 = n->params + l->b3;
    m->table = table;
}
