/* The HTTP server: libmicrohttpd without a thread of its own, on the event loop. Loop thread only.
 * One struct server is one listener: a unix socket, or TCP on loopback. */
#ifndef DAEMON_NET_SERVER_H
#define DAEMON_NET_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "daemon/net/loop.h"

#define SERVER_BODY_MAX    ((size_t)4 << 20) /* longer ones: 413; a plan of 50,000 songs fits */
#define SERVER_CONNECTIONS 32                /* per listener; more wait to be accepted */
#define SERVER_STREAMS     24                /* per listener; more: 503 */
/* Connections of one other user or address, and of all of them together, unless what was asked last
 * on them was a session's, see server_request_session; more are ended at once. */
#define SERVER_OTHERS_EACH 8
#define SERVER_OTHERS      24
#define SERVER_ARRIVAL_MS  30000 /* TCP: within this a request has come whole, else it ends */
/* A client that lets more than this pile up is dropped; one piece may be larger, up to
 * SERVER_PIECE_MAX, and does not count then. */
#define SERVER_STREAM_MAX ((size_t)1 << 20)
#define SERVER_PIECE_MAX  ((size_t)64 << 20)
#define SERVER_HEADERS    8

struct server;
struct server_stream;

/* Borrowed: valid inside the handler only. */
struct server_request {
    const char *method; /* "GET" (HEAD too), "POST", "PUT", "DELETE", ... */
    const char *path;   /* without the query; percent-decoded */
    const char *body;   /* terminated; "" without one */
    size_t body_len;
    bool from_browser; /* came over TCP; false: over the unix socket */
    uid_t peer_uid;    /* over TCP only within this machine and with owners; else (uid_t)-1 */
    uint8_t peer_address[16]; /* over TCP with owners; IPv4 as mapped into IPv6 */
    bool stranger;            /* over TCP: of a user whom server_options.owners leaves out */
    void *connection;         /* the server's own */
};

struct server_header {
    const char *name; /* static */
    char *value;
};

/* Zeroed (status 0) before the handler; freed by the server. */
struct server_reply {
    int status;
    const char *content_type; /* static; NULL: none */
    struct buf body;
    struct server_header headers[SERVER_HEADERS];
    size_t n_headers;
};

/* Fills *reply, or calls server_stream_start. Must not block. */
typedef void server_handler_fn(void *ctx, const struct server_request *req,
                               struct server_reply *reply);

/* What a request may bring, from its headers alone (its body is ""): the most bytes of a body, the
 * longer one is answered 413; or fills *reply, and the request ends with that. Must not block. */
typedef size_t server_admit_fn(void *ctx, const struct server_request *req,
                               struct server_reply *reply);

struct server_options {
    server_handler_fn *handler;
    server_admit_fn *admit; /* NULL: SERVER_BODY_MAX */
    void *ctx;
    const char *host; /* TCP: one more Host name to answer to, any port; NULL none */
    /* TCP: connections of other users of this machine are told (not refused) as strangers: all but
     * ours, root's and those of members of the group ((gid_t)-1: none). So is one within this
     * machine whose owner is not found. Where the kernel tells no owners at all, nobody is. */
    bool owners;
    gid_t group;
    int64_t arrival_ms; /* TCP: for tests; 0: SERVER_ARRIVAL_MS */
    /* Unix: called in a turn of the loop when the number of open connections has fallen to zero. */
    loop_fn *all_closed;
};

/* NULL when absent. A query parameter without '=' is "". Names of headers in any case. */
const char *server_request_query(const struct server_request *req, const char *name);
const char *server_request_header(const struct server_request *req, const char *name);
/* The request is of this session (0: of none), and so is the stream that it starts. */
void server_request_session(const struct server_request *req, uint64_t session);
/* Adds a header (value copied; name static), or replaces the server's own of that name: by default
 * replies carry Content-Security-Policy (nothing allowed), nosniff, no-referrer, frame and resource
 * policies and Cache-Control: no-store. CR, LF: left out with a log line. */
void server_reply_header(struct server_reply *reply, const char *name, const char *value);

/* A unix socket with that mode; group (gid_t)-1: unchanged. A socket file that nobody answers on is
 * replaced; ERR_BUSY when somebody does; ERR_IO otherwise, also when a file of another kind is in
 * the way. Answered are: our uid, root, and for mode & 0060 the members of the group; others get
 * 403. */
ERR_NODISCARD enum err_code server_open_unix(struct loop *l, const struct server_options *options,
                                             const char *path, mode_t mode, gid_t group,
                                             struct server **ret_server, struct err *e);
/* address: NULL for 127.0.0.1, or an IPv4 or IPv6 literal. port 0: a free one, see server_port.
 * ERR_BUSY when the port is taken. Every request must name this host (else 421; none: 400); every
 * request but GET and HEAD must carry this host as Origin (else 403); a GET that another site's
 * page caused is answered only when it is a navigation (as the OAuth redirect is). On 0.0.0.0 and
 * [::] every numeric address with the port is this host: a name can be made to lead here, an
 * address cannot. */
ERR_NODISCARD enum err_code server_open_tcp(struct loop *l, const struct server_options *options,
                                            const char *address, uint16_t port,
                                            struct server **ret_server, struct err *e);
uint16_t server_port(const struct server *s); /* 0 for a unix socket */
size_t server_connections(const struct server *s);
/* Ends all streams, in later turns; their on_close is called. Not inside this server's handler. */
void server_drop_streams(struct server *s);
/* The same for those of one session; also inside the handler. */
void server_drop_session(struct server *s, uint64_t session);
/* From now on, and for the connections that are there. */
void server_set_group(struct server *s, gid_t group);
/* Accepts no more, ends idle connections and streams (their on_close is called, in a later turn),
 * lets a reply that is being written finish for at most a second, then frees it, all in later
 * turns. Legal inside the handler, whose reply still goes out. The unix socket's file is removed.
 * NULL is fine. */
void server_close(struct server *s);

/* Inside a handler, in place of filling the reply: status 200, and a body that is sent as it comes.
 * reply's content_type, headers and body (as the first piece) are used. NULL: too many streams, 503
 * is in *reply. on_close(ctx): the client went away or was dropped; the stream is invalid after it,
 * and it never comes from inside a server_stream_ function nor after server_stream_end. */
struct server_stream *server_stream_start(const struct server_request *req,
                                          struct server_reply *reply, loop_fn *on_close, void *ctx);
/* One piece more. A second one larger than SERVER_STREAM_MAX, while the first is not yet taken,
 * drops the client too. */
void server_stream_send(struct server_stream *st, const char *text, size_t n);
size_t
server_stream_backlog(const struct server_stream *st); /* bytes not yet taken by the client */
/* What was sent still goes out, then the connection's reply ends. The stream is invalid after this.
 */
void server_stream_end(struct server_stream *st);

#endif
