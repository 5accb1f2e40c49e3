/* What the files of the runner share. Private to daemon/net/runner*.c.
 *
 * Callbacks of the client, the timer and the worker store what happened, then call runner_tick,
 * which is the only place that moves on. Whatever calls out (policy, observer, job) does so with
 * `ticking` set, so that a cancel or a free from in there only leaves a mark. */
#ifndef DAEMON_NET_RUNNER_PRIVATE_H
#define DAEMON_NET_RUNNER_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/http.h"
#include "daemon/jobs/job.h"
#include "daemon/net/client.h"
#include "daemon/net/loop.h"
#include "daemon/net/runner.h"

enum runner_slot_state {
    SLOT_READY,  /* to be sent */
    SLOT_FLYING, /* sent */
    SLOT_PAUSED, /* to be sent again at due_boot_ms */
    SLOT_DONE,   /* res waits for its turn to be taken */
};

/* A request of the job, from asked to taken; kept in the order of the asking. */
struct runner_slot {
    struct runner_slot *next;
    struct runner *runner;
    enum runner_slot_state state;
    struct http_req req;
    struct http_res res;
    struct client_call *call;
    unsigned attempt;
    int64_t due_boot_ms;
    uint64_t generation;   /* of the token it was sent with */
    uint64_t epoch;        /* of the window it was sent in */
    unsigned reauthorised; /* refreshes on behalf of this request */
};

enum runner_token_state { TOKEN_IDLE, TOKEN_READY, TOKEN_FLYING, TOKEN_PAUSED };

/* The one refresh that all requests wait for. */
struct runner_token {
    enum runner_token_state state;
    struct http_req req;
    struct client_call *call;
    unsigned attempt;
    int64_t due_boot_ms;
    uint64_t generation; /* refreshes so far */
    unsigned refused;    /* 401s in a row for current tokens */
    bool proven;         /* a request with this generation was not answered by 401 */
};

enum runner_mind { MIND_ASK, MIND_WAIT, MIND_SLEEP, MIND_CPU };

struct runner {
    struct loop *loop;
    struct client *client;
    struct runner_policy policy;
    struct runner_observer observer;
    struct runner_options options;
    struct loop_timer *timer;
    struct job *job;
    struct job_io io;
    enum runner_mind mind;
    int64_t sleep_until_boot_ms;
    struct runner_slot *slots;
    struct runner_slot **slots_end;
    size_t n_slots;
    size_t n_flying;
    int64_t next_send_boot_ms; /* by options.interval_ms */
    unsigned window;
    unsigned successes; /* since the window changed */
    uint64_t epoch;     /* of the window: one burst of 429s halves it once */
    unsigned holds_in_a_row;
    int64_t hold_until_boot_ms; /* 0: none */
    int64_t hold_until_utc_s;
    int64_t told_left_s; /* the countdown's last word */
    enum runner_why waiting;
    struct runner_token token;
    struct loop_work *work;
    struct job_work cpu;
    size_t seen_at;
    struct job_progress seen_progress;
    bool listening;
    bool ending;
    struct err end;
    int64_t end_by_boot_ms;
    bool kicked; /* another turn is wanted */
    bool ticking;
    bool freed;
};

/* runner.c */
void runner_tick(struct runner *r);
void runner_end(struct runner *r, const struct err *e); /* the job is over; the first one counts */
void runner_tell_waiting(struct runner *r, enum runner_why why, int64_t until_utc_s,
                         int64_t left_ms);

/* runner_slot.c: the requests outstanding, in the order asked. */
void runner_slot_add(struct runner *r); /* of r->io.req */
struct runner_slot *runner_slot_shift(struct runner *r);
void runner_slot_free(struct runner_slot *s);
void runner_slots_drop(struct runner *r);

/* runner_hold.c: a reply to req says to wait until then; or the policy remembers it. */
void runner_hold_begin(struct runner *r, const struct http_req *req, uint64_t epoch,
                       int64_t until_utc_s);
/* Whether req must stay here for now, or the job has ended for it. */
bool runner_hold_check(struct runner *r, const struct http_req *req);
bool runner_hold_active(const struct runner *r);
void runner_hold_tick(struct runner *r);         /* ends it, or counts down */
int64_t runner_hold_due(const struct runner *r); /* boot ms of its next tick; INT64_MAX: none */
void runner_hold_success(struct runner *r);      /* widens the window */

/* runner_token.c */
void runner_token_want(struct runner *r);
void runner_token_tick(struct runner *r);
void runner_token_drop(struct runner *r); /* back to idle, the exchange cancelled */

#endif
