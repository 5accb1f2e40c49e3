/* The table of routes: what can be asked of the daemon, and what answers. */
#ifndef DAEMON_ROUTE_H
#define DAEMON_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "daemon/net/server.h"
#include "daemon/wish.h"

struct app;

/* body: NULL without one. *ret is set on ERR_OK. */
typedef enum err_code route_fn(struct app *a, const struct server_request *req,
                               const struct json *body, struct json **ret, struct err *e);

struct route {
    const char *method;
    const char *path;
    bool browser; /* may be used by a page in a browser, not only over the unix socket */
    bool heavy;   /* goes through all songs: what it took is given back at once */
    int status;   /* when all went well */
    route_fn *fn; /* NULL: a wish of this kind */
    enum wish_kind wish;
};

extern const struct route route_rows[];
extern const size_t route_n;

#endif
