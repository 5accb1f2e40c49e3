#include "base/retry.h"

#include "base/json_scan.h"

#define BACKOFF_MAX_MS 20000
/* A 5xx may ask for patience too, but a wrong header must not stop everything for a day. */
#define SERVER_WAIT_MAX_MS 30000

static int64_t backoff_ms(unsigned attempt, double jitter)
{
    int64_t ms = attempt < 8 ? (int64_t)250 << attempt : BACKOFF_MAX_MS;
    if (ms > BACKOFF_MAX_MS)
        ms = BACKOFF_MAX_MS;
    return (int64_t)((double)ms * (1 + jitter) / 2);
}

void retry_give_up(const struct http_res *res, const char *service, struct retry_answer *a)
{
    a->verdict = RETRY_GIVE_UP;
    if (res->result != HTTP_RESULT_REPLY)
        err_set(&a->err, ERR_NETWORK, "%s cannot be reached: %s", service, res->failure);
    else if (res->status >= 500 || res->status == 408)
        err_set(&a->err, ERR_NETWORK, "%s has trouble (status %d)", service, res->status);
    else
        err_set(&a->err, ERR_NETWORK,
                "the network answers with a web page instead of %s's data (a sign-in page?)",
                service);
}

void retry_again(const struct http_res *res, const char *service, unsigned attempt, double jitter,
                 struct retry_answer *a)
{
    if (attempt >= RETRY_ATTEMPTS) {
        retry_give_up(res, service, a);
        return;
    }
    a->verdict = RETRY_AGAIN;
    a->delay_ms = backoff_ms(attempt, jitter);
    int64_t asked_ms = res->retry_after_s > 0 ? res->retry_after_s * 1000 : 0;
    if (asked_ms > a->delay_ms)
        a->delay_ms = asked_ms < SERVER_WAIT_MAX_MS ? asked_ms : SERVER_WAIT_MAX_MS;
}

void retry_hold(const struct http_res *res, int64_t otherwise_ms, unsigned attempt, double jitter,
                struct retry_answer *a)
{
    a->verdict = RETRY_HOLD;
    if (res->retry_after_s >= 0)
        a->delay_ms = res->retry_after_s < 1 ? 1000 : res->retry_after_s * 1000;
    else if (otherwise_ms > 0)
        a->delay_ms = otherwise_ms;
    else
        a->delay_ms = 1000 + backoff_ms(attempt, jitter);
}

bool retry_is_garbled(const struct http_req *req, const struct http_res *res)
{
    if (res->status < 200 || res->status >= 300 || req->method != HTTP_GET)
        return false;
    const char *why = NULL;
    json_scan(buf_str(&res->body), res->body.len, &why);
    return why != NULL;
}
