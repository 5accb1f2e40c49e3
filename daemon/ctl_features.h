/* What a sound file sounds like, as numbers: no daemon, no login, no configuration. */
#ifndef DAEMON_CTL_FEATURES_H
#define DAEMON_CTL_FEATURES_H

#include "base/err.h"
#include "daemon/command.h"

/* ERR_PARTLY when some of several files could not be used; the others' numbers are printed all the
 * same. */
ERR_NODISCARD enum err_code ctl_features_run(const struct command *c, struct err *e);

#endif
