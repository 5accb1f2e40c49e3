/* `genrectl import`: files with songs, read here and handed to the daemon, which may not see them.
 */
#ifndef DAEMON_CTL_IMPORT_H
#define DAEMON_CTL_IMPORT_H

#include "daemon/ctl.h"

/* ERR_PARTLY when rows were left out; ERR_IO and ERR_FORMAT of a file that cannot be read, after
 * the others were imported. */
ERR_NODISCARD enum err_code ctl_import_run(struct ctl *c, struct err *e);

#endif
