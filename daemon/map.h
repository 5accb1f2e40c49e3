/* The map of the person's songs: laid out on a worker thread when somebody asks for it and it does
 * not fit the labels any more. */
#ifndef DAEMON_MAP_H
#define DAEMON_MAP_H

#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"
#include "daemon/net/server.h"

struct app;
struct map_work;

struct map {
    struct app *app;
    struct map_work *work; /* NULL: nothing is being laid out */
};

void map_open(struct map *m, struct app *app);
/* The document SongMap with the positions as they are stored (a route_fn of route.h). When songs
 * have none, their labels' places or the model changed, and nothing is being laid out yet, that
 * begins; at its end the event {"message_type": "map"} goes to those who listen to all. Few new
 * songs are put among the others, until those so put are a twentieth: then all move a little. */
ERR_NODISCARD enum err_code map_get(struct app *a, const struct server_request *req,
                                    const struct json *body, struct json **ret, struct err *e);
/* Nothing is kept of what is being laid out, and no event comes. */
void map_cancel(struct map *m);

#endif
