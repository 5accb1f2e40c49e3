#include "daemon/policy.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"
#include "base/text.h"
#include "daemon/app.h"
#include "spotify/judge.h"
#include "store/setting.h"

/* A killed program forgets no more calls than this. */
#define KEEP_EACH_CALLS 20
/* The longest that was ever seen is a day. */
#define COOLDOWN_MOST_S ((int64_t)7 * 86400)

double policy_jitter(void)
{
    static struct rand_seq jitter; /* spreads retries; its quality does not matter */
    if (!jitter.state)
        rand_bytes(&jitter.state, sizeof(jitter.state));
    return rand_unit(&jitter);
}

enum runner_verdict policy_verdict(const struct retry_answer *answer, struct runner_delay *ret)
{
    switch (answer->verdict) {
    case RETRY_DELIVER:
        return RUNNER_DELIVER;
    case RETRY_AGAIN:
        ret->delay_ms = answer->delay_ms;
        return RUNNER_RETRY;
    case RETRY_HOLD:
        ret->until_utc_s = clock_utc_s() + (answer->delay_ms + 999) / 1000 + 1;
        return RUNNER_HOLD;
    case RETRY_REAUTHORISE:
        return RUNNER_REAUTHORISE;
    case RETRY_GIVE_UP:
        break;
    }
    ret->err = answer->err;
    return RUNNER_GIVE_UP;
}

static enum runner_verdict judge(void *ctx, const struct http_req *req, const struct http_res *res,
                                 unsigned attempt, struct runner_delay *ret)
{
    struct retry_answer answer;
    (void)ctx;
    judge_reply(req, res, attempt, policy_jitter(), &answer);
    return policy_verdict(&answer, ret);
}

void policy_remember_budget(struct app *a)
{
    struct err e = {0};
    struct buf b;
    buf_init(&b, 1 << 16);
    budget_write(&a->budget, &b);
    a->unkept_calls = 0;
    if (store_setting_put(a->store, "budget", buf_str(&b), b.len, &e))
        log_error("store: call budget not kept reason='%s'", e.text);
    buf_free(&b);
}

static const struct secret *get_token(void *ctx)
{
    struct policy *p = ctx;
    return token_get(p->token);
}

static enum err_code ask_token(void *ctx, struct http_req *req, struct err *e)
{
    struct policy *p = ctx;
    return token_ask(p->token, req, e);
}

static enum err_code take_token(void *ctx, const struct http_res *res, struct err *e)
{
    struct policy *p = ctx;
    return token_take(p->token, res, e);
}

/* The ceiling is for runs: a login is never held up by it. */
static int64_t ceiling_of(const struct policy *p)
{
    return p->token == &p->app->token ? p->app->config.max_calls_per_day : 0;
}

static int64_t hold_until(void *ctx, const struct http_req *req)
{
    const struct policy *p = ctx;
    int64_t cooldown_s = clock_plausible(p->app->budget.cooldown_until_s, COOLDOWN_MOST_S);
    int64_t room_s = budget_room_at(&p->app->budget, ceiling_of(p), clock_utc_s());
    (void)req;
    return room_s > cooldown_s ? room_s : cooldown_s;
}

static void hold_why(void *ctx, const char *left, struct err *e)
{
    const struct policy *p = ctx;
    int64_t now = clock_utc_s();
    if (p->app->budget.cooldown_until_s > now)
        err_set(e, ERR_RATE, "Spotify asks to wait for %s", left);
    else
        err_set(e, ERR_RATE,
                "the day's ceiling of %lld calls to Spotify is reached (max_calls_per_day); there "
                "is room again in %s",
                (long long)ceiling_of(p), left);
}

static void held(void *ctx, const struct http_req *req, int64_t until_utc_s)
{
    struct policy *p = ctx;
    char text[24];
    (void)req;
    if (until_utc_s <= p->app->budget.cooldown_until_s)
        return;
    p->app->budget.cooldown_until_s = until_utc_s;
    text_time(until_utc_s, text, sizeof(text));
    log_warning("spotify: rate limit until=%s", text);
    policy_remember_budget(p->app);
}

static void sent(void *ctx, const struct http_req *req)
{
    struct policy *p = ctx;
    (void)req;
    budget_count(&p->app->budget, clock_utc_s());
    if (++p->app->unkept_calls >= KEEP_EACH_CALLS)
        policy_remember_budget(p->app);
}

struct runner_policy policy_make(struct policy *p)
{
    return (struct runner_policy){
        .ctx = p,
        .judge = judge,
        .token_get = get_token,
        .token_ask = ask_token,
        .token_take = take_token,
        .hold_until_utc_s = hold_until,
        .held = held,
        .hold_why = hold_why,
        .sent = sent,
    };
}

static void access_key(const struct app *a, char *out, size_t out_size)
{
    snprintf(out, out_size, "access:%s", a->config.client_id);
}

enum err_code policy_load(struct app *a, struct err *e)
{
    char key[192];
    struct buf b;
    buf_init(&b, 1 << 16);
    access_key(a, key, sizeof(key));
    enum err_code code = store_setting_get(a->store, "budget", &b, e);
    if (code == ERR_OK)
        budget_read(&a->budget, buf_str(&b));
    if (code == ERR_OK)
        code = store_setting_get(a->store, key, &b, e);
    if (code == ERR_OK)
        access_read(&a->access, buf_str(&b));
    buf_free(&b);
    return code;
}

void policy_remember(struct app *a)
{
    char key[192];
    struct err e = {0};
    struct buf b;
    if (a->unkept_calls)
        policy_remember_budget(a);
    if (!a->access.changed)
        return;
    a->access.changed = false;
    buf_init(&b, 1 << 16);
    access_key(a, key, sizeof(key));
    access_write(&a->access, &b);
    if (store_setting_put(a->store, key, buf_str(&b), b.len, &e))
        log_error("store: access not kept reason='%s'", e.text);
    buf_free(&b);
}
