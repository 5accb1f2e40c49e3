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

/* What a page in a browser may use, and not only who has the unix socket. */
enum route_browser {
    ROUTE_NO,
    ROUTE_READ,
    ROUTE_WRITE, /* with the token of the session */
};

struct route {
    const char *method;
    const char *path;
    enum route_browser browser;
    bool heavy;   /* goes through all songs: what it took is given back at once */
    int status;   /* when all went well */
    route_fn *fn; /* NULL: a wish of this kind */
    enum wish_kind wish;
};

extern const struct route route_rows[];
extern const size_t route_n;

#endif
