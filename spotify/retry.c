#include "spotify/retry.h"

#include <stdbool.h>
#include <string.h>

#include "base/json_scan.h"
#include "spotify/access.h"
#include "spotify/endpoint.h"

#define QUOTA_WAIT_MS  ((int64_t)15 * 60 * 1000) /* after QUOTA_EXCEEDED without Retry-After */
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

static void give_up_network(const struct http_res *res, struct retry_answer *a)
{
    a->verdict = RETRY_GIVE_UP;
    if (res->result != HTTP_RESULT_REPLY)
        err_set(&a->err, ERR_NETWORK, "Spotify cannot be reached: %s", res->failure);
    else if (res->status >= 500 || res->status == 408)
        err_set(&a->err, ERR_NETWORK, "Spotify has trouble (status %d)", res->status);
    else
        err_set(&a->err, ERR_NETWORK,
                "the network answers with a web page instead of Spotify's data (a sign-in page?)");
}

static void again(const struct http_res *res, unsigned attempt, double jitter,
                  struct retry_answer *a)
{
    if (attempt >= RETRY_ATTEMPTS) {
        give_up_network(res, a);
        return;
    }
    a->verdict = RETRY_AGAIN;
    a->delay_ms = backoff_ms(attempt, jitter);
    int64_t asked_ms = res->retry_after_s > 0 ? res->retry_after_s * 1000 : 0;
    if (asked_ms > a->delay_ms)
        a->delay_ms = asked_ms < SERVER_WAIT_MAX_MS ? asked_ms : SERVER_WAIT_MAX_MS;
}

static void hold(const struct http_res *res, unsigned attempt, double jitter,
                 struct retry_answer *a)
{
    a->verdict = RETRY_HOLD;
    if (res->retry_after_s >= 0)
        a->delay_ms = res->retry_after_s < 1 ? 1000 : res->retry_after_s * 1000;
    else if (strstr(buf_str(&res->body), "QUOTA_EXCEEDED"))
        a->delay_ms = QUOTA_WAIT_MS;
    else
        a->delay_ms = 1000 + backoff_ms(attempt, jitter);
}

/* Whatever is read is JSON; anything else was cut, or came from something in between. */
static bool is_garbled(const struct http_req *req, const struct http_res *res)
{
    if (res->status < 200 || res->status >= 300 || req->method != HTTP_GET)
        return false;
    const char *why = NULL;
    json_scan(buf_str(&res->body), res->body.len, &why);
    return why != NULL;
}

void retry_judge(const struct http_req *req, const struct http_res *res, unsigned attempt,
                 double jitter, struct retry_answer *a)
{
    *a = (struct retry_answer){.verdict = RETRY_DELIVER};
    bool safe = req->idempotent;
    if (res->result == HTTP_RESULT_UNSENT)
        again(res, attempt, jitter, a);
    else if (res->result == HTTP_RESULT_UNKNOWN || res->status >= 500 || res->status == 408) {
        if (safe)
            again(res, attempt, jitter, a);
    } else if (res->status == 401 && req->auth == HTTP_AUTH_BEARER)
        a->verdict = RETRY_REAUTHORISE;
    else if (res->status == 429)
        hold(res, attempt, jitter, a);
    else if (access_forbidden(res, &a->err) != ERR_OK)
        a->verdict = RETRY_GIVE_UP;
    else if (is_garbled(req, res))
        again(res, attempt, jitter, a);
    else if (res->status < 200 || (res->status >= 300 && res->status < 400))
        give_up_network(res, a);
}
