/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "classifier/genre.h"
#include "classifier/knn.h"

static struct matrix made(size_t n, size_t columns, bool coarse, uint64_t seed)
{
    struct rand_seq r = {seed};
    struct matrix m = {.n = n, .columns = columns};
    m.x = mem_array(n * columns, sizeof(float));
    m.labels = mem_array(n, sizeof(uint32_t));
    for (size_t i = 0; i < n * columns; i++) {
        /* Coarse ones are often as near as each other. */
        m.x[i] = coarse ? (float)rand_below(&r, 3) : (float)rand_normal(&r);
    }
    for (size_t i = 0; i < n; i++) {
        m.labels[i] = (uint32_t)rand_next(&r) & ((UINT32_C(1) << GENRE_N) - 1);
    }
    return m;
}

/* Picks the nearest of those not yet taken, k times. */
static void naive(const struct matrix *train, const float *x, size_t k, float *probs)
{
    bool *taken = mem_array(train->n, sizeof(*taken));
    size_t count[GENRE_N] = {0};
    for (size_t round = 0; round < k; round++) {
        size_t nearest = SIZE_MAX;
        double least = 0.0;
        for (size_t i = 0; i < train->n; i++) {
            double sum = 0.0;
            for (size_t f = 0; f < train->columns; f++) {
                double d = (double)x[f] - (double)train->x[i * train->columns + f];
                sum += d * d;
            }
            if (!taken[i] && (nearest == SIZE_MAX || sum < least)) {
                nearest = i;
                least = sum;
            }
        }
        taken[nearest] = true;
        for (size_t g = 0; g < GENRE_N; g++) {
            count[g] += train->labels[nearest] >> g & 1;
        }
    }
    for (size_t g = 0; g < GENRE_N; g++) {
        probs[g] = (float)count[g] / (float)k;
    }
    free(taken);
}

static void check(size_t n, size_t columns, size_t k, bool coarse)
{
    struct matrix train = made(n, columns, coarse, 1), test = made(90, columns, coarse, 2);
    float *probs = mem_array(test.n * GENRE_N, sizeof(*probs)), wanted[GENRE_N];
    knn_predict(&train, &test, k, probs);
    for (size_t i = 0; i < test.n; i++) {
        naive(&train, test.x + i * columns, k < n ? k : n, wanted);
        assert_memory_equal(probs + i * GENRE_N, wanted, sizeof(wanted));
    }
    free(probs);
    matrix_free(&train);
    matrix_free(&test);
}

static void test_naive_twin(void **state)
{
    (void)state;
    check(300, 7, 10, false);
    check(301, 1, 50, false);
    check(70, 20, 1, false);
}

static void test_ties_by_row(void **state)
{
    (void)state;
    check(400, 3, 20, true);
    check(400, 5, 7, true);
}

static void test_fewer_rows_than_neighbours(void **state)
{
    (void)state;
    check(5, 4, 50, false);
}

static void test_far_from_zero(void **state)
{
    (void)state;
    /* Here the product rounds away what tells the rows apart: only exact distances find it. */
    float x[] = {1000.001F, 1000.002F, 1000.003F, 1000.0F}, probs[GENRE_N];
    uint32_t labels[] = {1, 2, 4, 8}, none = 0;
    struct matrix train = {.x = x, .labels = labels, .n = 4, .columns = 1};
    for (size_t i = 0; i < 4; i++) {
        struct matrix test = {.x = &x[i], .labels = &none, .n = 1, .columns = 1};
        knn_predict(&train, &test, 1, probs);
        assert_true(probs[i] > 0.5F);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_naive_twin),
        cmocka_unit_test(test_ties_by_row),
        cmocka_unit_test(test_fewer_rows_than_neighbours),
        cmocka_unit_test(test_far_from_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
