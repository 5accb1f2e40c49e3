/* The commands that need no daemon, network, login or configuration file. */
#ifndef DAEMON_CTL_LOCAL_H
#define DAEMON_CTL_LOCAL_H

#include "base/err.h"
#include "daemon/command.h"

/* Of kind COMMAND_LOCAL. ERR_PARTLY when some rows of a file were bad. */
ERR_NODISCARD enum err_code ctl_local_run(const struct command *c, struct err *e);

#endif
