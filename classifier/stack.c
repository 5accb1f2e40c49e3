#include "classifier/stack.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "classifier/layer.h"
#include "classifier/layer_conv.h"
#include "classifier/layer_lstm.h"
#include "classifier/layer_norm.h"
#include "classifier/layer_pool.h"

#define KERNEL 3

/* A layer at its place. Where it has weights they lie in the block at `at`; see weights_of. */
struct part {
    struct stack_row row;
    struct stack_shape in;
    struct stack_shape out;
    size_t at;
    size_t n_params;
    float *y;            /* (batch, out) */
    float *dy;           /* (batch, out) */
    uint32_t *from;      /* of a pool: (batch, out) */
    float *mean;         /* of a norm: (channels) of the batch */
    float *scale;        /* likewise */
    float *turned;       /* of an LSTM: (T, batch, in) */
    float *h;            /* (T, batch, units) */
    float *dh;           /* likewise */
    float *gates;        /* (T, batch, 4 units) */
    float *cells;        /* (T, batch, units) */
    unsigned char *kept; /* of a drop: (batch, out) */
};

struct stack {
    struct part *parts; /* (n) */
    size_t n;
    size_t batch;
    size_t rows; /* of the last forward */
    const float *x;
    float *scratch;
    struct stack_state state;
};

static size_t size_of(struct stack_shape s)
{
    return s.channels * s.height * s.width;
}

static struct stack_shape shape_after(struct stack_row row, struct stack_shape in)
{
    switch (row.kind) {
    case STACK_CONV:
        return (struct stack_shape){row.n, in.height, in.width};
    case STACK_POOL:
        return (struct stack_shape){in.channels, in.height / 2, in.width / 2};
    case STACK_MEAN:
        return (struct stack_shape){1, 1, in.channels};
    case STACK_LSTM:
        return (struct stack_shape){1, in.height, row.n};
    case STACK_STEPS:
        return (struct stack_shape){1, 1, in.width};
    case STACK_DENSE:
        return (struct stack_shape){1, 1, row.n};
    case STACK_NORM:
    case STACK_RELU:
    case STACK_DROP:
        break;
    }
    return in;
}

/* --- weights --------------------------------------------------------------------------------- */

/* How many values of a layer's block are weights, from its start; behind them are biases. */
static size_t weights_of(const struct part *p)
{
    switch (p->row.kind) {
    case STACK_CONV:
        return p->in.channels * KERNEL * KERNEL * p->row.n;
    case STACK_LSTM:
        return (p->in.width + p->row.n) * 4 * p->row.n;
    case STACK_DENSE:
        return size_of(p->in) * p->row.n;
    case STACK_NORM:
    case STACK_RELU:
    case STACK_POOL:
    case STACK_MEAN:
    case STACK_STEPS:
    case STACK_DROP:
        break;
    }
    return 0;
}

static size_t params_of(const struct part *p)
{
    if (p->row.kind == STACK_NORM)
        return 4 * p->in.channels; /* gain, shift, and the two that are remembered */
    if (p->row.kind == STACK_LSTM)
        return weights_of(p) + 4 * p->row.n;
    return weights_of(p) > 0 ? weights_of(p) + p->row.n : 0;
}

static void weights_begin(const struct part *p, float *w, struct rand_seq *r)
{
    const size_t n = weights_of(p);
    const size_t units = p->row.n;
    if (p->row.kind == STACK_NORM) {
        for (size_t c = 0; c < p->in.channels; c++) {
            w[c] = 1.0F;
            w[3 * p->in.channels + c] = 1.0F;
        }
    } else if (p->row.kind == STACK_LSTM) {
        const double most = 1.0 / sqrt((double)units);
        for (size_t i = 0; i < n; i++)
            w[i] = (float)((2.0 * rand_unit(r) - 1.0) * most);
        for (size_t u = 0; u < units; u++)
            w[n + units + u] = 1.0F;
    } else {
        const double deviation = n > 0 ? sqrt(2.0 * (double)p->row.n / (double)n) : 0.0;
        for (size_t i = 0; i < n; i++)
            w[i] = (float)(rand_normal(r) * deviation);
    }
}

/* --- making ---------------------------------------------------------------------------------- */

