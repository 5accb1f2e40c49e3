#include "daemon/sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "classifier/source/lastfm.h"
#include "classifier/source/musicbrainz.h"
#include "classifier/source/reccobeats.h"
#include "daemon/app.h"
#include "daemon/jobs/dataset.h"
#include "daemon/jobs/inquire.h"
#include "store/label.h"
#include "store/setting.h"

#define HOLD_MOST_S   ((int64_t)7 * 86400) /* no service asks for more */
#define RETRY_FIRST_S 300
#define RETRY_LAST_S  ((int64_t)6 * 3600)
#define REFUSED_S     ((int64_t)24 * 3600) /* a bad key does not become good by itself */
/* A run does not wait for a source that has been silent for so long. */
#define SILENT_MS 20000
/* New songs that come page by page are looked for this often. */
#define WAKE_EACH_MS   1000
#define SETTLE_FIRST_S 60
#define SETTLE_LAST_S  1800

/* --- what is remembered
 * ----------------------------------------------------------------------------- */

static void state_key(const struct sources_lane *lane, char *out, size_t out_size)
{
    snprintf(out, out_size, "source:%s", lane->source->name);
}

static void remember(const struct sources_lane *lane)
{
    char key[64];
    struct err e = {0};
    struct buf text;
    struct json *j = json_object();
    state_key(lane, key, sizeof(key));
    json_set_int(j, "hold_until", lane->hold_until_s);
    json_set_int(j, "retry_at", lane->retry_at_s);
    json_set_int(j, "failures", lane->failures);
    json_set_int(j, "failed", lane->failed_s);
    json_set_str(j, "error", err_name(lane->error.code));
    json_set_str(j, "message", lane->error.text);
    buf_init(&text, 4096);
    json_print(j, false, &text);
    json_free(j);
    if (store_setting_put(lane->app->store, key, buf_str(&text), text.len, &e))
        log_error("store: source not kept source=%s reason='%s'", lane->source->name, e.text);
    buf_free(&text);
}

static enum err_code recall(struct sources_lane *lane, struct err *e)
{
    char key[64];
    struct err ignored = {0};
    struct buf text;
    struct json *j = NULL;
    buf_init(&text, 4096);
    state_key(lane, key, sizeof(key));
    enum err_code code = store_setting_get(lane->app->store, key, &text, e);
    if (code == ERR_OK && text.len &&
        json_parse(buf_str(&text), text.len, &j, &ignored) == ERR_OK) {
        const char *message = json_get_str(j, "message");
        const char *name = json_get_str(j, "error");
        lane->hold_until_s = json_get_int(j, "hold_until", 0);
        lane->retry_at_s = json_get_int(j, "retry_at", 0);
        lane->failures = (unsigned)json_get_int(j, "failures", 0);
        lane->failed_s = json_get_int(j, "failed", 0);
        if (message && *message)
            err_set(&lane->error, err_code_of_name(name ? name : ""), "%s", message);
    }
    json_free(j);
    buf_free(&text);
    return code;
}

/* --- one source's policy
 * ---------------------------------------------------------------------------- */

static enum runner_verdict judge(void *ctx, const struct http_req *req, const struct http_res *res,
                                 unsigned attempt, struct runner_delay *ret)
{
    struct sources_lane *lane = ctx;
    struct retry_answer answer;
    source_judge(lane->source, req, res, attempt, policy_jitter(), &answer);
    return policy_verdict(&answer, ret);
}

static int64_t hold_until(void *ctx, const struct http_req *req)
{
    const struct sources_lane *lane = ctx;
    (void)req;
    return clock_plausible(lane->hold_until_s, HOLD_MOST_S);
}

static void held(void *ctx, const struct http_req *req, int64_t until_utc_s)
{
    struct sources_lane *lane = ctx;
    (void)req;
    if (until_utc_s <= lane->hold_until_s)
        return;
    lane->hold_until_s = until_utc_s;
    remember(lane);
}

static void hold_why(void *ctx, const char *left, struct err *e)
{
    const struct sources_lane *lane = ctx;
    err_set(e, ERR_RATE, "%s asks to wait for %s", lane->source->title, left);
}

/* --- one source at work
 * ----------------------------------------------------------------------------- */

