/* How many of a known number of things are done, as a bar with the time that is left. */
#ifndef DAEMON_CTL_COUNT_H
#define DAEMON_CTL_COUNT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "daemon/ctl_progress.h"

struct ctl_count {
    struct ctl_progress progress;
    pthread_mutex_t lock;
    int64_t started_ms; /* CLOCK_BOOTTIME */
    size_t done;
    size_t total;
};

/* job, step: words before the bar. off: nothing is ever shown. */
void ctl_count_init(struct ctl_count *c, const char *job, const char *step, bool off, bool color);
/* Any thread. */
void ctl_count_set(struct ctl_count *c, size_t done, size_t total);
/* One more is done. Any thread. */
void ctl_count_add(struct ctl_count *c);
/* Takes the bar off the line, before anything else is written; ctl_count_set brings it back. */
void ctl_count_clear(struct ctl_count *c);

/* Seconds that are left after `passed_ms`, rounded up; -1 while nothing is done. */
int64_t ctl_count_left_s(int64_t passed_ms, size_t done, size_t total);

#endif
