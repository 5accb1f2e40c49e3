/* What the files of the server share. Private to daemon/net/server*.c. */
#ifndef DAEMON_NET_SERVER_PRIVATE_H
#define DAEMON_NET_SERVER_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <microhttpd.h>
#include <uv.h>

#include "base/buf.h"
#include "daemon/net/loop.h"
#include "daemon/net/server.h"
#include "daemon/net/server_peer.h"

/* An accepted connection; it may carry several exchanges, one after another. */
struct server_conn {
    struct server_conn *prev;
    struct server_conn *next;
    struct server *server;
    int fd; /* MHD's */
    struct server_peer peer;
    bool allowed;
    bool stranger;
    bool busy;        /* in an exchange */
    bool arrived;     /* the request of it is there as a whole */
    uint64_t session; /* of the last request; 0: none */
    int64_t since_ms; /* when it began to wait for a request */
};

/* One request and its reply. */
struct server_exchange {
    struct MHD_Connection *connection;
    struct server_conn *conn;
    struct buf body;
    bool refused;                 /* its reply is queued, a body is not looked at */
    size_t dropped;               /* bytes of a body that is too long */
    struct server_stream *stream; /* the handler started one */
};

struct server_stream {
    struct server_stream *prev;
    struct server_stream *next;
    struct server *server;
    uint64_t session; /* that it ends with; 0: none */
    struct MHD_Connection *connection;
    uv_poll_t watch; /* of a duplicate of the connection's descriptor: MHD forgets suspended ones */
    int fd;
    struct buf out;
    size_t out_taken; /* bytes of out that MHD has */
    size_t large;     /* bytes of the one piece in out that is larger than the limit; 0: none */
    bool suspended;
    bool ended; /* by the app: it holds the stream no more */
    bool dead;  /* the client went away or is dropped */
    loop_fn *on_close;
    void *ctx;
};

struct server {
    struct loop *loop;
    struct server_options options;
    char *host;
    char *address; /* as a Host header names it; NULL for a unix socket */
    uint16_t port;
    char *path; /* of the unix socket, else NULL */
    dev_t path_dev;
    ino_t path_ino;
    mode_t mode;
    gid_t group;
    enum server_peer_how how;
    struct server_peer_users users;
    struct MHD_Daemon *mhd;
    uv_poll_t poll;            /* of MHD's epoll descriptor */
    struct loop_timer *timer;  /* MHD's next time-out, or its next turn */
    struct loop_timer *linger; /* how long server_close waits for replies */
    struct loop_timer *closed; /* tells all_closed */
    struct loop_timer *late;   /* the next request that must have come */
    struct server_conn *conns;
    size_t n_conns;
    struct server_stream *streams;
    size_t n_streams;
    bool running; /* inside MHD_run */
    bool again;   /* MHD must run once more */
    bool closing;
    bool quiet; /* accepts no more */
    bool stopping;
};

/* server.c: lets MHD run in the next turn. */
void server_wake(struct server *s);

#endif
