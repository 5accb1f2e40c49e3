/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "base/http.h"
#include "base/text.h"

static void test_clear_request(void **state)
{
    (void)state;
    static const struct http_req zero;
    struct http_req r = {.method = HTTP_POST, .secret_body = true, .tag = 7, .family = 2};
    assert_true(text_copy(r.url, sizeof(r.url), "https://example.org/"));
    assert_true(buf_add_str(&r.body, "refresh_token=x"));
    http_req_clear(&r);
    assert_memory_equal(&r, &zero, sizeof(r));
    http_req_clear(&r);
    assert_true(buf_add_str(&r.body, "plain"));
    http_req_clear(&r);
    assert_null(r.body.data);
    http_req_clear(NULL);
}

static void test_clear_reply(void **state)
{
    (void)state;
    struct http_res r = {.status = 200, .retry_after_s = -1, .is_json = true};
    assert_true(buf_add_str(&r.body, "{}"));
    http_res_clear(&r);
    assert_int_equal(r.status, 0);
    assert_null(r.body.data);
    http_res_clear(&r);
    http_res_clear(NULL);
}

static void test_method_names(void **state)
{
    (void)state;
    assert_string_equal(http_method_name(HTTP_GET), "GET");
    assert_string_equal(http_method_name(HTTP_POST), "POST");
    assert_string_equal(http_method_name(HTTP_PUT), "PUT");
    assert_string_equal(http_method_name(HTTP_DELETE), "DELETE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clear_request),
        cmocka_unit_test(test_clear_reply),
        cmocka_unit_test(test_method_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
