/* The progress of a run on standard error: a bar that is redrawn on a terminal, else a line now and
 * then. */
#ifndef DAEMON_CTL_PROGRESS_H
#define DAEMON_CTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"

struct ctl_progress {
    bool off;
    bool terminal;
    bool color;
    bool drawn; /* a bar stands on the line */
    char job[32];
    char step[32];
    char waiting[64];    /* what for; "" while it works */
    int64_t until_s;     /* UTC epoch; end of the wait */
    int64_t done, total; /* total 0: not known */
    int64_t eta_s;       /* -1: not known */
    int64_t told_at_ms;  /* CLOCK_BOOTTIME of the last plain line */
    char told_step[32];
    char told_waiting[64];
};

void ctl_progress_init(struct ctl_progress *p, bool off, bool color);
/* An event with message_type progress. */
void ctl_progress_take(struct ctl_progress *p, const struct json *event);
/* Shows it as its members are now. */
void ctl_progress_show(struct ctl_progress *p);
/* Draws again what changes by itself: the countdown of a wait. */
void ctl_progress_tick(struct ctl_progress *p);
/* Takes the bar off the line, before anything else is written. */
void ctl_progress_clear(struct ctl_progress *p);

#endif
