/* Reading a person's own playlists as examples of what they mean by a genre: which genres their
 * songs have, and a rule for a genre of their own. Nothing is written to Spotify. */
#ifndef DAEMON_JOBS_LEARN_H
#define DAEMON_JOBS_LEARN_H

#include <stddef.h>

#include "daemon/jobs/work.h"

/* Takes the names. as: the genre that their songs are labelled with; NULL: none. */
struct job *learn_new(const struct work_env *env, char **playlists, size_t n, const char *as);

#endif
