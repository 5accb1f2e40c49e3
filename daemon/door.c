#include "daemon/door.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "daemon/api.h"
#include "daemon/app.h"
#include "store/setting.h"

#define PASSWORD "page_password"

static bool is_own_machine(const char *address)
{
    struct in_addr four;
    return text_equal(address, "::1") ||
           (inet_pton(AF_INET, address, &four) == 1 && ntohl(four.s_addr) >> 24 == 127);
}

enum err_code door_load(struct door *d, struct app *app, struct err *e)
{
    struct buf hash;
    d->app = app;
    buf_init(&hash, 4096);
    enum err_code code = store_setting_get(app->store, PASSWORD, &hash, e);
    if (code == ERR_OK)
        guard_open(&d->guard, buf_str(&hash));
    buf_free(&hash);
    return code;
}

void door_close(struct door *d)
{
    guard_close(&d->guard);
}

/* --- the listener ------------------------------------------------------------------------------
 */

static bool is_unencrypted(const struct door *d)
{
    const struct app *a = d->app;
    return a->page_server && !is_own_machine(a->config.listen_host);
}

static void unencrypted_sentence(const struct door *d, char *out, size_t out_size)
{
    snprintf(out, out_size,
             "the page on %s is without TLS, so that the password and all data cross the network "
             "unencrypted: let it listen on 127.0.0.1 behind a reverse proxy with TLS, see README",
             d->app->config.listen);
}

/* Why there is to be none; false: there is to be one. */
static bool find_reason(struct door *d)
{
    const struct app *a = d->app;
    const char *why = NULL;
    d->trouble = false;
    if (a->config.account)
        why = "the page is the first account's";
    else if (!a->config.listen_host)
        why = "listen in [daemon] is off";
    else if (a->options.transient >= 0)
        why = "the page is there only while genred runs as a service, see README";
    if (!why && !is_own_machine(a->config.listen_host) && !guard_has_password(&d->guard)) {
        d->trouble = true;
        why = "the page is closed, since its address can be reached from the network and no "
              "password is set: run 'genrectl web --password'";
    }
    text_copy(d->closed, sizeof(d->closed), why ? why : "");
    return why;
}

void door_open(struct door *d)
{
    struct app *a = d->app;
    struct err e = {0};
    char text[300];
    if (a->page_server)
        return;
    if (find_reason(d)) {
        if (d->trouble)
            log_warning("page: off reason='%s'", d->closed);
        return;
    }
    struct server_options options = {
        .handler = api_handle,
        .ctx = a,
        .host = *a->config.page_host ? a->config.page_host : NULL,
        .owners = true,
        .group = app_socket_group(a),
    };
    if (server_open_tcp(a->loop, &options, a->config.listen_host, (uint16_t)a->config.listen_port,
                        &a->page_server, &e)) {
        d->trouble = true;
        snprintf(d->closed, sizeof(d->closed), "the page cannot be opened: %.200s", e.text);
        log_warning("page: off reason='%s'", e.text);
        return;
    }
    if (is_unencrypted(d)) {
        unencrypted_sentence(d, text, sizeof(text));
        log_warning("page: %s", text);
    }
}

char *door_address(const struct door *d)
{
    const struct app *a = d->app;
    if (!a->page_server)
        return NULL;
    const char *host = a->config.listen_host; /* of "all", the one that is right here */
    host = text_equal(host, "0.0.0.0") ? "127.0.0.1" : text_equal(host, "::") ? "::1" : host;
    return mem_printf(strchr(host, ':') ? "http://[%s]:%u/" : "http://%s:%u/", host,
                      (unsigned)server_port(a->page_server));
}

