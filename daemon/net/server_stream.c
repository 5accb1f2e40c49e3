#include "daemon/net/server_stream.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

#define BLOCK 8192
/* Of what is kept: the rest of it, what MHD has taken of that, and one large piece. */
#define OUT_MAX (4 * SERVER_STREAM_MAX + 2 * SERVER_PIECE_MAX)

static void stream_resume(struct server_stream *st)
{
    if (!st->suspended)
        return;
    st->suspended = false;
    MHD_resume_connection(st->connection);
    server_wake(st->server);
}

void server_stream_kill(struct server_stream *st)
{
    if (st->dead)
        return;
    st->dead = true;
    uv_poll_stop(&st->watch);
    shutdown(st->fd, SHUT_RDWR); /* else MHD would wait for a client that does not read */
    stream_resume(st);
    server_wake(st->server);
}

static void on_watch(uv_poll_t *handle, int status, int events)
{
    (void)status; /* only a disconnection or an error wakes this */
    (void)events;
    server_stream_kill(handle->data);
}

static void on_watch_closed(uv_handle_t *handle)
{
    struct server_stream *st = handle->data;
    close(st->fd);
    buf_free(&st->out);
    free(st);
}

static void stream_unlink(struct server_stream *st)
{
    struct server *s = st->server;
    if (st->prev)
        st->prev->next = st->next;
    else
        s->streams = st->next;
    if (st->next)
        st->next->prev = st->prev;
    s->n_streams--;
}

/* MHD is through with the reply. */
static void on_free(void *ctx)
{
    struct server_stream *st = ctx;
    loop_fn *on_close = st->ended ? NULL : st->on_close;
    stream_unlink(st);
    uv_close((uv_handle_t *)&st->watch, on_watch_closed);
    if (on_close)
        on_close(st->ctx);
}

static ssize_t on_read(void *ctx, uint64_t pos, char *block, size_t max)
{
    (void)pos;
    struct server_stream *st = ctx;
    size_t left = st->out.len - st->out_taken;
    if (st->dead)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (left == 0 && st->ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (left == 0) {
        st->suspended = true;
        MHD_suspend_connection(st->connection);
        return 0;
    }
    size_t n = left < max ? left : max;
    memcpy(block, st->out.data + st->out_taken, n);
    st->out_taken += n;
    if (st->out_taken == st->out.len) { /* an idle stream holds no memory */
        buf_free(&st->out);
        st->out_taken = 0;
        st->large = 0;
    }
    return (ssize_t)n;
}

struct MHD_Response *server_stream_response(struct server_stream *st)
{
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, on_read, st, on_free);
}

static struct server_stream *refuse(struct server_reply *reply, const char *why)
{
    reply->status = 503;
    reply->content_type = "text/plain; charset=utf-8";
    buf_clear(&reply->body);
    buf_add_str(&reply->body, why);
    return NULL;
}

struct server_stream *server_stream_start(const struct server_request *req,
                                          struct server_reply *reply, loop_fn *on_close, void *ctx)
{
    struct server_exchange *ex = req->connection;
    struct server *s = ex->conn->server;
    if (s->n_streams >= SERVER_STREAMS || s->closing)
        return refuse(reply, "too many listeners\n");
    int fd = fcntl(ex->conn->fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return refuse(reply, "no file descriptor is left\n");
    struct server_stream *st = mem_alloc(sizeof(*st));
    if (uv_poll_init(loop_uv(s->loop), &st->watch, fd) != 0) {
        close(fd);
        free(st);
        return refuse(reply, "the connection cannot be watched\n");
    }
    st->server = s;
    st->session = ex->conn->session;
    st->connection = ex->connection;
    st->fd = fd;
    st->on_close = on_close;
    st->ctx = ctx;
    st->watch.data = st;
    uv_poll_start(&st->watch, UV_DISCONNECT, on_watch);
    st->out = reply->body;
    buf_init(&reply->body, 0);
    st->out.max = OUT_MAX;
    st->next = s->streams;
    if (st->next)
        st->next->prev = st;
    s->streams = st;
    s->n_streams++;
    ex->stream = st;
    reply->status = 200;
    return st;
}

/* Gives up what MHD has taken, once that is the larger part, so that the copying stays linear. */
static void drop_taken(struct server_stream *st)
{
    struct buf rest;
    size_t left = server_stream_backlog(st);
    if (st->out_taken == 0 || st->out_taken < left)
        return;
    buf_init(&rest, OUT_MAX);
    buf_add(&rest, st->out.data + st->out_taken, left);
    buf_free(&st->out);
    st->out = rest;
    st->out_taken = 0;
}

/* Whether n bytes more are not too many. A document that is large by itself is no fault of the
 * client's. */
static bool may_pile_up(struct server_stream *st, size_t n)
{
    size_t backlog = server_stream_backlog(st);
    size_t small = backlog > st->large ? backlog - st->large : 0;
    if (n > SERVER_STREAM_MAX && n <= SERVER_PIECE_MAX && st->large == 0) {
        st->large = n;
        return small <= SERVER_STREAM_MAX;
    }
    return small + n <= SERVER_STREAM_MAX;
}

void server_stream_send(struct server_stream *st, const char *text, size_t n)
{
    if (st->dead || st->ended || n == 0)
        return;
    drop_taken(st);
    if (!may_pile_up(st, n) || !buf_add(&st->out, text, n)) {
        log_warning("server: slow client dropped backlog=%zu", server_stream_backlog(st));
        server_stream_kill(st);
        return;
    }
    stream_resume(st);
}

size_t server_stream_backlog(const struct server_stream *st)
{
    return st->out.len - st->out_taken;
}

void server_stream_end(struct server_stream *st)
{
    st->ended = true;
    stream_resume(st);
}
