/* The journal of a run, told. */
#ifndef DAEMON_JOBS_HISTORY_H
#define DAEMON_JOBS_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "store/store.h"

/* [{name, genre, id, before, after, added, removed, created, unfollowed, followed, changes: [{verb,
 * id, name, artists, place}]}]: the playlists that it wrote, in the order of the writes; `changes`
 * only when asked for. */
ERR_NODISCARD enum err_code history_json(struct store *s, int64_t run, bool changes,
                                         struct json **ret_playlists, struct err *e);

#endif
