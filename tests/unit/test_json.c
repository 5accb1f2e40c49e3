/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static struct json *parsed(const char *text)
{
    struct json *j = NULL;
    struct err e;
    if (json_parse(text, strlen(text), &j, &e) != ERR_OK) {
        fail_msg("%s: %s", text, e.text);
    }
    return j;
}

static void assert_rejected(const char *text, size_t n)
{
    struct json *j = NULL;
    struct err e = {0};
    if (json_parse(text, n, &j, &e) != ERR_FORMAT) {
        fail_msg("accepted: %s", text);
    }
    assert_null(j);
    assert_int_equal(e.code, ERR_FORMAT);
    assert_true(strlen(e.text) > 0);
}

static void test_values(void **state)
{
    (void)state;
    struct json *j =
        parsed(" {\"s\":\"a\\u00e9\\ud83d\\ude00\\n\",\"n\":-1.5e2,\"i\":9007199254740991,"
               "\"t\":true,\"f\":false,\"z\":null,\"a\":[1,\"x\",{}],\"\":0} \r\n\t");
    assert_true(json_is_object(j));
    assert_int_equal(json_size(j), 8);
    assert_string_equal(json_get_str(j, "s"), "a\xc3\xa9\xf0\x9f\x98\x80\n");
    assert_true(fabs(json_get_num(j, "n", 0) + 150) < 1e-9);
    assert_int_equal(json_get_int(j, "n", 0), -150);
    assert_true(json_get_int(j, "i", 0) == 9007199254740991);
    assert_true(json_get_bool(j, "t", false));
    assert_false(json_get_bool(j, "f", true));
    assert_true(json_is_null(json_get(j, "z")));
    assert_int_equal(json_get_int(j, "", 7), 0);

    const struct json *a = json_get(j, "a");
    assert_true(json_is_array(a));
    assert_int_equal(json_size(a), 3);
    const struct json *item = json_first(a);
    assert_true(json_is_number(item));
    assert_null(json_key(item));
    item = json_next(item);
    assert_string_equal(json_str(item), "x");
    item = json_next(item);
    assert_true(json_is_object(item));
    assert_null(json_first(item));
    assert_null(json_next(item));
    assert_string_equal(json_key(json_first(j)), "s");
    json_free(j);
}

static void test_getters_take_anything(void **state)
{
    (void)state;
    struct json *j = parsed("{\"a\":[1],\"Id\":\"x\",\"n\":5}");
    assert_null(json_get(NULL, "a"));
    assert_null(json_get(j, "b"));
    assert_null(json_get(j, "id"));
    assert_null(json_get(json_get(j, "a"), "a"));
    assert_null(json_first(json_get(j, "n")));
    assert_null(json_next(NULL));
    assert_null(json_key(NULL));
    assert_null(json_str(NULL));
    assert_null(json_get_str(j, "n"));
    assert_int_equal(json_size(NULL), 0);
    assert_int_equal(json_size(json_get(j, "n")), 0);
    assert_int_equal(json_get_int(j, "Id", 3), 3);
    assert_int_equal(json_int(NULL, 4), 4);
    assert_true(json_get_bool(j, "n", true));
    assert_true(json_is_null(NULL));
    assert_false(json_is_object(NULL) || json_is_array(NULL) || json_is_string(NULL) ||
                 json_is_number(NULL) || json_is_bool(NULL));
    json_free(j);
    json_free(NULL);
}

static void test_numbers_out_of_range(void **state)
{
    (void)state;
    struct json *j =
        parsed("{\"huge\":1e400,\"low\":-1e400,\"big\":1e19,\"edge\":9223372036854775808,"
               "\"min\":-9223372036854775808,\"part\":2.9,\"neg\":-2.9,\"tiny\":1e-400}");
    assert_true(json_get_num(j, "huge", 7) == 7.0);
    assert_true(json_get_num(j, "low", 7) == 7.0);
    assert_true(json_get_num(j, "tiny", 7) == 0.0);
    assert_int_equal(json_get_int(j, "huge", 7), 7);
    assert_int_equal(json_get_int(j, "big", 7), 7);
    assert_int_equal(json_get_int(j, "edge", 7), 7);
    assert_true(json_get_int(j, "min", 7) == INT64_MIN);
    assert_int_equal(json_get_int(j, "part", 7), 2);
    assert_int_equal(json_get_int(j, "neg", 7), -2);
    json_free(j);
}

static const char *const malformed[] = {
    "",
    " ",
    "{",
    "}",
    "[",
    "]",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1 2]",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{a:1}",
    "{'a':1}",
    "{\"a\" 1}",
    "{1:1}",
    "{\"a\":1]",
    "[1}",
    "nul",
    "True",
    "nulll",
    "01",
    "-",
    "-01",
    "+1",
    "1.",
    ".5",
    "1e",
    "1e+",
    "0x10",
    "NaN",
    "Infinity",
    "1 1",
    "{} {}",
    "{}x",
    "\"a",
    "\"",
    "\"\\",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"a\nb\"",
    "\"\t\"",
    "\"\x01\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800x\"",
    "\"\\ud800\\u0041\"",
    "\"\xff\"",
    "\"\xc3\"",
    "\"\xc0\x80\"",
    "\"\xed\xa0\x80\"",
    "\"\xf4\x90\x80\x80\"",
    "\"\xe2\x82\"",
    "{\"\xff\":1}",
    "\xef\xbb\xbf{}",
    "/**/1",
    "\v1",
    "1\f",
    "<!DOCTYPE html>",
    "1111111111111111111111111111111111111111111111111111111111111111",
};

