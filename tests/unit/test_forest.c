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
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "classifier/forest.h"
#include "classifier/genre.h"

#define ROWS    600
#define COLUMNS 5

struct data {
    struct matrix m;
    float x[ROWS * COLUMNS];
    uint32_t labels[ROWS];
    float probs[ROWS * GENRE_N];
};

/* Label 0: the signs of columns 0 and 1 differ. Label 3: column 2 is large. Column 4 is constant.
 */
static struct data *made(uint64_t seed)
{
    struct rand_seq r = {seed};
    struct data *d = mem_alloc(sizeof(*d));
    for (size_t i = 0; i < ROWS; i++) {
        float *x = d->x + i * COLUMNS;
        for (size_t f = 0; f < COLUMNS; f++) {
            x[f] = f == 4 ? 1.0F : (float)rand_normal(&r);
        }
        d->labels[i] = ((x[0] > 0.0F) != (x[1] > 0.0F) ? 1U : 0U) | (x[2] > 0.7F ? 8U : 0U);
    }
    d->m = (struct matrix){.x = d->x, .labels = d->labels, .n = ROWS, .columns = COLUMNS};
    return d;
}

static double right(const struct data *d, unsigned g)
{
    size_t n = 0;
    for (size_t i = 0; i < ROWS; i++) {
        n += (d->probs[i * GENRE_N + g] >= 0.5F) == (d->labels[i] >> g & 1);
    }
    return (double)n / ROWS;
}

static void test_learns_xor(void **state)
{
    (void)state;
    struct data *train = made(1), *test = made(2);
    const struct forest_options o = {.trees = 60, .seed = 1};
    struct forest *f = forest_fit(&train->m, &o);
    forest_predict(f, &test->m, test->probs);
    assert_true(right(test, 0) > 0.9);
    assert_true(right(test, 3) > 0.95);
    for (size_t i = 0; i < ROWS; i++) {
        assert_true(test->probs[i * GENRE_N + 1] <= 0.0F); /* a family that no row has */
    }
    forest_free(f);
    free(train);
    free(test);
}

static void test_same_seed_same_forest(void **state)
{
    (void)state;
    struct data *a = made(1), *b = made(1), *c = made(1);
    struct data *const all[] = {a, b, c};
    for (size_t i = 0; i < 3; i++) {
        const struct forest_options o = {.trees = 10, .seed = i < 2 ? 7 : 8};
        struct forest *f = forest_fit(&all[i]->m, &o);
        forest_predict(f, &all[i]->m, all[i]->probs);
        forest_free(f);
    }
    assert_memory_equal(a->probs, b->probs, sizeof(a->probs));
    assert_memory_not_equal(a->probs, c->probs, sizeof(a->probs));
    free(a);
    free(b);
    free(c);
}

/* One tree with every feature splits a row's own bootstrap sample down to pure leaves, so that a
 * row that was drawn, about 63 of 100, is told exactly. */
static void test_grown_to_purity(void **state)
{
    (void)state;
    struct data *d = made(3);
    struct rand_seq r = {4};
    for (size_t i = 0; i < ROWS; i++) {
        d->labels[i] = (uint32_t)rand_next(&r) & 0x3fffff; /* nothing to learn but by heart */
    }
    const struct forest_options o = {.trees = 1, .features = COLUMNS, .seed = 1};
    struct forest *f = forest_fit(&d->m, &o);
    forest_predict(f, &d->m, d->probs);
    size_t exact = 0;
    for (size_t i = 0; i < ROWS; i++) {
        size_t same = 0;
        for (unsigned g = 0; g < GENRE_N; g++) {
            float wanted = d->labels[i] >> g & 1 ? 1.0F : 0.0F;
            same += fabsf(d->probs[i * GENRE_N + g] - wanted) < 1e-6F;
        }
        exact += same == GENRE_N;
    }
    assert_in_range(exact, ROWS * 57 / 100, ROWS * 69 / 100);
    forest_free(f);
    free(d);
}

/* Of one feature in order the best cut is where label 0 ends; leaves of three rows forbid others
 * beside it. */
