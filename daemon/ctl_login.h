/* genrectl login: shows the consent page's address and waits for the answer. */
#ifndef DAEMON_CTL_LOGIN_H
#define DAEMON_CTL_LOGIN_H

#include "base/err.h"
#include "daemon/ctl.h"

ERR_NODISCARD enum err_code ctl_login_run(struct ctl *c, struct err *e);

#endif
