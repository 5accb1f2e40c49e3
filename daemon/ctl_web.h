/* genrectl web: the page's address, and its password. */
#ifndef DAEMON_CTL_WEB_H
#define DAEMON_CTL_WEB_H

#include "base/err.h"
#include "daemon/ctl.h"

ERR_NODISCARD enum err_code ctl_web_run(struct ctl *c, struct err *e);

#endif