/* What a long inquiry brings is sorted in now and then, ever less often. */
static void settle_later(struct sources *s)
{
    if (loop_alarm_at(s->settle) || s->app->options.transient >= 0)
        return;
    loop_alarm_set(s->settle, clock_utc_s() + s->settle_in_s);
    s->settle_in_s = 2 * s->settle_in_s < SETTLE_LAST_S ? 2 * s->settle_in_s : SETTLE_LAST_S;
}

static void on_learned(void *ctx, size_t known)
{
    struct sources_lane *lane = ctx;
    lane->moved_boot_ms = clock_boot_ms();
    if (known)
        settle_later(&lane->app->sources);
}

static void start(struct sources_lane *lane)
{
    const struct inquire_env env = {
        .store = lane->app->store,
        .source = lane->source,
        .place = lane->place,
        .learned = on_learned,
        .ctx = lane,
    };
    loop_alarm_clear(lane->again);
    lane->moved_boot_ms = clock_boot_ms();
    runner_start(lane->runner, inquire_new(&env));
}

static void wake(struct sources_lane *lane, bool eager)
{
    int64_t now = clock_utc_s();
    int64_t hold_s = clock_plausible(lane->hold_until_s, HOLD_MOST_S);
    bool now_again = eager && lane->error.code != ERR_CONFIG;
    int64_t not_before = now_again ? 0 : clock_plausible(lane->retry_at_s, HOLD_MOST_S);
    if (runner_is_busy(lane->runner) || lane->app->stopping)
        return;
    if (not_before < hold_s)
        not_before = hold_s;
    if (not_before > now)
        loop_alarm_set(lane->again, not_before + 1);
    else
        start(lane);
}

static void on_again(void *ctx)
{
    wake(ctx, false);
}

static void note_failure(struct sources_lane *lane, const struct err *e)
{
    int64_t now = clock_utc_s();
    int64_t wait_s = (int64_t)RETRY_FIRST_S << (lane->failures < 7 ? lane->failures : 7);
    bool news = lane->failures == 0;
    lane->failures++;
    lane->failed_s = now;
    lane->error = *e;
    lane->retry_at_s = now + (wait_s < RETRY_LAST_S ? wait_s : RETRY_LAST_S);
    if (e->code == ERR_CONFIG || e->code == ERR_REFUSED)
        lane->retry_at_s = now + REFUSED_S;
    if (e->retry_at_s > lane->retry_at_s)
        lane->retry_at_s = e->retry_at_s;
    if (news)
        log_warning("source: failed source=%s error=%s message='%s'", lane->source->name,
                    err_name(e->code), e->text);
}

static void note_success(struct sources_lane *lane, const struct job *j)
{
    if (j->requests == 0)
        return; /* nothing was due, so nothing is known of its health */
    if (lane->error.code)
        log_info("source: works again source=%s", lane->source->name);
    lane->failures = 0;
    lane->retry_at_s = 0;
    lane->error = (struct err){0};
}

static void on_finished(void *ctx, struct job *j, const struct err *e)
{
    struct sources_lane *lane = ctx;
    struct app *app = lane->app;
    struct err err = *e;
    bool cancelled = err_class(err.code) == ERR_CLASS_INTERRUPTED;
    if (j->requests)
        log_info("source: asked source=%s requests=%lld outcome=%s", lane->source->name,
                 (long long)j->requests, err_name(err.code));
    if (err.code == ERR_OK)
        note_success(lane, j);
    else if (!cancelled)
        note_failure(lane, &err);
    if (j->requests || err.code)
        remember(lane);
    job_free(j);
    if (app->stopping)
        return;
    if (err.code && !cancelled)
        loop_alarm_set(lane->again, lane->retry_at_s + 1);
    const struct job *run = runner_job(app->runs.runner);
    if (run && strcmp(job_step_name(run), WORK_AWAIT_STEP) == 0)
        runner_poke(app->runs.runner);
    sources_settle(&app->sources);
    app_rest(app);
}

/* --- all of them
 * ---------------------------------------------------------------------------------- */

/* One that failed the last time must first show that it works again. */
static bool holds_a_run_up(const struct sources_lane *lane)
{
    return lane->source->is_quick && lane->failures == 0 &&
           clock_boot_ms() - lane->moved_boot_ms < SILENT_MS;
}

