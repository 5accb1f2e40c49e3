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
    char closed[300];        /* why there is no page, a sentence; "" while there is one */
    bool trouble;            /* and somebody should know that unasked */
    struct loop_timer *idle; /* when a session may have to end */
};

/* Reads the password's hash from page_password in the state directory. It is no part of the
 * database: the password is the machine's, and stays when all else is forgotten. */
ERR_NODISCARD enum err_code door_load(struct door *d, struct app *app, struct err *e);
/* Opens the page's listener if there is to be one and there is none. On another address than the
 * machine's own, and with the name of a reverse proxy, only with a password. Why not is logged and
 * kept. One that is there learns which group may. */
void door_open(struct door *d);
void door_close(struct door *d); /* the listener is the app's to close */

/* The page's server_admit_fn; ctx: struct app. Who is not in is refused before a body comes. */
size_t door_admit(void *ctx, const struct server_request *req, struct server_reply *reply);
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
/* NULL takes it away; ERR_USAGE for one that may not be, or for a further account. Ends all
 * sessions, and opens or closes the page as it may be open then. Takes a tenth of a second. */
ERR_NODISCARD enum err_code door_set_password(struct door *d, const char *password, struct err *e);
/* Adds what should be known unasked. */
void door_warn(const struct door *d, struct json *warnings);

#endif
