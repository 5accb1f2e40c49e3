/* The table of sources as people read it. */
#ifndef DAEMON_CTL_SOURCES_H
#define DAEMON_CTL_SOURCES_H

#include "daemon/ctl.h"

void ctl_sources_show(const struct ctl *c, const struct json *answer);

#endif
