/* Figures of all the person's sorted songs, excluded ones left out, as a JSON document. */
#ifndef DAEMON_STATISTICS_H
#define DAEMON_STATISTICS_H

#include "base/err.h"
#include "base/json.h"
#include "daemon/net/server.h"

struct app;

/* The document Statistics (a route_fn of route.h). A song counts in every family it is of; months
 * are of the likes alone, by UTC; quartiles as numpy's "linear"; an artist is the first of a song,
 * and their genre the family of most of the songs, null without any. */
ERR_NODISCARD enum err_code statistics_get(struct app *a, const struct server_request *req,
                                           const struct json *body, struct json **ret,
                                           struct err *e);

#endif
