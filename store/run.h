/* The runs, newest of which `genrectl runs` shows. */
#ifndef STORE_RUN_H
#define STORE_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

struct store_run {
    int64_t id;
    const char *job;
    const char *outcome; /* "running", "done", an error's name, "killed" */
    const char *message;
    int64_t started_s;
    int64_t finished_s; /* 0: not */
    int64_t requests;
    int64_t added;
    int64_t removed;
};

/* The highest id given so far, 0 when there is none. */
ERR_NODISCARD enum err_code store_run_last(struct store *s, int64_t *ret_id, struct err *e);
ERR_NODISCARD enum err_code store_run_start(struct store *s, int64_t id, int64_t account,
                                            const char *job, int64_t now_s, struct err *e);
ERR_NODISCARD enum err_code store_run_finish(struct store *s, const struct store_run *run,
                                             struct err *e);
/* Runs that a killed program left as running. */
ERR_NODISCARD enum err_code store_run_close_killed(struct store *s, struct err *e);
/* One of the account's; id 0: there is none. */
ERR_NODISCARD enum err_code store_run_get(struct store *s, int64_t account, int64_t id,
                                          struct arena *a, struct store_run *ret_run,
                                          struct err *e);
/* Newest first, at most max. */
ERR_NODISCARD enum err_code store_run_list(struct store *s, int64_t account, size_t max,
                                           struct arena *a, struct store_run **ret_runs,
                                           size_t *ret_n, struct err *e);
/* Keeps the newest `keep`, and those whose writes have an unknown outcome. */
ERR_NODISCARD enum err_code store_run_prune(struct store *s, size_t keep, struct err *e);

#endif
