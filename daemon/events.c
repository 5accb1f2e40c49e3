#include "daemon/events.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"

struct events_listener {
    struct events *events;
    struct events_listener *next;
    struct server_stream *stream;
    int64_t run; /* 0: all */
};

static struct events_run *find(struct events *ev, int64_t run)
{
    for (size_t i = 0; i < EVENTS_RUNS; i++) {
        if (ev->runs[i].run == run && run)
            return &ev->runs[i];
    }
    return NULL;
}

void events_open(struct events *ev, int64_t run)
{
    struct events_run *slot = &ev->runs[ev->next++ % EVENTS_RUNS];
    json_free(slot->last);
    *slot = (struct events_run){.run = run};
}

static void unlink_listener(struct events_listener *l)
{
    struct events *ev = l->events;
    struct events_listener **at = &ev->listeners;
    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    free(l);
    if (!ev->listeners && ev->audience)
        ev->audience(ev->ctx, false);
}

static void stream_closed(void *ctx)
{
    unlink_listener(ctx);
}

static void send_line(struct server_stream *stream, const struct json *event)
{
    struct buf line;
    buf_init(&line, SERVER_PIECE_MAX);
    buf_add_str(&line, "data: ");
    json_print(event, false, &line);
    buf_add_str(&line, "\n\n");
    server_stream_send(stream, buf_str(&line), line.len);
    buf_free(&line);
}

void events_send(struct events *ev, int64_t run, struct json *event, bool final)
{
    struct events_run *slot = find(ev, run);
    json_set_int(event, "run", run);
    struct events_listener *next = NULL;
    for (struct events_listener *l = ev->listeners; l; l = next) {
        next = l->next;
        if (l->run && l->run != run)
            continue;
        send_line(l->stream, event);
        if (final && l->run) {
            server_stream_end(l->stream);
            unlink_listener(l);
        }
    }
    if (!slot) {
        json_free(event);
        return;
    }
    json_free(slot->last);
    slot->last = event;
    slot->over = final;
}

struct json *events_error(const struct err *e)
{
    char when[24];
    struct json *j = json_object();
    json_set_str(j, "message_type", "error");
    json_set_str(j, "error", err_name(e->code));
    json_set_str(j, "message", e->text);
    json_set_int(j, "exit_status", err_exit_status(e->code));
    if (e->retry_at_s) {
        text_time(e->retry_at_s, when, sizeof(when));
        json_set_str(j, "retry_at", when);
    }
    return j;
}

void events_listen(struct events *ev, int64_t run, const struct server_request *req,
                   struct server_reply *reply)
{
    const struct events_run *slot = find(ev, run);
    if (run && !slot) {
        reply->status = 404;
        return;
    }
    struct events_listener *l = mem_alloc(sizeof(*l));
    reply->content_type = "text/event-stream";
    l->events = ev;
    l->run = run;
    l->stream = server_stream_start(req, reply, stream_closed, l);
    if (!l->stream) {
        free(l);
        return;
    }
    server_stream_send(l->stream, ":\n\n", 3);
    if (slot && slot->last)
        send_line(l->stream, slot->last);
    if (slot && slot->over) {
        server_stream_end(l->stream);
        free(l);
        return;
    }
    bool first = !ev->listeners;
    l->next = ev->listeners;
    ev->listeners = l;
    if (first && ev->audience)
        ev->audience(ev->ctx, true);
}

bool events_anybody(const struct events *ev)
{
    return ev->listeners != NULL;
}

void events_close(struct events *ev)
{
    ev->audience = NULL;
    struct events_listener *next = NULL;
    for (struct events_listener *l = ev->listeners; l; l = next) {
        next = l->next;
        server_stream_end(l->stream);
        free(l);
    }
    ev->listeners = NULL;
    for (size_t i = 0; i < EVENTS_RUNS; i++) {
        json_free(ev->runs[i].last);
        ev->runs[i] = (struct events_run){0};
    }
}