static bool busy(void *ctx, bool any, struct job_progress *ret_progress)
{
    const struct sources *s = ctx;
    bool is_busy = false;
    *ret_progress = (struct job_progress){0};
    for (size_t i = 0; i < s->n; i++) {
        const struct job *j = runner_job(s->lane[i].runner);
        if (!j || !(any || holds_a_run_up(&s->lane[i])))
            continue;
        is_busy = true;
        ret_progress->done += j->progress.done;
        ret_progress->total += j->progress.total;
    }
    return is_busy;
}

void sources_wake(struct sources *s, bool eager)
{
    int64_t now = clock_boot_ms();
    if (!eager && s->woken_boot_ms && now - s->woken_boot_ms < WAKE_EACH_MS)
        return;
    s->woken_boot_ms = now;
    struct err e = {0};
    if (dataset_match(s->app->store, &e)) /* what a file tells is not asked about */
        log_error("store: imported songs not looked up reason='%s'", e.text);
    for (size_t i = 0; i < s->n; i++)
        wake(&s->lane[i], eager);
}

/* A sentence for the summary of a run. */
static void tell(void *ctx, struct json *notes)
{
    const struct sources *s = ctx;
    for (size_t i = 0; i < s->n; i++) {
        const struct sources_lane *lane = &s->lane[i];
        const struct job *j = runner_job(lane->runner);
        char *text = NULL;
        if (lane->error.code)
            text = mem_printf("%s; the songs are sorted by what else is known", lane->error.text);
        else if (j)
            text = mem_printf("%s is still being asked; %s", lane->source->title,
                              s->app->options.transient < 0 ? "the playlists follow by themselves"
                                                            : "sort again later, or with --wait");
        if (text)
            json_add_str(notes, text);
        free(text);
    }
}

void sources_warn(const struct sources *s, struct json *warnings)
{
    int64_t now = clock_utc_s();
    for (size_t i = 0; i < s->n; i++) {
        const struct sources_lane *lane = &s->lane[i];
        int64_t again = loop_alarm_at(lane->again);
        char when[64] = "with the next sync";
        if (!lane->error.code)
            continue;
        if (again > now) {
            char span[48];
            text_duration((again - now) * 1000, span, sizeof(span));
            snprintf(when, sizeof(when), "in %s", span);
        }
        char *text = mem_printf("%s; asked again %s", lane->error.text, when);
        json_add_str(warnings, text);
        free(text);
    }
}

int64_t sources_calls_left(const struct sources *s)
{
    int64_t left = 0;
    for (size_t i = 0; i < s->n; i++) {
        int64_t calls = 0;
        struct err ignored = {0};
        if (inquire_calls(s->app->store, s->lane[i].source, &calls, &ignored) == ERR_OK)
            left += calls;
    }
    return left;
}

static struct json *cost(void *ctx, struct store *store)
{
    const struct sources *s = ctx;
    struct json *list = json_array();
    struct err ignored = {0};
    for (size_t i = 0; i < s->n; i++) {
        const struct sources_lane *lane = &s->lane[i];
        struct json *j = json_object();
        int64_t calls = 0;
        if (inquire_calls(store, lane->source, &calls, &ignored))
            calls = 0;
        json_set_str(j, "name", lane->source->name);
        json_set_int(j, "calls", calls);
        json_set_int(j, "seconds", calls * sources_interval_ms(lane) / 1000);
        json_add(list, j);
    }
    return list;
}

static void wake_for_work(void *ctx, bool eager)
{
    sources_wake(ctx, eager);
}

bool sources_is_busy(const struct sources *s)
{
    bool any = false;
    for (size_t i = 0; i < s->n; i++)
        any = any || runner_is_busy(s->lane[i].runner);
    return any;
}

void sources_cancel(struct sources *s)
{
    for (size_t i = 0; i < s->n; i++) {
        loop_alarm_clear(s->lane[i].again);
        runner_cancel(s->lane[i].runner);
    }
}

static bool is_anything_to_label(struct app *app)
{
    struct err e = {0};
    int64_t n = 0;
    if (store_label_lacking_count(app->store, app->token.account, model_id(app->model), &n, &e))
        log_error("store: labels not counted reason='%s'", e.text);
    return n > 0;
}

