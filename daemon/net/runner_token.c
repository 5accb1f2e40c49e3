#include "daemon/net/runner_private.h"

#include "base/clock.h"
#include "base/log.h"

void runner_token_drop(struct runner *r)
{
    client_cancel(r->token.call);
    r->token.call = NULL;
    r->token.state = TOKEN_IDLE;
    http_req_clear(&r->token.req);
}

void runner_token_want(struct runner *r)
{
    struct err e = {0};
    if (r->token.state != TOKEN_IDLE || r->ending)
        return;
    if (r->policy.token_ask(r->policy.ctx, &r->token.req, &e)) {
        http_req_clear(&r->token.req);
        runner_end(r, &e);
        return;
    }
    r->token.attempt = 0;
    r->token.state = TOKEN_READY;
}

static void token_take(struct runner *r, const struct http_res *res)
{
    struct err e = {0};
    if (r->policy.token_take(r->policy.ctx, res, &e)) {
        runner_end(r, &e);
        return;
    }
    r->token.generation++;
    r->token.proven = false;
    log_debug("runner: token refreshed");
}

static void token_judge(struct runner *r, const struct http_res *res)
{
    struct runner_delay ret = {0};
    struct runner_token *t = &r->token;
    switch (r->policy.judge(r->policy.ctx, &t->req, res, t->attempt, &ret)) {
    case RUNNER_DELIVER:
        token_take(r, res);
        t->state = TOKEN_IDLE;
        break;
    case RUNNER_RETRY:
        t->state = TOKEN_PAUSED;
        t->due_boot_ms = clock_boot_ms() + ret.delay_ms;
        runner_tell_waiting(r, RUNNER_WAITS_RETRY, clock_utc_s() + (ret.delay_ms + 999) / 1000,
                            ret.delay_ms);
        break;
    case RUNNER_HOLD:
        t->attempt--;
        t->state = TOKEN_READY;
        runner_hold_begin(r, &t->req, r->epoch, ret.until_utc_s);
        break;
    case RUNNER_REAUTHORISE:
        err_set(&ret.err, ERR_LOGIN, "the login was refused");
        runner_end(r, &ret.err);
        t->state = TOKEN_IDLE;
        break;
    case RUNNER_GIVE_UP:
        runner_end(r, &ret.err);
        t->state = TOKEN_IDLE;
        break;
    }
}

static void on_reply(void *ctx, struct http_res *res)
{
    struct runner *r = ctx;
    r->token.call = NULL;
    r->ticking = true;
    token_judge(r, res);
    r->ticking = false;
    if (r->token.state == TOKEN_IDLE)
        http_req_clear(&r->token.req);
    runner_tick(r);
}

void runner_token_tick(struct runner *r)
{
    struct runner_token *t = &r->token;
    if (t->state == TOKEN_PAUSED && clock_boot_ms() >= t->due_boot_ms)
        t->state = TOKEN_READY;
    if (t->state != TOKEN_READY || runner_hold_check(r, &t->req))
        return;
    t->state = TOKEN_FLYING;
    t->attempt++;
    r->job->requests++;
    runner_tell_waiting(r, RUNNER_GOES_ON, 0, 0);
    if (r->policy.sent)
        r->policy.sent(r->policy.ctx, &t->req);
    t->call = client_send(r->client, &t->req, NULL, on_reply, r);
}
