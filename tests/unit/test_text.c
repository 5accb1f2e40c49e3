/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static void test_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        uint32_t codepoint;
    } good[] = {
        {"a", 1, 'a'},
        {"\xc2\x80", 2, 0x80},
        {"\xdf\xbf", 2, 0x7ff},
        {"\xe0\xa0\x80", 3, 0x800},
        {"\xed\x9f\xbf", 3, 0xd7ff},
        {"\xee\x80\x80", 3, 0xe000},
        {"\xef\xbf\xbf", 3, 0xffff},
        {"\xf0\x90\x80\x80", 4, 0x10000},
        {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
    };
    static const char *const bad[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc2",
        "\xc2(",
        "\xe0\x9f\xbf",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xe2\x82",
        "\xe2\x82(",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xf0\x9f\x98",
        "\xfe",
        "\xff",
    };
    uint32_t c = 0;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(text_utf8_next(good[i].bytes, strlen(good[i].bytes), &c), good[i].len);
        assert_int_equal(c, good[i].codepoint);
        assert_int_equal(text_utf8_next(good[i].bytes, good[i].len - 1, &c), 0);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(text_utf8_next(bad[i], strlen(bad[i]), &c), 0);
        assert_false(text_is_utf8(bad[i], strlen(bad[i])));
    }
    assert_true(text_is_utf8("", 0));
    assert_true(text_is_utf8("a\0\xc3\xa9", 4));
    assert_false(text_is_utf8("a\xff", 2));
}

static void test_copy(void **state)
{
    (void)state;
    char out[6];
    assert_true(text_copy(out, sizeof(out), "abcde"));
    assert_string_equal(out, "abcde");
    assert_false(text_copy(out, sizeof(out), "abcdef"));
    assert_string_equal(out, "abcde");
    assert_false(text_copy(out, sizeof(out), "abcd\xc3\xa9"));
    assert_string_equal(out, "abcd");
    assert_false(text_copy(out, sizeof(out), "ab\xf0\x9f\x98\x80"));
    assert_string_equal(out, "ab");
    assert_true(text_copy(out, sizeof(out), "a\xf0\x9f\x98\x80"));
    assert_false(text_copy(out, 1, "a"));
    assert_string_equal(out, "");
    assert_true(text_copy(out, 1, ""));
}

static void test_trim_equal_prefix(void **state)
{
    (void)state;
    char a[] = " \t a b\r\n";
    char b[] = " \n";
    assert_string_equal(text_trim(a), "a b");
    assert_string_equal(text_trim(b), "");
    assert_true(text_equal("a", "a"));
    assert_true(text_equal(NULL, NULL));
    assert_false(text_equal("a", NULL));
    assert_false(text_equal(NULL, "a"));
    assert_false(text_equal("a", "A"));
    assert_true(text_starts_with("abc", "ab"));
    assert_true(text_starts_with("abc", ""));
    assert_false(text_starts_with("ab", "abc"));
}

static void test_to_int(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",    " 1",  "1 ",  "1x",  "x",   "-",    "+",
        "+-1", "0x1", "1.0", "1e3", "101", "-101", "9223372036854775808"};
    int64_t value = 42;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(text_to_int(bad[i], -100, 100, &value));
    }
    assert_false(text_to_int("9223372036854775808", INT64_MIN, INT64_MAX, &value));
    assert_int_equal(value, 42);
    assert_true(text_to_int("-100", -100, 100, &value));
    assert_int_equal(value, -100);
    assert_true(text_to_int("+007", -100, 100, &value));
    assert_int_equal(value, 7);
    assert_true(text_to_int("9223372036854775807", INT64_MIN, INT64_MAX, &value));
    assert_true(value == INT64_MAX);
    assert_true(text_to_int("-9223372036854775808", INT64_MIN, INT64_MAX, &value));
    assert_true(value == INT64_MIN);
}

static void test_to_num(void **state)
{
    (void)state;
    static const char *const bad[] = {"",      " 1",  "1 ", "1,5", "x", "nan", "inf",
                                      "1e999", "0x1", "1e", "--1", ".", "e5",  "11"};
    double value = 42;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(text_to_num(bad[i], -10, 10, &value));
    }
    assert_true(value == 42);
    /* The comma of a person's locale changes nothing, where the system has such a locale. */
    char *locale = setlocale(LC_NUMERIC, "de_DE.UTF-8");
    assert_true(text_to_num("-1.5", -10, 10, &value));
    assert_true(value == -1.5);
    assert_true(text_to_num("+2e-1", -10, 10, &value));
    assert_true(fabs(value - 0.2) < 1e-12);
    assert_true(text_to_num(".5", -10, 10, &value));
    assert_true(value == 0.5);
    if (locale != NULL) {
        setlocale(LC_NUMERIC, "C");
    }
}

