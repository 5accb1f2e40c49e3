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

struct net *net_new(const struct mlp_shape *shape, size_t batch, uint64_t seed)
{
    struct net *n = mem_alloc(sizeof(*n));
    const size_t input = mlp_input(shape), t = shape->towers;
    n->shape = *shape;
    n->batch = batch;
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
    n->bag_first = mem_array(batch * VECTOR_GROUPS + 1, sizeof(*n->bag_first));
    n->touched = mem_array(shape->slots, sizeof(*n->touched));
    n->is_touched = mem_array(shape->slots, 1);
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
        free(n->bag_rows);
        free(n->bag_first);
        free(n->touched);
        free(n->is_touched);
        free(n);
    }
}

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

static size_t bag_add(struct net *n, size_t at, uint32_t slot)
{
    if (at == n->bag_rows_cap) {
        n->bag_rows_cap = n->bag_rows_cap ? 2 * n->bag_rows_cap : 65536;
        n->bag_rows = mem_resize(n->bag_rows, n->bag_rows_cap, sizeof(*n->bag_rows));
    }
    n->bag_rows[at] = slot;
    return at + 1;
}

/* Fills one row of x from example i; `at` is the next free place of bag_rows, and returned moved
 * on. */
static size_t row_load(struct net *n, const struct examples *e, size_t i, size_t row,
                       const struct net_drop *drop, size_t at)
{
    const size_t dim = n->shape.dim;
    float *x = n->x + row * mlp_input(&n->shape);
    memcpy(x, e->numbers + i * e->numbers_n, e->numbers_n * sizeof(*x));
    const bool no_statistics = drop && chance(&n->rand, drop->statistics);
    const bool no_year = drop && chance(&n->rand, drop->year);
    for (size_t k = 0; k < VECTOR_NUMBERS; k++) {
        bool statistic = VECTOR_STATISTICS & (UINT32_C(1) << k);
        if ((statistic && no_statistics) || (k == VECTOR_YEAR_NUMBER && no_year)) {
            number_drop(x, n->shape.pieces, k);
        }
    }
    x += e->numbers_n;
    for (size_t g = 0; g < VECTOR_GROUPS; g++, x += dim + 1) {
        bool gone = drop && (chance(&n->rand, drop->group[g]) || (g == VECTOR_YEAR && no_year));
        size_t start = at;
        n->bag_first[row * VECTOR_GROUPS + g] = at;
        for (size_t k = e->at[i].first[g]; !gone && k < e->at[i].first[g + 1]; k++) {
            if (!drop || !chance(&n->rand, drop->token[g])) {
                at = bag_add(n, at, e->slots[k]);
            }
        }
        layer_bag_forward(n->params + n->layout.table, n->bag_rows + start, at - start, dim, x);
        x[dim] = at > start ? 1.0F : 0.0F;
    }
    return at;
}

void net_load(struct net *n, const struct examples *e, const uint32_t *which, size_t rows,
              const struct net_drop *drop)
{
    size_t at = bag_add(n, 0, 0) - 1; /* so that bag_rows is there */
    for (size_t row = 0; row < rows; row++) {
        at = row_load(n, e, which[row], row, drop, at);
    }
    n->bag_first[rows * VECTOR_GROUPS] = at;
}

static void forward(struct net *n, size_t rows, float drop)
{
    const struct mlp_shape *s = &n->shape;
    const struct net_layout *l = &n->layout;
    const size_t input = mlp_input(s), width = (size_t)s->towers * s->hidden1;
    const struct layer_dense first = {rows, input, width, input, width};
    const struct layer_dense second = {rows, s->hidden1, s->hidden2, width, s->hidden2};
    const struct layer_dense third = {rows, s->hidden2, s->genres, s->hidden2, s->genres};
    layer_dense_forward(&first, n->x, n->params + l->w1, n->params + l->b1, n->h1);
    layer_relu_forward(n->h1, rows * width, drop, &n->rand);
    for (size_t t = 0; t < s->towers; t++) {
        float *h2 = n->h2 + t * n->batch * s->hidden2;
        layer_dense_forward(&second, n->h1 + t * s->hidden1,
                            n->params + l->w2 + t * s->hidden1 * s->hidden2,
                            n->params + l->b2 + t * s->hidden2, h2);
        layer_relu_forward(h2, rows * s->hidden2, drop, &n->rand);
        layer_dense_forward(&third, h2, n->params + l->w3 + t * s->hidden2 * s->genres,
                            n->params + l->b3 + t * s->genres,
                            n->logits + t * n->batch * s->genres);
    }
}

/* Every tower has its own loss, so that they stay different: only the logits' mean is shared, at
 * the end. */
static double loss_make(struct net *n, const struct examples *e, const uint32_t *which, size_t rows)
{
    const size_t genres = n->shape.genres, towers = n->shape.towers;
    const float share = 1.0F / (float)(rows * towers);
    double loss = 0.0;
    for (size_t row = 0; row < rows; row++) {
        const struct example *example = &e->at[which[row]];
        float *target = n->target + row * genres;
        for (size_t g = 0; g < genres; g++) {
            target[g] = example->families >> g & 1 ? 1.0F : 0.0F;
        }
        for (size_t t = 0; t < towers; t++) {
            float *logits = n->logits + (t * n->batch + row) * genres;
            loss += (double)example->weight *
                    layer_loss(logits, target, genres, share * example->weight, logits);
        }
    }
    return loss / (double)(rows * towers * genres);
}

