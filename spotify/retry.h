/* What to do with a raw reply, decided once for every request to Spotify. Pure. */
#ifndef SPOTIFY_RETRY_H
#define SPOTIFY_RETRY_H

#include <stdint.h>

#include "base/err.h"
#include "base/http.h"

enum retry_verdict {
    RETRY_DELIVER,     /* the job reads it */
    RETRY_AGAIN,       /* send the same again after delay_ms */
    RETRY_HOLD,        /* rate limit: nothing may be sent for delay_ms */
    RETRY_REAUTHORISE, /* the access token is no longer taken */
    RETRY_GIVE_UP,     /* err says why */
};

#define RETRY_ATTEMPTS 6

struct retry_answer {
    enum retry_verdict verdict;
    int64_t delay_ms;
    struct err err;
};

/* attempt: how often this request was sent, from 1. jitter: [0, 1). A write whose outcome is
 * unknown is delivered, never sent again: adding is not idempotent. */
void retry_judge(const struct http_req *req, const struct http_res *res, unsigned attempt,
                 double jitter, struct retry_answer *ret_answer);

#endif
