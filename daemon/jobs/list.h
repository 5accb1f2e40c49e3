/* Reading the list of the person's own playlists, so that they may choose among them what is
 * sorted. Nothing is written to Spotify. */
#ifndef DAEMON_JOBS_LIST_H
#define DAEMON_JOBS_LIST_H

#include "daemon/jobs/work.h"

/* Keeps those that env->user_id owns (store/listing.h). Its summary: {"playlists": how many}. */
struct job *list_new(const struct work_env *env);

#endif
