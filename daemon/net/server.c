#include "daemon/net/server.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "daemon/net/server_conn.h"
#include "daemon/net/server_exchange.h"
#include "daemon/net/server_listen.h"
#include "daemon/net/server_peer.h"
#include "daemon/net/server_private.h"
#include "daemon/net/server_stream.h"

/* Also how long MHD takes to see that a client went away together with half a request. */
#define IDLE_CONNECTION_S 15u
#define LINGER_MS         1000

static void on_connection(void *ctx, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct server *s = ctx;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *socket_context = server_conn_add(
            s, MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd);
        return;
    }
    server_conn_remove(*socket_context);
    *socket_context = NULL;
    s->again = true; /* at its limit MHD listens again only in the run after this one */
    if (s->n_conns == 0 && s->options.all_closed && !s->closing)
        loop_timer_start(s->closed, 0);
}

static void on_all_closed(void *ctx)
{
    struct server *s = ctx;
    if (s->n_conns == 0)
        s->options.all_closed(s->options.ctx);
}

static void on_poll_closed(uv_handle_t *handle)
{
    struct server *s = handle->data;
    MHD_stop_daemon(s->mhd);
    loop_timer_free(s->timer);
    loop_timer_free(s->linger);
    loop_timer_free(s->closed);
    loop_timer_free(s->late);
    free(s->host);
    free(s->address);
    free(s->path);
    free(s);
}

/* The socket's file, unless somebody has put another one there. */
static void remove_path(const struct server *s)
{
    struct stat st;
    if (s->path && lstat(s->path, &st) == 0 && st.st_dev == s->path_dev && st.st_ino == s->path_ino)
        unlink(s->path);
}

void server_drop_streams(struct server *s)
{
    for (struct server_stream *st = s->streams; st; st = st->next) {
        if (!st->ended)
            server_stream_kill(st);
    }
}

void server_drop_session(struct server *s, uint64_t session)
{
    for (struct server_stream *st = s->streams; st; st = st->next) {
        if (!st->ended && st->session == session)
            server_stream_kill(st);
    }
    for (struct server_conn *c = s->conns; c; c = c->next) {
        if (c->session == session)
            c->session = 0;
    }
}

static void quiesce(struct server *s)
{
    s->quiet = true;
    remove_path(s);
    MHD_socket fd = MHD_quiesce_daemon(s->mhd);
    if (fd != MHD_INVALID_SOCKET)
        close(fd);
    server_drop_streams(s);
    server_conn_shut(s, false);
    loop_timer_start(s->linger, LINGER_MS);
}

static void mhd_run(struct server *s)
{
    s->running = true;
    MHD_run(s->mhd);
    s->running = false;
}

/* The last step: no suspended connection may be left when MHD is stopped. */
static void stop(struct server *s)
{
    s->stopping = true;
    loop_timer_stop(s->timer);
    loop_timer_stop(s->linger);
    loop_timer_stop(s->closed);
    loop_timer_stop(s->late);
    uv_close((uv_handle_t *)&s->poll, on_poll_closed);
}

static void run(struct server *s)
{
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    if (s->stopping)
        return;
    s->again = false;
    if (s->closing && !s->quiet)
        quiesce(s);
    mhd_run(s);
    if (s->quiet && s->n_conns == 0)
        stop(s);
    else if (s->again || (s->closing && !s->quiet))
        loop_timer_start(s->timer, 0);
    else if (MHD_get_timeout(s->mhd, &wait_ms) == MHD_YES)
        loop_timer_start(s->timer, (int64_t)wait_ms);
    else
        loop_timer_stop(s->timer);
}

static void on_timer(void *ctx)
{
    run(ctx);
}

static void on_poll(uv_poll_t *handle, int status, int events)
{
    (void)events;
    if (status < 0)
        log_error("server: poll error=%s", uv_strerror(status));
    run(handle->data);
}