/* From dx to the rows of the table, noting which were touched. */
static void bags_backward(struct net *n, size_t rows, size_t numbers)
{
    const size_t dim = n->shape.dim, input = mlp_input(&n->shape);
    for (size_t row = 0; row < rows; row++) {
        for (size_t g = 0; g < VECTOR_GROUPS; g++) {
            const size_t from = n->bag_first[row * VECTOR_GROUPS + g];
            const size_t to = n->bag_first[row * VECTOR_GROUPS + g + 1];
            layer_bag_backward(n->dx + row * input + numbers + g * (dim + 1), n->bag_rows + from,
                               to - from, dim, n->grads + n->layout.table);
            for (size_t k = from; k < to; k++) {
                uint32_t slot = n->bag_rows[k];
                if (!n->is_touched[slot]) {
                    n->is_touched[slot] = 1;
                    n->touched[n->touched_n++] = slot;
                }
            }
        }
    }
}

double net_gradient(struct net *n, const struct examples *e, const uint32_t *which, size_t rows,
                    float hidden_drop)
{
    const struct mlp_shape *s = &n->shape;
    const struct net_layout *l = &n->layout;
    const size_t input = mlp_input(s), width = (size_t)s->towers * s->hidden1;
    const struct layer_dense first = {rows, input, width, input, width};
    const struct layer_dense second = {rows, s->hidden1, s->hidden2, width, s->hidden2};
    const struct layer_dense third = {rows, s->hidden2, s->genres, s->hidden2, s->genres};
    forward(n, rows, hidden_drop);
    double loss = loss_make(n, e, which, rows);
    for (size_t t = 0; t < s->towers; t++) {
        const size_t w2 = l->w2 + t * s->hidden1 * s->hidden2, b2 = l->b2 + t * s->hidden2;
        const size_t w3 = l->w3 + t * s->hidden2 * s->genres, b3 = l->b3 + t * s->genres;
        const float *dlogits = n->logits + t * n->batch * s->genres;
        float *h2 = n->h2 + t * n->batch * s->hidden2, *dh2 = n->dh2 + t * n->batch * s->hidden2;
        layer_dense_backward_weights(&third, h2, dlogits, n->grads + w3, n->grads + b3);
        layer_dense_backward_input(&third, dlogits, n->params + w3, dh2);
        layer_relu_backward(h2, dh2, rows * s->hidden2, hidden_drop);
        layer_dense_backward_weights(&second, n->h1 + t * s->hidden1, dh2, n->grads + w2,
                                     n->grads + b2);
        layer_dense_backward_input(&second, dh2, n->params + w2, n->dh1 + t * s->hidden1);
    }
    layer_relu_backward(n->h1, n->dh1, rows * width, hidden_drop);
    layer_dense_backward_weights(&first, n->x, n->dh1, n->grads + l->w1, n->grads + l->b1);
    layer_dense_backward_input(&first, n->dh1, n->params + l->w1, n->dx);
    bags_backward(n, rows, e->numbers_n);
    return loss;
}

#define BETA1 0.9F
#define BETA2 0.999F

/* Parameters [from, to) of the blocks. */
static void adam(struct net *n, size_t from, size_t to, double rate, double decay)
{
    const double fix1 = 1.0 - pow((double)BETA1, (double)n->steps);
    const double fix2 = 1.0 - pow((double)BETA2, (double)n->steps);
    const struct lane_adam a = {.rate = (float)(rate * sqrt(fix2) / fix1),
                                .keep = (float)(1.0 - rate * decay),
                                .beta1 = BETA1,
                                .beta2 = BETA2};
    lane_adam(&a, n->params + from, n->grads + from, n->moment1 + from, n->moment2 + from,
              to - from);
}

void net_update(struct net *n, const struct net_step *step)
{
    const struct net_layout *l = &n->layout;
    n->steps++;
    adam(n, 0, l->table, step->rate, step->decay);
    for (size_t i = 0; i < n->touched_n; i++) {
        size_t from = l->table + (size_t)n->touched[i] * n->shape.dim;
        adam(n, from, from + n->shape.dim, step->rate, step->table_decay);
        n->is_touched[n->touched[i]] = 0;
    }
    n->touched_n = 0;
}

void net_predict(struct net *n, size_t rows, float *probs)
{
    const size_t genres = n->shape.genres, towers = n->shape.towers;
    forward(n, rows, 0.0F);
    for (size_t i = 0; i < rows * genres; i++) {
        float sum = 0.0F;
        for (size_t t = 0; t < towers; t++) {
            sum += n->logits[t * n->batch * genres + i];
        }
        probs[i] = 1.0F / (1.0F + expf(-sum / (float)towers));
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
