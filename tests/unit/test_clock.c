/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

static int64_t utc_of(void *ctx)
{
    return *(const int64_t *)ctx;
}

static int64_t boot_of(void *ctx)
{
    return *(const int64_t *)ctx + 5;
}

static void test_injected(void **state)
{
    (void)state;
    int64_t now_ms = 1999;
    const struct clock_source source = {.utc_ms = utc_of, .boot_ms = boot_of, .ctx = &now_ms};
    clock_set(&source);
    assert_int_equal(clock_utc_ms(), 1999);
    assert_int_equal(clock_utc_s(), 1);
    assert_int_equal(clock_boot_ms(), 2004);
    now_ms = -1;
    assert_int_equal(clock_utc_s(), -1);
    now_ms = -1000;
    assert_int_equal(clock_utc_s(), -1);
    clock_set(NULL);
    assert_true(clock_utc_s() > 1700000000);
}

static void test_system(void **state)
{
    (void)state;
    int64_t utc_s = (int64_t)time(NULL);
    assert_in_range(clock_utc_s() - utc_s + 1, 0, 10);
    int64_t before = clock_boot_ms();
    struct timespec pause = {.tv_nsec = 20000000};
    nanosleep(&pause, NULL);
    assert_in_range(clock_boot_ms() - before, 19, 10000);
}

static void test_offset_moves_utc_only(void **state)
{
    (void)state;
    int64_t utc_s = clock_utc_s();
    int64_t boot_ms = clock_boot_ms();
    setenv("GENRED_CLOCK_OFFSET", "86400", 1);
    assert_in_range(clock_utc_s() - utc_s, 86400, 86410);
    assert_in_range(clock_boot_ms() - boot_ms, 0, 10000);
    setenv("GENRED_CLOCK_OFFSET", "-86400", 1);
    assert_in_range(utc_s - clock_utc_s(), 86390, 86400);
    setenv("GENRED_CLOCK_OFFSET", "soon", 1);
    assert_in_range(clock_utc_s() - utc_s, 0, 10);
    unsetenv("GENRED_CLOCK_OFFSET");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_injected),
        cmocka_unit_test(test_system),
        cmocka_unit_test(test_offset_moves_utc_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
