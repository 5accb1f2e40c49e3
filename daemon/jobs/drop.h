/* Letting go of a genre: its playlists are unfollowed (which is how Spotify deletes) and forgotten.
 */
#ifndef DAEMON_JOBS_DROP_H
#define DAEMON_JOBS_DROP_H

#include "daemon/jobs/work.h"

/* ERR_USAGE when genred has no playlist of that genre. */
ERR_NODISCARD enum err_code drop_new(const struct work_env *env, const char *genre,
                                     struct job **ret_job, struct err *e);

#endif
