#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "spotify/access.h"

static struct http_res answer(int status, const char *body)
{
    struct http_res res = {.result = HTTP_RESULT_REPLY, .status = status, .retry_after_s = -1};
    buf_add_str(&res.body, body);
    return res;
}

static enum access_verdict learn(struct access *a, enum endpoint_family family, int status)
{
    struct http_res res = answer(status, "");
    enum access_verdict verdict = access_learn(a, family, &res, 1000);
    http_res_clear(&res);
    return verdict;
}

static void test_a_refusal_is_remembered_for_a_week(void **state)
{
    struct access a = {0};
    (void)state;
    assert_true(access_may_ask(&a, ENDPOINT_STATISTICS, 1000));
    assert_int_equal(learn(&a, ENDPOINT_STATISTICS, 403), ACCESS_DENIED);
    assert_true(a.changed);
    assert_false(access_may_ask(&a, ENDPOINT_STATISTICS, 1000 + ACCESS_ASK_AGAIN_S - 1));
    assert_true(access_may_ask(&a, ENDPOINT_STATISTICS, 1000 + ACCESS_ASK_AGAIN_S));
    assert_true(access_may_ask(&a, ENDPOINT_STATISTICS, 10)); /* the clock jumped back */
    assert_string_equal(access_regime(&a), "development");
}

static void test_new_shape_then_old(void **state)
{
    static const int refusals[] = {400, 403, 404, 405, 410};
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct access a = {0};
        assert_int_equal(access_shape(&a, ENDPOINT_CREATE), ENDPOINT_NEW);
        assert_int_equal(learn(&a, ENDPOINT_CREATE, refusals[i]), ACCESS_TRY_OTHER);
        assert_int_equal(access_shape(&a, ENDPOINT_CREATE), ENDPOINT_OLD);
        assert_int_equal(learn(&a, ENDPOINT_CREATE, 201), ACCESS_ACCEPTED);
        assert_int_equal(access_shape(&a, ENDPOINT_CREATE), ENDPOINT_OLD);
    }
}

static void test_old_shape_that_ends_leads_back_to_the_new(void **state)
{
    struct access a = {0};
    (void)state;
    learn(&a, ENDPOINT_ITEMS_WRITE, 403);
    assert_int_equal(learn(&a, ENDPOINT_ITEMS_WRITE, 201), ACCESS_ACCEPTED);
    assert_int_equal(learn(&a, ENDPOINT_ITEMS_WRITE, 403), ACCESS_TRY_OTHER);
    assert_int_equal(access_shape(&a, ENDPOINT_ITEMS_WRITE), ENDPOINT_NEW);
    assert_int_equal(learn(&a, ENDPOINT_ITEMS_WRITE, 201), ACCESS_ACCEPTED);
    /* From now on a 403 speaks of that one playlist. */
    assert_int_equal(learn(&a, ENDPOINT_ITEMS_WRITE, 403), ACCESS_OTHER);
}

static void test_a_bad_song_says_nothing_of_access(void **state)
{
    struct access a = {0};
    (void)state;
    assert_int_equal(learn(&a, ENDPOINT_ITEMS_WRITE, 400), ACCESS_OTHER);
    assert_int_equal(learn(&a, ENDPOINT_ITEMS_WRITE, 404), ACCESS_OTHER);
    assert_int_equal(access_shape(&a, ENDPOINT_ITEMS_WRITE), ENDPOINT_NEW);
}

static void test_the_meanings_of_403(void **state)
{
    static const struct {
        const char *body;
        enum err_code code;
    } cases[] = {
        {"{\"error\": {\"status\": 403, \"message\": \"Forbidden\"}}", ERR_OK},
        {"{\"error\": {\"status\": 403}}", ERR_OK},
        {"", ERR_OK},
        {"Active premium subscription required for the owner of the app. When the", ERR_PREMIUM},
        {"User not registered in the Developer Dashboard", ERR_ALLOWLIST},
        {"Check settings on the dashboard, the user may not be registered.", ERR_ALLOWLIST},
        {"{\"error\":{\"status\":403,\"message\":\"Insufficient client scope\"}}", ERR_SCOPE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e = {0};
        struct http_res res = answer(403, cases[i].body);
        assert_int_equal(access_forbidden(&res, &e), cases[i].code);
        assert_int_equal(strlen(e.text) > 0, cases[i].code != ERR_OK);
        http_res_clear(&res);
    }
}

static void test_written_and_read(void **state)
{
    struct access a = {0};
    struct access b = {0};
    struct buf text;
    (void)state;
    buf_init(&text, 0);
    learn(&a, ENDPOINT_STATISTICS, 403);
    learn(&a, ENDPOINT_CREATE, 403);
    learn(&a, ENDPOINT_CREATE, 201);
    access_write(&a, &text);
    buf_add_str(&text, "99 open 0 1\nnonsense\n3 maybe 0 0");
    access_read(&b, buf_str(&text));
    assert_memory_equal(a.family, b.family, sizeof(a.family));
    access_forget(&b);
    assert_true(access_may_ask(&b, ENDPOINT_STATISTICS, 1001));
    assert_true(access_is_open(&b, ENDPOINT_CREATE));
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_refusal_is_remembered_for_a_week),
        cmocka_unit_test(test_new_shape_then_old),
        cmocka_unit_test(test_old_shape_that_ends_leads_back_to_the_new),
        cmocka_unit_test(test_a_bad_song_says_nothing_of_access),
        cmocka_unit_test(test_the_meanings_of_403),
        cmocka_unit_test(test_written_and_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
