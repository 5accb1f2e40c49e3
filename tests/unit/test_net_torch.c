/* The network against PyTorch: numbers of tests/golden/net_torch.py. */
/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>

#include "classifier/net.h"
#include "tests/golden/net_golden.h"

#define ROWS 3

static const struct mlp_shape shape = {
    .genres = 6, .towers = 2, .hidden1 = 7, .hidden2 = 5, .dim = 4, .pieces = 2, .slots = 12};
static const uint32_t which[ROWS] = {0, 1, 2};

struct songs {
    struct example at[ROWS];
    float numbers[ROWS * (2 * VECTOR_NUMBERS + 2 * VECTOR_SMOOTH)];
    uint32_t slots[ROWS * VECTOR_GROUPS * 4];
    struct examples examples;
};

static void sines(float *x, size_t n, double scale, double speed, double start)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = (float)(scale * sin(speed * (double)i + start));
    }
}

static void songs_make(struct songs *s)
{
    const size_t numbers_n = 2 * VECTOR_NUMBERS + 2 * VECTOR_SMOOTH;
    size_t n = 0;
    for (size_t row = 0; row < ROWS; row++) {
        s->at[row] = (struct example){.weight = 0.5F + (float)row};
        s->at[row].yes.bits[0] = 0x2dU >> row;
        s->at[row].known.bits[0] = ~UINT64_C(0);
        for (size_t g = 0; g < VECTOR_GROUPS; g++) {
            s->at[row].first[g] = n;
            for (size_t k = 0; k < (row + g) % 4; k++) {
                s->slots[n++] = (uint32_t)((5 * row + 3 * g + 7 * k) % (shape.slots - 2));
            }
        }
        s->at[row].first[VECTOR_GROUPS] = n;
    }
    sines(s->numbers, ROWS * numbers_n, 1.0, 1.3, 0.8);
    s->examples = (struct examples){.at = s->at,
                                    .n = ROWS,
                                    .numbers = s->numbers,
                                    .numbers_n = numbers_n,
                                    .slots = s->slots,
                                    .slots_n = n};
}

static struct net *net_make(void)
{
    struct net *n = net_new(&shape, ROWS, 1);
    const struct net_layout *l = &n->layout;
    float *p = n->params;
    sines(p + l->w1, l->b1 - l->w1, 0.4, 0.37, 0.1);
    sines(p + l->b1, l->w2 - l->b1, 0.3, 0.71, 0.2);
    sines(p + l->w2, l->b2 - l->w2, 0.6, 0.53, 0.3);
    sines(p + l->b2, l->w3 - l->b2, 0.3, 0.91, 0.4);
    sines(p + l->w3, l->b3 - l->w3, 0.8, 0.43, 0.5);
    sines(p + l->b3, l->table - l->b3, 0.5, 0.61, 0.6);
    sines(p + l->table, l->n - l->table, 0.7, 0.83, 0.7);
    return n;
}

struct tensor {
    const char *name;
    size_t from;
    size_t to;
    double tolerance; /* of each value, absolute */
};

#define TENSORS 7

static void tensors_check(const struct net *n, const float *is, const double *should,
                          const double tolerance[TENSORS])
{
    const struct net_layout *l = &n->layout;
    const struct tensor tensors[TENSORS] = {
        {"w1", l->w1, l->b1, tolerance[0]},      {"b1", l->b1, l->w2, tolerance[1]},
        {"w2", l->w2, l->b2, tolerance[2]},      {"b2", l->b2, l->w3, tolerance[3]},
        {"w3", l->w3, l->b3, tolerance[4]},      {"b3", l->b3, l->table, tolerance[5]},
        {"table", l->table, l->n, tolerance[6]},
    };
    for (const struct tensor *t = tensors; t < tensors + TENSORS; t++) {
        double worst = 0.0, largest = 0.0;
        for (size_t i = t->from; i < t->to; i++) {
            worst = fmax(worst, fabs((double)is[i] - should[i]));
            largest = fmax(largest, fabs(should[i]));
        }
        if (worst > t->tolerance || largest < 100.0 * t->tolerance) {
            fail_msg("%s is off by %g of %g", t->name, worst, largest);
        }
    }
}

static void test_logits(void **state)
{
    (void)state;
    struct songs s;
    float probs[ROWS * 6];
    songs_make(&s);
    struct net *n = net_make();
    net_load(n, &s.examples, which, ROWS, NULL);
    net_predict(n, ROWS, probs);
    assert_int_equal(sizeof(golden_logits) / sizeof(double), 2 * ROWS * shape.genres);
    for (size_t i = 0; i < 2 * ROWS * shape.genres; i++) {
        assert_true(fabs((double)n->logits[i] - golden_logits[i]) < 2e-6);
    }
    for (size_t i = 0; i < ROWS * shape.genres; i++) {
        double mean = (golden_logits[i] + golden_logits[ROWS * shape.genres + i]) / 2.0;
        assert_true(fabs((double)probs[i] - 1.0 / (1.0 + exp(-mean))) < 1e-6);
    }
    net_free(n);
}

static void test_loss_and_gradients(void **state)
{
    (void)state;
    static const double tolerance[TENSORS] = {1e-7, 1e-7, 2e-7, 5e-7, 5e-7, 5e-7, 1e-7};
    struct songs s;
    songs_make(&s);
    struct net *n = net_make();
    assert_int_equal(sizeof(golden_gradients) / sizeof(double), n->layout.n);
    net_load(n, &s.examples, which, ROWS, NULL);
    double loss = net_gradient(n, &s.examples, which, ROWS, 0.0F);
    assert_true(fabs(loss - golden_loss) < 1e-6);
    tensors_check(n, n->grads, golden_gradients, tolerance);
    net_free(n);
}

static void test_two_steps(void **state)
{
    (void)state;
    static const double tolerance[TENSORS] = {1e-6, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6};
    const struct net_step step = {.rate = 0.01, .decay = 0.1, .table_decay = 0.2};
    struct songs s;
    songs_make(&s);
    struct net *n = net_make();
    for (int i = 0; i < 2; i++) {
        net_load(n, &s.examples, which, ROWS, NULL);
        (void)net_gradient(n, &s.examples, which, ROWS, 0.0F);
        net_update(n, &step);
    }
    tensors_check(n, n->params, golden_after, tolerance);
    net_free(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logits),
        cmocka_unit_test(test_loss_and_gradients),
        cmocka_unit_test(test_two_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
