/* The HTTP interface, one table of routes behind both listeners. */
#ifndef DAEMON_API_H
#define DAEMON_API_H

#include "daemon/net/server.h"

/* ctx: struct app. */
void api_handle(void *ctx, const struct server_request *req, struct server_reply *reply);

#endif
