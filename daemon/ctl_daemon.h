/* The daemon that a command talks to: the one that runs, or one started for the length of the
 * command. */
#ifndef DAEMON_CTL_DAEMON_H
#define DAEMON_CTL_DAEMON_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "daemon/config.h"
#include "daemon/ctl_http.h"

struct ctl_daemon {
    const char *socket;    /* borrowed from the configuration */
    int stop_fd;           /* for every connection */
    struct ctl_http guard; /* idle connection, so that a daemon of another genrectl stays; fd -1 */
    pid_t pid;             /* 0: it was running already */
    int hold_fd;           /* write end of the pipe that keeps the started one alive; -1 */
    int exit_status; /* that a daemon which could not start asks for; 0: see the error's code */
};

/* Finds the running daemon without starting one; ERR_UNREACHABLE, *ret_none set when there is none.
 */
ERR_NODISCARD enum err_code ctl_daemon_find(const struct config *c, int stop_fd,
                                            struct ctl_daemon *ret, bool *ret_none, struct err *e);
/* The same for the daemon of the first account, whichever c is for. */
ERR_NODISCARD enum err_code ctl_daemon_find_first(const struct config *c, int stop_fd,
                                                  struct ctl_daemon *ret, bool *ret_none,
                                                  struct err *e);
/* Finds or starts one, or has the service start it for a further account; returns when it listens.
 * Several at once share the one that was first. *ret is set on failure too, for its exit_status;
 * ctl_daemon_close is needed either way. */
ERR_NODISCARD enum err_code ctl_daemon_start(const struct config *c, int stop_fd,
                                             struct ctl_daemon *ret, struct err *e);
/* A new connection. A daemon that was there and is not any more is never replaced. */
ERR_NODISCARD enum err_code ctl_daemon_open(const struct ctl_daemon *d, struct ctl_http *ret,
                                            struct err *e);
/* Lets a started daemon end and waits for it, some seconds at most. */
void ctl_daemon_close(struct ctl_daemon *d);

#endif
