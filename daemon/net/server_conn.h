/* The connections of a listener: whose they are, how many one may have, and how long a request may
 * take to come. */
#ifndef DAEMON_NET_SERVER_CONN_H
#define DAEMON_NET_SERVER_CONN_H

#include "daemon/net/server_private.h"

/* A new one; it is shut at once when its owner has too many. */
struct server_conn *server_conn_add(struct server *s, int fd);
void server_conn_remove(struct server_conn *conn);
/* A request is there as a whole; or it was answered, and the next one may come. */
void server_conn_arrived(struct server_conn *conn);
void server_conn_done(struct server_conn *conn);
/* Ends those whose request did not come in time. ctx: the struct server. */
void server_conn_late(void *ctx);
/* Idle ones, or all, are shut, so that MHD finds them ended. */
void server_conn_shut(struct server *s, bool busy_too);

#endif