static void test_cuts_at_the_step(void **state)
{
    (void)state;
    struct rand_seq r = {9};
    float x[12] = {0}, probs[12 * GENRE_N], seen[2] = {0};
    uint32_t labels[12];
    for (size_t i = 0; i < 12; i++) {
        x[i] = (float)i;
        labels[i] = i < 7 ? 1U : (uint32_t)rand_below(&r, 2) << 1;
    }
    struct matrix m = {.x = x, .labels = labels, .n = 12, .columns = 1};
    const struct forest_options o = {.trees = 400, .min_leaf = 3, .seed = 5};
    struct forest *f = forest_fit(&m, &o);
    forest_predict(f, &m, probs);
    for (size_t i = 0; i < 12; i++) { /* the step lies where label 0 ends */
        seen[i >= 7] += probs[i * GENRE_N] / (i >= 7 ? 5.0F : 7.0F);
    }
    assert_true(seen[0] > 0.9F);
    assert_true(seen[1] < 0.15F);
    forest_free(f);
}

static void test_leaves_have_their_least(void **state)
{
    (void)state;
    float x[30], probs[30 * GENRE_N];
    uint32_t labels[30] = {1}; /* at one end, [0]; the other end has label 1 */
    labels[29] = 2;
    for (size_t i = 0; i < 30; i++) {
        x[i] = (float)i;
    }
    struct matrix m = {.x = x, .labels = labels, .n = 30, .columns = 1};
    const struct forest_options o = {.trees = 300, .min_leaf = 6, .seed = 5};
    struct forest *f = forest_fit(&m, &o);
    forest_predict(f, &m, probs);
    /* Drawn once on average, among six rows and more. */
    assert_true(probs[0] > 0.05F && probs[0] < 0.25F);
    assert_true(probs[29 * GENRE_N + 1] > 0.05F && probs[29 * GENRE_N + 1] < 0.25F);
    forest_free(f);
}

static void test_constant_features_end_nothing(void **state)
{
    (void)state;
    float x[40 * 10] = {0}, probs[40 * GENRE_N];
    uint32_t labels[40];
    for (size_t i = 0; i < 40; i++) {
        x[i * 10 + 6] = (float)i;
        labels[i] = i < 20 ? 1 : 2;
    }
    struct matrix m = {.x = x, .labels = labels, .n = 40, .columns = 10};
    const struct forest_options o = {.trees = 1, .features = 1, .seed = 2};
    struct forest *f = forest_fit(&m, &o);
    forest_predict(f, &m, probs);
    for (size_t i = 0; i < 40; i++) {
        float sum = probs[i * GENRE_N] + probs[i * GENRE_N + 1];
        assert_true(fabsf(sum - 1.0F) < 1e-6F);
        assert_true(probs[i * GENRE_N] < 1e-6F || probs[i * GENRE_N + 1] < 1e-6F);
    }
    forest_free(f);
}

static void test_nothing_to_split(void **state)
{
    (void)state;
    float x[] = {1.0F, 1.0F, 1.0F, 1.0F}, probs[4 * GENRE_N];
    uint32_t labels[] = {1, 1, 1, 2};
    struct matrix m = {.x = x, .labels = labels, .n = 4, .columns = 1};
    const struct forest_options o = {.trees = 500, .seed = 1};
    struct forest *f = forest_fit(&m, &o);
    forest_predict(f, &m, probs);
    assert_true(fabsf(probs[0] - 0.75F) < 0.05F); /* the share, as it is drawn */
    assert_true(fabsf(probs[0] + probs[1] - 1.0F) < 1e-5F);
    forest_free(f);
    forest_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learns_xor),
        cmocka_unit_test(test_same_seed_same_forest),
        cmocka_unit_test(test_grown_to_purity),
        cmocka_unit_test(test_cuts_at_the_step),
        cmocka_unit_test(test_nothing_to_split),
        cmocka_unit_test(test_leaves_have_their_least),
        cmocka_unit_test(test_constant_features_end_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
