/* HTTP over the daemon's unix socket: one request per connection, the reply's body whole or as it
 * comes. */
#ifndef DAEMON_CTL_HTTP_H
#define DAEMON_CTL_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct ctl_http {
    int fd;
    int stop_fd;    /* readable once the person interrupts; -1: none */
    struct buf raw; /* read and not yet decoded, from byte `at` on */
    size_t at;
    int status;
    bool chunked;
    bool ended;
    int64_t left; /* bytes of the body or of this chunk still to come; -1: until the end */
};

enum ctl_read {
    CTL_READ_MORE,  /* bytes were added */
    CTL_READ_END,   /* the body is complete */
    CTL_READ_TIME,  /* nothing came in time */
    CTL_READ_OTHER, /* the other descriptor is readable */
    CTL_READ_STOP,  /* the person interrupted */
    CTL_READ_LOST,  /* the daemon went away, or talks nonsense */
};

/* ERR_UNREACHABLE with errno kept in *ret_errno: ENOENT and ECONNREFUSED mean that no daemon runs.
 */
ERR_NODISCARD enum err_code ctl_http_open(const char *socket, int stop_fd, struct ctl_http *ret,
                                          int *ret_errno, struct err *e);
/* Sends the request (body NULL: none; else JSON) and reads the head of the reply into c->status.
 * ERR_UNREACHABLE when the daemon goes away or is silent, ERR_CANCELLED when interrupted. */
ERR_NODISCARD enum err_code ctl_http_ask(struct ctl_http *c, const char *method, const char *target,
                                         const char *body, struct err *e);
/* Adds the bytes of the body that come within timeout_ms (-1: for ever); other_fd -1: none. */
enum ctl_read ctl_http_read(struct ctl_http *c, struct buf *body, int timeout_ms, int other_fd);
/* The rest of the body. As ctl_http_ask. */
ERR_NODISCARD enum err_code ctl_http_read_all(struct ctl_http *c, struct buf *body, struct err *e);
/* Legal on a zeroed one with fd -1, and twice. */
void ctl_http_close(struct ctl_http *c);

#endif
