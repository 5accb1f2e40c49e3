/* genrectl eval --audio and --table: models that hear, measured. */
#ifndef DAEMON_CTL_SOUND_H
#define DAEMON_CTL_SOUND_H

#include "base/err.h"
#include "daemon/command.h"

/* ERR_PARTLY after printing when files or rows could not be used. */
ERR_NODISCARD enum err_code ctl_sound_eval(const struct command *c, struct err *e);

#endif
