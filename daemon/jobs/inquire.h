/* Asking one source about everything that is due there: one job, ended when nothing is. Each reply
 * is committed before the next is taken, so it may be dropped at any point. */
#ifndef DAEMON_JOBS_INQUIRE_H
#define DAEMON_JOBS_INQUIRE_H

#include <stddef.h>

#include "classifier/source/source.h"
#include "daemon/jobs/job.h"
#include "store/store.h"

struct inquire_env {
    struct store *store; /* borrowed for the job's whole life, as all here */
    const struct source *source;
    struct source_place place;
    void (*learned)(void *ctx, size_t known); /* after each commit; NULL: nobody listens */
    void *ctx;
};

/* Items of a subject that are due, at any stage. */
ERR_NODISCARD enum err_code inquire_pending(struct store *s, const struct source *source,
                                            enum source_subject subject, int64_t *ret_n,
                                            struct err *e);
/* Requests that are left at least to ask all that is due. */
ERR_NODISCARD enum err_code inquire_calls(struct store *s, const struct source *source,
                                          int64_t *ret_calls, struct err *e);

/* Its summary: {"known": n, "absent": n}. */
struct job *inquire_new(const struct inquire_env *env);

#endif
