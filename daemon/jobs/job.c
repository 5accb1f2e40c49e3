#include "daemon/jobs/job.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void step_enter(struct job *j, size_t at)
{
    j->at = at;
    j->next = JOB_NEXT_IN_ORDER;
    j->progress = (struct job_progress){0};
}

enum job_wish job_ask(struct job *j, struct job_io *io)
{
    while (j->at < j->n_steps) {
        http_req_clear(&io->req);
        enum job_wish wish = j->steps[j->at].ask(j, io);
        if (wish == JOB_SEND)
            j->outstanding++;
        if (wish != JOB_NEXT)
            return wish;
        assert(j->outstanding == 0);
        step_enter(j, j->next == JOB_NEXT_IN_ORDER ? j->at + 1 : j->next);
    }
    return JOB_DONE;
}

bool job_take(struct job *j, struct job_io *io)
{
    assert(j->outstanding > 0);
    j->outstanding--;
    return j->steps[j->at].take(j, io) == JOB_AGAIN;
}

size_t job_step_find(const struct job *j, const char *name)
{
    size_t i = 0;
    while (i < j->n_steps && strcmp(j->steps[i].name, name) != 0)
        i++;
    assert(i < j->n_steps);
    return i;
}

const char *job_step_name(const struct job *j)
{
    return j->at < j->n_steps ? j->steps[j->at].name : "";
}

void job_free(struct job *j)
{
    if (!j)
        return;
    if (j->state_free)
        j->state_free(j->state);
    free(j);
}
