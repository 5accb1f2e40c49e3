#include "daemon/door.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "daemon/api.h"
#include "daemon/app.h"
#include "store/setting.h"

#define PASSWORD    "page_password" /* in the state directory, and once in the store */
#define NONE        "none"
#define DAMAGED     "damaged" /* the hash of no password: nobody comes in before a new one is set */
#define SESSION     "/api/session"
#define SESSION_END SESSION "/end"
#define BODY_ENTER  ((size_t)4 << 10)
#define BODY_SMALL  ((size_t)16 << 10) /* before anything is known of who sends it */

static bool is_own_machine(const char *address)
{
    struct in_addr four;
    return text_equal(address, "::1") ||
           (inet_pton(AF_INET, address, &four) == 1 && ntohl(four.s_addr) >> 24 == 127);
}

static enum err_code file_put(const struct app *a, const char *hash, struct err *e)
{
    char *path = mem_printf("%s/" PASSWORD, a->config.state_dir);
    char *text = mem_printf("%s\n", *hash ? hash : NONE);
    enum err_code code = file_write(path, text, strlen(text), 0600, e);
    secret_zero(text, strlen(text));
    free(text);
    free(path);
    return code;
}

static enum err_code file_get(const char *path, char hash[PASSWORD_HASH_SIZE], struct err *e)
{
    struct buf text;
    buf_init(&text, 4096);
    enum err_code code = file_read(path, &text, e);
    if (code == ERR_OK && text.len > 0 && text.data[text.len - 1] == '\n')
        text.data[--text.len] = '\0';
    if (code == ERR_OK && (text.len == 0 || !text_copy(hash, PASSWORD_HASH_SIZE, text.data))) {
        log_error("page: password's file is damaged, set another path=%s", path);
        text_copy(hash, PASSWORD_HASH_SIZE, DAMAGED);
    }
    if (text_equal(hash, NONE))
        *hash = '\0';
    buf_free(&text);
    return code;
}

/* From where earlier versions kept it. */
static enum err_code take_from_store(struct app *a, char hash[PASSWORD_HASH_SIZE], struct err *e)
{
    struct buf kept;
    buf_init(&kept, 4096);
    enum err_code code = store_setting_get(a->store, PASSWORD, &kept, e);
    if (code == ERR_OK && kept.len > 0) {
        text_copy(hash, PASSWORD_HASH_SIZE, buf_str(&kept));
        code = file_put(a, hash, e);
        if (code == ERR_OK)
            code = store_setting_drop(a->store, PASSWORD, e);
    }
    buf_free(&kept);
    return code;
}

/* Whoever listens hears no more than their session may. */
static void session_ended(void *ctx, uint64_t session)
{
    const struct door *d = ctx;
    if (d->app->page_server)
        server_drop_session(d->app->page_server, session);
}

enum err_code door_load(struct door *d, struct app *app, struct err *e)
{
    char hash[PASSWORD_HASH_SIZE] = "";
    char *path = mem_printf("%s/" PASSWORD, app->config.state_dir);
    d->app = app;
    enum err_code code =
        file_exists(path) ? file_get(path, hash, e) : take_from_store(app, hash, e);
    if (code == ERR_OK) {
        guard_open(&d->guard, hash);
        d->guard.ended = session_ended;
        d->guard.ctx = d;
    }
    secret_zero(hash, sizeof(hash));
    free(path);
    return code;
}

static void look_for_idle(void *ctx)
{
    struct door *d = ctx;
    int64_t next_ms = guard_expire(&d->guard, clock_boot_ms());
    if (next_ms < 0)
        return;
    if (!d->idle)
        d->idle = loop_timer_new(d->app->loop, look_for_idle, d);
    loop_timer_start(d->idle, next_ms);
}

void door_close(struct door *d)
{
    loop_timer_free(d->idle);
    d->idle = NULL;
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
    if (!why && !guard_has_password(&d->guard)) {
        if (!is_own_machine(a->config.listen_host))
            why = "the page is closed, since its address can be reached from the network and no "
                  "password is set: run 'genrectl web --password'";
        else if (*a->config.page_host)
            why = "the page is closed, since page_host is for a reverse proxy, which lets others "
                  "in, and no password is set: run 'genrectl web --password'";
        d->trouble = why;
    }
    text_copy(d->closed, sizeof(d->closed), why ? why : "");
    return why;
}

