#include "daemon/schedule.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"
#include "daemon/app.h"
#include "store/account.h"
#include "store/outbox.h"

#define RETRY_FIRST_S 300
#define RETRY_LAST_S  3600
/* What is overdue waits for the network of a machine just started, and for a person who just logged
 * in. */
#define OVERDUE_S 20
/* Many daemons must not all come back in the same second after a ban. */
#define JITTER_S 5

static void due(void *ctx)
{
    struct schedule *s = ctx;
    struct app *app = s->app;
    struct err e = {0};
    int64_t run = 0;
    struct wish wish = {.kind = WISH_SYNC, .threshold = -1};
    if (!token_is_set(&app->token) || runs_is_busy(&app->runs))
        return;
    s->retry_at_s = 0;
    if (runs_want(&app->runs, &wish, &run, &e)) {
        log_error("schedule: not started reason='%s'", e.text);
        s->retry_at_s = clock_utc_s() + RETRY_LAST_S;
        schedule_renew(s);
    }
}

void schedule_open(struct schedule *s, struct app *app)
{
    *s = (struct schedule){.app = app};
    s->alarm = loop_alarm_new(app->loop, due, s);
}

void schedule_close(struct schedule *s)
{
    loop_alarm_free(s->alarm);
    s->alarm = NULL;
}

void schedule_note(struct schedule *s, const struct err *e)
{
    int64_t interval_s = s->app->config.sync_interval_ms / 1000;
    uint8_t random = 0;
    s->retry_at_s = 0;
    if (e->code == ERR_OK) {
        s->failures = 0;
        return;
    }
    if (err_class(e->code) != ERR_CLASS_LATER) {
        /* Waiting does not cure it, so it is not tried more often than a sync that works. */
        s->retry_at_s = interval_s > 0 ? clock_utc_s() + interval_s : 0;
        return;
    }
    int64_t wait_s = (int64_t)RETRY_FIRST_S << (s->failures < 4 ? s->failures : 4);
    rand_bytes(&random, 1);
    s->failures++;
    s->retry_at_s = clock_utc_s() + (wait_s < RETRY_LAST_S ? wait_s : RETRY_LAST_S);
    if (e->retry_at_s)
        s->retry_at_s = e->retry_at_s + 1 + random % JITTER_S;
}

static int64_t next_by_interval(const struct schedule *s, int64_t last_s, int64_t now_s)
{
    int64_t interval_s = s->app->config.sync_interval_ms / 1000;
    if (interval_s <= 0)
        return 0;
    /* A clock that jumped back must not put the next run far into the future. */
    if (last_s > now_s)
        last_s = now_s;
    int64_t next = last_s + interval_s;
    return next > now_s + OVERDUE_S ? next : now_s + OVERDUE_S;
}

static enum err_code find_next(struct schedule *s, int64_t *ret_next, struct err *e)
{
    struct app *app = s->app;
    struct arena a = {0};
    struct store_account account;
    int64_t pending = 0;
    int64_t now = clock_utc_s();
    enum err_code code = store_account_get(app->store, app->token.account, &a, &account, e);
    if (code == ERR_OK)
        code = store_outbox_count(app->store, app->token.account, &pending, e);
    if (code == ERR_OK && s->retry_at_s)
        *ret_next = s->retry_at_s;
    else if (code == ERR_OK && pending && !s->begun)
        *ret_next = now + 1; /* what an ended program left unfinished */
    else if (code == ERR_OK)
        *ret_next = next_by_interval(s, account.last_sync_s, now);
    arena_free(&a);
    return code;
}

void schedule_renew(struct schedule *s)
{
    struct app *app = s->app;
    struct err e = {0};
    int64_t next = 0;
    if (!s->alarm)
        return;
    if (app->options.transient < 0 && token_is_set(&app->token) && find_next(s, &next, &e))
        log_error("schedule: store unreadable reason='%s'", e.text);
    if (app->options.transient < 0 && !token_is_set(&app->token))
        next = token_again_at(&app->token);
    s->begun = true;
    if (next && next < app->budget.cooldown_until_s)
        next = app->budget.cooldown_until_s + 1;
    if (next)
        loop_alarm_set(s->alarm, next);
    else
        loop_alarm_clear(s->alarm);
}

int64_t schedule_next(const struct schedule *s)
{
    return s->alarm ? loop_alarm_at(s->alarm) : 0;
}
