/* Letting go of a genre: its playlists are unfollowed (which is how Spotify deletes), or left to
 * the person as they are. Their record is kept for an undo. */
#ifndef DAEMON_JOBS_DROP_H
#define DAEMON_JOBS_DROP_H

#include "daemon/jobs/work.h"

/* ERR_USAGE when genred has no playlist of that genre. */
ERR_NODISCARD enum err_code drop_new(const struct work_env *env, const char *genre, bool release,
                                     struct job **ret_job, struct err *e);

#endif
