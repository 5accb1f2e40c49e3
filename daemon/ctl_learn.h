/* `genrectl learn PLAYLIST...`: what the person's own playlists tell, and what they offer. */
#ifndef DAEMON_CTL_LEARN_H
#define DAEMON_CTL_LEARN_H

#include "base/json.h"
#include "daemon/ctl.h"

ERR_NODISCARD enum err_code ctl_learn_run(struct ctl *c, struct err *e);
/* The summary of the run. */
void ctl_learn_show(const struct json *summary);

#endif