void door_open(struct door *d)
{
    struct app *a = d->app;
    struct err e = {0};
    char text[300];
    if (a->page_server) {
        server_set_group(a->page_server, app_socket_group(a));
        return;
    }
    if (find_reason(d)) {
        if (d->trouble)
            log_warning("page: off reason='%s'", d->closed);
        return;
    }
    struct server_options options = {
        .handler = api_handle,
        .admit = door_admit,
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

enum err_code door_set_password(struct door *d, const char *password, struct err *e)
{
    char hash[PASSWORD_HASH_SIZE] = "";
    struct app *a = d->app;
    if (a->config.account)
        return err_set(e, ERR_USAGE, "the page, and so its password, is the first account's");
    if (password) {
        if (password_check(password, e))
            return e->code;
        password_hash(password, hash);
    }
    enum err_code code = file_put(a, hash, e);
    if (code == ERR_OK) {
        guard_set_password(&d->guard, hash);
        log_info("page: password=%s", *hash ? "set" : "none");
        if (a->page_server)
            server_drop_streams(a->page_server); /* whoever listens must come in again */
    }
    secret_zero(hash, sizeof(hash));
    if (code)
        return code;
    if (a->page_server && find_reason(d)) {
        server_close(a->page_server);
        a->page_server = NULL;
        log_warning("page: off reason='%s'", d->closed);
    } else
        door_open(d);
    return ERR_OK;
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

/* One who gave the wrong password, for the log and who reads it. */
static void log_wrong(const struct guard_peer *peer)
{
    struct in6_addr address;
    char from[INET6_ADDRSTRLEN] = "";
    memcpy(&address, peer->address, sizeof(address));
    inet_ntop(AF_INET6, &address, from, sizeof(from));
    log_warning("page: wrong password from=%s uid=%d", from, (int)peer->uid);
}

static enum err_code try_password(struct door *d, const struct server_request *req,
                                  struct server_reply *reply, int64_t *ret_left_ms, struct err *e)
{
    struct guard_peer peer = {.uid = req->peer_uid};
    const struct guard_session *session = NULL;
    struct json *body = NULL;
    enum err_code code = json_parse(req->body, req->body_len, &body, e);
    const char *password = code == ERR_OK ? json_get_str(body, "password") : NULL;
    memcpy(peer.address, req->peer_address, sizeof(peer.address));
    code = password
               ? guard_enter(&d->guard, &peer, password, clock_boot_ms(), &session, ret_left_ms, e)
               : err_set(e, ERR_USAGE, "the request's body has no password");
    json_wipe(body);
    if (session) {
        set_cookie(req, reply, session->id);
        server_request_session(req, session->number);
        look_for_idle(d);
    } else if (code == ERR_PASSWORD)
        log_wrong(&peer);
    return code;
}

static void enter(struct door *d, const struct server_request *req, struct server_reply *reply)
{
    char after[24];
    struct err e = {0};
    int64_t left_ms = 0;
    enum err_code code = ERR_OK;
    if (guard_has_password(&d->guard))
        code = try_password(d, req, reply, &left_ms, &e);
    if (code == ERR_OK) {
        reply_session(d, req, reply, true);
        return;
    }
    if (code == ERR_RATE) {
        int64_t left_s = (left_ms + 999) / 1000;
        e.retry_at_s = clock_utc_s() + left_s;
        snprintf(after, sizeof(after), "%lld", (long long)left_s);
        server_reply_header(reply, "Retry-After", after);
    }
    api_refuse(reply, code == ERR_RATE ? 429 : code == ERR_PASSWORD ? 401 : 400, &e);
}

static bool is_session_path(const char *path)
{
    return text_equal(path, SESSION) || text_equal(path, SESSION_END);
}

static void leave(struct door *d, const struct server_request *req, struct server_reply *reply)
{
    guard_leave(&d->guard, server_request_header(req, "Cookie"), req->peer_uid);
    set_cookie(req, reply, "");
    reply_session(d, req, reply, !guard_has_password(&d->guard));
}

/* A session's own route; false: it is none. */
static bool take_session(struct door *d, const struct server_request *req,
                         struct server_reply *reply, bool in)
{
    bool post = text_equal(req->method, "POST");
    if (text_equal(req->path, SESSION) && text_equal(req->method, "GET"))
        reply_session(d, req, reply, in);
    else if (text_equal(req->path, SESSION) && post)
        enter(d, req, reply);
    else if (text_equal(req->path, SESSION_END) && post) {
        if (!in || door_lets_write(d, req, reply))
            leave(d, req, reply);
    } else
        return false;
    return true;
}

/* Whether the request ends here; *ret_in: it is of somebody who is in. Who comes through a reverse
 * proxy is nobody's user, whoever runs that. */
static bool shut_out(struct door *d, const struct server_request *req, struct server_reply *reply,
                     bool *ret_in)
{
    static const char *const proxied[] = {"Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"};
    struct err e = {0};
    uint64_t session = 0;
    bool other = req->stranger;
    for (size_t i = 0; i < sizeof(proxied) / sizeof(proxied[0]); i++)
        other = other || server_request_header(req, proxied[i]);
    *ret_in = guard_is_in(&d->guard, server_request_header(req, "Cookie"), req->peer_uid,
                          clock_boot_ms(), &session);
    server_request_session(req, session);
    if (other && !guard_has_password(&d->guard)) {
        err_set(&e, ERR_REFUSED,
                "this page is another user's of this machine: it opens to you once they have set a "
                "password with 'genrectl web --password'");
        api_refuse(reply, 403, &e);
        return true;
    }
    if (*ret_in || !text_starts_with(req->path, "/api/") || is_session_path(req->path))
        return false;
    err_set(&e, ERR_PASSWORD, "the page's password is wanted");
    api_refuse(reply, 401, &e);
    return true;
}

size_t door_admit(void *ctx, const struct server_request *req, struct server_reply *reply)
{
    struct app *a = ctx;
    struct door *d = &a->door;
    const char *token = server_request_header(req, "X-Genred-Token");
    bool in = false;
    if (shut_out(d, req, reply, &in))
        return 0;
    if (text_equal(req->path, SESSION))
        return BODY_ENTER;
    if (!in || !token || text_equal(req->method, "GET"))
        return BODY_SMALL;
    return door_lets_write(d, req, reply) ? SERVER_BODY_MAX : 0;
}

bool door_take(struct door *d, const struct server_request *req, struct server_reply *reply)
{
    bool in = false;
    if (shut_out(d, req, reply, &in))
        return true;
    return is_session_path(req->path) && take_session(d, req, reply, in);
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