static void test_to_bool(void **state)
{
    (void)state;
    static const char *const yes[] = {"yes", "true", "on", "1", "YES", "True"};
    static const char *const no[] = {"no", "false", "off", "0", "No", "OFF"};
    static const char *const bad[] = {"", "y", "yess", " on", "2", "nope"};
    bool value = false;
    for (size_t i = 0; i < 6; i++) {
        assert_true(text_to_bool(yes[i], &value) && value);
        assert_false(text_to_bool(bad[i], &value));
        assert_true(value);
        assert_true(text_to_bool(no[i], &value) && !value);
    }
}

static void test_to_duration(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {
        {"0", 0},        {"90", 90000},    {"90s", 90000},
        {"15m", 900000}, {"6h", 21600000}, {"2d", 172800000},
        {"250ms", 250},  {"0.05", 50},     {"1.5h", 5400000},
        {"0.5s", 500},   {"007s", 7000},   {"106751991167d", 106751991167 * INT64_C(86400000)}};
    static const char *const bad[] = {"",
                                      "s",
                                      "-1",
                                      "+1",
                                      "1.5.1h",
                                      ".",
                                      "1e3",
                                      "1x",
                                      "1 h",
                                      "1hh",
                                      " 1",
                                      "1mss",
                                      "106751991168d",
                                      "99999999999999999999999",
                                      "9223372036854775807"};
    int64_t ms = 42;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(text_to_duration_ms(bad[i], &ms));
    }
    assert_int_equal(ms, 42);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(text_to_duration_ms(good[i].text, &ms));
        assert_true(ms == good[i].ms);
    }
}

static void test_duration(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {0, "0 s"},
        {-5, "0 s"},
        {250, "250 ms"},
        {1000, "1 s"},
        {2999, "2 s"},
        {150000, "2 min 30 s"},
        {21600000, "6 h"},
        {21659999, "6 h"},
        {21660000, "6 h 1 min"},
        {273600000, "3 d 4 h"},
        {259500000, "3 d"},
        {INT64_MAX, "106751991167 d 7 h"},
    };
    char out[64];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        text_duration(cases[i].ms, out, sizeof(out));
        assert_string_equal(out, cases[i].text);
    }
}

static void test_times_there_and_back(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t utc_s;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1969-12-31T23:59:59Z", -1},
        {"2000-02-29T12:00:00Z", 951825600},
        {"2000-03-01T00:00:00Z", 951868800},
        {"1900-02-28T23:59:59Z", -2203891201},
        {"1900-03-01T00:00:00Z", -2203891200},
        {"2024-02-29T23:59:59Z", 1709251199},
        {"2024-03-01T00:00:00Z", 1709251200},
        {"2026-11-20T21:29:00Z", 1795210140},
        {"2038-01-19T03:14:08Z", 2147483648},
        {"0000-01-01T00:00:00Z", -62167219200},
        {"9999-12-31T23:59:59Z", 253402300799},
    };
    char out[32];
    int64_t utc_s;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        text_time(cases[i].utc_s, out, 21);
        assert_string_equal(out, cases[i].text);
        assert_true(text_to_time(cases[i].text, &utc_s));
        assert_true(utc_s == cases[i].utc_s);
    }
    /* A step that meets every month and every hour over the whole range. */
    for (int64_t s = -62167219200; s <= 253402300799; s += 86400 * 13 + 3607) {
        text_time(s, out, sizeof(out));
        assert_true(text_to_time(out, &utc_s));
        assert_true(utc_s == s);
    }
    text_time(INT64_MAX, out, sizeof(out));
    assert_string_equal(out, "9999-12-31T23:59:59Z");
    text_time(INT64_MIN, out, sizeof(out));
    assert_string_equal(out, "0000-01-01T00:00:00Z");
}

static void test_times_that_are_none(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2024-02-30T00:00:00Z",
        "2024-04-31T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-00-01T00:00:00Z",
        "2024-01-00T00:00:00Z",
        "2024-01-32T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z",
        "2024-01-01T00:00:60Z",
        "2024-01-01T00:00:00",
        "2024-01-01T00:00:00+01:00",
        "2024-01-01T00:00:00ZZ",
        "2024-01-01T00:00:00.Z",
        "2024-01-01 00:00:00Z",
        "2024-01-01",
        "24-01-01T00:00:00Z",
        "-024-01-01T00:00:00Z",
        " 2024-01-01T00:00:00Z",
        "2024-1-01T00:00:00Z",
    };
    int64_t utc_s = 42;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(text_to_time(bad[i], &utc_s));
    }
    assert_int_equal(utc_s, 42);
    assert_true(text_to_time("2024-01-01T00:00:01.999999Z", &utc_s));
    assert_int_equal(utc_s, 1704067201);
}

static void test_distance(void **state)
{
    (void)state;
    assert_int_equal(text_distance("", ""), 0);
    assert_int_equal(text_distance("", "abc"), 3);
    assert_int_equal(text_distance("abc", ""), 3);
    assert_int_equal(text_distance("kitten", "sitting"), 3);
    assert_int_equal(text_distance("sync", "snyc"), 1);
    assert_int_equal(text_distance("ab", "ba"), 1);
    assert_int_equal(text_distance("ca", "abc"), 3);
    assert_int_equal(text_distance("rock", "rocks"), 1);
    assert_int_equal(text_distance("rock", "Rock"), 1);
}

