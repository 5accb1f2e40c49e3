#include "classifier/layer_lstm.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "classifier/layer.h"

static float sigmoid(float x)
{
    return 1.0F / (1.0F + expf(-x));
}

/* The dense layer by which `rows` rows of `width` become 4 U sums each. */
static struct layer_dense dense_of(const struct layer_lstm *l, size_t rows, size_t width)
{
    return (struct layer_dense){
        .rows = rows, .in = width, .out = 4 * l->units, .x_step = width, .y_step = 4 * l->units};
}

/* From the sums (4 U) to gates, and from the cell before (NULL: zero) to the cell and h. */
static void cell_forward(size_t units, float *gates, const float *before, float *cell, float *h)
{
    for (size_t u = 0; u < units; u++) {
        const float in = sigmoid(gates[u]);
        const float forget = sigmoid(gates[units + u]);
        const float fresh = tanhf(gates[2 * units + u]);
        const float out = sigmoid(gates[3 * units + u]);
        cell[u] = forget * (before ? before[u] : 0.0F) + in * fresh;
        h[u] = out * tanhf(cell[u]);
        gates[u] = in;
        gates[units + u] = forget;
        gates[2 * units + u] = fresh;
        gates[3 * units + u] = out;
    }
}

void layer_lstm_forward(const struct layer_lstm *l, const struct layer_lstm_weights *w,
                        const float *x, const struct layer_lstm_trace *ret_trace, float *h)
{
    const size_t units = l->units, step = l->n * units;
    const struct layer_dense in = dense_of(l, l->steps * l->n, l->in);
    const struct layer_dense back = dense_of(l, l->n, units);
    float *none = mem_array(4 * units, sizeof(*none));
    float *sums = mem_array(l->n * 4 * units, sizeof(*sums));
    layer_dense_forward(&in, x, w->in, w->bias, ret_trace->gates);
    for (size_t t = 0; t < l->steps; t++) {
        float *gates = ret_trace->gates + t * 4 * step;
        const float *before = t > 0 ? ret_trace->cells + (t - 1) * step : NULL;
        if (t > 0) {
            layer_dense_forward(&back, h + (t - 1) * step, w->back, none, sums);
            for (size_t i = 0; i < 4 * step; i++)
                gates[i] += sums[i];
        }
        for (size_t i = 0; i < l->n; i++)
            cell_forward(units, gates + i * 4 * units, before ? before + i * units : NULL,
                         ret_trace->cells + t * step + i * units, h + t * step + i * units);
    }
    free(sums);
    free(none);
}

/* gates (4 U) become the gradients of their sums. dh (U): of this step's h; dcell (U): of this
 * step's cell from the step after, and on return of the cell before. */
static void cell_backward(size_t units, float *gates, const float *cell, const float *before,
                          const float *dh, float *dcell)
{
    for (size_t u = 0; u < units; u++) {
        const float in = gates[u], forget = gates[units + u];
        const float fresh = gates[2 * units + u], out = gates[3 * units + u];
        const float bent = tanhf(cell[u]);
        const float d = dcell[u] + dh[u] * out * (1.0F - bent * bent);
        gates[u] = d * fresh * in * (1.0F - in);
        gates[units + u] = d * (before ? before[u] : 0.0F) * forget * (1.0F - forget);
        gates[2 * units + u] = d * in * (1.0F - fresh * fresh);
        gates[3 * units + u] = dh[u] * bent * out * (1.0F - out);
        dcell[u] = d * forget;
    }
}

void layer_lstm_backward(const struct layer_lstm *l, const struct layer_lstm_weights *w,
                         const struct layer_lstm_past *past,
                         const struct layer_lstm_gradients *grads, float *dx)
{
    const size_t units = l->units, step = l->n * units;
    const struct layer_dense in = dense_of(l, l->steps * l->n, l->in);
    const struct layer_dense back = dense_of(l, l->n, units);
    const struct layer_dense later = dense_of(l, l->steps > 0 ? (l->steps - 1) * l->n : 0, units);
    float *dcell = mem_array(step, sizeof(*dcell));
    float *dh = mem_array(step, sizeof(*dh));
    float *unused = mem_array(4 * units, sizeof(*unused));
    for (size_t t = l->steps; t-- > 0;) {
        float *gates = past->trace->gates + t * 4 * step;
        const float *cells = past->trace->cells + t * step;
        for (size_t i = 0; i < step; i++)
            dh[i] += past->dh[t * step + i];
        for (size_t i = 0; i < l->n; i++)
            cell_backward(units, gates + i * 4 * units, cells + i * units,
                          t > 0 ? cells - step + i * units : NULL, dh + i * units,
                          dcell + i * units);
        if (t > 0)
            layer_dense_backward_input(&back, gates, w->back, dh);
    }
    layer_dense_backward_weights(&in, past->x, past->trace->gates, grads->in, grads->bias);
    if (l->steps > 1) {
        layer_dense_backward_weights(&later, past->h, past->trace->gates + 4 * step, grads->back,
                                     unused);
    }
    if (dx)
        layer_dense_backward_input(&in, past->trace->gates, w->in, dx);
    free(unused);
    free(dh);
    free(dcell);
}
