#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "spotify/judge.h"

enum request { READ, WRITE };

static struct retry_answer judge(enum request kind, enum http_result result, int status,
                                 int64_t retry_after_s, const char *body)
{
    struct http_req req = {.method = kind == READ ? HTTP_GET : HTTP_POST,
                           .auth = HTTP_AUTH_BEARER,
                           .idempotent = kind == READ};
    struct http_res res = {.result = result, .status = status, .retry_after_s = retry_after_s};
    struct retry_answer answer;
    buf_add_str(&res.body, body);
    judge_reply(&req, &res, 1, 0.5, &answer);
    http_res_clear(&res);
    return answer;
}

static void test_verdicts(void **state)
{
    static const struct {
        enum request kind;
        enum http_result result;
        int status;
        const char *body;
        enum retry_verdict verdict;
    } cases[] = {
        {READ, HTTP_RESULT_REPLY, 200, "{\"total\":0}", RETRY_DELIVER},
        {READ, HTTP_RESULT_REPLY, 200, "", RETRY_AGAIN},
        {READ, HTTP_RESULT_REPLY, 200, "<html>sign in</html>", RETRY_AGAIN},
        {READ, HTTP_RESULT_REPLY, 200, "{\"items\":[{\"a\":1}", RETRY_AGAIN},
        {WRITE, HTTP_RESULT_REPLY, 201, "", RETRY_DELIVER},
        {READ, HTTP_RESULT_UNSENT, 0, "", RETRY_AGAIN},
        {WRITE, HTTP_RESULT_UNSENT, 0, "", RETRY_AGAIN},
        {READ, HTTP_RESULT_UNKNOWN, 0, "", RETRY_AGAIN},
        {WRITE, HTTP_RESULT_UNKNOWN, 0, "", RETRY_DELIVER},
        {READ, HTTP_RESULT_REPLY, 502, "<html>", RETRY_AGAIN},
        {WRITE, HTTP_RESULT_REPLY, 502, "<html>", RETRY_DELIVER},
        {READ, HTTP_RESULT_REPLY, 401, "", RETRY_REAUTHORISE},
        {WRITE, HTTP_RESULT_REPLY, 401, "", RETRY_REAUTHORISE},
        {READ, HTTP_RESULT_REPLY, 403, "{\"error\":{\"status\":403}}", RETRY_DELIVER},
        {READ, HTTP_RESULT_REPLY, 403, "Active premium subscription required", RETRY_GIVE_UP},
        {READ, HTTP_RESULT_REPLY, 404, "", RETRY_DELIVER},
        {WRITE, HTTP_RESULT_REPLY, 400, "", RETRY_DELIVER},
        {READ, HTTP_RESULT_REPLY, 302, "", RETRY_GIVE_UP},
        {WRITE, HTTP_RESULT_REPLY, 429, "", RETRY_HOLD},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct retry_answer a =
            judge(cases[i].kind, cases[i].result, cases[i].status, -1, cases[i].body);
        assert_int_equal(a.verdict, cases[i].verdict);
        assert_int_equal(strlen(a.err.text) > 0, a.verdict == RETRY_GIVE_UP);
    }
}

static void test_rate_limits(void **state)
{
    (void)state;
    assert_int_equal(judge(READ, HTTP_RESULT_REPLY, 429, 7, "").delay_ms, 7000);
    assert_int_equal(judge(READ, HTTP_RESULT_REPLY, 429, 86400, "").delay_ms, 86400000);
    assert_int_equal(judge(READ, HTTP_RESULT_REPLY, 429, 0, "").delay_ms, 1000);
    int64_t none = judge(READ, HTTP_RESULT_REPLY, 429, -1, "Too many requests").delay_ms;
    assert_true(none >= 1000 && none <= 30000);
    assert_int_equal(
        judge(READ, HTTP_RESULT_REPLY, 429, -1, "{\"reason\":\"QUOTA_EXCEEDED\"}").delay_ms,
        15 * 60 * 1000);
}

static void test_retries_are_bounded(void **state)
{
    struct http_req req = {.method = HTTP_GET, .idempotent = true};
    struct http_res res = {.result = HTTP_RESULT_REPLY, .status = 503, .retry_after_s = -1};
    struct retry_answer a;
    int64_t before = 0;
    (void)state;
    for (unsigned attempt = 1; attempt < RETRY_ATTEMPTS; attempt++) {
        judge_reply(&req, &res, attempt, 0, &a);
        assert_int_equal(a.verdict, RETRY_AGAIN);
        assert_true(a.delay_ms > before);
        before = a.delay_ms;
    }
    judge_reply(&req, &res, RETRY_ATTEMPTS, 0, &a);
    assert_int_equal(a.verdict, RETRY_GIVE_UP);
    assert_int_equal(a.err.code, ERR_NETWORK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_rate_limits),
        cmocka_unit_test(test_retries_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
