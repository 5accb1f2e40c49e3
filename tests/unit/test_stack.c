/* Nets of layers: gradients by finite differences, learning, the same numbers again. */
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
#include "classifier/layer.h"
#include "classifier/stack.h"

#define ROWS   5
#define GENRES 3

static const struct stack_row seeing[] = {
    {.kind = STACK_CONV, .n = 4}, {.kind = STACK_NORM}, {.kind = STACK_RELU},
    {.kind = STACK_POOL},         {.kind = STACK_MEAN}, {.kind = STACK_DENSE, .n = GENRES}};
static const struct stack_row hearing[] = {{.kind = STACK_LSTM, .n = 6},
                                           {.kind = STACK_LSTM, .n = 4},
                                           {.kind = STACK_STEPS},
                                           {.kind = STACK_DENSE, .n = GENRES}};
static const struct stack_row plain[] = {{.kind = STACK_DENSE, .n = 8},
                                         {.kind = STACK_NORM},
                                         {.kind = STACK_RELU},
                                         {.kind = STACK_DROP, .drop = 0.0F},
                                         {.kind = STACK_DENSE, .n = GENRES}};

struct net {
    const char *name;
    const struct stack_row *rows;
    size_t n;
    struct stack_shape in;
};
static const struct net nets[] = {
    {"convolutions", seeing, 6, {2, 6, 5}},
    {"LSTM", hearing, 4, {1, 7, 3}},
    {"dense", plain, 5, {1, 1, 9}},
};

static void made_rows(float *x, size_t n, float *target, uint64_t seed)
{
    struct rand_seq r = {seed};
    for (size_t i = 0; i < ROWS * n; i++)
        x[i] = (float)rand_normal(&r);
    for (size_t i = 0; i < ROWS * GENRES; i++)
        target[i] = rand_unit(&r) < 0.4 ? 1.0F : 0.0F;
}

static double loss_of(struct stack *s, const float *x, const float *target, float *dlogits)
{
    const float *logits = stack_forward(s, x, ROWS, true);
    return layer_loss(logits, target, ROWS * GENRES, 1.0F, dlogits);
}

static void gradients_check(const struct net *net)
{
    float x[ROWS * 60], target[ROWS * GENRES], dlogits[ROWS * GENRES], unused[ROWS * GENRES];
    struct stack *s = stack_new(net->rows, net->n, net->in, ROWS, 7);
    struct stack_state *st = stack_state(s);
    size_t moved = 0;
    assert_true(stack_inputs(s) <= 60);
    made_rows(x, stack_inputs(s), target, 3);
    loss_of(s, x, target, dlogits);
    stack_backward(s, dlogits);
    for (size_t i = 0; i < st->n; i++) {
        const float was = st->params[i];
        st->params[i] = was + 2e-3F;
        const double up = loss_of(s, x, target, unused);
        st->params[i] = was - 2e-3F;
        const double down = loss_of(s, x, target, unused);
        st->params[i] = was;
        const double slope = (up - down) / 4e-3;
        moved += fabs(slope) > 5e-3;
        if (fabs(slope - (double)st->grads[i]) > 1e-3 + 0.02 * fabs(slope))
            fail_msg("%s, value %zu: %g by differences, %g by the way back", net->name, i, slope,
                     (double)st->grads[i]);
    }
    if (moved < st->n / 6)
        fail_msg("%s: only %zu of %zu values matter", net->name, moved, st->n);
    stack_free(s);
}

static void test_gradients(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(nets) / sizeof(nets[0]); i++)
        gradients_check(&nets[i]);
}

/* Every net can learn a few rows by heart. */
static void test_learns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(nets) / sizeof(nets[0]); i++) {
        float x[ROWS * 60], target[ROWS * GENRES], dlogits[ROWS * GENRES];
        struct stack *s = stack_new(nets[i].rows, nets[i].n, nets[i].in, ROWS, 5);
        made_rows(x, stack_inputs(s), target, 11);
        const double before = loss_of(s, x, target, dlogits);
        double after = before;
        for (int step = 0; step < 400; step++) {
            after = loss_of(s, x, target, dlogits);
            stack_backward(s, dlogits);
            stack_update(s, 0.02, 0.0);
        }
        if (!(after < before / 20))
            fail_msg("%s: %g before, %g after", nets[i].name, before, after);
        stack_free(s);
    }
}

/* In training a dropped value is zero and the others make up for it; in use nothing is dropped. */
static void test_drop(void **state)
{
    (void)state;
    static const struct stack_row rows[] = {{.kind = STACK_DROP, .drop = 0.25F},
                                            {.kind = STACK_DENSE, .n = 1}};
    static float x[4000];
    size_t zeros = 0;
    struct stack *s = stack_new(rows, 2, (struct stack_shape){1, 1, 4000}, 1, 9);
    for (size_t i = 0; i < 4000; i++)
        x[i] = 3.0F;
    stack_forward(s, x, 1, true);
    for (size_t i = 0; i < 4000; i++) {
        zeros += stack_seen(s)[i] < 1.0F;
        assert_true(stack_seen(s)[i] < 1.0F || fabsf(stack_seen(s)[i] - 4.0F) < 1e-5F);
    }
    assert_in_range(zeros, 900, 1100);
    stack_forward(s, x, 1, false);
    assert_memory_equal(stack_seen(s), x, sizeof(x));
    stack_free(s);
}

static void test_same_again(void **state)
{
    (void)state;
    float x[ROWS * 60], target[ROWS * GENRES], dlogits[ROWS * GENRES];
    struct stack *a = stack_new(seeing, 6, nets[0].in, ROWS, 5);
    struct stack *b = stack_new(seeing, 6, nets[0].in, ROWS, 5);
    struct stack *c = stack_new(seeing, 6, nets[0].in, ROWS, 6);
    made_rows(x, stack_inputs(a), target, 2);
    struct stack *const both[] = {a, b};
    for (int k = 0; k < 2; k++) {
        for (int step = 0; step < 5; step++) {
            loss_of(both[k], x, target, dlogits);
            stack_backward(both[k], dlogits);
            stack_update(both[k], 0.01, 0.1);
        }
    }
    const size_t bytes = stack_state(a)->n * sizeof(float);
    assert_memory_equal(stack_state(a)->params, stack_state(b)->params, bytes);
    assert_memory_not_equal(stack_state(a)->params, stack_state(c)->params, bytes);
    stack_free(a);
    stack_free(b);
    stack_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients),
        cmocka_unit_test(test_learns),
        cmocka_unit_test(test_drop),
        cmocka_unit_test(test_same_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
