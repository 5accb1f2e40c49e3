/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "base/secret.h"

static void test_life(void **state)
{
    (void)state;
    struct secret s = {0};
    assert_false(secret_is_set(&s));
    secret_wipe(&s);
    secret_set(&s, "token");
    assert_true(secret_is_set(&s));
    assert_string_equal(s.bytes, "token");
    assert_int_equal(s.len, 5);
    secret_set(&s, "another");
    assert_string_equal(s.bytes, "another");
    secret_set(&s, s.bytes + 2);
    assert_string_equal(s.bytes, "other");
    secret_set(&s, "");
    assert_false(secret_is_set(&s));
    secret_set(&s, NULL);
    assert_null(s.bytes);
    assert_int_equal(s.len, 0);
    secret_wipe(&s);
    secret_wipe(NULL);
}

static void test_copies_are_apart(void **state)
{
    (void)state;
    struct secret a = {0};
    struct secret b = {0};
    secret_set(&a, "token");
    secret_set(&b, "old");
    secret_copy(&b, &a);
    secret_wipe(&a);
    assert_string_equal(b.bytes, "token");
    secret_copy(&b, &b);
    assert_string_equal(b.bytes, "token");
    secret_copy(&b, &a);
    assert_false(secret_is_set(&b));
}

static void test_lengths_around_pages(void **state)
{
    (void)state;
    static char text[3 * 4096 + 2];
    memset(text, 'x', sizeof(text));
    for (size_t pages = 1; pages <= 3; pages++) {
        for (size_t n = pages * 4096 - 2; n < pages * 4096 + 2; n++) {
            struct secret s = {0};
            text[n] = '\0';
            secret_set(&s, text);
            assert_int_equal(s.len, n);
            assert_int_equal(s.bytes[n], '\0');
            secret_wipe(&s);
            text[n] = 'x';
        }
    }
}

static void test_zero(void **state)
{
    (void)state;
    char text[] = "secret";
    secret_zero(text, sizeof(text));
    for (size_t i = 0; i < sizeof(text); i++) {
        assert_int_equal(text[i], 0);
    }
    secret_zero(text, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_copies_are_apart),
        cmocka_unit_test(test_lengths_around_pages),
        cmocka_unit_test(test_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
