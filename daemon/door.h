/* The page's door: whether its listener is open, who comes in (see daemon/guard.h), and the routes
 * of the session. What comes over the unix socket needs none of it. */
#ifndef DAEMON_DOOR_H
#define DAEMON_DOOR_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/json.h"
#include "daemon/guard.h"
#include "daemon/net/server.h"

struct app;

struct door {
    struct app *app;
    struct guard guard;
    char closed[300]; /* why there is no page, a sentence; "" while there is one */
    bool trouble;     /* and somebody should know that unasked */
};

/* Reads the password's hash from the store. */
ERR_NODISCARD enum err_code door_load(struct door *d, struct app *app, struct err *e);
/* Opens the page's listener if there is to be one and there is none. On another address than the
 * machine's own only with a password. Why not is logged and kept. */
void door_open(struct door *d);
void door_close(struct door *d); /* the listener is the app's to close */

/* Takes a request of a browser if it must be refused or is for a route of the session: then *reply
 * is filled. Other users of this machine come in with a password only. With one, all of /api/ but
 * the session's routes is for those who gave it. */
bool door_take(struct door *d, const struct server_request *req, struct server_reply *reply);
/* Whether a browser's write carries this start's token; if not, *reply is filled. */
bool door_lets_write(struct door *d, const struct server_request *req, struct server_reply *reply);

/* "http://127.0.0.1:8787/", with the port that it is; NULL: no page. Owned. */
char *door_address(const struct door *d);
/* {page, listen, host, password, encrypted, closed}: page and closed may be null. */
struct json *door_json(const struct door *d);
/* "" takes it away; ERR_USAGE for one that may not be, or for a further account. Ends all sessions,
 * and opens or closes the page as it may be open then. Takes a tenth of a second. */
ERR_NODISCARD enum err_code door_set_password(struct door *d, const char *password, struct err *e);
/* Writes the password's hash again, after the store was wiped: it is the machine's. */
ERR_NODISCARD enum err_code door_keep(const struct door *d, struct err *e);
/* Adds what should be known unasked. */
void door_warn(const struct door *d, struct json *warnings);

#endif
