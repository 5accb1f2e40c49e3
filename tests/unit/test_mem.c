/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

static void test_memory_is_zeroed(void **state)
{
    (void)state;
    char *p = mem_alloc(4096);
    int *n = mem_array(100, sizeof(*n));
    for (size_t i = 0; i < 4096; i++) {
        assert_int_equal(p[i], 0);
    }
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(n[i], 0);
    }
    free(p);
    free(n);
}

static void test_nothing_is_still_something(void **state)
{
    (void)state;
    void *p[] = {mem_alloc(0), mem_array(0, 8), mem_array(8, 0), mem_resize(NULL, 0, 8)};
    for (size_t i = 0; i < sizeof(p) / sizeof(p[0]); i++) {
        assert_non_null(p[i]);
        free(p[i]);
    }
}

static void test_resize_keeps_what_was_there(void **state)
{
    (void)state;
    int *p = mem_resize(NULL, 2, sizeof(*p));
    p[0] = 5;
    p[1] = 6;
    p = mem_resize(p, 10000, sizeof(*p));
    assert_int_equal(p[0], 5);
    assert_int_equal(p[1], 6);
    free(p);
}

static void test_strings(void **state)
{
    (void)state;
    char *a = mem_strdup("abc");
    char *b = mem_strndup("abcdef", 2);
    char *c = mem_strndup("ab", 100);
    char *d = mem_printf("%s-%d", "x", 7);
    assert_string_equal(a, "abc");
    assert_string_equal(b, "ab");
    assert_string_equal(c, "ab");
    assert_string_equal(d, "x-7");
    assert_null(mem_strdup(NULL));
    free(a);
    free(b);
    free(c);
    free(d);
}

static void overflow_array(void)
{
    free(mem_array(SIZE_MAX / 2, 4));
}

static void overflow_resize(void)
{
    free(mem_resize(NULL, SIZE_MAX / 2, 4));
}

static void too_much(void)
{
    free(mem_alloc(SIZE_MAX / 4));
}

static void assert_dies(void (*fn)(void))
{
    pid_t child = fork();
    if (child == 0) {
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        fn();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_not_equal(status, 0);
}

static void test_what_cannot_be_had_ends_the_program(void **state)
{
    (void)state;
    assert_dies(overflow_array);
    assert_dies(overflow_resize);
    assert_dies(too_much);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_is_zeroed),
        cmocka_unit_test(test_nothing_is_still_something),
        cmocka_unit_test(test_resize_keeps_what_was_there),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_what_cannot_be_had_ends_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
