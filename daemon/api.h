/* The HTTP interface, one table of routes behind both listeners. */
#ifndef DAEMON_API_H
#define DAEMON_API_H

#include "base/err.h"
#include "base/json.h"
#include "daemon/net/server.h"

/* ctx: struct app. */
void api_handle(void *ctx, const struct server_request *req, struct server_reply *reply);
/* Fills a reply: with a document, which is freed, or with the error. */
void api_reply(struct server_reply *reply, int status, struct json *j);
void api_refuse(struct server_reply *reply, int status, const struct err *e);

#endif