static void test_nearest(void **state)
{
    (void)state;
    static const char *const names[] = {"status", "sort", "login", "logout", "genres"};
    assert_string_equal(text_nearest("stauts", names, 5), "status");
    assert_string_equal(text_nearest("SORT", names, 5), "sort");
    assert_string_equal(text_nearest("lgoin", names, 5), "login");
    assert_string_equal(text_nearest("genre", names, 5), "genres");
    assert_string_equal(text_nearest("logut", names, 5), "logout");
    assert_null(text_nearest("xyz", names, 5));
    assert_null(text_nearest("", names, 5));
    assert_null(text_nearest("s", names, 5));
    assert_null(text_nearest("sort", names, 0));
}

static void test_unescape(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        const char *out;
    } cases[] = {
        {"", ""},
        {"a &amp; b", "a & b"},
        {"&lt;&gt;&quot;&#39;&#x27;&#x2F;&#X2f;&apos;", "<>\"''//'"},
        {"&amp;lt;", "&lt;"},
        {"&#233;&#x1F600;", "\xc3\xa9\xf0\x9f\x98\x80"},
        {"&", "&"},
        {"&&amp", "&&amp"},
        {"&#;&#x;&#xg;&#12", "&#;&#x;&#xg;&#12"},
        {"&#0;&#xD800;&#x110000;&#99999999999;", "&#0;&#xD800;&#x110000;&#99999999999;"},
        {"&nbsp;&AMP;", "&nbsp;&AMP;"},
        {"&#128;", "\xc2\x80"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[64];
        assert_true(text_copy(text, sizeof(text), cases[i].in));
        text_unescape_html(text);
        assert_string_equal(text, cases[i].out);
    }
}

static void test_columns_and_fit(void **state)
{
    (void)state;
    char out[64];
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
    assert_int_equal(text_columns(""), 0);
    assert_int_equal(text_columns("a\xc3\xa9"), 2);
    assert_int_equal(text_columns("\xe6\x97\xa5\xe6\x9c\xac"), 4); /* two wide characters */
    assert_int_equal(text_columns("e\xcc\x81"), 1);                /* a combining accent */
    assert_int_equal(text_columns("\x1b[\xff"), 3);

    text_fit("ab", 4, out, sizeof(out));
    assert_string_equal(out, "ab  ");
    text_fit("abcd", 4, out, sizeof(out));
    assert_string_equal(out, "abcd");
    text_fit("abcde", 4, out, sizeof(out));
    assert_string_equal(out, "abc\xe2\x80\xa6");
    text_fit("\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5", 5, out, sizeof(out));
    assert_string_equal(out, "\xe6\x97\xa5\xe6\x9c\xac\xe2\x80\xa6");
    text_fit("\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5", 4, out, sizeof(out));
    assert_string_equal(out, "\xe6\x97\xa5\xe2\x80\xa6 ");
    text_fit("e\xcc\x81", 2, out, sizeof(out));
    assert_string_equal(out, "e\xcc\x81 ");
    text_fit("a\x1b\n\xff"
             "b",
             6, out, sizeof(out));
    assert_string_equal(out, "a???b ");
    text_fit("abc", 0, out, sizeof(out));
    assert_string_equal(out, "");
    text_fit("abc", 1, out, sizeof(out));
    assert_string_equal(out, "\xe2\x80\xa6");
    for (size_t size = 1; size < 12; size++) {
        text_fit("a\xe6\x97\xa5\xe6\x9c\xac", 20, out, size);
        assert_true(strlen(out) < size);
        assert_true(text_is_utf8(out, strlen(out)));
        text_fit("a\xe6\x97\xa5\xe6\x9c\xac", 3, out, size);
        assert_true(strlen(out) < size);
        assert_true(text_is_utf8(out, strlen(out)));
    }
}

/* Vectors from the FNV reference's test suite. */
static void test_hash(void **state)
{
    (void)state;
    assert_true(text_hash("", 0, TEXT_HASH_START) == 0xcbf29ce484222325u);
    assert_true(text_hash("a", 1, TEXT_HASH_START) == 0xaf63dc4c8601ec8cu);
    assert_true(text_hash("foobar", 6, TEXT_HASH_START) == 0x85944171f73967e8u);
    uint64_t half = text_hash("foo", 3, TEXT_HASH_START);
    assert_true(text_hash("bar", 3, half) == 0x85944171f73967e8u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_trim_equal_prefix),
        cmocka_unit_test(test_to_int),
        cmocka_unit_test(test_to_num),
        cmocka_unit_test(test_to_bool),
        cmocka_unit_test(test_to_duration),
        cmocka_unit_test(test_duration),
        cmocka_unit_test(test_times_there_and_back),
        cmocka_unit_test(test_times_that_are_none),
        cmocka_unit_test(test_distance),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_unescape),
        cmocka_unit_test(test_columns_and_fit),
        cmocka_unit_test(test_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
