/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "base/url.h"

static void test_encode(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1000);
    url_encode(&b, "AZaz09-._~ +&=/?#%\xc3\xa9");
    assert_string_equal(b.data, "AZaz09-._~%20%2B%26%3D%2F%3F%23%25%C3%A9");
    buf_free(&b);
}

static void test_params(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1000);
    url_param(&b, "a", "1");
    url_param(&b, "b c", "d&e");
    assert_string_equal(b.data, "a=1&b%20c=d%26e");
    buf_clear(&b);
    buf_add_str(&b, "https://x/y?");
    url_param(&b, "a", "");
    url_param(&b, "b", "2");
    assert_string_equal(b.data, "https://x/y?a=&b=2");
    buf_free(&b);
}

static void assert_value(const char *query, const char *key, const char *value)
{
    char out[16] = "untouched";
    bool found = url_query_get(query, key, out, sizeof(out));
    if (found != (value != NULL) || strcmp(out, found ? value : "untouched") != 0) {
        fail_msg("%s of %s: %s", key, query, out);
    }
}

static void test_query(void **state)
{
    (void)state;
    assert_value("a=1&b=2", "a", "1");
    assert_value("a=1&b=2", "b", "2");
    assert_value("a=1&b=2", "c", NULL);
    assert_value("aa=1&a=2", "a", "2");
    assert_value("a=1&a=2", "a", "1");
    assert_value("a=&b", "a", "");
    assert_value("a=&b", "b", "");
    assert_value("", "a", NULL);
    assert_value("&&a=1&", "a", "1");
    assert_value("a=b=c", "a", "b=c");
    assert_value("a=x%20y+z%2B", "a", "x y z+");
    assert_value("%61%2f=%C3%A9", "a/", "\xc3\xa9");
    assert_value("A=1", "a", NULL);
}

static void test_query_of_url(void **state)
{
    (void)state;
    assert_value("http://127.0.0.1:8888/callback?code=a%2Fb&state=s#code=z", "code", "a/b");
    assert_value("http://127.0.0.1:8888/callback?code=a&state=s#code=z", "state", "s");
    assert_value("/callback?code=a", "code", "a");
    assert_value("?code=a", "code", "a");
    assert_value("/x=1?y=2", "y", "2");
    assert_value("http://h/p=1", "p", NULL);
    assert_value("http://h/#a=1", "a", NULL);
    assert_value("a=what?&b=2", "a", "what?");
    assert_value("a=1?b=2", "b", NULL);
    assert_value("to=http://h/?x=1&b=2", "b", "2");
    assert_value("a=1#b", "a", "1");
    assert_value("#a=1", "a", NULL);
}

static void test_query_malformed(void **state)
{
    (void)state;
    assert_value("a=%", "a", NULL);
    assert_value("a=%4", "a", NULL);
    assert_value("a=%4&b=1", "a", NULL);
    assert_value("a=%zz", "a", NULL);
    assert_value("a=%4g", "a", NULL);
    assert_value("a=x%00y", "a", NULL);
    assert_value("%=1&a=2", "a", "2");
    assert_value("a=123456789012345", "a", "123456789012345");
    assert_value("a=1234567890123456", "a", NULL);
    assert_value("a=12345678901234%35", "a", "123456789012345");
}

static void test_loopback(void **state)
{
    (void)state;
    static const char *const yes[] = {
        "http://127.0.0.1",     "http://127.0.0.1:8888/callback",
        "http://127.255.3.4/",  "http://[::1]",
        "http://[::1]:80/x",    "http://localhost",
        "HTTP://LOCALHOST:1?a", "http://localhost#x",
    };
    static const char *const no[] = {
        "",
        "http://",
        "https://127.0.0.1",
        "127.0.0.1",
        "http://128.0.0.1",
        "http://127.0.0.1.example.org",
        "http://127.0.0.1@example.org",
        "http://127.0.0.1:80@example.org",
        "http://localhost:80:80",
        "http://localhost.example.org",
        "http://localhostx",
        "http://user@localhost",
        "http://127.0.0.256",
        "http://127.0.0",
        "http://127.1",
        "http://127.0.0.01",
        "http://127.0..1",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:",
        "http://127.0.0.1\\@example.org",
        "http://[::1",
        "http://[::2]",
        "http://[::1]x",
        "http:///127.0.0.1",
        " http://127.0.0.1",
    };
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        assert_true(url_is_loopback(yes[i]));
    }
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        assert_false(url_is_loopback(no[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encode),          cmocka_unit_test(test_params),
        cmocka_unit_test(test_query),           cmocka_unit_test(test_query_of_url),
        cmocka_unit_test(test_query_malformed), cmocka_unit_test(test_loopback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
