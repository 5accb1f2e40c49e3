#include "daemon/net/runner.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/net/runner_private.h"

#define CALLS_A_TURN      8 /* asks and takes before the loop may look at its sockets */
#define TOKEN_PATIENCE_MS 5000

static void runner_kick(struct runner *r)
{
    r->kicked = true;
    if (!r->ticking)
        loop_timer_start(r->timer, 0);
}

void runner_end(struct runner *r, const struct err *e)
{
    if (r->ending || !r->job)
        return;
    r->ending = true;
    r->end = *e;
    r->end_by_boot_ms = clock_boot_ms() + TOKEN_PATIENCE_MS;
    runner_kick(r);
}

static void end_bug(struct runner *r, const char *what)
{
    struct err e = {0};
    err_set(&e, ERR_BUG, "step %s %s", job_step_name(r->job), what);
    runner_end(r, &e);
}

void runner_tell_waiting(struct runner *r, enum runner_why why, int64_t until_utc_s,
                         int64_t left_ms)
{
    bool again = why == RUNNER_GOES_ON && r->waiting == RUNNER_GOES_ON;
    r->waiting = why;
    if (!again && r->observer.waiting && r->job)
        r->observer.waiting(r->observer.ctx, r->job, why, until_utc_s, left_ms);
}

static void observe(struct runner *r)
{
    const struct job *j = r->job;
    if (j->at != r->seen_at) {
        r->seen_at = j->at;
        r->seen_progress = (struct job_progress){0};
        if (r->observer.step && j->at < j->n_steps)
            r->observer.step(r->observer.ctx, j);
    }
    if (j->progress.done != r->seen_progress.done || j->progress.total != r->seen_progress.total) {
        r->seen_progress = j->progress;
        if (r->observer.progress)
            r->observer.progress(r->observer.ctx, j);
    }
}

/* --- slots --- */

/* Fresh tokens that are refused in a row, by one request or by all, before the login counts as
 * lost. */
#define REAUTHORISE_MAX 3

static void end_login(struct runner *r)
{
    struct err e = {0};
    err_set(&e, ERR_LOGIN, "a fresh login token is refused");
    runner_end(r, &e);
}

static void slot_reauthorise(struct runner *r, struct runner_slot *s)
{
    bool is_current = s->generation == r->token.generation;
    s->attempt--;
    s->state = SLOT_READY;
    if (!is_current) /* it was on its way while the token was refreshed */
        return;
    if (s->req.auth != HTTP_AUTH_BEARER || s->reauthorised == REAUTHORISE_MAX ||
        r->token.refused == REAUTHORISE_MAX) {
        end_login(r);
        return;
    }
    s->reauthorised++;
    if (r->token.state == TOKEN_IDLE) /* the first of those in flight with this token */
        r->token.refused++;
    runner_token_want(r);
}

static void slot_deliver(struct runner *r, struct runner_slot *s)
{
    s->state = SLOT_DONE;
    if (s->res.result != HTTP_RESULT_REPLY)
        return;
    runner_hold_success(r);
    if (s->req.auth == HTTP_AUTH_BEARER && s->generation == r->token.generation) {
        r->token.refused = 0;
        r->token.proven = true;
    }
}

static void slot_judge(struct runner *r, struct runner_slot *s)
{
    struct runner_delay ret = {0};
    switch (r->policy.judge(r->policy.ctx, &s->req, &s->res, s->attempt, &ret)) {
    case RUNNER_DELIVER:
        slot_deliver(r, s);
        break;
    case RUNNER_RETRY:
        s->state = SLOT_PAUSED;
        s->due_boot_ms = clock_boot_ms() + ret.delay_ms;
        runner_tell_waiting(r, RUNNER_WAITS_RETRY, clock_utc_s() + (ret.delay_ms + 999) / 1000,
                            ret.delay_ms);
        break;
    case RUNNER_HOLD:
        s->attempt--;
        s->state = SLOT_READY;
        runner_hold_begin(r, &s->req, s->epoch, ret.until_utc_s);
        break;
    case RUNNER_REAUTHORISE:
        slot_reauthorise(r, s);
        break;
    case RUNNER_GIVE_UP:
        runner_end(r, &ret.err);
        break;
    }
}

static void on_reply(void *ctx, struct http_res *res)
{
    struct runner_slot *s = ctx;
    struct runner *r = s->runner;
    s->call = NULL;
    s->res = *res;
    *res = (struct http_res){0};
    r->n_flying--;
    log_debug("runner: reply method=%s url=%s status=%d %s", http_method_name(s->req.method),
              s->req.secret_url ? "-" : s->req.url, s->res.status, s->res.failure);
    r->ticking = true;
    if (!r->ending)
        slot_judge(r, s);
    r->ticking = false;
    if (s->state != SLOT_DONE)
        http_res_clear(&s->res);
    runner_tick(r);
}

