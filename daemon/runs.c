#include "daemon/runs.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/app.h"
#include "daemon/choice.h"
#include "daemon/edits.h"
#include "daemon/hook.h"
#include "daemon/policy.h"
#include "store/run.h"

#define PROGRESS_EACH_MS 100

static void start_next(struct runs *r);

bool runs_is_busy(const struct runs *r)
{
    return r->now.id != 0;
}

int64_t runs_new_id(struct runs *r)
{
    return ++r->last_id;
}

/* --- what becomes of it
 * --------------------------------------------------------------------------- */

struct json *runs_progress(const struct job *j)
{
    struct json *event = json_object();
    json_set_str(event, "message_type", "progress");
    json_set_str(event, "job", j->name);
    json_set_str(event, "step", job_step_name(j));
    json_set_int(event, "done", j->progress.done);
    json_set_int(event, "total", j->progress.total);
    json_set_int(event, "requests", j->requests);
    return event;
}

struct json *runs_json(const struct runs *r)
{
    const struct job *j = r->runner ? runner_job(r->runner) : NULL;
    if (!j || !r->now.id)
        return NULL;
    struct json *running = runs_progress(j);
    json_set_int(running, "run", r->now.id);
    return running;
}

static void on_progress(void *ctx, const struct job *j)
{
    struct runs *r = ctx;
    int64_t now = clock_boot_ms();
    bool new_step = j->at != r->last_step;
    if (!new_step && now - r->last_progress_ms < PROGRESS_EACH_MS)
        return;
    if (new_step)
        log_debug("run: step run=%lld job=%s step=%s", (long long)r->now.id, j->name,
                  job_step_name(j));
    r->last_progress_ms = now;
    r->last_step = j->at;
    if (r->now.id)
        events_send(&r->app->events, r->now.id, runs_progress(j), false);
}

static void on_waiting(void *ctx, const struct job *j, enum runner_why why, int64_t until_utc_s,
                       int64_t left_ms)
{
    struct runs *r = ctx;
    char when[24];
    struct json *event = runs_progress(j);
    if (why != RUNNER_GOES_ON) {
        text_time(until_utc_s, when, sizeof(when));
        json_set_str(event, "waiting", why == RUNNER_WAITS_RATE ? "rate limit" : "retry");
        json_set_str(event, "until", when);
        json_set_num(event, "left_s", (double)left_ms / 1000);
    }
    if (r->now.id)
        events_send(&r->app->events, r->now.id, event, false);
    else
        json_free(event);
}

static void keep_run(struct runs *r, const struct job *j, const struct json *summary,
                     const struct err *e)
{
    struct err failed = {0};
    struct store_run run = {
        .id = r->now.id,
        .outcome = e->code ? err_name(e->code) : "done",
        .message = e->text,
        .finished_s = clock_utc_s(),
        .requests = j->requests,
        .added = json_get_int(summary, "added", 0),
        .removed = json_get_int(summary, "removed", 0),
    };
    if (e->code == ERR_OK && json_get_int(summary, "exit_status", 0) == err_exit_status(ERR_PARTLY))
        run.outcome = err_name(ERR_PARTLY);
    if (!r->now.wish.dry_run &&
        (store_run_finish(r->app->store, &run, &failed) ||
         store_run_prune(r->app->store, (size_t)r->app->config.keep_runs, &failed)))
        log_error("store: run not kept reason='%s'", failed.text);
}

static void tell_end(struct runs *r, struct json *summary, const struct err *e)
{
    if (e->code == ERR_OK) {
        events_send(&r->app->events, r->now.id, summary, true);
        return;
    }
    struct json *event = events_error(e);
    json_set(event, "summary", summary);
    events_send(&r->app->events, r->now.id, event, true);
}

/* A genre that was let go is no longer chosen, one that was taken on is. */
static void keep_choice(struct runs *r, const struct json *summary)
{
    struct err e = {0};
    enum err_code code = ERR_OK;
    enum wish_kind kind = r->now.wish.kind;
    if (kind == WISH_DROP || kind == WISH_RELEASE)
        code = choice_drop(r->app, r->now.wish.genres[0], &e);
    const struct json *chosen = json_get(summary, "chosen");
    for (const struct json *g = json_first(chosen); code == ERR_OK && g; g = json_next(g))
        code = choice_add(r->app, json_str(g), &e);
    if (code)
        log_error("store: choice not kept reason='%s'", e.text);
}

static void end_run(struct runs *r, const struct err *e)
{
    struct app *app = r->app;
    bool cancelled = err_class(e->code) == ERR_CLASS_INTERRUPTED;
    if (e->code && !cancelled)
        log_warning("run: failed run=%lld error=%s message='%s'", (long long)r->now.id,
                    err_name(e->code), e->text);
    if (e->code && !cancelled && !app->stopping)
        hook_run(app->config.on_failure, err_name(e->code), e->text);
    if (r->now.wish.dry_run)
        policy_remember_budget(app); /* its calls were real */
    else
        policy_remember(app);
    bool settle = e->code == ERR_OK && !r->now.wish.dry_run;
    schedule_note(&app->schedule, e);
    wish_free(&r->now.wish);
    r->now.id = 0;
    if (app->reload_wanted)
        app_reload(app);
    if (app->edits_wanted)
        edits_renew(app);
    start_next(r);
    if (!runs_is_busy(r) && !app->stopping) {
        schedule_renew(&app->schedule);
        if (settle)
            sources_settle(&app->sources);
        app_rest(app);
    }
}

