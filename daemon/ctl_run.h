/* One run of the daemon from its start to its end. */
#ifndef DAEMON_CTL_RUN_H
#define DAEMON_CTL_RUN_H

#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "daemon/ctl.h"

/* What the final event means: the failure it tells, or ERR_OK with c->exit_status, and for people
 * its summary on standard output. */
ERR_NODISCARD enum err_code ctl_run_end(struct ctl *c, const struct json *event, struct err *e);
/* Asks the daemon to stop this run, after the person interrupted. */
void ctl_run_cancel(struct ctl *c, int64_t run);
/* Starts one by POST of body to target, follows it, and ends it. */
ERR_NODISCARD enum err_code ctl_run_whole(struct ctl *c, const char *target,
                                          const struct json *body, struct err *e);

#endif