static void sort_in(struct sources *s)
{
    struct app *app = s->app;
    struct err e = {0};
    int64_t run = 0;
    struct wish wish = {.kind = WISH_SYNC, .threshold = -1};
    if (app->options.transient < 0 && token_is_set(&app->token) && is_anything_to_label(app) &&
        runs_want(&app->runs, &wish, &run, &e))
        log_warning("source: not sorted in reason='%s'", e.text);
}

void sources_settle(struct sources *s)
{
    struct app *app = s->app;
    if (app->stopping || runs_is_busy(&app->runs) || sources_is_busy(s))
        return;
    loop_alarm_clear(s->settle);
    s->settle_in_s = SETTLE_FIRST_S;
    sort_in(s);
}

static void on_settle(void *ctx)
{
    struct sources *s = ctx;
    if (!s->app->stopping && !runs_is_busy(&s->app->runs))
        sort_in(s);
}

/* --- opening
 * -------------------------------------------------------------------------------------- */

static struct source_place place_of(const struct config *c, const struct source *source)
{
    if (source == &source_reccobeats)
        return (struct source_place){c->reccobeats_url, ""};
    if (source == &source_musicbrainz)
        return (struct source_place){c->musicbrainz_url, ""};
    return (struct source_place){c->lastfm_url, c->lastfm_key};
}

int64_t sources_interval_ms(const struct sources_lane *lane)
{
    const struct app *app = lane->app;
    /* They ask from one address: each account of a service takes its share of what that may. */
    int64_t share = app->options.transient < 0 ? app->config.n_accounts : 1;
    return share * (lane->source == &source_musicbrainz ? app->config.musicbrainz_interval_ms
                                                        : lane->source->interval_ms);
}

static enum err_code lane_open(struct sources *s, const struct source *source, struct err *e)
{
    struct sources_lane *lane = &s->lane[s->n];
    struct app *app = s->app;
    const struct runner_policy policy = {
        .ctx = lane,
        .judge = judge,
        .hold_until_utc_s = hold_until,
        .held = held,
        .hold_why = hold_why,
    };
    const struct runner_observer observer = {.ctx = lane, .finished = on_finished};
    *lane = (struct sources_lane){
        .app = app, .source = source, .place = place_of(&app->config, source)};
    const struct runner_options options = {
        .window_start = source->window,
        .window_max = source->window,
        .interval_ms = sources_interval_ms(lane),
    };
    enum err_code code = recall(lane, e);
    if (code)
        return code;
    lane->again = loop_alarm_new(app->loop, on_again, lane);
    lane->runner = runner_new(app->loop, app->client, &policy, &observer, &options);
    s->n++;
    return ERR_OK;
}

static enum err_code lanes_open(struct sources *s, struct err *e)
{
    const struct config *c = &s->app->config;
    enum err_code code =
        store_fact_order(s->app->store, (const char *const *)c->order.items, c->order.n, e);
    for (size_t i = 0; code == ERR_OK && i < c->order.n && s->n < STORE_SOURCES_MAX; i++) {
        const struct source *source = source_find_row(c->order.items[i]);
        if (source && !(source->needs_key && !*c->lastfm_key))
            code = lane_open(s, source, e);
    }
    return code;
}

static void lanes_close(struct sources *s)
{
    while (s->n > 0) {
        struct sources_lane *lane = &s->lane[--s->n];
        runner_free(lane->runner);
        loop_alarm_free(lane->again);
    }
}

enum err_code sources_open(struct sources *s, struct app *app, struct err *e)
{
    *s = (struct sources){.app = app, .settle_in_s = SETTLE_FIRST_S};
    s->settle = loop_alarm_new(app->loop, on_settle, s);
    s->for_work = (struct work_sources){s, wake_for_work, busy, tell, cost};
    return lanes_open(s, e);
}

void sources_close(struct sources *s)
{
    lanes_close(s);
    loop_alarm_free(s->settle);
    s->settle = NULL;
}

enum err_code sources_reopen(struct sources *s, struct err *e)
{
    lanes_close(s);
    return lanes_open(s, e);
}
