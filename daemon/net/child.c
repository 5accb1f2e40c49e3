#include "daemon/net/child.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"

#define LINE_MAX_BYTES 4096

struct child {
    uv_process_t process;
    uv_pipe_t pipe;
    struct child_observer observer;
    struct buf line;
    char piece[512];
    int64_t status;
    bool line_is_told;
    bool pipe_ended;
    bool process_ended;
    bool freed;
    int open_handles;
};

static void handle_closed(uv_handle_t *handle)
{
    struct child *c = handle->data;
    if (--c->open_handles > 0)
        return;
    buf_free(&c->line);
    free(c);
}

/* Its end is told once both have come, so that no line follows it. */
static void end_tell(struct child *c)
{
    if (!c->freed && c->pipe_ended && c->process_ended)
        c->observer.ended(c->observer.ctx, c->status);
}

static void on_exit_of(uv_process_t *process, int64_t status, int signum)
{
    struct child *c = process->data;
    c->process_ended = true;
    c->status = signum ? -signum : status;
    end_tell(c);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct child *c = handle->data;
    (void)suggested;
    *buf = uv_buf_init(c->piece, sizeof(c->piece));
}

static void line_tell(struct child *c)
{
    char *end = c->line.len ? memchr(c->line.data, '\n', c->line.len) : NULL;
    if (!end || c->line_is_told)
        return;
    *end = '\0';
    c->line_is_told = true;
    c->observer.said(c->observer.ctx, c->line.data);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct child *c = stream->data;
    if (n > 0 && !c->line_is_told && buf_add(&c->line, buf->base, (size_t)n))
        line_tell(c);
    if (n >= 0)
        return;
    uv_read_stop(stream);
    c->pipe_ended = true;
    end_tell(c);
}

enum err_code child_start(struct loop *l, char **argv, const struct child_observer *observer,
                          struct child **ret, struct err *e)
{
    struct child *c = mem_alloc(sizeof(*c));
    c->observer = *observer;
    c->process.data = c->pipe.data = c;
    buf_init(&c->line, LINE_MAX_BYTES);
    uv_pipe_init(loop_uv(l), &c->pipe, 0);
    uv_stdio_container_t stdio[CHILD_READY_FD + 1] = {
        [STDIN_FILENO] = {.flags = UV_IGNORE},
        [STDOUT_FILENO] = {.flags = UV_IGNORE},
        [STDERR_FILENO] = {.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO},
        [CHILD_READY_FD] = {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
                            .data.stream = (uv_stream_t *)&c->pipe},
    };
    const uv_process_options_t options = {
        .exit_cb = on_exit_of,
        .file = argv[0],
        .args = argv,
        .stdio = stdio,
        .stdio_count = CHILD_READY_FD + 1,
    };
    c->open_handles = 2;
    int rc = uv_spawn(loop_uv(l), &c->process, &options);
    if (rc == 0)
        rc = uv_read_start((uv_stream_t *)&c->pipe, on_room, on_read);
    if (rc) {
        err_set(e, ERR_IO, "cannot start %s: %s", argv[0], uv_strerror(rc));
        child_free(c);
        return ERR_IO;
    }
    *ret = c;
    return ERR_OK;
}

int child_pid(const struct child *c)
{
    return c->process.pid;
}

void child_signal(struct child *c, int signum)
{
    if (!c->process_ended && uv_process_kill(&c->process, signum))
        log_debug("child: not signalled pid=%d", child_pid(c));
}

void child_free(struct child *c)
{
    if (!c || c->freed)
        return;
    c->freed = true;
    uv_close((uv_handle_t *)&c->process, handle_closed);
    uv_close((uv_handle_t *)&c->pipe, handle_closed);
}
