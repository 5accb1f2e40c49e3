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

#include "base/buf.h"

static void test_empty(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    assert_string_equal(buf_str(&b), "");
    assert_null(b.data);
    assert_true(buf_add(&b, NULL, 0));
    assert_true(buf_add_str(&b, ""));
    assert_null(b.data);
    buf_clear(&b);
    buf_free(&b);
    buf_free(&b);
    buf_free(NULL);
}

static void test_grows_and_ends_with_nul(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 0);
    for (int i = 0; i < 100000; i++) {
        assert_true(buf_add_char(&b, (char)('a' + i % 26)));
        assert_int_equal(b.data[b.len], '\0');
    }
    assert_int_equal(b.len, 100000);
    assert_int_equal(b.data[99999], 'a' + 99999 % 26);
    buf_clear(&b);
    assert_string_equal(buf_str(&b), "");
    assert_int_equal(b.len, 0);
    assert_true(b.cap > 100000);
    buf_free(&b);
}

static void test_max_is_exact(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    char text[101];
    memset(text, 'x', sizeof(text));
    assert_false(buf_add(&b, text, 101));
    assert_true(b.overflow);
    assert_int_equal(b.len, 0);
    buf_clear(&b);
    assert_false(b.overflow);
    assert_true(buf_add(&b, text, 99));
    assert_true(buf_add_char(&b, 'y'));
    assert_false(b.overflow);
    assert_false(buf_add_char(&b, 'z'));
    assert_false(buf_add(&b, text, SIZE_MAX));
    assert_false(buf_printf(&b, "%d", 1));
    assert_true(b.overflow);
    assert_int_equal(b.len, 100);
    assert_int_equal(b.data[99], 'y');
    assert_int_equal(b.data[100], '\0');
    assert_true(buf_printf(&b, "%s", ""));
    assert_true(b.overflow);
    buf_free(&b);
    assert_int_equal(b.max, 100);
    assert_false(b.overflow);
}

static void test_default_max(void **state)
{
    (void)state;
    struct buf b = {0};
    char *text = calloc(1, BUF_MAX_DEFAULT);
    assert_non_null(text);
    assert_true(buf_add(&b, text, BUF_MAX_DEFAULT));
    assert_false(buf_add_char(&b, 'x'));
    free(text);
    buf_free(&b);
}

static void test_printf(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1000);
    assert_true(buf_printf(&b, "%d", 1));
    assert_true(buf_printf(&b, " %s", "two"));
    assert_true(buf_printf(&b, "%*d", 300, 3));
    assert_int_equal(b.len, 305);
    assert_memory_equal(b.data, "1 two ", 6);
    assert_string_equal(b.data + 302, "  3");
    assert_false(buf_printf(&b, "%*d", 696, 3));
    assert_int_equal(b.len, 305);
    assert_string_equal(b.data + 302, "  3");
    buf_free(&b);
}

static void test_steal(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 50);
    char *none = buf_steal(&b);
    assert_string_equal(none, "");
    free(none);
    buf_add_str(&b, "abc");
    char *text = buf_steal(&b);
    assert_string_equal(text, "abc");
    assert_int_equal(b.len, 0);
    assert_null(b.data);
    assert_int_equal(b.max, 50);
    assert_true(buf_add_str(&b, "d"));
    assert_string_equal(buf_str(&b), "d");
    free(text);
    buf_free(&b);
}

static void test_bytes_may_be_nul(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 50);
    assert_true(buf_add(&b, "a\0b", 3));
    assert_int_equal(b.len, 3);
    assert_memory_equal(b.data, "a\0b", 4);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_grows_and_ends_with_nul),
        cmocka_unit_test(test_max_is_exact),
        cmocka_unit_test(test_default_max),
        cmocka_unit_test(test_printf),
        cmocka_unit_test(test_steal),
        cmocka_unit_test(test_bytes_may_be_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