/* False when no other request may go out either. */
static bool slot_send(struct runner *r, struct runner_slot *s)
{
    const struct secret *bearer = NULL;
    if (r->n_flying >= r->window || clock_boot_ms() < r->next_send_boot_ms ||
        runner_hold_check(r, &s->req))
        return false;
    if (s->req.auth == HTTP_AUTH_BEARER) {
        if (r->token.state == TOKEN_IDLE)
            bearer = r->policy.token_get(r->policy.ctx);
        if (!bearer) {
            if (r->token.state == TOKEN_IDLE && !r->token.proven)
                end_login(r); /* the refresh that just succeeded brought none */
            runner_token_want(r);
            return !r->ending;
        }
    }
    s->state = SLOT_FLYING;
    s->attempt++;
    s->generation = r->token.generation;
    s->epoch = r->epoch;
    if (r->policy.sent)
        r->policy.sent(r->policy.ctx, &s->req);
    s->call = client_send(r->client, &s->req, bearer, on_reply, s);
    r->n_flying++;
    r->next_send_boot_ms = clock_boot_ms() + r->options.interval_ms;
    r->job->requests++;
    runner_tell_waiting(r, RUNNER_GOES_ON, 0, 0);
    return true;
}

static void send_ready(struct runner *r)
{
    int64_t now = clock_boot_ms();
    runner_token_tick(r);
    for (struct runner_slot *s = r->slots; s && !r->ending; s = s->next) {
        if (s->state == SLOT_PAUSED && now >= s->due_boot_ms)
            s->state = SLOT_READY;
        if (s->state == SLOT_READY && !slot_send(r, s))
            break;
    }
    runner_token_tick(r); /* a slot may just have found that it needs one */
}

/* --- the job --- */

static void run_cpu(void *ctx)
{
    struct runner *r = ctx;
    r->cpu.run(r->cpu.ctx);
}

static void on_cpu_done(void *ctx)
{
    struct runner *r = ctx;
    r->work = NULL;
    r->mind = MIND_ASK;
    runner_tick(r);
}

static void cpu_start(struct runner *r)
{
    r->mind = MIND_CPU;
    r->cpu = r->io.work;
    r->work = loop_work_start(r->loop, run_cpu, on_cpu_done, r);
}

static void obey(struct runner *r, enum job_wish wish)
{
    switch (wish) {
    case JOB_SEND:
        runner_slot_add(r);
        break;
    case JOB_WAIT:
        r->mind = MIND_WAIT;
        if (r->n_slots == 0)
            end_bug(r, "waits for nothing");
        break;
    case JOB_SLEEP:
        r->mind = MIND_SLEEP;
        r->sleep_until_boot_ms = clock_boot_ms() + r->io.sleep_ms;
        break;
    case JOB_CPU:
        if (r->n_slots == 0)
            cpu_start(r);
        else
            end_bug(r, "computes with replies outstanding");
        break;
    case JOB_NEXT:
        end_bug(r, "was not left");
        break;
    case JOB_DONE:
        if (r->n_slots == 0)
            runner_end(r, &(struct err){0});
        else
            end_bug(r, "is done with replies outstanding");
        break;
    case JOB_FAIL:
        runner_end(r, &r->io.err);
        break;
    }
}

static void ask(struct runner *r, unsigned *budget)
{
    if (r->mind == MIND_SLEEP && clock_boot_ms() >= r->sleep_until_boot_ms)
        r->mind = MIND_ASK;
    while (!r->ending && *budget > 0 && r->mind == MIND_ASK && r->n_slots < r->window &&
           !runner_hold_active(r)) {
        (*budget)--;
        http_req_clear(&r->io.req);
        r->io.err = (struct err){0};
        enum job_wish wish = job_ask(r->job, &r->io);
        observe(r);
        if (!r->ending) /* not cancelled in there */
            obey(r, wish);
        send_ready(r);
    }
}

static void take(struct runner *r, unsigned *budget)
{
    while (!r->ending && *budget > 0 && r->slots && r->slots->state == SLOT_DONE) {
        struct runner_slot *s = runner_slot_shift(r);
        (*budget)--;
        http_req_clear(&r->io.req);
        r->io.req = s->req;
        r->io.res = s->res;
        r->io.err = (struct err){0};
        free(s);
        bool ok = job_take(r->job, &r->io);
        http_req_clear(&r->io.req);
        http_res_clear(&r->io.res);
        observe(r);
        if (!ok)
            runner_end(r, &r->io.err);
        if (r->mind == MIND_WAIT)
            r->mind = MIND_ASK;
    }
}

/* True once nothing of the job is under way any more. */
static bool wind_down(struct runner *r)
{
    runner_slots_drop(r);
    if (r->work)
        loop_work_cancel(r->work, on_cpu_done);
    if (r->work)
        return false;
    if (r->token.state == TOKEN_FLYING && clock_boot_ms() < r->end_by_boot_ms)
        return false;
    runner_token_drop(r);
    return true;
}

