/* Why and similar for songs of a file: no daemon, no login, no configuration. */
#ifndef DAEMON_CTL_FILE_H
#define DAEMON_CTL_FILE_H

#include "base/err.h"
#include "daemon/command.h"

ERR_NODISCARD enum err_code ctl_file_why(const struct command *c, struct err *e);
ERR_NODISCARD enum err_code ctl_file_similar(const struct command *c, struct err *e);

#endif
