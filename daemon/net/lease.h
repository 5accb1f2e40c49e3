/* The pipe that a short-lived daemon's starter holds open: when it closes, the starter is gone. */
#ifndef DAEMON_NET_LEASE_H
#define DAEMON_NET_LEASE_H

#include "daemon/net/loop.h"

struct lease;

/* fd: the reading end, owned from now on. ended(ctx) comes once, on the loop. */
struct lease *lease_new(struct loop *l, int fd, loop_fn *ended, void *ctx);
void lease_free(struct lease *lease); /* NULL is fine */

#endif
