#include "classifier/layer.h"

#include <assert.h>
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "classifier/gemm.h"
#include "classifier/genre.h"
#include "classifier/lane.h"

/* c = or += a b, each as struct gemm tells. */
static void multiply(const struct gemm *g, const float *a, const float *b, float *c)
{
    if (gemm_supported()) {
        gemm_run(g, a, b, c);
        return;
    }
    const bool a_turned = g->a_column != 1, b_turned = g->b_column != 1;
    cblas_sgemm(CblasRowMajor, a_turned ? CblasTrans : CblasNoTrans,
                b_turned ? CblasTrans : CblasNoTrans, (int)g->m, (int)g->n, (int)g->k, 1.0F, a,
                (int)(a_turned ? g->a_column : g->a_row), b,
                (int)(b_turned ? g->b_column : g->b_row), g->add ? 1.0F : 0.0F, c, (int)g->c_row);
}

static size_t w_step(const struct layer_dense *l)
{
    return l->w_step > 0 ? l->w_step : l->out;
}

void layer_dense_forward(const struct layer_dense *l, const float *x, const float *w,
                         const float *b, float *y)
{
    const struct gemm g = {.m = l->rows,
                           .n = l->out,
                           .k = l->in,
                           .a_row = l->x_step,
                           .a_column = 1,
                           .b_row = w_step(l),
                           .b_column = 1,
                           .c_row = l->y_step,
                           .add = true};
    for (size_t i = 0; i < l->rows; i++) {
        memcpy(y + i * l->y_step, b, l->out * sizeof(*y));
    }
    multiply(&g, x, w, y);
}

void layer_dense_backward_weights(const struct layer_dense *l, const float *x, const float *dy,
                                  float *dw, float *db)
{
    const struct gemm g = {.m = l->in,
                           .n = l->out,
                           .k = l->rows,
                           .a_row = 1,
                           .a_column = l->x_step,
                           .b_row = l->y_step,
                           .b_column = 1,
                           .c_row = w_step(l),
                           .add = true};
    multiply(&g, x, dy, dw);
    for (size_t i = 0; i < l->rows; i++) {
        lane_add(db, dy + i * l->y_step, 1.0F, l->out);
    }
}

void layer_dense_backward_input(const struct layer_dense *l, const float *dy, const float *w,
                                float *dx)
{
    const struct gemm g = {.m = l->rows,
                           .n = l->in,
                           .k = l->out,
                           .a_row = l->y_step,
                           .a_column = 1,
                           .b_row = 1,
                           .b_column = w_step(l),
                           .c_row = l->x_step};
    multiply(&g, dy, w, dx);
}

void layer_relu_forward(float *y, size_t n, float drop, struct rand_seq *r)
{
    const uint32_t below = (uint32_t)((double)drop * 4294967296.0);
    const uint32_t seed = below > 0 ? (uint32_t)rand_next(r) : 0;
    lane_relu_forward(y, n, seed, below, 1.0F / (1.0F - drop));
}

void layer_relu_backward(const float *y, float *dy, size_t n, float drop)
{
    lane_relu_backward(y, dy, n, 1.0F / (1.0F - drop));
}

float layer_bag_share(size_t n)
{
    return n > 1 ? 1.0F / sqrtf((float)n) : 1.0F;
}

void layer_bag_forward(const float *table, const uint32_t *rows, size_t n, size_t dim, float *bag)
{
    const float share = layer_bag_share(n);
    memset(bag, 0, dim * sizeof(*bag));
    for (size_t i = 0; i < n; i++) {
        lane_add(bag, table + rows[i] * dim, share, dim);
    }
}

double layer_loss(const float *logits, const float *target, size_t n, float weight, float *dlogits)
{
    double loss = 0.0;
    float known[GENRE_MAX], told[GENRE_MAX];
    assert(n <= GENRE_MAX);
    /* As if the network were sure that it is not, and right: no loss, no gradient. */
    for (size_t i = 0; i < n; i++) {
        known[i] = target[i] < 0.0F ? -99.0F : logits[i];
        told[i] = fmaxf(target[i], 0.0F);
    }
    lane_loss(known, told, n, weight, dlogits, &loss);
    return loss;
}
