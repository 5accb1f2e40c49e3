/* Runs one job at a time: asks it, moves its requests, retries, holds, refreshes the token,
 * cancels.
 *
 * It knows no service: what a reply means and where the token lives are functions set by the app.
 * Loop thread only. Every function is legal in every state and inside every callback. */
#ifndef DAEMON_NET_RUNNER_H
#define DAEMON_NET_RUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/http.h"
#include "base/secret.h"
#include "daemon/jobs/job.h"
#include "daemon/net/client.h"
#include "daemon/net/loop.h"

enum runner_verdict {
    RUNNER_DELIVER, /* the job gets it, an unknown outcome too */
    RUNNER_RETRY,   /* send it again after ret->delay_ms */
    RUNNER_HOLD,    /* rate limit: nothing goes out before ret->until_utc_s, then send it again */
    RUNNER_REAUTHORISE, /* refresh the token, then send it again; after three refreshes in a row
                           ERR_LOGIN */
    RUNNER_GIVE_UP,     /* the job ends with ret->err */
};

struct runner_delay { /* zeroed before judge is called */
    int64_t delay_ms;
    int64_t until_utc_s;
    struct err err;
};

struct runner_policy {
    void *ctx;
    /* attempt: how often this request has been sent, 1 at first; answers that led to a hold or to a
     * refresh are not counted. Sees the job's replies and those of token_ask's request. */
    enum runner_verdict (*judge)(void *ctx, const struct http_req *req, const struct http_res *res,
                                 unsigned attempt, struct runner_delay *ret);
    /* The bearer for requests with HTTP_AUTH_BEARER; NULL: it must be refreshed first. Borrowed
     * until the next call into the policy. */
    const struct secret *(*token_get)(void *ctx);
    /* Fills the refresh request (req is zeroed). ERR_LOGIN when there is nothing to refresh with.
     */
    enum err_code (*token_ask)(void *ctx, struct http_req *req, struct err *e);
    /* Stores what a reply judged RUNNER_DELIVER brings. An error ends the job with *e. */
    enum err_code (*token_take)(void *ctx, const struct http_res *res, struct err *e);
    /* The cool-down that is in force for req's service, UTC; 0 or past: none. Asked before each
     * send. NULL: never. */
    int64_t (*hold_until_utc_s)(void *ctx, const struct http_req *req);
    /* A reply to req started or prolonged a hold: to be remembered across restarts. NULL: not told.
     */
    void (*held)(void *ctx, const struct http_req *req, int64_t until_utc_s);
    /* The sentence of a job that ends for a hold: why, and for how long. NULL: a plain one. */
    void (*hold_why)(void *ctx, const char *left, struct err *e);
    /* A request goes out now. NULL: not told. */
    void (*sent)(void *ctx, const struct http_req *req);
};

enum runner_why { RUNNER_GOES_ON, RUNNER_WAITS_RATE, RUNNER_WAITS_RETRY };

struct runner_observer { /* each may be NULL */
    void *ctx;
    void (*step)(void *ctx, const struct job *j);     /* j->at changed; also at the start */
    void (*progress)(void *ctx, const struct job *j); /* j->progress changed */
    /* RUNNER_GOES_ON once a wait is over. left_ms counts down once a second while somebody listens.
     */
    void (*waiting)(void *ctx, const struct job *j, enum runner_why why, int64_t until_utc_s,
                    int64_t left_ms);
    /* e->code is ERR_OK when all went well. The job is handed back: ask its summary, then job_free
     * it. A new job may be started, and the runner freed, from here. */
    void (*finished)(void *ctx, struct job *j, const struct err *e);
};

struct runner_options {
    unsigned window_start; /* requests in flight at first; 0: 4 */
    unsigned window_max;   /* 0: 8; at most RUNNER_WINDOW_CAP */
    int64_t patience_ms;   /* a longer hold ends the job with ERR_RATE and retry_at_s; 0: 45,000 */
    int64_t interval_ms;   /* between the beginnings of two requests; also before the first */
};

#define RUNNER_WINDOW_CAP 32

struct runner;

/* Policy, observer and client are borrowed and outlive it; the structs are copied. */
struct runner *runner_new(struct loop *l, struct client *c, const struct runner_policy *policy,
                          const struct runner_observer *observer,
                          const struct runner_options *options);
/* Drops a running job (job_free, no `finished`), at once or as soon as its CPU work returns. */
void runner_free(struct runner *r);

/* Owns the job until `finished`. It begins in the next turn of the loop. Only while not
 * runner_is_busy. */
void runner_start(struct runner *r, struct job *j);
/* The job ends with ERR_CANCELLED in a later turn: at once, unless CPU work is running (after it)
 * or a token is being exchanged (after that, 5 s at most, so that a rotated refresh token is not
 * lost). */
void runner_cancel(struct runner *r);
/* What a sleeping step waits for may have come: it is asked again at once. */
void runner_poke(struct runner *r);
bool runner_is_busy(const struct runner *r);
const struct job *runner_job(const struct runner *r); /* NULL when idle */
/* Whether somebody wants the countdown of a wait. Default: no. */
void runner_listen(struct runner *r, bool on);
/* Requests that may be in flight at once, as adapted so far. */
unsigned runner_window(const struct runner *r);

#endif