static void test_malformed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
        assert_rejected(malformed[i], strlen(malformed[i]));
    }
    assert_rejected("{}\0", 3);
    assert_rejected("\0", 1);
    assert_rejected("\"a\0b\"", 5);
    assert_rejected("[1,\0 2]", 7);
    assert_rejected("{\"a\0\":1}", 8);
}

static void test_message_says_where(void **state)
{
    (void)state;
    struct json *j = NULL;
    struct err e;
    assert_int_equal(json_parse("[1,x]", 5, &j, &e), ERR_FORMAT);
    assert_string_equal(e.text, "no JSON: unexpected character at byte 3");
}

/* Every beginning of a text in memory of exactly that size, so that a sanitizer sees a step beyond.
 */
static void test_cut_anywhere(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":[1.5e3,true,null,\"\\u00e9\\ud83d\\ude00\xe2\x82\xac\"]}";
    for (size_t n = 0; n < sizeof(text) - 1; n++) {
        char *part = malloc(n > 0 ? n : 1);
        assert_non_null(part);
        memcpy(part, text, n);
        assert_rejected(part, n);
        free(part);
    }
    json_free(parsed(text));
}

static char *nested(size_t depth)
{
    char *text = calloc(1, 2 * depth + 1);
    if (text != NULL) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
    }
    return text;
}

static void test_depth_and_size_are_bounded(void **state)
{
    (void)state;
    char *text = nested(128);
    json_free(parsed(text));
    free(text);
    text = nested(129);
    assert_rejected(text, strlen(text));
    free(text);
    text = nested(1000000);
    assert_rejected(text, strlen(text));
    assert_rejected(text, strlen(text) / 2);
    free(text);
}

static void test_count_is_bounded(void **state)
{
    (void)state;
    size_t n =
        (size_t)1 << 21; /* "[0,0,...,0]": n / 2 zeros and the array itself are one too many */
    char *text = malloc(n + 1);
    assert_non_null(text);
    for (size_t i = 0; i <= n; i++) {
        text[i] = i % 2 == 1 ? '0' : ',';
    }
    text[0] = '[';
    text[n] = ']';
    assert_rejected(text, n + 1);
    text[n - 2] = ']';
    struct json *j = NULL;
    struct err e;
    assert_int_equal(json_parse(text, n - 1, &j, &e), ERR_OK);
    assert_int_equal(json_size(j), n / 2 - 1);
    json_free(j);
    free(text);
}

static void test_build_and_print(void **state)
{
    (void)state;
    struct json *j = json_object();
    struct json *a = json_array();
    json_add_str(a, "x\n\"\x7f\x01");
    json_add_str(a, NULL);
    json_add(a, json_array());
    json_set_str(j, "s", "old");
    json_set_str(j, "s", "new");
    json_set_int(j, "i", -3);
    json_set_num(j, "n", 0.5);
    json_set_num(j, "inf", HUGE_VAL);
    json_set_bool(j, "b", true);
    json_set_null(j, "z");
    json_set_str(j, "none", NULL);
    json_set(j, "a", a);
    struct buf b;
    buf_init(&b, 4096);
    json_print(j, false, &b);
    assert_string_equal(b.data,
                        "{\"s\":\"new\",\"i\":-3,\"n\":0.5,\"inf\":null,\"b\":true,\"z\":null,"
                        "\"none\":null,\"a\":[\"x\\n\\\"\x7f\\u0001\",null,[]]}");
    struct json *again = parsed(b.data);
    json_free(again);
    buf_clear(&b);
    json_print(j, true, &b);
    assert_non_null(strchr(b.data, '\n'));
    again = parsed(b.data);
    assert_int_equal(json_size(again), 8);
    buf_clear(&b);
    json_print(NULL, false, &b);
    assert_string_equal(b.data, "null");
    json_free(again);
    json_free(j);
    buf_free(&b);
}

static void test_integers_are_exact(void **state)
{
    (void)state;
    static const int64_t values[] = {
        0,         -1,       999999999999999, 1000000000000000, -1000000000000000, 9007199254740993,
        INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct json *j = json_object();
        struct buf b;
        char wanted[64];
        buf_init(&b, 64);
        json_set_int(j, "v", values[i]);
        struct json *copy = json_copy(j);
        assert_true(json_is_number(json_get(copy, "v")));
        assert_true(json_get_int(copy, "v", 1) == values[i]);
        assert_true(json_get_num(copy, "v", 1) == (double)values[i]);
        assert_null(json_get_str(copy, "v"));
        json_print(copy, false, &b);
        snprintf(wanted, sizeof(wanted), "{\"v\":%lld}", (long long)values[i]);
        assert_string_equal(b.data, wanted);
        buf_free(&b);
        json_free(copy);
        json_free(j);
    }
}

static void test_bad_utf8_is_replaced(void **state)
{
    (void)state;
    struct json *j = json_object();
    json_set_str(j, "s", "a\xff\xc3(\xe2\x82");
    assert_string_equal(json_get_str(j, "s"), "a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd");
    json_free(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_getters_take_anything),
        cmocka_unit_test(test_numbers_out_of_range),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_message_says_where),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_depth_and_size_are_bounded),
        cmocka_unit_test(test_count_is_bounded),
        cmocka_unit_test(test_build_and_print),
        cmocka_unit_test(test_integers_are_exact),
        cmocka_unit_test(test_bad_utf8_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
