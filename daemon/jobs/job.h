/* A job is a table of named steps, walked by a stepper; whoever runs it moves the requests.
 *
 * The runner (daemon/net/runner.c, or a function as server in tests/jobs/) calls job_ask until it
 * says anything but JOB_SEND or its window is full, moves every request, and hands each reply worth
 * taking, in the order of the asking, to job_take. A job may be dropped at any point: what it has
 * committed to the store is all it needs to go on later. */
#ifndef DAEMON_JOBS_JOB_H
#define DAEMON_JOBS_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/http.h"
#include "base/json.h"

enum job_wish {
    JOB_SEND,  /* io->req is filled */
    JOB_WAIT,  /* nothing to send until a reply was taken; only with replies outstanding */
    JOB_SLEEP, /* ask again after io->sleep_ms */
    JOB_CPU,   /* run io->work in a worker thread, then ask again; only with nothing outstanding */
    JOB_NEXT,  /* this step is over; only with nothing outstanding */
    JOB_DONE,  /* the job is over; likewise */
    JOB_FAIL,  /* io->err says why; outstanding replies are dropped */
};

enum job_after {
    JOB_AGAIN,     /* go on asking */
    JOB_TAKE_FAIL, /* io->err says why; outstanding replies are dropped */
};

/* CPU work on copied input; `run` sees no store and no other thread's data. */
struct job_work {
    void (*run)(void *ctx);
    void *ctx; /* the step's; lives until the next ask */
};

struct job_io {
    struct http_req req; /* ask: to fill (zeroed before); take: what was asked */
    struct http_res res; /* take: the reply; moved out if the step wants to keep it */
    struct job_work work;
    int64_t sleep_ms;
    struct err err;
};

struct job;

struct job_step {
    const char *name; /* in logs, status and progress events */
    enum job_wish (*ask)(struct job *j, struct job_io *io);
    enum job_after (*take)(struct job *j, struct job_io *io); /* NULL for steps that never send */
};

struct job_progress {
    int64_t done;  /* in units of the step: songs, requests, ... */
    int64_t total; /* 0: not known */
};

#define JOB_NEXT_IN_ORDER SIZE_MAX

struct job {
    const char *name;
    const struct job_step *steps;
    size_t n_steps;
    size_t at;          /* index of the current step */
    size_t next;        /* set by a step before JOB_NEXT to go elsewhere, else JOB_NEXT_IN_ORDER */
    size_t outstanding; /* requests asked and not yet taken; kept by the stepper */
    void *state;        /* the job's own */
    void (*state_free)(void *state);
    /* The final summary as a JSON object; NULL: an empty one. Called once, after JOB_DONE or
     * failure. */
    struct json *(*summary)(struct job *j, const struct err *e);
    struct job_progress progress;
    int64_t requests; /* counted by the runner, resends included */
};

/* The stepper: asks the current step, walking over JOB_NEXT; sets progress to zero at each new
 * step. */
enum job_wish job_ask(struct job *j, struct job_io *io);
/* Hands io->req and io->res to the current step. False: the job failed, io->err says why. */
bool job_take(struct job *j, struct job_io *io);
/* Index of the step of that name. */
size_t job_step_find(const struct job *j, const char *name);
/* The current step's name, "" at the end. */
const char *job_step_name(const struct job *j);
void job_free(struct job *j); /* with its state; NULL is fine */

#endif
