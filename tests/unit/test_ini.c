/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "base/buf.h"
#include "base/ini.h"

static enum err_code collect(void *ctx, const char *section, const char *key, const char *value,
                             int line, struct err *e)
{
    if (strcmp(key, "refuse") == 0) {
        return err_set(e, ERR_USAGE, "refused on line %d", line);
    }
    buf_printf(ctx, "%d:%s.%s=%s|", line, section, key, value);
    return ERR_OK;
}

static void assert_keys(const char *text, const char *wanted)
{
    struct buf b = {0};
    struct err e = {0};
    if (ini_parse(text, strlen(text), collect, &b, &e) != ERR_OK) {
        fail_msg("%s: %s", text, e.text);
    }
    assert_string_equal(buf_str(&b), wanted);
    buf_free(&b);
}

static void assert_malformed(const char *text, size_t n, const char *line)
{
    struct buf b = {0};
    struct err e = {0};
    if (ini_parse(text, n, collect, &b, &e) != ERR_CONFIG) {
        fail_msg("accepted: %s", text);
    }
    assert_memory_equal(e.text, line, strlen(line));
    buf_free(&b);
}

static void test_keys(void **state)
{
    (void)state;
    assert_keys("", "");
    assert_keys("\n \n# x\n;y\n  # z", "");
    assert_keys("a=1\n[s]\nb = two words \n c\t=\t3", "1:.a=1|3:s.b=two words|4:s.c=3|");
    assert_keys("[ s t ] # note\na=\nb=x=y", "2:s t.a=|3:s t.b=x=y|");
    assert_keys("[a]\nk=1\n[b]\nk=2\n[a]\nk=3", "2:a.k=1|4:b.k=2|6:a.k=3|");
    assert_keys("\xef\xbb\xbf[s]\r\na=1\r\n\r\nb=2\r\n", "2:s.a=1|4:s.b=2|");
    assert_keys("a=\xc3\xa9", "1:.a=\xc3\xa9|");
}

static void test_quotes_and_comments(void **state)
{
    (void)state;
    assert_keys("a=\" x \"", "1:.a= x |");
    assert_keys("a=\"x # y\" # z", "1:.a=x # y|");
    assert_keys("a=\"\"", "1:.a=|");
    assert_keys("a=x # y", "1:.a=x|");
    assert_keys("a=x\t; y", "1:.a=x|");
    assert_keys("a=x#y;z", "1:.a=x#y;z|");
    assert_keys("a= # y", "1:.a=|");
    assert_keys("a=say \"hi\"", "1:.a=say \"hi\"|");
    assert_keys("a='x'", "1:.a='x'|");
}

static void test_malformed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *line;
    } cases[] = {
        {"a", "line 1:"},
        {"a=1\nb", "line 2:"},
        {"\n\n=1", "line 3:"},
        {"[s", "line 1:"},
        {"[]", "line 1:"},
        {"[ ]", "line 1:"},
        {"[s] x", "line 1:"},
        {"a=\"x", "line 1:"},
        {"a=\"x\" y", "line 1:"},
        {"a=\"x\"\"", "line 1:"},
        {"a=1\n\na=\xff", "line 3:"},
        {"# \xc3(", "line 1:"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_malformed(cases[i].text, strlen(cases[i].text), cases[i].line);
    }
    assert_malformed("a=1\nb=\0\n", 8, "line 2:");
}

static void test_a_refusal_stops(void **state)
{
    (void)state;
    static const char text[] = "a=1\nrefuse=2\nb=3\n";
    struct buf b = {0};
    struct err e;
    assert_int_equal(ini_parse(text, strlen(text), collect, &b, &e), ERR_USAGE);
    assert_string_equal(e.text, "refused on line 2");
    assert_string_equal(buf_str(&b), "1:.a=1|");
    buf_free(&b);
}

static void test_stops_at_n(void **state)
{
    (void)state;
    struct buf b = {0};
    struct err e;
    assert_int_equal(ini_parse("a=123", 3, collect, &b, &e), ERR_OK);
    assert_string_equal(buf_str(&b), "1:.a=1|");
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),       cmocka_unit_test(test_quotes_and_comments),
        cmocka_unit_test(test_malformed),  cmocka_unit_test(test_a_refusal_stops),
        cmocka_unit_test(test_stops_at_n),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
