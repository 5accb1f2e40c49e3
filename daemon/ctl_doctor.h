/* genrectl doctor: checks the installation and says what to do. */
#ifndef DAEMON_CTL_DOCTOR_H
#define DAEMON_CTL_DOCTOR_H

#include "base/err.h"
#include "daemon/ctl.h"

/* Loads the configuration and starts the daemon itself, since either may be what is wrong. ERR_OK
 * with c->exit_status 1 when a check failed. */
ERR_NODISCARD enum err_code ctl_doctor_run(struct ctl *c, struct err *e);

#endif
