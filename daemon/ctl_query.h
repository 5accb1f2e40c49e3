/* The commands that are one question to the daemon: status, logout, genres, list, review,
 * label, why, similar, runs, cancel, paths. */
#ifndef DAEMON_CTL_QUERY_H
#define DAEMON_CTL_QUERY_H

#include "base/err.h"
#include "daemon/ctl.h"

ERR_NODISCARD enum err_code ctl_query_status(struct ctl *c, struct err *e);
ERR_NODISCARD enum err_code ctl_query_logout(struct ctl *c, struct err *e);
ERR_NODISCARD enum err_code ctl_query_genres(struct ctl *c, struct err *e);
ERR_NODISCARD enum err_code ctl_query_list(struct ctl *c, struct err *e);
ERR_NODISCARD enum err_code ctl_query_review(struct ctl *c, struct err *e);
ERR_NODISCARD enum err_code ctl_query_label(struct ctl *c, struct err *e);
ERR_NODISCARD enum err_code ctl_query_why(struct ctl *c, struct err *e);
ERR_NODISCARD enum err_code ctl_query_similar(struct ctl *c, struct err *e);
ERR_NODISCARD enum err_code ctl_query_sources(struct ctl *c, struct err *e);
ERR_NODISCARD enum err_code ctl_query_runs(struct ctl *c, struct err *e);
/* These two are content without a daemon, and start none. */
ERR_NODISCARD enum err_code ctl_query_cancel(struct ctl *c, struct err *e);
ERR_NODISCARD enum err_code ctl_query_paths(struct ctl *c, struct err *e);

#endif