static void finish(struct runner *r)
{
    struct job *j = r->job;
    struct err e = r->end;
    if (!wind_down(r))
        return;
    r->job = NULL;
    r->ending = false;
    r->kicked = false;
    http_req_clear(&r->io.req);
    if (r->observer.finished)
        r->observer.finished(r->observer.ctx, j, &e);
    else
        job_free(j);
}

static int64_t min_ms(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t next_due(const struct runner *r)
{
    int64_t due = INT64_MAX;
    if (r->ending)
        return r->work ? INT64_MAX : r->end_by_boot_ms;
    if (r->mind == MIND_SLEEP)
        due = r->sleep_until_boot_ms;
    if (runner_hold_active(r))
        return min_ms(due, runner_hold_due(r));
    if (r->token.state == TOKEN_PAUSED)
        due = min_ms(due, r->token.due_boot_ms);
    for (const struct runner_slot *s = r->slots; s; s = s->next) {
        if (s->state == SLOT_PAUSED)
            due = min_ms(due, s->due_boot_ms);
        else if (s->state == SLOT_READY && clock_boot_ms() < r->next_send_boot_ms)
            due = min_ms(due, r->next_send_boot_ms);
    }
    return due;
}

static void arm(struct runner *r)
{
    int64_t due = r->job ? next_due(r) : INT64_MAX;
    if (r->kicked) {
        loop_timer_start(r->timer, 0);
    } else if (due == INT64_MAX) {
        loop_timer_stop(r->timer);
    } else {
        int64_t left = due - clock_boot_ms();
        loop_timer_start(r->timer, left > 0 ? left : 1);
    }
}

static void destroy(struct runner *r)
{
    if (r->job && !wind_down(r) && r->work)
        return; /* on_cpu_done comes back here */
    runner_token_drop(r);
    job_free(r->job);
    loop_timer_free(r->timer);
    free(r);
}

static void advance(struct runner *r)
{
    unsigned budget = CALLS_A_TURN;
    runner_hold_tick(r);
    take(r, &budget);
    send_ready(r);
    ask(r, &budget);
    if (budget == 0)
        r->kicked = true;
}

void runner_tick(struct runner *r)
{
    r->ticking = true;
    r->kicked = false;
    if (r->job && !r->ending && !r->freed)
        advance(r);
    if (r->job && r->ending && !r->freed)
        finish(r);
    r->ticking = false;
    if (r->freed)
        destroy(r);
    else
        arm(r);
}

static void on_timer(void *ctx)
{
    runner_tick(ctx);
}

struct runner *runner_new(struct loop *l, struct client *c, const struct runner_policy *policy,
                          const struct runner_observer *observer,
                          const struct runner_options *options)
{
    struct runner *r = mem_alloc(sizeof(*r));
    r->loop = l;
    r->client = c;
    r->policy = *policy;
    r->observer = *observer;
    r->options = *options;
    if (r->options.window_start == 0)
        r->options.window_start = 4;
    if (r->options.window_max == 0)
        r->options.window_max = 8;
    if (r->options.window_max > RUNNER_WINDOW_CAP)
        r->options.window_max = RUNNER_WINDOW_CAP;
    if (r->options.patience_ms == 0)
        r->options.patience_ms = 45000;
    r->window = r->options.window_start < r->options.window_max ? r->options.window_start
                                                                : r->options.window_max;
    r->timer = loop_timer_new(l, on_timer, r);
    r->slots_end = &r->slots;
    r->next_send_boot_ms = clock_boot_ms() + r->options.interval_ms;
    return r;
}

void runner_free(struct runner *r)
{
    if (!r || r->freed)
        return;
    r->freed = true;
    loop_timer_stop(r->timer);
    if (!r->ticking)
        destroy(r);
}

void runner_start(struct runner *r, struct job *j)
{
    assert(!r->job);
    r->job = j;
    r->mind = MIND_ASK;
    r->seen_at = SIZE_MAX;
    r->waiting = RUNNER_GOES_ON;
    r->holds_in_a_row = 0;
    r->token.proven = true;
    r->token.refused = 0;
    runner_kick(r);
}

void runner_poke(struct runner *r)
{
    if (r->mind == MIND_SLEEP)
        r->mind = MIND_ASK;
    if (r->job)
        runner_kick(r);
}

void runner_cancel(struct runner *r)
{
    struct err e = {0};
    err_set(&e, ERR_CANCELLED, "cancelled");
    runner_end(r, &e);
}

bool runner_is_busy(const struct runner *r)
{
    return r->job != NULL;
}

const struct job *runner_job(const struct runner *r)
{
    return r->job;
}

void runner_listen(struct runner *r, bool on)
{
    r->listening = on;
    if (r->job)
        runner_kick(r);
}

unsigned runner_window(const struct runner *r)
{
    return r->window;
}
