#include "daemon/expiry.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "daemon/app.h"
#include "daemon/hook.h"
#include "store/setting.h"

#define DAY_S ((int64_t)86400)
#define TOLD  "login_end_told"

static const int64_t days_before[] = {14, 7, 3, 1, 0};
#define STEPS (sizeof(days_before) / sizeof(days_before[0]))

/* How many of these times have come. */
static size_t steps_reached(int64_t expires_s, int64_t now_s)
{
    size_t n = 0;
    while (n < STEPS && now_s >= expires_s - days_before[n] * DAY_S)
        n++;
    return n;
}

void expiry_sentence(const struct app *a, char *out, size_t out_size)
{
    int64_t left_s = auth_login_expires_s(&a->token.held) - clock_utc_s();
    char left[64];
    out[0] = '\0';
    if (!token_is_set(&a->token) || left_s > days_before[0] * DAY_S)
        return;
    text_duration(left_s * 1000, left, sizeof(left));
    if (left_s > 0)
        snprintf(out, out_size, "the login ends in %s: run 'genrectl login' before", left);
    else
        snprintf(out, out_size, "the login has come to its end: run 'genrectl login'");
}

/* Steps that were told of this login: "EXPIRES STEPS". */
static size_t steps_told(struct app *a, int64_t expires_s)
{
    struct buf b;
    struct err e = {0};
    int64_t of_s = 0;
    int64_t steps = 0;
    buf_init(&b, 64);
    if (store_setting_get(a->store, TOLD, &b, &e))
        log_error("store: unreadable reason='%s'", e.text);
    char *rest = b.len ? b.data : NULL;
    const char *first = rest ? strsep(&rest, " ") : NULL;
    bool ok = first && rest && text_to_int(first, 0, INT64_MAX, &of_s) &&
              text_to_int(rest, 0, (int64_t)STEPS, &steps);
    buf_free(&b);
    return ok && of_s == expires_s ? (size_t)steps : 0;
}

static void tell(struct app *a, int64_t expires_s, size_t steps)
{
    char text[48];
    char sentence[160];
    struct err e = {0};
    int n = snprintf(text, sizeof(text), "%lld %zu", (long long)expires_s, steps);
    expiry_sentence(a, sentence, sizeof(sentence));
    log_warning("login: %s", sentence);
    /* Kept first: a command that is told twice is worse than one that a crash leaves out. */
    if (store_setting_put(a->store, TOLD, text, (size_t)n, &e))
        log_error("store: not kept reason='%s'", e.text);
    hook_run(a->config.on_login_expiring, "login", sentence);
}

void expiry_renew(struct expiry *x)
{
    struct app *a = x->app;
    int64_t now = clock_utc_s();
    if (!x->alarm)
        return;
    loop_alarm_clear(x->alarm);
    if (!token_is_set(&a->token))
        return;
    int64_t expires_s = auth_login_expires_s(&a->token.held);
    size_t reached = steps_reached(expires_s, now);
    if (reached > steps_told(a, expires_s))
        tell(a, expires_s, reached);
    if (reached < STEPS)
        loop_alarm_set(x->alarm, expires_s - days_before[reached] * DAY_S);
}

static void due(void *ctx)
{
    expiry_renew(ctx);
}

void expiry_open(struct expiry *x, struct app *app)
{
    *x = (struct expiry){.app = app};
    x->alarm = loop_alarm_new(app->loop, due, x);
}

void expiry_close(struct expiry *x)
{
    loop_alarm_free(x->alarm);
    x->alarm = NULL;
}