static void part_make(struct part *p, size_t batch)
{
    const size_t out = batch * size_of(p->out);
    const size_t steps = p->in.height * batch;
    p->y = mem_array(out, sizeof(float));
    p->dy = mem_array(out, sizeof(float));
    if (p->row.kind == STACK_POOL)
        p->from = mem_array(out, sizeof(uint32_t));
    if (p->row.kind == STACK_DROP)
        p->kept = mem_array(out, 1);
    if (p->row.kind == STACK_NORM) {
        p->mean = mem_array(p->in.channels, sizeof(float));
        p->scale = mem_array(p->in.channels, sizeof(float));
    }
    if (p->row.kind == STACK_LSTM) {
        p->turned = mem_array(steps * p->in.width, sizeof(float));
        p->h = mem_array(steps * p->row.n, sizeof(float));
        p->dh = mem_array(steps * p->row.n, sizeof(float));
        p->gates = mem_array(steps * 4 * p->row.n, sizeof(float));
        p->cells = mem_array(steps * p->row.n, sizeof(float));
    }
}

static struct layer_conv conv_of(const struct part *p, size_t n)
{
    return (struct layer_conv){.n = n,
                               .in = p->in.channels,
                               .out = p->row.n,
                               .height = p->in.height,
                               .width = p->in.width,
                               .kernel = KERNEL};
}

struct stack *stack_new(const struct stack_row *rows, size_t n_rows, struct stack_shape in,
                        size_t batch, uint64_t seed)
{
    struct stack *s = mem_alloc(sizeof(*s));
    size_t scratch = 1;
    s->parts = mem_array(n_rows, sizeof(*s->parts));
    s->n = n_rows;
    s->batch = batch;
    s->state.rand.state = seed;
    for (size_t i = 0; i < n_rows; i++) {
        struct part *p = &s->parts[i];
        p->row = rows[i];
        p->in = i > 0 ? s->parts[i - 1].out : in;
        p->out = shape_after(p->row, p->in);
        p->at = s->state.n;
        p->n_params = params_of(p);
        s->state.n += p->n_params;
        assert(size_of(p->out) > 0);
        part_make(p, batch);
        const struct layer_conv conv = conv_of(p, 1);
        if (p->row.kind == STACK_CONV && layer_conv_scratch(&conv) > scratch)
            scratch = layer_conv_scratch(&conv);
    }
    assert(n_rows > 0 && rows[n_rows - 1].kind == STACK_DENSE);
    s->scratch = mem_array(scratch, sizeof(float));
    s->state.params = mem_array(s->state.n, sizeof(float));
    s->state.grads = mem_array(s->state.n, sizeof(float));
    s->state.moment1 = mem_array(s->state.n, sizeof(float));
    s->state.moment2 = mem_array(s->state.n, sizeof(float));
    for (size_t i = 0; i < n_rows; i++)
        weights_begin(&s->parts[i], s->state.params + s->parts[i].at, &s->state.rand);
    return s;
}

void stack_free(struct stack *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++) {
        struct part *p = &s->parts[i];
        void *const owned[] = {p->y,      p->dy, p->from, p->mean,  p->scale, p->kept,
                               p->turned, p->h,  p->dh,   p->gates, p->cells};
        for (size_t k = 0; k < sizeof(owned) / sizeof(owned[0]); k++)
            free(owned[k]);
    }
    free(s->parts);
    free(s->scratch);
    free(s->state.params);
    free(s->state.grads);
    free(s->state.moment1);
    free(s->state.moment2);
    free(s);
}

size_t stack_inputs(const struct stack *s)
{
    return size_of(s->parts[0].in);
}

size_t stack_outputs(const struct stack *s)
{
    return s->parts[s->n - 1].row.n;
}

size_t stack_embedding(const struct stack *s)
{
    return size_of(s->parts[s->n - 1].in);
}

struct stack_state *stack_state(struct stack *s)
{
    return &s->state;
}

/* --- forwards -------------------------------------------------------------------------------- */

static struct layer_dense dense_of(const struct part *p, size_t n)
{
    return (struct layer_dense){.rows = n,
                                .in = size_of(p->in),
                                .out = p->row.n,
                                .x_step = size_of(p->in),
                                .y_step = p->row.n};
}

static struct layer_norm norm_of(const struct part *p, size_t n)
{
    return (struct layer_norm){
        .n = n, .channels = p->in.channels, .plane = p->in.height * p->in.width};
}

static struct layer_norm_state norm_state_of(const struct stack *s, const struct part *p)
{
    float *w = s->state.params + p->at;
    return (struct layer_norm_state){.gain = w,
                                     .shift = w + p->in.channels,
                                     .mean = p->mean,
                                     .scale = p->scale,
                                     .kept_mean = w + 2 * p->in.channels,
                                     .kept_var = w + 3 * p->in.channels};
}

static struct layer_pool pool_of(const struct part *p, size_t n)
{
    return (struct layer_pool){
        .planes = n * p->in.channels, .height = p->in.height, .width = p->in.width};
}

static struct layer_lstm lstm_of(const struct part *p, size_t n)
{
    return (struct layer_lstm){.steps = p->in.height, .n = n, .in = p->in.width, .units = p->row.n};
}