static void on_finished(void *ctx, struct job *j, const struct err *e)
{
    struct runs *r = ctx;
    struct err err = *e;
    struct json *summary = j->summary ? j->summary(j, &err) : json_object();
    json_set_str(summary, "message_type", "summary");
    json_set_str(summary, "job", j->name);
    log_info("run: ended run=%lld job=%s outcome=%s requests=%lld", (long long)r->now.id, j->name,
             err_name(err.code), (long long)j->requests);
    keep_run(r, j, summary, &err);
    if (err.code == ERR_OK)
        keep_choice(r, summary);
    job_free(j);
    tell_end(r, summary, &err);
    end_run(r, &err);
}

static void fail_before(struct runs *r, const struct err *e)
{
    events_send(&r->app->events, r->now.id, events_error(e), true);
    end_run(r, e);
}

static void start_next(struct runs *r)
{
    struct job *job = NULL;
    struct err e = {0};
    if (runs_is_busy(r) || r->n_queue == 0 || r->app->stopping)
        return;
    r->now = r->queue[0];
    r->n_queue--;
    memmove(&r->queue[0], &r->queue[1], r->n_queue * sizeof(r->queue[0]));
    r->last_step = SIZE_MAX;
    opinions_drop(r->app); /* it needs its own, and the room */
    if (wish_job(r->app, &r->now.wish, r->now.id, &job, &e) == ERR_OK && !r->now.wish.dry_run &&
        store_run_start(r->app->store, r->now.id, r->app->token.account, job->name, clock_utc_s(),
                        &e)) {
        job_free(job);
        job = NULL;
    }
    if (!job) {
        fail_before(r, &e);
        return;
    }
    log_info("run: started run=%lld job=%s", (long long)r->now.id, job->name);
    runner_start(r->runner, job);
}

/* --- wishes
 * --------------------------------------------------------------------------------------- */

enum err_code runs_want(struct runs *r, struct wish *wish, int64_t *ret_run, struct err *e)
{
    enum err_code code = wish_check(r->app, wish, e);
    if (code == ERR_OK && runs_is_busy(r) && wish_is_fulfilled(&r->now.wish, wish)) {
        *ret_run = r->now.id;
        wish_free(wish);
        return ERR_OK;
    }
    for (size_t i = 0; code == ERR_OK && i < r->n_queue; i++) {
        if (wish_is_fulfilled(&r->queue[i].wish, wish)) {
            *ret_run = r->queue[i].id;
            wish_free(wish);
            return ERR_OK;
        }
    }
    if (code == ERR_OK && r->n_queue == RUNS_QUEUE)
        code = err_set(e, ERR_NETWORK, "too many runs are waiting already");
    if (code) {
        wish_free(wish);
        return code;
    }
    int64_t id = runs_new_id(r);
    r->queue[r->n_queue++] = (struct runs_entry){id, *wish};
    *wish = (struct wish){0};
    *ret_run = id;
    events_open(&r->app->events, id);
    start_next(r);
    return ERR_OK;
}

static void drop_waiting(struct runs *r, size_t at)
{
    struct err e = {0};
    struct runs_entry entry = r->queue[at];
    r->n_queue--;
    memmove(&r->queue[at], &r->queue[at + 1], (r->n_queue - at) * sizeof(entry));
    err_set(&e, ERR_CANCELLED, "the run was cancelled before it began");
    events_send(&r->app->events, entry.id, events_error(&e), true);
    wish_free(&entry.wish);
}

bool runs_cancel(struct runs *r, int64_t run)
{
    bool any = false;
    for (size_t i = r->n_queue; i > 0; i--) {
        if (!run || r->queue[i - 1].id == run) {
            drop_waiting(r, i - 1);
            any = true;
        }
    }
    if (runs_is_busy(r) && (!run || r->now.id == run)) {
        runner_cancel(r->runner);
        any = true;
    }
    return any;
}

enum err_code runs_open(struct runs *r, struct app *app, struct err *e)
{
    *r = (struct runs){.app = app};
    r->policy = (struct policy){app, &app->token};
    struct runner_policy rules = policy_make(&r->policy);
    struct runner_observer observer = {
        .ctx = r,
        .step = on_progress,
        .progress = on_progress,
        .waiting = on_waiting,
        .finished = on_finished,
    };
    enum err_code code = store_run_last(app->store, &r->last_id, e);
    if (code == ERR_OK)
        code = store_run_close_killed(app->store, e);
    if (code == ERR_OK)
        r->runner = runner_new(app->loop, app->client, &rules, &observer,
                               &(struct runner_options){.window_start = 8, .window_max = 12});
    return code;
}

void runs_close(struct runs *r)
{
    runner_free(r->runner);
    r->runner = NULL;
    wish_free(&r->now.wish);
    while (r->n_queue > 0)
        wish_free(&r->queue[--r->n_queue].wish);
}
