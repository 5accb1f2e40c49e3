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

#include "base/rand.h"
#include "classifier/near.h"

#define DIM   6
#define ITEMS 1003

static void place_make(struct rand_seq *r, float *place)
{
    float sum = 0.0F;
    for (size_t d = 0; d < DIM; d++) {
        place[d] = (float)rand_normal(r);
        sum += place[d] * place[d];
    }
    for (size_t d = 0; d < DIM; d++) {
        place[d] /= sqrtf(sum);
    }
}

static float cosine(const float *a, const float *b)
{
    float sum = 0.0F;
    for (size_t d = 0; d < DIM; d++) {
        sum += a[d] * b[d];
    }
    return sum;
}

/* Naive twin: every hit is as near as its cosine says, and nothing that was left out is nearer. */
static void test_the_nearest_are_found(void **state)
{
    (void)state;
    static float places[ITEMS][DIM];
    struct rand_seq r = {5};
    struct near *n = near_new(DIM);
    for (size_t i = 0; i < ITEMS; i++) {
        place_make(&r, places[i]);
        near_add(n, places[i]);
    }
    assert_int_equal(near_n(n), ITEMS);
    for (int round = 0; round < 20; round++) {
        float query[DIM];
        struct near_hit hits[50];
        size_t k = 1 + (size_t)round * 2;
        place_make(&r, query);
        assert_int_equal(near_search(n, query, k, hits), k);
        bool taken[ITEMS] = {false};
        for (size_t i = 0; i < k; i++) {
            assert_true(fabsf(hits[i].cosine - cosine(query, places[hits[i].item])) < 0.02F);
            assert_true(i == 0 || hits[i].cosine <= hits[i - 1].cosine);
            assert_false(taken[hits[i].item]);
            taken[hits[i].item] = true;
        }
        for (size_t i = 0; i < ITEMS; i++) {
            assert_true(taken[i] || cosine(query, places[i]) <= hits[k - 1].cosine + 0.02F);
        }
    }
    near_free(n);
}

static void test_equal_ones_come_in_order(void **state)
{
    (void)state;
    const float place[2] = {0.6F, 0.8F}, other[2] = {1.0F, 0.0F};
    struct near_hit hits[10];
    struct near *n = near_new(2);
    assert_int_equal(near_search(n, place, 3, hits), 0);
    near_add(n, other);
    for (int i = 0; i < 20; i++) {
        near_add(n, place);
    }
    assert_int_equal(near_search(n, place, 5, hits), 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(hits[i].item, i + 1);
        assert_true(hits[i].cosine > 0.99F);
    }
    near_free(n);
    near_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_nearest_are_found),
        cmocka_unit_test(test_equal_ones_come_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
