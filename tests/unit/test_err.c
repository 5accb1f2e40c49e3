/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "base/err.h"
#include "base/text.h"

static void test_set_formats_and_returns_the_code(void **state)
{
    (void)state;
    struct err e = {.retry_at_s = 7};
    assert_int_equal(err_set(&e, ERR_IO, "cannot open %s: %d", "x", 3), ERR_IO);
    assert_int_equal(e.code, ERR_IO);
    assert_int_equal(e.retry_at_s, 0);
    assert_string_equal(e.text, "cannot open x: 3");
    assert_int_equal(err_set(NULL, ERR_RATE, "nobody listens"), ERR_RATE);
}

static void test_set_may_quote_its_own_text(void **state)
{
    (void)state;
    struct err e;
    err_set(&e, ERR_STORE, "disk full");
    err_set(&e, ERR_IO, "saving: %s", e.text);
    assert_string_equal(e.text, "saving: disk full");
}

static void test_wrap_keeps_code_and_time(void **state)
{
    (void)state;
    struct err e;
    err_set(&e, ERR_RATE, "too many requests");
    e.retry_at_s = 1234;
    assert_int_equal(err_wrap(&e, "reading page %d", 2), ERR_RATE);
    assert_string_equal(e.text, "reading page 2: too many requests");
    assert_int_equal(e.retry_at_s, 1234);
}

static void test_long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    struct err e;
    char text[2 * sizeof(e.text) + 2];
    for (size_t i = 0; i < sizeof(text) - 2; i += 2) {
        memcpy(text + i, "\xc3\xa9", 3);
    }
    for (int shift = 0; shift < 3; shift++) {
        err_set(&e, ERR_FORMAT, "%.*s%s", shift, "ab", text);
        assert_true(strlen(e.text) >= sizeof(e.text) - 2);
        assert_true(text_is_utf8(e.text, strlen(e.text)));
        err_wrap(&e, "a");
        assert_true(strlen(e.text) >= sizeof(e.text) - 2);
        assert_true(text_is_utf8(e.text, strlen(e.text)));
        err_wrap(&e, "%s", text);
        assert_true(text_is_utf8(e.text, strlen(e.text)));
    }
}

static void test_exit_statuses(void **state)
{
    (void)state;
    static const int status[ERR_N] = {
        [ERR_OK] = 0,        [ERR_BUG] = 1,         [ERR_USAGE] = 2,   [ERR_CONFIG] = 2,
        [ERR_PARTLY] = 3,    [ERR_LOGIN] = 4,       [ERR_SCOPE] = 4,   [ERR_PREMIUM] = 1,
        [ERR_PASSWORD] = 4,  [ERR_TOKEN] = 1,       [ERR_REFUSED] = 1, [ERR_RATE] = 6,
        [ERR_NETWORK] = 6,   [ERR_UNREACHABLE] = 5, [ERR_BUSY] = 1,    [ERR_CONFIRM] = 1,
        [ERR_ALLOWLIST] = 1, [ERR_CANCELLED] = 130, [ERR_FORMAT] = 1,  [ERR_STORE] = 1,
        [ERR_IO] = 1,
    };
    for (int i = 0; i < ERR_N; i++) {
        assert_int_equal(err_exit_status((enum err_code)i), status[i]);
    }
    assert_int_equal(err_class(ERR_SCOPE), ERR_CLASS_LOGIN);
    assert_int_equal(err_class(ERR_OK), ERR_CLASS_NONE);
}

static void test_names_are_unique_and_lead_back(void **state)
{
    (void)state;
    for (int i = 0; i < ERR_N; i++) {
        const char *name = err_name((enum err_code)i);
        assert_non_null(name);
        assert_int_equal(err_code_of_name(name), i);
    }
    assert_string_equal(err_name(ERR_LOGIN), "login");
    assert_int_equal(err_code_of_name("no such"), ERR_BUG);
    assert_int_equal(err_code_of_name(NULL), ERR_BUG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_formats_and_returns_the_code),
        cmocka_unit_test(test_set_may_quote_its_own_text),
        cmocka_unit_test(test_wrap_keeps_code_and_time),
        cmocka_unit_test(test_long_texts_are_cut_between_characters),
        cmocka_unit_test(test_exit_statuses),
        cmocka_unit_test(test_names_are_unique_and_lead_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
