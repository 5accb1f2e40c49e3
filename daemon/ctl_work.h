/* The commands that take long: login, sync, sort, drop, watch. */
#ifndef DAEMON_CTL_WORK_H
#define DAEMON_CTL_WORK_H

#include "base/err.h"
#include "daemon/ctl.h"

/* Before any daemon is started: whether the values make sense, and whether the person agrees. */
ERR_NODISCARD enum err_code ctl_work_check(struct ctl *c, struct err *e);

/* Each returns ERR_OK with c->exit_status for what was partly done. A run that the person
 * interrupts is cancelled in the daemon: ERR_CANCELLED. */
ERR_NODISCARD enum err_code ctl_work_sync(struct ctl *c, struct err *e);
ERR_NODISCARD enum err_code ctl_work_sort(struct ctl *c, struct err *e);
ERR_NODISCARD enum err_code ctl_work_drop(struct ctl *c, struct err *e);
ERR_NODISCARD enum err_code ctl_work_release(struct ctl *c, struct err *e);
ERR_NODISCARD enum err_code ctl_work_undo(struct ctl *c, struct err *e);
ERR_NODISCARD enum err_code ctl_work_adopt(struct ctl *c, struct err *e);
ERR_NODISCARD enum err_code ctl_work_watch(struct ctl *c, struct err *e);

/* The id in an address or URI of a playlist, else the text itself. */
void ctl_work_playlist(const char *text, char *out, size_t out_size);

#endif
