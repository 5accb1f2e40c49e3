/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>

#include "base/rand.h"
#include "classifier/calibrate.h"

#define N 4000

/* Labels drawn with the logistic of 0.5 z - 1: that is what is found again. */
static void test_scale_and_shift_are_found(void **state)
{
    (void)state;
    static float z[N];
    static unsigned char yes[N];
    struct rand_seq r = {3};
    float scale, shift;
    for (size_t i = 0; i < N; i++) {
        z[i] = 3.0F * (float)rand_normal(&r);
        yes[i] = rand_unit(&r) < 1.0 / (1.0 + exp(-(0.5 * (double)z[i] - 1.0)));
    }
    calibrate_fit(z, yes, N, &scale, &shift);
    assert_true(fabsf(scale - 0.5F) < 0.05F);
    assert_true(fabsf(shift + 1.0F) < 0.15F);
    calibrate_fit(z, yes, 0, &scale, &shift);
    assert_true(scale == 1.0F && shift == 0.0F);
}

/* 20 songs, the likeliest first: ten right, then every other one. */
static void test_threshold_keeps_the_precision(void **state)
{
    (void)state;
    float p[20];
    unsigned char yes[20];
    for (size_t i = 0; i < 20; i++) {
        p[i] = 0.99F - 0.01F * (float)i;
        yes[i] = i < 10 || i % 2 == 0;
    }
    /* 10 of 10, 11 of 11, 11 of 12 ... 14 of 17 is 0.82, 14 of 18 is 0.78. */
    float t = calibrate_threshold(p, yes, 20, 0.8);
    size_t over = 0, right = 0;
    for (size_t i = 0; i < 20; i++) {
        over += p[i] >= t;
        right += p[i] >= t && yes[i];
    }
    assert_int_equal(over, 17);
    assert_true((double)right >= 0.8 * (double)over);
}

static void test_threshold_where_little_is_known(void **state)
{
    (void)state;
    float few[9], wrong[30];
    unsigned char yes[30] = {0};
    for (size_t i = 0; i < 9; i++) {
        few[i] = 0.9F;
    }
    for (size_t i = 0; i < 30; i++) {
        wrong[i] = 0.95F;
    }
    assert_true(fabsf(calibrate_threshold(few, yes, 9, 0.8) - 0.8F) < 1e-6F);
    assert_true(calibrate_threshold(wrong, yes, 30, 0.8) > 1.0F);
}

static void test_no_threshold_lets_the_unlikely_in(void **state)
{
    (void)state;
    float p[40];
    unsigned char yes[40];
    for (size_t i = 0; i < 40; i++) {
        p[i] = 0.9F - 0.02F * (float)i;
        yes[i] = i < 36;
    }
    assert_true(calibrate_threshold(p, yes, 40, 0.8) >= (float)CALIBRATE_FLOOR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scale_and_shift_are_found),
        cmocka_unit_test(test_threshold_keeps_the_precision),
        cmocka_unit_test(test_threshold_where_little_is_known),
        cmocka_unit_test(test_no_threshold_lets_the_unlikely_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
