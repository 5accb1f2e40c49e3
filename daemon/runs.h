/* Starting jobs one after another, joining equal wishes, telling how they ended. */
#ifndef DAEMON_RUNS_H
#define DAEMON_RUNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "daemon/jobs/job.h"
#include "daemon/net/runner.h"
#include "daemon/policy.h"
#include "daemon/wish.h"

struct app;

struct runs_entry {
    int64_t id;
    struct wish wish;
};

#define RUNS_QUEUE 8

struct runs {
    struct app *app;
    struct runner *runner;
    struct policy policy;
    struct runs_entry now; /* id 0: nothing runs */
    struct runs_entry queue[RUNS_QUEUE];
    size_t n_queue;
    int64_t last_id;
    int64_t last_progress_ms;
    size_t last_step;
};

ERR_NODISCARD enum err_code runs_open(struct runs *r, struct app *app, struct err *e);
void runs_close(struct runs *r);

/* Takes the wish. It joins a running or waiting run that fulfils it; *ret_run is to be listened to.
 * Checks the login and the genres first. */
ERR_NODISCARD enum err_code runs_want(struct runs *r, struct wish *wish, int64_t *ret_run,
                                      struct err *e);
/* Cancels that run, or with 0 what runs and what waits. False when there is nothing to cancel. */
bool runs_cancel(struct runs *r, int64_t run);
bool runs_is_busy(const struct runs *r);
/* A number for a run outside of the queue (a login). */
int64_t runs_new_id(struct runs *r);
/* {run, job, step, done, total} or NULL. */
struct json *runs_json(const struct runs *r);
/* A progress event of a job. */
struct json *runs_progress(const struct job *j);

#endif
