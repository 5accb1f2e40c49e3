/* `genrectl backup` and `genrectl restore`: files are read and written here, since the daemon may
 * not see them. */
#ifndef DAEMON_CTL_BACKUP_H
#define DAEMON_CTL_BACKUP_H

#include "daemon/ctl.h"

/* ERR_IO when the file cannot be written; an older one of that name is then as it was. */
ERR_NODISCARD enum err_code ctl_backup_run(struct ctl *c, struct err *e);
/* ERR_USAGE with the number of the line where the file is no backup, or not whole. */
ERR_NODISCARD enum err_code ctl_backup_restore(struct ctl *c, struct err *e);

#endif
