#include "daemon/session.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "base/url.h"
#include "daemon/app.h"
#include "daemon/edits.h"
#include "daemon/jobs/login.h"
#include "daemon/setup.h"

static const char page_head[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\"><title>genred</title><p>";

static void close_redirect(struct session *s)
{
    server_close(s->redirect);
    s->redirect = NULL;
    loop_timer_stop(s->expiry);
}

static void finish_page(struct session *s, const char *text)
{
    if (!s->page)
        return;
    server_stream_send(s->page, text, strlen(text));
    server_stream_end(s->page);
    s->page = NULL;
}

/* Ends the login under way with an error for its listeners. */
static void give_up(struct session *s, const struct err *e)
{
    int64_t run = s->run;
    if (!run)
        return;
    s->run = 0;
    s->login.pending = false;
    token_close(&s->candidate);
    finish_page(s, "The login failed. Look at the terminal for the reason.\n");
    close_redirect(s);
    events_send(&s->app->events, run, events_error(e), true);
}

static void on_progress(void *ctx, const struct job *j)
{
    struct session *s = ctx;
    if (s->run)
        events_send(&s->app->events, s->run, runs_progress(j), false);
}

/* The candidate becomes the login. */
static void take_over(struct session *s)
{
    struct app *app = s->app;
    if (app->token.account && app->token.account != s->candidate.account)
        runs_cancel(&app->runs, 0);
    auth_token_wipe(&app->token.held);
    app->token.held = s->candidate.held;
    app->token.account = s->candidate.account;
    app->token.dead = false;
    app->token.ended_s = app->token.refused = 0;
    s->candidate = (struct token){0};
    edits_renew(app);
}

static void on_finished(void *ctx, struct job *j, const struct err *e)
{
    struct session *s = ctx;
    struct err err = *e;
    struct json *summary = j->summary(j, &err);
    job_free(j);
    policy_remember_budget(s->app);
    if (err.code) {
        json_free(summary);
        log_warning("login: failed error=%s message='%s'", err_name(err.code), err.text);
        give_up(s, &err);
        return;
    }
    int64_t run = s->run;
    s->run = 0;
    take_over(s);
    log_info("login: done");
    json_set_str(summary, "message_type", "summary");
    json_set_str(summary, "job", "login");
    finish_page(s, "genred is logged in. This window can be closed.\n");
    close_redirect(s);
    events_send(&s->app->events, run, summary, true);
    schedule_renew(&s->app->schedule);
    expiry_renew(&s->app->expiry);
}

static void expired(void *ctx)
{
    struct err e = {0};
    err_set(&e, ERR_LOGIN, "nobody answered the login within ten minutes: run it again");
    give_up(ctx, &e);
}

void session_open(struct session *s, struct app *app)
{
    *s = (struct session){.app = app};
    s->policy = (struct policy){app, &s->candidate};
    struct runner_policy rules = policy_make(&s->policy);
    struct runner_observer observer = {.ctx = s, .step = on_progress, .finished = on_finished};
    s->runner = runner_new(app->loop, app->client, &rules, &observer,
                           &(struct runner_options){.window_start = 1});
    s->expiry = loop_timer_new(app->loop, expired, s);
}

void session_close(struct session *s)
{
    s->run = 0;
    finish_page(s, "genred was stopped.\n");
    close_redirect(s);
    loop_timer_free(s->expiry);
    s->expiry = NULL;
    runner_free(s->runner);
    s->runner = NULL;
    token_close(&s->candidate);
    secret_zero(&s->login, sizeof(s->login));
}

static enum err_code start_job(struct session *s, const char *url, struct err *e)
{
    struct secret code = {0};
    enum err_code rc = auth_answer(&s->login, url, clock_utc_s(), &code, e);
    if (rc)
        return rc;
    auth_token_wipe(&s->candidate.held);
    s->candidate.account = 0;
    runner_start(s->runner, login_new(&s->candidate, &s->login, &code, s->app->config.api_url));
    return ERR_OK;
}

static void page_closed(void *ctx)
{
    struct session *s = ctx;
    s->page = NULL;
}

/* The browser comes back from Spotify. */
static void redirected(void *ctx, const struct server_request *req, struct server_reply *reply)
{
    static const char *const names[] = {"state", "code", "error"};
    struct session *s = ctx;
    struct buf query;
    struct err e = {0};
    reply->content_type = "text/html; charset=utf-8";
    if (strcmp(req->path, "/callback") != 0 || strcmp(req->method, "GET") != 0) {
        reply->status = 404;
        return;
    }
    buf_init(&query, 8192);
    buf_add_char(&query, '?');
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = server_request_query(req, names[i]);
        if (value)
            url_param(&query, names[i], value);
    }
    bool was_pending = s->login.pending;
    enum err_code code = start_job(s, buf_str(&query), &e);
    secret_zero(query.data, query.len);
    buf_free(&query);
    buf_add_str(&reply->body, page_head);
    if (code == ERR_OK) {
        s->page = server_stream_start(req, reply, page_closed, s);
        return;
    }
    reply->status = 400;
    buf_printf(&reply->body, "The login failed: %s.\n",
               code == ERR_LOGIN ? e.text : "this is not the answer that genred waits for");
    if (was_pending && !s->login.pending)
        give_up(s, &e);
}

