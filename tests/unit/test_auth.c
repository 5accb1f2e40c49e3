#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/rand.h"
#include "base/text.h"
#include "base/url.h"
#include "spotify/auth.h"

static void test_authorize_url(void **state)
{
    struct auth_login login;
    struct buf url;
    char value[256];
    uint8_t digest[32];
    char challenge[64];
    (void)state;
    buf_init(&url, 0);
    auth_begin(&login, "client", 8888, 100);
    auth_authorize_url(&login, "https://accounts.example", &url);
    assert_true(url_query_get(buf_str(&url), "redirect_uri", value, sizeof(value)));
    assert_string_equal(value, "http://127.0.0.1:8888/callback");
    assert_true(url_query_get(buf_str(&url), "code_challenge_method", value, sizeof(value)));
    assert_string_equal(value, "S256");
    assert_true(strlen(login.verifier) >= 43 && strlen(login.verifier) <= 128);
    rand_sha256(login.verifier, strlen(login.verifier), digest);
    rand_base64url(digest, sizeof(digest), challenge);
    assert_true(url_query_get(buf_str(&url), "code_challenge", value, sizeof(value)));
    assert_string_equal(value, challenge);
    assert_true(url_query_get(buf_str(&url), "scope", value, sizeof(value)));
    assert_string_equal(value, AUTH_SCOPES);
    assert_null(strstr(value, "user-library-modify")); /* likes are never written */
    assert_null(strstr(buf_str(&url), login.verifier));
    buf_free(&url);
}

static enum err_code answer(struct auth_login *login, const char *parameters, int64_t now_s)
{
    char url[512];
    struct secret code = {0};
    struct err e = {0};
    snprintf(url, sizeof(url), "http://127.0.0.1:8888/callback?%s&state=%s", parameters,
             login->state);
    enum err_code rc = auth_answer(login, url, now_s, &code, &e);
    assert_int_equal(secret_is_set(&code), rc == ERR_OK);
    secret_wipe(&code);
    return rc;
}

static void test_answers(void **state)
{
    struct auth_login login;
    struct secret code = {0};
    struct err e = {0};
    (void)state;
    auth_begin(&login, "client", 8888, 100);
    assert_int_equal(
        auth_answer(&login, "http://127.0.0.1:8888/callback?code=x&state=forged", 101, &code, &e),
        ERR_USAGE);
    assert_true(login.pending); /* a forged answer does not end the real login */
    assert_int_equal(answer(&login, "code=x", 101), ERR_OK);
    assert_int_equal(answer(&login, "code=x", 101), ERR_USAGE); /* single use */
    auth_begin(&login, "client", 8888, 100);
    assert_int_equal(answer(&login, "code=x", 101 + AUTH_ANSWER_WITHIN_S), ERR_LOGIN);
    auth_begin(&login, "client", 8888, 100);
    assert_int_equal(answer(&login, "error=access_denied", 101), ERR_LOGIN);
    auth_begin(&login, "client", 8888, 100);
    assert_int_equal(answer(&login, "other=1", 101), ERR_LOGIN);
}

static enum err_code take(struct auth_token *t, int status, const char *body)
{
    struct http_res res = {.result = HTTP_RESULT_REPLY, .status = status, .retry_after_s = -1};
    struct err e = {0};
    buf_add_str(&res.body, body);
    enum err_code code = auth_token_take(&res, 1000, t, &e);
    assert_null(strstr(e.text, "RRR"));
    http_res_clear(&res);
    return code;
}

static void test_refresh_answers(void **state)
{
    struct auth_token t = {0};
    (void)state;
    assert_int_equal(take(&t, 200,
                          "{\"access_token\":\"AAA\",\"refresh_token\":\"RRR\","
                          "\"expires_in\":3600}"),
                     ERR_OK);
    assert_int_equal(t.access_expires_s, 4600);
    assert_int_equal(take(&t, 200, "{\"access_token\":\"BBB\",\"expires_in\":10}"), ERR_OK);
    assert_string_equal(t.refresh.bytes, "RRR"); /* none came: the old one is kept */
    assert_int_equal(take(&t, 200, "{\"access_token\":\"CCC\",\"refresh_token\":null}"), ERR_OK);
    assert_string_equal(t.refresh.bytes, "RRR");
    assert_int_equal(take(&t, 200, "{\"access_token\":\"DDD\",\"refresh_token\":\"SSS\"}"), ERR_OK);
    assert_string_equal(t.refresh.bytes, "SSS");
    assert_int_equal(take(&t, 400, "{\"error\":\"invalid_grant\"}"), ERR_LOGIN);
    assert_int_equal(take(&t, 400, "{\"error\":\"invalid_client\"}"), ERR_CONFIG);
    assert_int_equal(take(&t, 503, "<html>"), ERR_NETWORK);
    assert_int_equal(take(&t, 200, "not json"), ERR_NETWORK);
    assert_string_equal(t.refresh.bytes, "SSS");
    assert_string_equal(t.access.bytes, "DDD");
    auth_token_wipe(&t);
}

static void test_a_login_ends_after_six_months(void **state)
{
    static const struct {
        const char *consent;
        const char *end;
    } cases[] = {
        {"2026-11-20T12:00:00Z", "2027-05-20T12:00:00Z"},
        {"2026-08-31T00:00:00Z", "2027-03-03T00:00:00Z"},
        {"2027-08-31T00:00:00Z", "2028-03-02T00:00:00Z"},
        {"2026-12-01T00:00:00Z", "2027-06-01T00:00:00Z"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct auth_token t = {0};
        int64_t end = 0;
        assert_int_equal(auth_login_expires_s(&t), 0);
        secret_set(&t.refresh, "RRR");
        assert_true(text_to_time(cases[i].consent, &t.consent_s));
        assert_true(text_to_time(cases[i].end, &end));
        assert_int_equal(auth_login_expires_s(&t), end);
        auth_token_wipe(&t);
    }
}

static void test_packed_and_unpacked(void **state)
{
    struct auth_token t = {.access_expires_s = 5, .consent_s = 6, .scope = "a b"};
    struct auth_token u = {0};
    struct secret text = {0};
    struct err e = {0};
    (void)state;
    secret_set(&t.access, "AAA\"\\");
    secret_set(&t.refresh, "RRR");
    auth_token_pack(&t, &text);
    assert_int_equal(auth_token_unpack(&text, &u, &e), ERR_OK);
    assert_string_equal(u.access.bytes, t.access.bytes);
    assert_string_equal(u.refresh.bytes, t.refresh.bytes);
    assert_int_equal(u.consent_s, 6);
    secret_wipe(&text);
    auth_token_wipe(&t);
    auth_token_wipe(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_authorize_url),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_refresh_answers),
        cmocka_unit_test(test_a_login_ends_after_six_months),
        cmocka_unit_test(test_packed_and_unpacked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