struct json *door_json(const struct door *d)
{
    const struct app *a = d->app;
    struct json *j = json_object();
    char *page = door_address(d);
    json_set_str(j, "page", page);
    json_set_str(j, "listen", a->config.listen);
    json_set_str(j, "host", *a->config.page_host ? a->config.page_host : NULL);
    json_set_bool(j, "password", guard_has_password(&d->guard));
    json_set_bool(j, "encrypted", !is_unencrypted(d));
    json_set_str(j, "closed", *d->closed ? d->closed : NULL);
    struct json *warnings = json_array();
    door_warn(d, warnings);
    json_set(j, "warnings", warnings);
    free(page);
    return j;
}

void door_warn(const struct door *d, struct json *warnings)
{
    char text[300];
    if (d->trouble)
        json_add_str(warnings, d->closed);
    if (is_unencrypted(d)) {
        unencrypted_sentence(d, text, sizeof(text));
        json_add_str(warnings, text);
    }
}

/* --- the password ------------------------------------------------------------------------------
 */

enum err_code door_keep(const struct door *d, struct err *e)
{
    const char *hash = d->guard.password;
    return *hash ? store_setting_put(d->app->store, PASSWORD, hash, strlen(hash), e)
                 : store_setting_drop(d->app->store, PASSWORD, e);
}

enum err_code door_set_password(struct door *d, const char *password, struct err *e)
{
    char hash[PASSWORD_HASH_SIZE] = "";
    char old[PASSWORD_HASH_SIZE];
    struct app *a = d->app;
    if (a->config.account)
        return err_set(e, ERR_USAGE, "the page, and so its password, is the first account's");
    if (*password) {
        if (password_check(password, e))
            return e->code;
        password_hash(password, hash);
    }
    text_copy(old, sizeof(old), d->guard.password);
    guard_set_password(&d->guard, hash);
    enum err_code code = door_keep(d, e);
    if (code)
        guard_set_password(&d->guard, old);
    if (a->page_server)
        server_drop_streams(a->page_server); /* whoever listens must come in again */
    if (code == ERR_OK)
        log_info("page: password=%s", *hash ? "set" : "none");
    if (a->page_server && find_reason(d)) {
        server_close(a->page_server);
        a->page_server = NULL;
        log_warning("page: off reason='%s'", d->closed);
    } else if (code == ERR_OK)
        door_open(d);
    secret_zero(hash, sizeof(hash));
    secret_zero(old, sizeof(old));
    return code;
}

/* --- requests ----------------------------------------------------------------------------------
 */

/* What a reverse proxy says that the browser came by, else what the browser itself tells. Whoever
 * forges it fools nobody but their own browser. */
static bool came_encrypted(const struct server_request *req)
{
    static const char *const local[] = {"127.0.0.1", "localhost", "[::1]"};
    const char *proto = server_request_header(req, "X-Forwarded-Proto");
    const char *forwarded = server_request_header(req, "Forwarded");
    const char *origin = server_request_header(req, "Origin");
    const char *host = server_request_header(req, "Host");
    if (proto)
        return strcasecmp(proto, "https") == 0;
    if (forwarded && strcasestr(forwarded, "proto="))
        return strcasestr(forwarded, "proto=https") || strcasestr(forwarded, "proto=\"https");
    if (origin && text_starts_with(origin, "https://"))
        return true;
    for (size_t i = 0; host && i < sizeof(local) / sizeof(local[0]); i++) {
        size_t n = strlen(local[i]);
        if (strncasecmp(host, local[i], n) == 0 && (host[n] == ':' || host[n] == '\0'))
            return true;
    }
    return false;
}

static void set_cookie(const struct server_request *req, struct server_reply *reply, const char *id)
{
    const char *origin = server_request_header(req, "Origin");
    bool https = origin && text_starts_with(origin, "https://");
    char text[160];
    snprintf(text, sizeof(text), GUARD_COOKIE "=%s; HttpOnly; SameSite=Strict; Path=/%s%s", id,
             *id ? "" : "; Max-Age=0", https ? "; Secure" : "");
    server_reply_header(reply, "Set-Cookie", text);
}