static enum err_code open_redirect(struct session *s, bool paste, uint16_t *ret_port, struct err *e)
{
    struct server_options options = {.handler = redirected, .ctx = s};
    uint16_t wanted = (uint16_t)s->app->config.redirect_port;
    enum err_code code = server_open_tcp(s->app->loop, &options, NULL, wanted, &s->redirect, e);
    if (code == ERR_OK) {
        *ret_port = server_port(s->redirect);
        return ERR_OK;
    }
    if (paste && wanted) {
        *ret_port = wanted;
        return ERR_OK;
    }
    return err_set(e, ERR_IO,
                   "port %u on 127.0.0.1 is taken, so Spotify's answer could not come back: set "
                   "redirect_port in [spotify], or use 'genrectl login --paste'",
                   (unsigned)wanted);
}

static struct json *begun(struct session *s)
{
    struct buf url;
    char when[24];
    struct json *j = json_object();
    buf_init(&url, 8192);
    auth_authorize_url(&s->login, s->app->config.accounts_url, &url);
    text_time(s->login.begun_s + AUTH_ANSWER_WITHIN_S, when, sizeof(when));
    json_set_str(j, "authorize_url", buf_str(&url));
    json_set_str(j, "redirect_uri", s->login.redirect_uri);
    json_set_int(j, "run", s->run);
    json_set_str(j, "expires_at", when);
    buf_free(&url);
    return j;
}

enum err_code session_begin(struct session *s, bool paste, struct json **ret, struct err *e)
{
    struct app *app = s->app;
    uint16_t port = 0;
    if (!*app->config.client_id)
        return err_set(e, ERR_CONFIG,
                       "client_id in [spotify] is not set: register an app at "
                       "developer.spotify.com/dashboard and copy its Client ID");
    if (runner_is_busy(s->runner))
        return err_set(e, ERR_BUSY, "another login is being finished: try again in a moment");
    session_cancel(s);
    enum err_code code = open_redirect(s, paste, &port, e);
    if (code)
        return code;
    s->candidate = (struct token){.store = app->store, .key = app->token.key};
    text_copy(s->candidate.client_id, sizeof(s->candidate.client_id), app->config.client_id);
    text_copy(s->candidate.accounts_url, sizeof(s->candidate.accounts_url),
              app->config.accounts_url);
    s->run = runs_new_id(&app->runs);
    events_open(&app->events, s->run);
    auth_begin(&s->login, app->config.client_id, port, clock_utc_s());
    loop_timer_start(s->expiry, (int64_t)AUTH_ANSWER_WITHIN_S * 1000);
    *ret = begun(s);
    return ERR_OK;
}

enum err_code session_answer(struct session *s, const char *url, struct err *e)
{
    enum err_code code = start_job(s, url, e);
    if (code && s->run && !s->login.pending)
        give_up(s, e);
    return code;
}

/* The database as it was before the first login; what was sent to Spotify still counts. */
static enum err_code forget_all(struct app *app, struct err *e)
{
    map_cancel(&app->map);
    enum err_code code = store_wipe(app->store, e);
    app->access = (struct access){0};
    app->token.account = 0;
    policy_remember_budget(app);
    setup_forget(app);
    if (code == ERR_OK)
        code = sources_reopen(&app->sources, e);
    edits_renew(app);
    log_info("logout: everything is forgotten");
    return code;
}

enum err_code session_logout(struct session *s, bool forget, struct err *e)
{
    session_cancel(s);
    runs_cancel(&s->app->runs, 0);
    if (forget) {
        sources_cancel(&s->app->sources);
        if (app_is_busy(s->app))
            return err_set(e, ERR_BUSY, "a run is being cancelled: try again in a moment");
    }
    enum err_code code = token_forget(&s->app->token, e);
    if (code == ERR_OK && forget)
        code = forget_all(s->app, e);
    schedule_renew(&s->app->schedule);
    expiry_renew(&s->app->expiry);
    return code;
}

bool session_is_busy(const struct session *s)
{
    return s->run != 0;
}

bool session_cancel(struct session *s)
{
    struct err e = {0};
    if (!s->run)
        return false;
    if (runner_is_busy(s->runner)) {
        runner_cancel(s->runner);
        return true;
    }
    err_set(&e, ERR_CANCELLED, "the login was given up");
    give_up(s, &e);
    return true;
}