static struct layer_lstm_weights lstm_weights_of(const struct stack *s, const struct part *p)
{
    const float *w = s->state.params + p->at;
    const size_t in = p->in.width * 4 * p->row.n;
    return (struct layer_lstm_weights){
        .in = w, .back = w + in, .bias = w + in + p->row.n * 4 * p->row.n};
}

/* to (b, a, width) = from (a, b, width). */
static void turn(const float *from, size_t a, size_t b, size_t width, float *to)
{
    for (size_t i = 0; i < a; i++) {
        for (size_t k = 0; k < b; k++)
            memcpy(to + (k * a + i) * width, from + (i * b + k) * width, width * sizeof(*to));
    }
}

static void lstm_forward(const struct stack *s, const struct part *p, const float *x, size_t n)
{
    const struct layer_lstm l = lstm_of(p, n);
    const struct layer_lstm_weights w = lstm_weights_of(s, p);
    const struct layer_lstm_trace trace = {p->gates, p->cells};
    turn(x, n, p->in.height, p->in.width, p->turned);
    layer_lstm_forward(&l, &w, p->turned, &trace, p->h);
    turn(p->h, p->in.height, n, p->row.n, p->y);
}

static void drop_forward(struct stack *s, const struct part *p, const float *x, size_t n,
                         bool training)
{
    const size_t values = n * size_of(p->in);
    const float share = training ? 1.0F / (1.0F - p->row.drop) : 1.0F;
    for (size_t i = 0; i < values; i++) {
        p->kept[i] = !training || rand_unit(&s->state.rand) >= (double)p->row.drop;
        p->y[i] = p->kept[i] ? x[i] * share : 0.0F;
    }
}

static void steps_forward(const struct part *p, const float *x, size_t n)
{
    const size_t width = p->in.width;
    for (size_t i = 0; i < n * width; i++) {
        double sum = 0.0;
        for (size_t t = 0; t < p->in.height; t++)
            sum += (double)x[(i / width * p->in.height + t) * width + i % width];
        p->y[i] = (float)(sum / (double)p->in.height);
    }
}

static void part_forward(struct stack *s, struct part *p, const float *x, size_t n, bool training)
{
    const float *w = s->state.params + p->at;
    const struct layer_conv conv = conv_of(p, n);
    const struct layer_norm norm = norm_of(p, n);
    const struct layer_pool pool = pool_of(p, n);
    const struct layer_dense dense = dense_of(p, n);
    switch (p->row.kind) {
    case STACK_CONV:
        layer_conv_forward(&conv, x, w, w + weights_of(p), s->scratch, p->y);
        break;
    case STACK_NORM: {
        const struct layer_norm_state state = norm_state_of(s, p);
        (training ? layer_norm_forward : layer_norm_apply)(&norm, &state, x, p->y);
        break;
    }
    case STACK_RELU:
        memcpy(p->y, x, n * size_of(p->in) * sizeof(*x));
        layer_relu_forward(p->y, n * size_of(p->in), 0.0F, &s->state.rand);
        break;
    case STACK_POOL:
        layer_pool_forward(&pool, x, p->y, p->from);
        break;
    case STACK_MEAN:
        layer_pool_mean_forward(&pool, x, p->y);
        break;
    case STACK_LSTM:
        lstm_forward(s, p, x, n);
        break;
    case STACK_STEPS:
        steps_forward(p, x, n);
        break;
    case STACK_DENSE:
        layer_dense_forward(&dense, x, w, w + weights_of(p), p->y);
        break;
    case STACK_DROP:
        drop_forward(s, p, x, n, training);
        break;
    }
}

const float *stack_forward(struct stack *s, const float *x, size_t n, bool training)
{
    assert(n <= s->batch);
    s->rows = n;
    s->x = x;
    for (size_t i = 0; i < s->n; i++)
        part_forward(s, &s->parts[i], i > 0 ? s->parts[i - 1].y : x, n, training);
    return s->parts[s->n - 1].y;
}

const float *stack_seen(const struct stack *s)
{
    return s->n > 1 ? s->parts[s->n - 2].y : s->x;
}

/* --- backwards ------------------------------------------------------------------------------- */

