#include "spotify/judge.h"

#include <stdbool.h>
#include <string.h>

#include "spotify/access.h"

#define SERVICE       "Spotify"
#define QUOTA_WAIT_MS ((int64_t)15 * 60 * 1000) /* after QUOTA_EXCEEDED without Retry-After */

static int64_t quota_wait_ms(const struct http_res *res)
{
    return strstr(buf_str(&res->body), "QUOTA_EXCEEDED") ? QUOTA_WAIT_MS : 0;
}

void judge_reply(const struct http_req *req, const struct http_res *res, unsigned attempt,
                 double jitter, struct retry_answer *a)
{
    *a = (struct retry_answer){.verdict = RETRY_DELIVER};
    bool safe = req->idempotent;
    if (res->result == HTTP_RESULT_UNSENT)
        retry_again(res, SERVICE, attempt, jitter, a);
    else if (res->result == HTTP_RESULT_UNKNOWN || res->status >= 500 || res->status == 408) {
        if (safe)
            retry_again(res, SERVICE, attempt, jitter, a);
    } else if (res->status == 401 && req->auth == HTTP_AUTH_BEARER)
        a->verdict = RETRY_REAUTHORISE;
    else if (res->status == 429)
        retry_hold(res, quota_wait_ms(res), attempt, jitter, a);
    else if (access_forbidden(res, &a->err) != ERR_OK)
        a->verdict = RETRY_GIVE_UP;
    else if (retry_is_garbled(req, res))
        retry_again(res, SERVICE, attempt, jitter, a);
    else if (res->status < 200 || (res->status >= 300 && res->status < 400))
        retry_give_up(res, SERVICE, a);
}
