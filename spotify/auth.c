#include "spotify/auth.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/rand.h"
#include "base/text.h"
#include "base/url.h"
#include "spotify/endpoint.h"

void auth_begin(struct auth_login *login, const char *client_id, uint16_t port, int64_t now_s)
{
    *login = (struct auth_login){.begun_s = now_s, .pending = true};
    text_copy(login->client_id, sizeof(login->client_id), client_id);
    rand_token(login->state, sizeof(login->state) - 1);
    rand_token(login->verifier, sizeof(login->verifier) - 1);
    snprintf(login->redirect_uri, sizeof(login->redirect_uri), "http://127.0.0.1:%u/callback",
             (unsigned)port);
}

void auth_authorize_url(const struct auth_login *login, const char *accounts_url, struct buf *b)
{
    uint8_t digest[32];
    char challenge[4 * sizeof(digest) / 3 + 3];
    rand_sha256(login->verifier, strlen(login->verifier), digest);
    rand_base64url(digest, sizeof(digest), challenge);
    buf_printf(b, "%s/authorize?", accounts_url);
    url_param(b, "client_id", login->client_id);
    url_param(b, "response_type", "code");
    url_param(b, "redirect_uri", login->redirect_uri);
    url_param(b, "scope", AUTH_SCOPES);
    url_param(b, "state", login->state);
    url_param(b, "code_challenge_method", "S256");
    url_param(b, "code_challenge", challenge);
}

enum err_code auth_answer(struct auth_login *login, const char *url, int64_t now_s,
                          struct secret *ret_code, struct err *e)
{
    char state[256] = "";
    char code[2048] = "";
    char error[64] = "";
    if (!login->pending)
        return err_set(e, ERR_USAGE, "no login is waiting for this answer: run 'genrectl login'");
    if (!url_query_get(url, "state", state, sizeof(state)) || !rand_equal(state, login->state))
        return err_set(e, ERR_USAGE, "this is not the answer to the login that is waiting");
    login->pending = false;
    if (now_s > login->begun_s + AUTH_ANSWER_WITHIN_S || now_s < login->begun_s)
        return err_set(e, ERR_LOGIN, "the answer came too late: run 'genrectl login' again");
    if (url_query_get(url, "error", error, sizeof(error)))
        return err_set(e, ERR_LOGIN, "Spotify did not log in: %s",
                       strcmp(error, "access_denied") == 0 ? "access was denied" : error);
    if (!url_query_get(url, "code", code, sizeof(code)) || !*code)
        return err_set(e, ERR_LOGIN, "the answer holds no code: run 'genrectl login' again");
    secret_set(ret_code, code);
    secret_zero(code, sizeof(code));
    return ERR_OK;
}

static void token_request(struct http_req *r, const char *accounts_url)
{
    r->method = HTTP_POST;
    r->family = ENDPOINT_TOKEN;
    r->secret_body = true;
    r->content_type = "application/x-www-form-urlencoded";
    snprintf(r->url, sizeof(r->url), "%s/api/token", accounts_url);
}

void auth_code_ask(const struct auth_login *login, const char *accounts_url,
                   const struct secret *code, struct http_req *r)
{
    token_request(r, accounts_url);
    url_param(&r->body, "grant_type", "authorization_code");
    url_param(&r->body, "code", code->bytes);
    url_param(&r->body, "redirect_uri", login->redirect_uri);
    url_param(&r->body, "client_id", login->client_id);
    url_param(&r->body, "code_verifier", login->verifier);
}

void auth_refresh_ask(const char *client_id, const char *accounts_url, const struct secret *refresh,
                      struct http_req *r)
{
    token_request(r, accounts_url);
    /* Where refresh tokens rotate, the service takes the old one again when its answer was lost. */
    r->idempotent = true;
    url_param(&r->body, "grant_type", "refresh_token");
    url_param(&r->body, "refresh_token", refresh->bytes);
    url_param(&r->body, "client_id", client_id);
}

