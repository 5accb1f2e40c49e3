#include "daemon/net/lease.h"

#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#include "base/mem.h"

struct lease {
    uv_poll_t poll;
    int fd;
    loop_fn *ended;
    void *ctx;
};

static void closed(uv_handle_t *handle)
{
    struct lease *lease = handle->data;
    close(lease->fd);
    free(lease);
}

static void readable(uv_poll_t *poll, int status, int events)
{
    struct lease *lease = poll->data;
    char byte;
    (void)status;
    (void)events;
    if (read(lease->fd, &byte, 1) > 0)
        return;
    uv_poll_stop(poll);
    lease->ended(lease->ctx);
}

struct lease *lease_new(struct loop *l, int fd, loop_fn *ended, void *ctx)
{
    struct lease *lease = mem_alloc(sizeof(*lease));
    lease->fd = fd;
    lease->ended = ended;
    lease->ctx = ctx;
    lease->poll.data = lease;
    uv_poll_init(loop_uv(l), &lease->poll, fd);
    uv_poll_start(&lease->poll, UV_READABLE | UV_DISCONNECT, readable);
    return lease;
}

void lease_free(struct lease *lease)
{
    if (lease)
        uv_close((uv_handle_t *)&lease->poll, closed);
}
