/* What a browser may ask: Host against DNS rebinding, Origin and Sec-Fetch-Site against other
 * sites' pages. */
#ifndef DAEMON_NET_SERVER_CHECK_H
#define DAEMON_NET_SERVER_CHECK_H

#include "daemon/net/server_private.h"

/* 0, or the status that refuses; *ret_why is a static sentence then. */
int server_check(const struct server *s, const struct server_exchange *ex, const char *method,
                 const char **ret_why);

#endif