static void on_linger(void *ctx)
{
    struct server *s = ctx;
    for (struct server_stream *st = s->streams; st; st = st->next)
        server_stream_kill(st);
    server_conn_shut(s, true);
    mhd_run(s); /* takes the streams out of their suspension */
    if (!s->stopping)
        stop(s);
}

void server_wake(struct server *s)
{
    if (s->running)
        s->again = true; /* what woke it may be for a connection that this run is past */
    else if (!s->stopping)
        loop_timer_start(s->timer, 0);
}

static struct server *server_new(struct loop *l, const struct server_options *options)
{
    struct server *s = mem_alloc(sizeof(*s));
    s->loop = l;
    s->options = *options;
    s->host = mem_strdup(options->host);
    s->timer = loop_timer_new(l, on_timer, s);
    s->linger = loop_timer_new(l, on_linger, s);
    s->closed = loop_timer_new(l, on_all_closed, s);
    s->late = loop_timer_new(l, server_conn_late, s);
    s->users.group = options->group;
    return s;
}

/* Takes fd over, also on failure; s is freed on failure. */
static enum err_code server_begin(struct server *s, int fd, struct server **ret_server,
                                  struct err *e)
{
    s->mhd = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
                              server_exchange_access, s, MHD_OPTION_LISTEN_SOCKET, fd,
                              MHD_OPTION_CONNECTION_LIMIT, (unsigned)SERVER_CONNECTIONS,
                              MHD_OPTION_CONNECTION_TIMEOUT, IDLE_CONNECTION_S,
                              MHD_OPTION_NOTIFY_COMPLETED, server_exchange_completed, s,
                              MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_END);
    if (!s->mhd) {
        close(fd);
        loop_timer_free(s->timer);
        loop_timer_free(s->linger);
        loop_timer_free(s->closed);
        loop_timer_free(s->late);
        free(s->host);
        free(s->address);
        free(s->path);
        free(s);
        return err_set(e, ERR_IO, "libmicrohttpd cannot start");
    }
    int epoll_fd = MHD_get_daemon_info(s->mhd, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    if (uv_poll_init(loop_uv(s->loop), &s->poll, epoll_fd) != 0 ||
        uv_poll_start(&s->poll, UV_READABLE, on_poll) != 0) {
        log_error("server: cannot watch the epoll descriptor");
        abort();
    }
    s->poll.data = s;
    *ret_server = s;
    return ERR_OK;
}

enum err_code server_open_unix(struct loop *l, const struct server_options *options,
                               const char *path, mode_t mode, gid_t group,
                               struct server **ret_server, struct err *e)
{
    int fd = -1;
    struct stat st;
    if (server_listen_unix(path, mode, group, &fd, e))
        return e->code;
    struct server *s = server_new(l, options);
    s->path = mem_strdup(path);
    s->mode = mode;
    s->group = group;
    if (lstat(path, &st) == 0) {
        s->path_dev = st.st_dev;
        s->path_ino = st.st_ino;
    }
    return server_begin(s, fd, ret_server, e);
}

enum err_code server_open_tcp(struct loop *l, const struct server_options *options,
                              const char *address, uint16_t port, struct server **ret_server,
                              struct err *e)
{
    int fd = -1;
    uint16_t actual = 0;
    if (!address)
        address = "127.0.0.1";
    if (server_listen_tcp(address, port, &fd, &actual, e))
        return e->code;
    struct server *s = server_new(l, options);
    s->port = actual;
    if (options->owners)
        s->how = server_peer_open(fd);
    s->address = mem_printf(strchr(address, ':') ? "[%s]" : "%s", address);
    return server_begin(s, fd, ret_server, e);
}

uint16_t server_port(const struct server *s)
{
    return s->port;
}

size_t server_connections(const struct server *s)
{
    return s->n_conns;
}

void server_close(struct server *s)
{
    if (!s || s->closing)
        return;
    s->closing = true;
    server_wake(s);
}
