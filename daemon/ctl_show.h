/* The daemon's answers as people read them, on standard output. */
#ifndef DAEMON_CTL_SHOW_H
#define DAEMON_CTL_SHOW_H

#include "base/json.h"
#include "daemon/ctl.h"

void ctl_show_status(const struct ctl *c, const struct json *status);
void ctl_show_runs(const struct ctl *c, const struct json *runs);
/* One run with what it wrote. */
void ctl_show_run(const struct ctl *c, const struct json *run);
/* The summary event that ends a run. */
void ctl_show_summary(const struct ctl *c, const struct json *summary);
/* A summary or error event in one line, for watch. */
void ctl_show_event(const struct json *event);
/* "3 d 4 h" from now to the ISO time, with the time behind it; "-" if there is none. */
void ctl_show_time(const char *iso, char *out, size_t out_size);

#endif
