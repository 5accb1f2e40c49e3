/* Tells systemd how the service is (sd_notify(3), the protocol itself). Does nothing without
 * $NOTIFY_SOCKET. */
#ifndef DAEMON_NET_NOTIFY_H
#define DAEMON_NET_NOTIFY_H

#include "daemon/net/loop.h"

void notify_ready(void);
void notify_reloading(void); /* with MONOTONIC_USEC; notify_ready when reloaded */
void notify_stopping(void);
void notify_status(const char *text); /* one line */

struct notify_watchdog;
/* WATCHDOG=1 at half of $WATCHDOG_USEC; NULL, and no timer, when that is unset or for another pid.
 */
struct notify_watchdog *notify_watchdog_new(struct loop *l);
void notify_watchdog_free(struct notify_watchdog *w); /* NULL is fine */

#endif
