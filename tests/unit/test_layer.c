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

#include "classifier/layer.h"

#define ROWS 5
#define IN   4
#define OUT  3
#define XS   6 /* rows of x lie further apart than they are long */
#define YS   5

static void fill(float *x, size_t n, uint64_t seed)
{
    struct rand_seq r = {seed};
    for (size_t i = 0; i < n; i++) {
        x[i] = (float)rand_normal(&r);
    }
}

static const struct layer_dense dense = {ROWS, IN, OUT, XS, YS, 0};

struct dense_case {
    float x[ROWS * XS];
    float w[IN * OUT];
    float b[OUT];
    float c[ROWS * YS]; /* the loss is the sum of c * y */
};

static double dense_loss(const struct dense_case *d)
{
    float y[ROWS * YS] = {0};
    double loss = 0.0;
    layer_dense_forward(&dense, d->x, d->w, d->b, y);
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < OUT; j++) {
            loss += (double)d->c[i * YS + j] * (double)y[i * YS + j];
        }
    }
    return loss;
}

/* d loss / d at[i] by central difference. */
static double dense_difference(struct dense_case *d, float *at)
{
    const float h = 0.01F, was = *at;
    *at = was + h;
    double up = dense_loss(d);
    *at = was - h;
    double down = dense_loss(d);
    *at = was;
    return (up - down) / (2.0 * (double)h);
}

static void test_dense_gradients(void **state)
{
    (void)state;
    struct dense_case d;
    float dw[IN * OUT] = {0}, db[OUT] = {0}, dx[ROWS * XS] = {0};
    fill(d.x, ROWS * XS, 1);
    fill(d.w, IN * OUT, 2);
    fill(d.b, OUT, 3);
    fill(d.c, ROWS * YS, 4);
    layer_dense_backward_weights(&dense, d.x, d.c, dw, db);
    layer_dense_backward_input(&dense, d.c, d.w, dx);
    for (size_t i = 0; i < IN * OUT; i++) {
        assert_true(fabs(dense_difference(&d, &d.w[i]) - (double)dw[i]) < 1e-3);
    }
    for (size_t i = 0; i < OUT; i++) {
        assert_true(fabs(dense_difference(&d, &d.b[i]) - (double)db[i]) < 1e-3);
    }
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t k = 0; k < IN; k++) {
            assert_true(fabs(dense_difference(&d, &d.x[i * XS + k]) - (double)dx[i * XS + k]) <
                        1e-3);
        }
    }
}

static void test_dense_forward_is_as_naive(void **state)
{
    (void)state;
    struct dense_case d;
    float y[ROWS * YS];
    fill(d.x, ROWS * XS, 5);
    fill(d.w, IN * OUT, 6);
    fill(d.b, OUT, 7);
    layer_dense_forward(&dense, d.x, d.w, d.b, y);
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < OUT; j++) {
            double sum = (double)d.b[j];
            for (size_t k = 0; k < IN; k++) {
                sum += (double)d.x[i * XS + k] * (double)d.w[k * OUT + j];
            }
            assert_true(fabs(sum - (double)y[i * YS + j]) < 1e-5);
        }
    }
}

static void test_relu(void **state)
{
    (void)state;
    enum { N = 10000 };
    static float y[N], dy[N];
    struct rand_seq r = {9};
    for (size_t i = 0; i < N; i++) {
        y[i] = i % 2 ? 2.0F : -1.0F;
        dy[i] = 1.0F;
    }
    layer_relu_forward(y, N, 0.25F, &r);
    layer_relu_backward(y, dy, N, 0.25F);
    size_t kept = 0;
    for (size_t i = 0; i < N; i++) {
        bool on = y[i] > 0.0F;
        kept += on;
        assert_true(i % 2 || !on);
        assert_true(!on || fabsf(y[i] - 2.0F / 0.75F) < 1e-5F);
        assert_true(fabsf(dy[i] - (on ? 1.0F / 0.75F : 0.0F)) < 1e-5F);
    }
    assert_in_range(kept, 3650, 3850);
}

static void test_bag_gradient(void **state)
{
    (void)state;
    static const uint32_t rows[] = {2, 0, 2};
    float table[3 * 4], dtable[3 * 4] = {0}, c[4], bag[4];
    fill(table, 12, 1);
    fill(c, 4, 2);
    for (size_t i = 0; i < 3 * 4; i++) {
        dtable[4 * rows[i / 4] + i % 4] += layer_bag_share(3) * c[i % 4];
    }
    for (size_t i = 0; i < 12; i++) {
        double loss[2] = {0};
        for (int side = 0; side < 2; side++) {
            float was = table[i];
            table[i] += side ? -0.01F : 0.01F;
            layer_bag_forward(table, rows, 3, 4, bag);
            table[i] = was;
            for (size_t d = 0; d < 4; d++) {
                loss[side] += (double)c[d] * (double)bag[d];
            }
        }
        assert_true(fabs((loss[0] - loss[1]) / 0.02 - (double)dtable[i]) < 1e-3);
    }
    layer_bag_forward(table, rows, 0, 4, bag);
    assert_true(fabsf(bag[0]) + fabsf(bag[3]) < 1e-9F);
}

static void test_loss_gradient(void **state)
{
    (void)state;
    float z[] = {-80.0F, -2.0F, 0.0F, 0.7F, 90.0F}, target[] = {0.0F, 1.0F, 0.3F, 0.0F, 1.0F};
    float dz[5], ignored[5];
    double loss = layer_loss(z, target, 5, 2.0F, dz);
    /* -log sigmoid(-2), entropy at 0, -log(1 - sigmoid(0.7)); the outer ones cost nothing. */
    assert_true(fabs(loss - (2.126928 + 0.693147 + 1.103186)) < 1e-5);
    for (size_t i = 0; i < 5; i++) {
        float was = z[i];
        z[i] = was + 0.01F;
        double up = layer_loss(z, target, 5, 1.0F, ignored);
        z[i] = was - 0.01F;
        double down = layer_loss(z, target, 5, 1.0F, ignored);
        z[i] = was;
        assert_true(fabs(2.0 * (up - down) / 0.02 - (double)dz[i]) < 1e-3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dense_forward_is_as_naive),
        cmocka_unit_test(test_dense_gradients),
        cmocka_unit_test(test_relu),
        cmocka_unit_test(test_bag_gradient),
        cmocka_unit_test(test_loss_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
