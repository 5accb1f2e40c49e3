/* A genre that holds exactly the songs that the person picked: an own genre whose rule is none,
 * with their label on each. */
#ifndef DAEMON_REGION_H
#define DAEMON_REGION_H

#include "base/err.h"
#include "base/json.h"
#include "daemon/net/server.h"

struct app;

#define REGION_MOST 50000 /* songs */

/* POST /api/region {name, tracks: [id]} -> {genre, tracks}; as route_fn. Adds to the genre of that
 * name if it is such a one. The genre is chosen. All or nothing: ERR_USAGE with one sentence,
 * ERR_BUSY while a run is at work, ERR_LOGIN. tracks: of how many songs of the genre the person
 * spoke now. */
ERR_NODISCARD enum err_code region_post(struct app *a, const struct server_request *req,
                                        const struct json *body, struct json **ret, struct err *e);

#endif
