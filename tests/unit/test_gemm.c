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
#include "classifier/gemm.h"

#define BEYOND 3 /* floats of c after each row, which stay as they are */

static float *random_floats(size_t n, uint64_t seed)
{
    struct rand_seq r = {seed};
    float *x = mem_array(n, sizeof(*x));
    for (size_t i = 0; i < n; i++) {
        x[i] = (float)rand_normal(&r);
    }
    return x;
}

/* The naive twin: one element in double. */
static double element(const struct gemm *g, const float *a, const float *b, size_t i, size_t j)
{
    double sum = 0.0;
    for (size_t p = 0; p < g->k; p++) {
        sum +=
            (double)a[i * g->a_row + p * g->a_column] * (double)b[p * g->b_row + j * g->b_column];
    }
    return sum;
}

static void product_check(const struct gemm *g)
{
    float *a = random_floats(g->m * g->k, 1), *b = random_floats(g->k * g->n, 2);
    float *c = random_floats(g->m * g->c_row, 3), *before = random_floats(g->m * g->c_row, 3);
    gemm_run(g, a, b, c);
    for (size_t i = 0; i < g->m * g->c_row; i++) {
        const size_t row = i / g->c_row, column = i % g->c_row;
        double should = (double)before[i];
        if (column < g->n) {
            should = element(g, a, b, row, column) + (g->add ? should : 0.0);
        }
        if (fabs(should - (double)c[i]) > 1e-5 * sqrt((double)g->k)) {
            fail_msg("%zu x %zu x %zu at %zu, %zu: %g, not %g", g->m, g->n, g->k, row, column,
                     (double)c[i], should);
        }
    }
    free(a);
    free(b);
    free(c);
    free(before);
}

static void test_as_naive(void **state)
{
    (void)state;
    static const size_t ms[] = {1, 7, 8, 27}, ns[] = {1, 15, 16, 17, 31, 32, 33, 150},
                        ks[] = {1, 9, 256, 300};
    if (!gemm_supported()) {
        skip();
    }
    for (size_t i = 0; i < 4 * 8 * 4 * 8; i++) {
        const size_t m = ms[i % 4], n = ns[i / 4 % 8], k = ks[i / 32 % 4];
        const bool a_turned = i / 128 % 2, b_turned = i / 256 % 2;
        const struct gemm g = {.m = m,
                               .n = n,
                               .k = k,
                               .a_row = a_turned ? 1 : k,
                               .a_column = a_turned ? m : 1,
                               .b_row = b_turned ? 1 : n,
                               .b_column = b_turned ? k : 1,
                               .c_row = n + BEYOND,
                               .add = i / 512 % 2};
        product_check(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_as_naive)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