static void reply_session(struct door *d, const struct server_request *req,
                          struct server_reply *reply, bool in)
{
    bool password = guard_has_password(&d->guard);
    struct json *j = json_object();
    json_set_str(j, "token", in ? d->guard.token : NULL);
    json_set_str(j, "password", !password ? "none" : in ? "given" : "wanted");
    json_set_bool(j, "encrypted", came_encrypted(req));
    api_reply(reply, 200, j);
}

static void enter(struct door *d, const struct server_request *req, struct server_reply *reply)
{
    char id[GUARD_TOKEN_SIZE] = "";
    char after[24];
    struct err e = {0};
    struct json *body = NULL;
    int64_t left_ms = 0;
    if (!guard_has_password(&d->guard)) {
        reply_session(d, req, reply, true);
        return;
    }
    enum err_code code = json_parse(req->body, req->body_len, &body, &e);
    const char *password = code == ERR_OK ? json_get_str(body, "password") : NULL;
    if (!password)
        code = err_set(&e, ERR_USAGE, "the request's body has no password");
    else
        code = guard_enter(&d->guard, password, clock_boot_ms(), id, &left_ms, &e);
    json_free(body);
    if (code == ERR_OK) {
        set_cookie(req, reply, id);
        reply_session(d, req, reply, true);
        log_info("page: somebody came in");
        return;
    }
    if (code == ERR_PASSWORD)
        log_warning("page: wrong password times=%d", d->guard.wrong);
    if (code == ERR_RATE) {
        int64_t left_s = (left_ms + 999) / 1000;
        e.retry_at_s = clock_utc_s() + left_s;
        snprintf(after, sizeof(after), "%lld", (long long)left_s);
        server_reply_header(reply, "Retry-After", after);
    }
    api_refuse(reply, code == ERR_RATE ? 429 : code == ERR_PASSWORD ? 401 : 400, &e);
}

static void leave(struct door *d, const struct server_request *req, struct server_reply *reply)
{
    guard_leave(&d->guard, server_request_header(req, "Cookie"));
    set_cookie(req, reply, "");
    reply_session(d, req, reply, !guard_has_password(&d->guard));
}

/* A session's own route; false: it is none. */
static bool take_session(struct door *d, const struct server_request *req,
                         struct server_reply *reply, bool in)
{
    bool post = text_equal(req->method, "POST");
    if (text_equal(req->path, "/api/session") && text_equal(req->method, "GET"))
        reply_session(d, req, reply, in);
    else if (text_equal(req->path, "/api/session") && post)
        enter(d, req, reply);
    else if (text_equal(req->path, "/api/session/end") && post) {
        if (!in || door_lets_write(d, req, reply))
            leave(d, req, reply);
    } else
        return false;
    return true;
}

bool door_take(struct door *d, const struct server_request *req, struct server_reply *reply)
{
    struct err e = {0};
    if (req->stranger && !guard_has_password(&d->guard)) {
        err_set(&e, ERR_REFUSED,
                "this page is another user's of this machine: it opens to you once they have set a "
                "password with 'genrectl web --password'");
        api_refuse(reply, 403, &e);
        return true;
    }
    if (!text_starts_with(req->path, "/api/"))
        return false;
    bool in = guard_is_in(&d->guard, server_request_header(req, "Cookie"), clock_boot_ms());
    if (take_session(d, req, reply, in))
        return true;
    if (in)
        return false;
    err_set(&e, ERR_PASSWORD, "the page's password is wanted");
    api_refuse(reply, 401, &e);
    return true;
}

bool door_lets_write(struct door *d, const struct server_request *req, struct server_reply *reply)
{
    struct err e = {0};
    if (guard_token_is(&d->guard, server_request_header(req, "X-Genred-Token")))
        return true;
    err_set(&e, ERR_TOKEN, "the page is of an earlier start of genred: load it again");
    api_refuse(reply, 403, &e);
    return false;
}
