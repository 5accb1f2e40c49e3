/* Waiting for the other sources, which are asked beside the job: for those that answer soon, or on
 * wish for all. */
#include "daemon/jobs/work.h"

/* Only the progress that is shown hangs on it: whoever changes something wakes the job. */
#define LOOK_EACH_MS 500

enum job_wish await_ask(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    const struct work_sources *sources = w->env.sources;
    if (!sources || w->options.dry_run)
        return JOB_NEXT;
    if (!w->awaiting)
        work_wake_sources(w, true);
    w->awaiting = true;
    if (!sources->busy(sources->ctx, w->options.wait, &j->progress))
        return JOB_NEXT;
    io->sleep_ms = LOOK_EACH_MS;
    return JOB_SLEEP;
}
