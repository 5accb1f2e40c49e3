#include "daemon/doctor.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/app.h"

struct examination {
    struct app *app;
    struct server_stream *stream;
    struct client_call *call;
    struct json *checks;
};

static void add(struct json *checks, const char *name, bool ok, const char *message,
                const char *hint)
{
    struct json *check = json_object();
    json_set_str(check, "name", name);
    json_set_bool(check, "ok", ok);
    json_set_str(check, "message", message);
    json_set_str(check, "hint", ok ? "" : hint);
    json_add(checks, check);
}

static void check_store(struct app *a, struct json *checks)
{
    struct err e = {0};
    bool ok = store_check(a->store, &e) == ERR_OK;
    add(checks, "database", ok, ok ? "the database is sound" : e.text,
        "stop genred, move the state directory away, log in again: playlists are found by their "
        "ids "
        "only in the old database, so keep it");
}

static void check_login(struct app *a, struct json *checks)
{
    char message[160];
    char when[24];
    if (!*a->config.client_id) {
        add(checks, "login", false, "no client id is configured",
            "register an app at developer.spotify.com/dashboard and put its Client ID into the "
            "configuration file");
        return;
    }
    if (!token_is_set(&a->token)) {
        add(checks, "login", false,
            a->token.dead ? "the login has ended or was revoked" : "nobody is logged in",
            "run 'genrectl login'");
        return;
    }
    text_time(auth_login_expires_s(&a->token.held), when, sizeof(when));
    snprintf(message, sizeof(message), "logged in until %s", when);
    add(checks, "login", auth_login_expires_s(&a->token.held) > clock_utc_s(), message,
        "run 'genrectl login'");
}

static void check_sources(struct app *a, struct json *checks)
{
    for (size_t i = 0; i < a->sources.n; i++) {
        const struct sources_lane *lane = &a->sources.lane[i];
        bool ok = lane->error.code == ERR_OK;
        add(checks, lane->source->name, ok,
            ok ? "no trouble when it was asked last" : lane->error.text,
            "nothing, if it is a day's trouble: it is asked again by itself; to do without it, "
            "leave it out of [sources] order");
    }
}

static void answered(void *ctx, struct http_res *res)
{
    struct examination *x = ctx;
    char message[320];
    bool ok = res->result == HTTP_RESULT_REPLY;
    snprintf(message, sizeof(message), ok ? "%s answers" : "%s does not answer: %s",
             x->app->config.accounts_url, res->failure);
    add(x->checks, "network", ok, message,
        "look at the network, the proxy variables and the clock (TLS needs the right date)");
    struct json *document = json_object();
    struct buf b;
    buf_init(&b, 1 << 16);
    json_set(document, "checks", x->checks);
    json_print(document, false, &b);
    server_stream_send(x->stream, buf_str(&b), b.len);
    server_stream_end(x->stream);
    buf_free(&b);
    json_free(document);
    free(x);
}

static void left(void *ctx)
{
    struct examination *x = ctx;
    client_cancel(x->call);
    json_free(x->checks);
    free(x);
}

void doctor_examine(struct app *a, const struct server_request *req, struct server_reply *reply)
{
    struct examination *x = mem_alloc(sizeof(*x));
    struct http_req ask = {.method = HTTP_GET, .idempotent = true};
    reply->content_type = "application/json";
    x->app = a;
    x->stream = server_stream_start(req, reply, left, x);
    if (!x->stream) {
        free(x);
        return;
    }
    x->checks = json_array();
    check_store(a, x->checks);
    add(x->checks, "model", true, model_id(a->model), "");
    check_login(a, x->checks);
    check_sources(a, x->checks);
    snprintf(ask.url, sizeof(ask.url), "%s/", a->config.accounts_url);
    x->call = client_send(a->client, &ask, NULL, answered, x);
    http_req_clear(&ask);
}
