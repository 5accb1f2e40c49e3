/* `genrectl exclude`: what is to stay out of the playlists. */
#ifndef DAEMON_CTL_EXCLUDE_H
#define DAEMON_CTL_EXCLUDE_H

#include "daemon/ctl.h"

ERR_NODISCARD enum err_code ctl_exclude_run(struct ctl *c, struct err *e);

#endif