static void lstm_backward(struct stack *s, struct part *p, float *dx)
{
    const struct layer_lstm l = lstm_of(p, s->rows);
    const struct layer_lstm_weights w = lstm_weights_of(s, p);
    const struct layer_lstm_trace trace = {p->gates, p->cells};
    float *g = s->state.grads + p->at;
    const size_t in = p->in.width * 4 * p->row.n;
    const struct layer_lstm_gradients grads = {g, g + in, g + in + p->row.n * 4 * p->row.n};
    const struct layer_lstm_past past = {p->turned, p->h, p->dh, &trace};
    turn(p->dy, s->rows, p->in.height, p->row.n, p->dh);
    float *turned = dx ? mem_array(s->rows * size_of(p->in), sizeof(*turned)) : NULL;
    layer_lstm_backward(&l, &w, &past, &grads, turned);
    if (dx)
        turn(turned, p->in.height, s->rows, p->in.width, dx);
    free(turned);
}

static void steps_backward(const struct part *p, size_t n, float *dx)
{
    const size_t width = p->in.width;
    for (size_t i = 0; i < n * size_of(p->in); i++) {
        const size_t row = i / size_of(p->in);
        dx[i] = p->dy[row * width + i % width] / (float)p->in.height;
    }
}

/* From p->dy to dx (NULL: nobody wants it), and to the gradients of the layer's weights. */
static void part_backward(struct stack *s, struct part *p, const float *x, float *dx)
{
    const float *w = s->state.params + p->at;
    float *g = s->state.grads + p->at;
    const size_t n = s->rows, values = n * size_of(p->in);
    const struct layer_conv conv = conv_of(p, n);
    const struct layer_norm norm = norm_of(p, n);
    const struct layer_pool pool = pool_of(p, n);
    const struct layer_dense dense = dense_of(p, n);
    switch (p->row.kind) {
    case STACK_CONV:
        layer_conv_backward_weights(&conv, x, p->dy, s->scratch, g, g + weights_of(p));
        if (dx)
            layer_conv_backward_input(&conv, p->dy, w, s->scratch, dx);
        break;
    case STACK_NORM: {
        const struct layer_norm_state state = norm_state_of(s, p);
        layer_norm_backward(&norm, &state, x, g, g + p->in.channels, p->dy);
        if (dx)
            memcpy(dx, p->dy, values * sizeof(*dx));
        break;
    }
    case STACK_RELU:
        layer_relu_backward(p->y, p->dy, values, 0.0F);
        if (dx)
            memcpy(dx, p->dy, values * sizeof(*dx));
        break;
    case STACK_POOL:
        if (dx)
            layer_pool_backward(&pool, p->dy, p->from, dx);
        break;
    case STACK_MEAN:
        if (dx)
            layer_pool_mean_backward(&pool, p->dy, dx);
        break;
    case STACK_LSTM:
        lstm_backward(s, p, dx);
        break;
    case STACK_STEPS:
        if (dx)
            steps_backward(p, n, dx);
        break;
    case STACK_DENSE:
        layer_dense_backward_weights(&dense, x, p->dy, g, g + weights_of(p));
        if (dx)
            layer_dense_backward_input(&dense, p->dy, w, dx);
        break;
    case STACK_DROP:
        for (size_t i = 0; dx && i < values; i++)
            dx[i] = p->kept[i] ? p->dy[i] / (1.0F - p->row.drop) : 0.0F;
        break;
    }
}

void stack_backward(struct stack *s, const float *dlogits)
{
    struct part *last = &s->parts[s->n - 1];
    memcpy(last->dy, dlogits, s->rows * last->row.n * sizeof(*dlogits));
    for (size_t i = s->n; i-- > 0;)
        part_backward(s, &s->parts[i], i > 0 ? s->parts[i - 1].y : s->x,
                      i > 0 ? s->parts[i - 1].dy : NULL);
}

/* --- a step ---------------------------------------------------------------------------------- */

void stack_update(struct stack *s, double rate, double decay)
{
    struct stack_state *st = &s->state;
    st->steps++;
    const double fix1 = 1.0 - pow(0.9, (double)st->steps);
    const double fix2 = 1.0 - pow(0.999, (double)st->steps);
    for (size_t k = 0; k < s->n; k++) {
        const struct part *p = &s->parts[k];
        /* What a normalisation remembers is not learned. */
        const size_t n = p->row.kind == STACK_NORM ? 2 * p->in.channels : p->n_params;
        for (size_t i = p->at; i < p->at + n; i++) {
            const double g = (double)st->grads[i];
            const double m = 0.9 * (double)st->moment1[i] + 0.1 * g;
            const double v = 0.999 * (double)st->moment2[i] + 0.001 * g * g;
            const double shrink = i - p->at < weights_of(p) ? 1.0 - rate * decay : 1.0;
            st->moment1[i] = (float)m;
            st->moment2[i] = (float)v;
            st->params[i] = (float)((double)st->params[i] * shrink -
                                    rate * (m / fix1) / (sqrt(v / fix2) + 1e-8));
            st->grads[i] = 0.0F;
        }
    }
}
