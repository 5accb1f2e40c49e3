/* What to do with a raw reply, and the parts of that decision which are the same for every service.
 * Pure. */
#ifndef BASE_RETRY_H
#define BASE_RETRY_H

#include <stdbool.h>
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

/* attempt: how often this request was sent, from 1. jitter: [0, 1). service: "Spotify", for the
 * sentence. */

/* Again after a growing pause, or at least as long as Retry-After asks (within reason); after
 * RETRY_ATTEMPTS it is given up. */
void retry_again(const struct http_res *res, const char *service, unsigned attempt, double jitter,
                 struct retry_answer *ret_answer);
/* Held for Retry-After, else for otherwise_ms, else (0) for a growing pause. */
void retry_hold(const struct http_res *res, int64_t otherwise_ms, unsigned attempt, double jitter,
                struct retry_answer *ret_answer);
/* ERR_NETWORK: it cannot be reached, has trouble, or a web page came instead of its data. */
void retry_give_up(const struct http_res *res, const char *service,
                   struct retry_answer *ret_answer);
/* A 2xx to a GET that is no JSON: it was cut, or comes from something in between. */
bool retry_is_garbled(const struct http_req *req, const struct http_res *res);

#endif
