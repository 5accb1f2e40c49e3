/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <string.h>

#include "base/rand.h"
#include "classifier/lane.h"

/* Every length up to it, so that each number of lanes is left over once. */
#define N 35

static void fill(float *x, uint64_t seed)
{
    struct rand_seq r = {seed};
    for (size_t i = 0; i <= N; i++) {
        x[i] = (float)rand_normal(&r);
    }
}

static bool same(float a, float b)
{
    return memcmp(&a, &b, sizeof(a)) == 0;
}

static uint32_t lowbias32(uint32_t x)
{
    x = (x ^ x >> 16) * 0x7feb352dU;
    x = (x ^ x >> 15) * 0x846ca68bU;
    return x ^ x >> 16;
}

static void test_relu_forward(void **state)
{
    (void)state;
    const uint32_t seed = 0xfffffff0U, below = 0x60000000U; /* the counter wraps */
    size_t dropped = 0;
    for (size_t n = 0; n <= N; n++) {
        float x[N + 1], y[N + 1];
        fill(x, n);
        memcpy(y, x, sizeof(y));
        lane_relu_forward(y, n, seed, below, 1.5F);
        for (size_t i = 0; i < n; i++) {
            const bool kept = lowbias32(seed + (uint32_t)i) >= below;
            assert_true(same(y[i], x[i] > 0.0F && kept ? x[i] * 1.5F : 0.0F));
            dropped += x[i] > 0.0F && !kept;
        }
        assert_true(same(y[n], x[n]));
    }
    assert_true(dropped > 0);
}

static void test_relu_backward(void **state)
{
    (void)state;
    for (size_t n = 0; n <= N; n++) {
        float y[N + 1], x[N + 1], dy[N + 1];
        fill(y, n);
        fill(x, n + 100);
        memcpy(dy, x, sizeof(dy));
        lane_relu_backward(y, dy, n, 1.25F);
        for (size_t i = 0; i < n; i++) {
            assert_true(same(dy[i], y[i] > 0.0F ? x[i] * 1.25F : 0.0F));
        }
        assert_true(same(dy[n], x[n]));
    }
}

static void test_add(void **state)
{
    (void)state;
    for (size_t n = 0; n <= N; n++) {
        float y[N + 1], x[N + 1], sum[N + 1];
        fill(y, n);
        fill(x, n + 100);
        memcpy(sum, y, sizeof(sum));
        lane_add(sum, x, 0.7F, n);
        for (size_t i = 0; i < n; i++) {
            assert_true(same(sum[i], y[i] + 0.7F * x[i]));
        }
        assert_true(same(sum[n], y[n]));
    }
}

static double loss_naive(double z, double t)
{
    return fmax(z, 0.0) - z * t + log1p(exp(-fabs(z)));
}

static void test_loss(void **state)
{
    (void)state;
    for (size_t n = 0; n <= N; n++) {
        float z[N + 1], t[N + 1] = {0}, dz[N + 1];
        double loss = 0.0, should = 0.0;
        fill(z, n);
        fill(dz, 5);
        for (size_t i = 0; i < n; i++) {
            z[i] *= 6.0F;
            t[i] = i % 3 == 0 ? 1.0F : 0.0F;
            should += loss_naive((double)z[i], (double)t[i]);
        }
        const float beyond = dz[n];
        lane_loss(z, t, n, 0.5F, dz, &loss);
        assert_true(fabs(loss - should) < 1e-6 * (1.0 + should));
        for (size_t i = 0; i < n; i++) {
            double p = 1.0 / (1.0 + exp(-(double)z[i]));
            assert_true(fabs(0.5 * (p - (double)t[i]) - (double)dz[i]) < 1e-7);
        }
        assert_true(same(dz[n], beyond));
    }
}

/* More factors than a float's product bears, and logits at the ends. */
static void test_long_and_extreme_loss(void **state)
{
    (void)state;
    enum { LONG = 4001 };
    static float z[LONG], t[LONG], dz[LONG];
    double loss = 0.0;
    lane_loss(z, t, LONG, 1.0F, dz, &loss);
    assert_true(fabs(loss - LONG * log(2.0)) < 1e-3);
    const float ends[] = {-1e30F, -200.0F, -87.5F, 87.5F, 200.0F, 1e30F};
    for (size_t i = 0; i < 6; i++) {
        t[0] = i < 3 ? 0.0F : 1.0F;
        lane_loss(ends + i, t, 1, 1.0F, dz, &loss);
        assert_true(fabs(loss) < 1e-6 && fabsf(dz[0]) < 1e-6F);
    }
}

static void test_adam(void **state)
{
    (void)state;
    const struct lane_adam a = {
        .rate = 0.01F, .root_scale = 3.0F, .keep = 0.99F, .beta1 = 0.9F, .beta2 = 0.999F};
    for (size_t n = 0; n <= N; n++) {
        float x[N + 1], g[N + 1], m1[N + 1], m2[N + 1], was[4][N + 1];
        float *const arrays[] = {x, g, m1, m2};
        for (size_t k = 0; k < 4; k++) {
            fill(arrays[k], n + k);
            for (size_t i = 0; i <= N && k == 3; i++) {
                m2[i] *= m2[i];
            }
            memcpy(was[k], arrays[k], sizeof(was[k]));
        }
        lane_adam(&a, x, g, m1, m2, n);
        for (size_t i = 0; i < n; i++) {
            double gradient = (double)was[1][i];
            double first = 0.9 * (double)was[2][i] + 0.1 * gradient;
            double second = 0.999 * (double)was[3][i] + 0.001 * gradient * gradient;
            double value = 0.99 * (double)was[0][i] - 0.01 * first / (3.0 * sqrt(second) + 1e-8);
            assert_true(fabs((double)m1[i] - first) < 1e-6);
            assert_true(fabs((double)m2[i] - second) < 1e-6 * (1.0 + second));
            assert_true(fabs((double)x[i] - value) < 1e-5 * (1.0 + fabs(value)));
            assert_true(same(g[i], 0.0F));
        }
        for (size_t k = 0; k < 4; k++) {
            assert_true(same(arrays[k][n], was[k][n]));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_relu_forward),
        cmocka_unit_test(test_relu_backward),
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_loss),
        cmocka_unit_test(test_long_and_extreme_loss),
        cmocka_unit_test(test_adam),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
