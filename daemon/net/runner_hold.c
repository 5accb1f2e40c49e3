#include "daemon/net/runner_private.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define HOLDS_MAX 8 /* in a row, without one success between them */

bool runner_hold_active(const struct runner *r)
{
    return r->hold_until_boot_ms > 0;
}

static void hold_until(struct runner *r, int64_t until_utc_s)
{
    int64_t left_ms = until_utc_s * 1000 - clock_utc_ms();
    if (left_ms < 1)
        left_ms = 1;
    int64_t until_boot_ms = clock_boot_ms() + left_ms;
    if (left_ms > r->options.patience_ms || r->holds_in_a_row > HOLDS_MAX) {
        struct err e = {0};
        char left[64];
        text_duration(left_ms, left, sizeof(left));
        err_set(&e, ERR_RATE, "the service asks to wait for %s", left);
        if (r->policy.hold_why)
            r->policy.hold_why(r->policy.ctx, left, &e);
        e.retry_at_s = until_utc_s;
        runner_end(r, &e);
        return;
    }
    if (until_boot_ms <= r->hold_until_boot_ms)
        return;
    r->hold_until_boot_ms = until_boot_ms;
    r->hold_until_utc_s = until_utc_s;
    r->told_left_s = (left_ms + 999) / 1000;
    runner_tell_waiting(r, RUNNER_WAITS_RATE, until_utc_s, left_ms);
}

void runner_hold_begin(struct runner *r, const struct http_req *req, uint64_t epoch,
                       int64_t until_utc_s)
{
    int64_t soonest = clock_utc_s() + 1;
    if (until_utc_s < soonest)
        until_utc_s = soonest;
    if (epoch == r->epoch) {
        r->epoch++;
        r->window = r->window > 1 ? r->window / 2 : 1;
        r->successes = 0;
        r->holds_in_a_row++;
        log_info("runner: hold window=%u seconds=%lld", r->window,
                 (long long)(until_utc_s - clock_utc_s()));
    }
    if (r->policy.held)
        r->policy.held(r->policy.ctx, req, until_utc_s);
    hold_until(r, until_utc_s);
}

bool runner_hold_check(struct runner *r, const struct http_req *req)
{
    if (runner_hold_active(r) || r->ending)
        return true;
    if (!r->policy.hold_until_utc_s)
        return false;
    int64_t until_utc_s = r->policy.hold_until_utc_s(r->policy.ctx, req);
    if (until_utc_s * 1000 <= clock_utc_ms())
        return r->ending;
    hold_until(r, until_utc_s);
    return true;
}

static int64_t left_s(const struct runner *r, int64_t now_boot_ms)
{
    return (r->hold_until_boot_ms - now_boot_ms + 999) / 1000;
}

void runner_hold_tick(struct runner *r)
{
    int64_t now = clock_boot_ms();
    if (!runner_hold_active(r))
        return;
    if (now >= r->hold_until_boot_ms) {
        r->hold_until_boot_ms = 0;
        return;
    }
    if (r->listening && left_s(r, now) < r->told_left_s) {
        r->told_left_s = left_s(r, now);
        runner_tell_waiting(r, RUNNER_WAITS_RATE, r->hold_until_utc_s, r->hold_until_boot_ms - now);
    }
}

int64_t runner_hold_due(const struct runner *r)
{
    if (!runner_hold_active(r))
        return INT64_MAX;
    if (!r->listening)
        return r->hold_until_boot_ms;
    int64_t left = left_s(r, clock_boot_ms());
    return r->hold_until_boot_ms - (left > 0 ? left - 1 : 0) * 1000;
}

void runner_hold_success(struct runner *r)
{
    r->holds_in_a_row = 0;
    if (++r->successes < r->window)
        return;
    r->successes = 0;
    if (r->window < r->options.window_max)
        r->window++;
}
