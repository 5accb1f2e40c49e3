/* Convolution, normalisation, pooling and LSTM against PyTorch: numbers of
 * tests/golden/layer_torch.py. */
/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>

#include "classifier/layer_conv.h"
#include "classifier/layer_lstm.h"
#include "classifier/layer_norm.h"
#include "classifier/layer_pool.h"
#include "tests/golden/layer_golden.h"

#define ROWS   2
#define IN     3
#define HEIGHT 7
#define WIDTH  6
#define OUT    4
#define KERNEL 3
#define PLANE  (HEIGHT * WIDTH)
#define SMALL  ((HEIGHT / 2) * (WIDTH / 2))

#define STEPS     5
#define SEQUENCES 3
#define INPUTS    4
#define UNITS     6

static void sines(float *x, size_t n, double scale, double speed, double start)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(scale * sin(speed * (double)i + start));
}

/* tolerance: of each value, absolute. */
static void check(const char *name, const float *is, const double *should, size_t n,
                  double tolerance)
{
    double worst = 0.0, largest = 0.0;
    for (size_t i = 0; i < n; i++) {
        worst = fmax(worst, fabs((double)is[i] - should[i]));
        largest = fmax(largest, fabs(should[i]));
    }
    if (!(worst <= tolerance) || largest < 100.0 * tolerance)
        fail_msg("%s is off by %g of %g", name, worst, largest);
}
#define CHECK(is, should, tolerance)                                                               \
    check(#should, is, should, sizeof(should) / sizeof(double), tolerance)

static const struct layer_conv conv = {
    .n = ROWS, .in = IN, .out = OUT, .height = HEIGHT, .width = WIDTH, .kernel = KERNEL};
static const struct layer_norm norm = {.n = ROWS, .channels = OUT, .plane = PLANE};
static const struct layer_pool pool = {.planes = ROWS * OUT, .height = HEIGHT, .width = WIDTH};
static const struct layer_pool mean = {
    .planes = ROWS * OUT, .height = HEIGHT / 2, .width = WIDTH / 2};

struct planes {
    float x[ROWS * IN * PLANE], w[OUT * IN * KERNEL * KERNEL], b[OUT];
    float gain[OUT], shift[OUT], mean[OUT], scale[OUT], kept_mean[OUT], kept_var[OUT];
    float folded[ROWS * OUT * PLANE], normed[ROWS * OUT * PLANE];
    float pooled[ROWS * OUT * SMALL];
    uint32_t at[ROWS * OUT * SMALL];
    float scratch[IN * KERNEL * KERNEL * PLANE];
};

static struct layer_norm_state state_of(struct planes *p)
{
    return (struct layer_norm_state){.gain = p->gain,
                                     .shift = p->shift,
                                     .mean = p->mean,
                                     .scale = p->scale,
                                     .kept_mean = p->kept_mean,
                                     .kept_var = p->kept_var};
}

static void forward(struct planes *p)
{
    sines(p->x, ROWS * IN * PLANE, 1.0, 0.37, 0.1);
    sines(p->w, OUT * IN * KERNEL * KERNEL, 0.5, 0.71, 0.2);
    sines(p->b, OUT, 0.3, 0.91, 0.3);
    sines(p->gain, OUT, 1.5, 1.3, 0.4);
    sines(p->shift, OUT, 0.4, 1.7, 0.5);
    for (size_t c = 0; c < OUT; c++) {
        p->kept_mean[c] = 0.0F;
        p->kept_var[c] = 1.0F;
    }
    const struct layer_norm_state s = state_of(p);
    layer_conv_forward(&conv, p->x, p->w, p->b, p->scratch, p->folded);
    layer_norm_forward(&norm, &s, p->folded, p->normed);
    layer_pool_forward(&pool, p->normed, p->pooled, p->at);
}

static void test_planes_forward(void **state)
{
    (void)state;
    static struct planes p;
    forward(&p);
    assert_int_equal(layer_conv_scratch(&conv), IN * KERNEL * KERNEL * PLANE);
    CHECK(p.folded, golden_conv, 2e-6);
    CHECK(p.normed, golden_norm, 4e-6);
    CHECK(p.pooled, golden_pooled, 4e-6);
    CHECK(p.kept_mean, golden_kept_mean, 2e-7);
    CHECK(p.kept_var, golden_kept_var, 2e-6);
}

static void test_planes_backward(void **state)
{
    (void)state;
    static struct planes p;
    static float dsmall[ROWS * OUT * SMALL], dy[ROWS * OUT * PLANE], dx[ROWS * IN * PLANE];
    float weight[ROWS * OUT], dw[OUT * IN * KERNEL * KERNEL] = {0}, db[OUT] = {0};
    float dgain[OUT] = {0}, dshift[OUT] = {0};
    forward(&p);
    const struct layer_norm_state s = state_of(&p);
    sines(weight, ROWS * OUT, 1.0, 0.83, 0.6);
    layer_pool_mean_backward(&mean, weight, dsmall);
    for (size_t i = 0; i < ROWS * OUT * SMALL; i++)
        dsmall[i] *= 2.0F * p.pooled[i]; /* the mean is of squares */
    layer_pool_backward(&pool, dsmall, p.at, dy);
    layer_norm_backward(&norm, &s, p.folded, dgain, dshift, dy);
    layer_conv_backward_weights(&conv, p.x, dy, p.scratch, dw, db);
    layer_conv_backward_input(&conv, dy, p.w, p.scratch, dx);
    CHECK(dgain, golden_dgain, 2e-6);
    CHECK(dshift, golden_dshift, 2e-6);
    CHECK(dw, golden_dw, 4e-6);
    CHECK(dx, golden_dx, 2e-6);
    /* Behind a normalisation a bias does nothing. */
    for (size_t o = 0; o < OUT; o++)
        assert_true(fabsf(db[o]) < 2e-6F);
}

static void test_applied_norm(void **state)
{
    (void)state;
    static struct planes p;
    static float y[ROWS * OUT * PLANE];
    forward(&p);
    const struct layer_norm_state s = state_of(&p);
    layer_norm_apply(&norm, &s, p.folded, y);
    for (size_t i = 0; i < ROWS * OUT * PLANE; i++) {
        const size_t c = i / PLANE % OUT;
        const float should = (p.folded[i] - p.kept_mean[c]) / sqrtf(p.kept_var[c] + 1e-5F);
        assert_true(fabsf(y[i] - (should * p.gain[c] + p.shift[c])) < 1e-5F);
    }
}

static void test_lstm(void **state)
{
    (void)state;
    static const struct layer_lstm l = {
        .steps = STEPS, .n = SEQUENCES, .in = INPUTS, .units = UNITS};
    static float x[STEPS * SEQUENCES * INPUTS], in[INPUTS * 4 * UNITS], back[UNITS * 4 * UNITS];
    static float bias[4 * UNITS], h[STEPS * SEQUENCES * UNITS], dh[STEPS * SEQUENCES * UNITS];
    static float gates[STEPS * SEQUENCES * 4 * UNITS], cells[STEPS * SEQUENCES * UNITS];
    static float din[INPUTS * 4 * UNITS], dback[UNITS * 4 * UNITS], dbias[4 * UNITS];
    static float dx[STEPS * SEQUENCES * INPUTS];
    const struct layer_lstm_weights w = {in, back, bias};
    const struct layer_lstm_trace trace = {gates, cells};
    sines(x, STEPS * SEQUENCES * INPUTS, 1.0, 0.57, 0.1);
    sines(in, INPUTS * 4 * UNITS, 0.6, 0.43, 0.2);
    sines(back, UNITS * 4 * UNITS, 0.5, 0.67, 0.3);
    sines(bias, 4 * UNITS, 0.3, 0.97, 0.4);
    sines(dh, STEPS * SEQUENCES * UNITS, 1.0, 0.77, 0.5);
    layer_lstm_forward(&l, &w, x, &trace, h);
    CHECK(h, golden_h, 1e-6);
    const struct layer_lstm_past past = {x, h, dh, &trace};
    const struct layer_lstm_gradients grads = {din, dback, dbias};
    layer_lstm_backward(&l, &w, &past, &grads, dx);
    CHECK(dx, golden_lstm_dx, 2e-6);
    CHECK(din, golden_lstm_din, 4e-6);
    CHECK(dback, golden_lstm_dback, 2e-6);
    CHECK(dbias, golden_lstm_dbias, 4e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_planes_forward),
        cmocka_unit_test(test_planes_backward),
        cmocka_unit_test(test_applied_norm),
        cmocka_unit_test(test_lstm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
