/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rand.h"
#include "classifier/logistic.h"

#define ROWS    200
#define COLUMNS 3
#define WIDTH   8
#define TOKENS  2

struct data {
    struct matrix m;
    struct matrix_sparse s;
    float x[ROWS * COLUMNS];
    uint32_t labels[ROWS];
    size_t first[ROWS + 1];
    uint32_t place[ROWS * TOKENS];
    float value[ROWS * TOKENS];
};

/* Label 0 leans on column 0 and label 1 on place 5; both are noisy. No row has label 2. */
static struct data *made(void)
{
    struct rand_seq r = {3};
    struct data *d = mem_alloc(sizeof(*d));
    for (size_t i = 0; i < ROWS; i++) {
        bool fifth = false;
        for (size_t f = 0; f < COLUMNS; f++) {
            d->x[i * COLUMNS + f] = (float)rand_normal(&r);
        }
        for (size_t k = 0; k < TOKENS; k++) {
            d->place[i * TOKENS + k] = (uint32_t)rand_below(&r, WIDTH);
            d->value[i * TOKENS + k] = 0.7F;
            fifth = fifth || d->place[i * TOKENS + k] == 5;
        }
        d->first[i + 1] = (i + 1) * TOKENS;
        double lean = (double)d->x[i * COLUMNS] + rand_normal(&r);
        d->labels[i] = (lean > 0.0 ? 1U : 0U) | (fifth != (rand_below(&r, 8) == 0) ? 2U : 0U);
    }
    d->m = (struct matrix){.x = d->x, .labels = d->labels, .n = ROWS, .columns = COLUMNS};
    d->s = (struct matrix_sparse){
        .first = d->first, .place = d->place, .value = d->value, .n = ROWS, .width = WIDTH};
    return d;
}

/* What is minimised for family g, in double, as the header says it. */
static double loss(const struct data *d, const float *w, size_t g, double l2)
{
    double sum = 0.0, squares = 0.0;
    const size_t n = COLUMNS + WIDTH;
    for (size_t k = 0; k < n; k++) {
        squares += (double)w[k * GENRE_N + g] * (double)w[k * GENRE_N + g];
    }
    for (size_t i = 0; i < ROWS; i++) {
        double z = (double)w[n * GENRE_N + g];
        for (size_t f = 0; f < COLUMNS; f++) {
            z += (double)d->x[i * COLUMNS + f] * (double)w[f * GENRE_N + g];
        }
        for (size_t k = d->first[i]; k < d->first[i + 1]; k++) {
            z += (double)d->value[k] * (double)w[(COLUMNS + d->place[k]) * GENRE_N + g];
        }
        double p = 1.0 / (1.0 + exp(-z));
        sum -= d->labels[i] >> g & 1 ? log(p) : log(1.0 - p);
    }
    return sum / ROWS + 0.5 * l2 * squares;
}

static void test_slope_is_zero(void **state)
{
    (void)state;
    struct data *d = made();
    const struct logistic_options o = {.l2 = 0.01, .steps = 2000, .slope = 2e-6};
    struct logistic l;
    logistic_fit(&l, &d->m, &d->s, &o);
    assert_true(l.slope < 1e-5);
    double all = 0.0;
    for (size_t g = 0; g < GENRE_N; g++) {
        double here = loss(d, l.weights, g, o.l2);
        all += here;
        for (size_t k = 0; g < 2 && k <= COLUMNS + WIDTH; k++) {
            float *w = &l.weights[k * GENRE_N + g], kept = *w;
            *w = kept + 0.01F;
            double more = loss(d, l.weights, g, o.l2);
            *w = kept - 0.01F;
            double less = loss(d, l.weights, g, o.l2);
            *w = kept;
            assert_true(more > here && less > here); /* a minimum */
            assert_true(fabs((more - less) / 0.02) < 1e-4);
        }
    }
    assert_true(fabs(all - l.loss) < 1e-4);
    logistic_free(&l);
    free(d);
}

static void test_predicts(void **state)
{
    (void)state;
    struct data *d = made();
    const struct logistic_options o = {.l2 = 0.005, .steps = 200, .slope = 1e-5};
    struct logistic l, numbers;
    float *probs = mem_array(ROWS, GENRE_N * sizeof(*probs));
    logistic_fit(&l, &d->m, &d->s, &o);
    logistic_predict(&l, &d->m, &d->s, probs);
    size_t right[2] = {0};
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t g = 0; g < 2; g++) {
            right[g] += (probs[i * GENRE_N + g] >= 0.5F) == (d->labels[i] >> g & 1);
        }
        assert_true(probs[i * GENRE_N + 2] < 0.1F);
    }
    assert_true(right[0] > ROWS * 7 / 10);
    assert_true(right[1] > ROWS * 8 / 10);
    /* Without the texts it has less to go by, and with little to lean on leans less. */
    logistic_fit(&numbers, &d->m, NULL, &o);
    assert_true(numbers.loss > l.loss);
    assert_int_equal(numbers.width, 0);
    logistic_predict(&numbers, &d->m, NULL, probs);
    assert_true(probs[2] < 0.1F);
    logistic_free(&numbers);
    logistic_free(&l);
    free(probs);
    free(d);
}

static void test_penalty_shrinks(void **state)
{
    (void)state;
    struct data *d = made();
    double largest[2] = {0};
    for (size_t i = 0; i < 2; i++) {
        const struct logistic_options o = {.l2 = i == 0 ? 0.001 : 0.5, .steps = 500, .slope = 1e-5};
        struct logistic l;
        logistic_fit(&l, &d->m, &d->s, &o);
        for (size_t k = 0; k < COLUMNS + WIDTH; k++) {
            largest[i] = fmax(largest[i], fabs((double)l.weights[k * GENRE_N]));
        }
        logistic_free(&l);
    }
    assert_true(largest[1] < largest[0] / 2.0);
    free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slope_is_zero),
        cmocka_unit_test(test_predicts),
        cmocka_unit_test(test_penalty_shrinks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
