/* A child process that tells by one line on a pipe that it is ready, or why it cannot be. Loop
 * thread only. */
#ifndef DAEMON_NET_CHILD_H
#define DAEMON_NET_CHILD_H

#include <stdint.h>

#include "base/err.h"
#include "daemon/net/loop.h"

#define CHILD_READY_FD 3 /* the child's end of the pipe */

struct child;

struct child_observer {
    void *ctx;
    /* The first line came, without its end; at most 4 KiB of it. */
    void (*said)(void *ctx, const char *line);
    /* It ended, once, after all that it said: exit status, or -N for signal N. */
    void (*ended)(void *ctx, int64_t status);
};

/* Runs argv[0], a path, with our environment and standard error; nothing comes in or goes out
 * otherwise. argv ends with NULL. Signal masks and handlers are those of a fresh program. ERR_IO
 * with the reason. */
ERR_NODISCARD enum err_code child_start(struct loop *l, char **argv,
                                        const struct child_observer *observer, struct child **ret,
                                        struct err *e);
int child_pid(const struct child *c);
/* Nothing happens when it has ended. */
void child_signal(struct child *c, int signum);
/* No callback after this. The process, if it still runs, is left alone. NULL is fine. */
void child_free(struct child *c);

#endif
