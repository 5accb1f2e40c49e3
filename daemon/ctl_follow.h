/* Following runs on the daemon's stream of events. */
#ifndef DAEMON_CTL_FOLLOW_H
#define DAEMON_CTL_FOLLOW_H

#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "daemon/ctl.h"
#include "daemon/ctl_events.h"
#include "daemon/ctl_http.h"
#include "daemon/ctl_progress.h"

struct ctl_follow {
    struct ctl *ctl;
    struct ctl_http http;
    struct ctl_events events;
    struct ctl_progress progress;
};

/* run 0: every run, for ever. ctl_follow_close is needed on failure too. */
ERR_NODISCARD enum err_code ctl_follow_open(struct ctl *c, int64_t run, struct ctl_follow *ret,
                                            struct err *e);
/* Shows progress, or with --json prints every event as it is, until a summary or an error event
 * comes: *ret_event is that (caller: json_free). NULL when other_fd (-1: none) became readable
 * first. ERR_CANCELLED when interrupted, ERR_UNREACHABLE when the stream ends before the event. */
ERR_NODISCARD enum err_code ctl_follow_next(struct ctl_follow *f, int other_fd,
                                            struct json **ret_event, struct err *e);
void ctl_follow_close(struct ctl_follow *f);

#endif