static enum err_code token_refused(const struct http_res *res, const struct json *j, struct err *e)
{
    const char *error = json_get_str(j, "error");
    if (text_equal(error, "invalid_grant"))
        return err_set(e, ERR_LOGIN,
                       "the login has ended or was revoked: run 'genrectl login' once more");
    if (text_equal(error, "invalid_client"))
        return err_set(e, ERR_CONFIG,
                       "Spotify does not know this client_id: compare it with the dashboard");
    if (res->status >= 500)
        return err_set(e, ERR_NETWORK, "Spotify's login service has trouble (status %d)",
                       res->status);
    return err_set(e, ERR_REFUSED, "Spotify's login service refused with status %d", res->status);
}

enum err_code auth_token_take(const struct http_res *res, int64_t now_s, struct auth_token *t,
                              struct err *e)
{
    if (res->result != HTTP_RESULT_REPLY)
        return err_set(e, ERR_NETWORK, "Spotify's login service cannot be reached: %s",
                       res->failure);
    struct json *j = NULL;
    struct err unreadable = {0};
    enum err_code code = json_parse(buf_str(&res->body), res->body.len, &j, &unreadable);
    const char *access = json_get_str(j, "access_token");
    const char *refresh = json_get_str(j, "refresh_token");
    if (res->status != 200)
        code = token_refused(res, j, e);
    else if (code || !access || !*access)
        code = err_set(e, ERR_NETWORK, "Spotify's login service answered without a token");
    if (code == ERR_OK) {
        secret_set(&t->access, access);
        if (refresh && *refresh)
            secret_set(&t->refresh, refresh);
        t->access_expires_s = now_s + json_get_int(j, "expires_in", 3600);
        if (json_get_str(j, "scope"))
            text_copy(t->scope, sizeof(t->scope), json_get_str(j, "scope"));
    }
    json_free(j);
    return code;
}

int64_t auth_login_expires_s(const struct auth_token *t)
{
    if (!secret_is_set(&t->refresh) || t->consent_s <= 0)
        return 0;
    time_t consent = (time_t)t->consent_s;
    struct tm tm;
    gmtime_r(&consent, &tm);
    tm.tm_mon += AUTH_LOGIN_MONTHS;
    return (int64_t)timegm(&tm);
}

void auth_token_wipe(struct auth_token *t)
{
    secret_wipe(&t->access);
    secret_wipe(&t->refresh);
    *t = (struct auth_token){0};
}

void auth_token_pack(const struct auth_token *t, struct secret *ret_text)
{
    struct json *j = json_object();
    struct buf b;
    buf_init(&b, 1 << 16);
    json_set_str(j, "access", t->access.bytes);
    json_set_str(j, "refresh", t->refresh.bytes);
    json_set_int(j, "access_expires_s", t->access_expires_s);
    json_set_int(j, "consent_s", t->consent_s);
    json_set_str(j, "scope", t->scope);
    json_print(j, false, &b);
    secret_set(ret_text, buf_str(&b));
    secret_zero(b.data, b.len);
    buf_free(&b);
    json_free(j);
}

enum err_code auth_token_unpack(const struct secret *text, struct auth_token *ret_token,
                                struct err *e)
{
    struct json *j = NULL;
    enum err_code code = json_parse(text->bytes, text->len, &j, e);
    if (code)
        return code;
    struct auth_token t = {0};
    secret_set(&t.access, json_get_str(j, "access"));
    secret_set(&t.refresh, json_get_str(j, "refresh"));
    t.access_expires_s = json_get_int(j, "access_expires_s", 0);
    t.consent_s = json_get_int(j, "consent_s", 0);
    text_copy(t.scope, sizeof(t.scope), json_get_str(j, "scope") ? json_get_str(j, "scope") : "");
    json_free(j);
    auth_token_wipe(ret_token);
    *ret_token = t;
    return ERR_OK;
}
