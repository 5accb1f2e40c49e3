#include "classifier/layer.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "classifier/lane.h"

void layer_dense_forward(const struct layer_dense *l, const float *x, const float *w,
                         const float *b, float *y)
{
    for (size_t i = 0; i < l->rows; i++) {
        memcpy(y + i * l->y_step, b, l->out * sizeof(*y));
    }
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)l->rows, (int)l->out, (int)l->in,
                1.0F, x, (int)l->x_step, w, (int)l->out, 1.0F, y, (int)l->y_step);
}

void layer_dense_backward_weights(const struct layer_dense *l, const float *x, const float *dy,
                                  float *dw, float *db)
{
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)l->in, (int)l->out, (int)l->rows,
                1.0F, x, (int)l->x_step, dy, (int)l->y_step, 1.0F, dw, (int)l->out);
    for (size_t i = 0; i < l->rows; i++) {
        for (size_t j = 0; j < l->out; j++) {
            db[j] += dy[i * l->y_step + j];
        }
    }
}

void layer_dense_backward_input(const struct layer_dense *l, const float *dy, const float *w,
                                float *dx)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)l->rows, (int)l->in, (int)l->out,
                1.0F, dy, (int)l->y_step, w, (int)l->out, 0.0F, dx, (int)l->x_step);
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

static float bag_share(size_t n)
{
    return n > 1 ? 1.0F / sqrtf((float)n) : 1.0F;
}

void layer_bag_forward(const float *table, const uint32_t *rows, size_t n, size_t dim, float *bag)
{
    const float share = bag_share(n);
    memset(bag, 0, dim * sizeof(*bag));
    for (size_t i = 0; i < n; i++) {
        lane_add(bag, table + rows[i] * dim, share, dim);
    }
}

void layer_bag_backward(const float *dbag, const uint32_t *rows, size_t n, size_t dim,
                        float *dtable)
{
    const float share = bag_share(n);
    for (size_t i = 0; i < n; i++) {
        lane_add(dtable + rows[i] * dim, dbag, share, dim);
    }
}

double layer_loss(const float *logits, const float *target, size_t n, float weight, float *dlogits)
{
    double loss = 0.0;
    lane_loss(logits, target, n, weight, dlogits, &loss);
    return loss;
}
