#include "daemon/ctl_follow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define TICK_MS 1000

enum err_code ctl_follow_open(struct ctl *c, int64_t run, struct ctl_follow *ret, struct err *e)
{
    *ret = (struct ctl_follow){.ctl = c, .http = {.fd = -1}};
    ctl_events_init(&ret->events);
    ctl_progress_init(&ret->progress, c->json || c->quiet, c->color);
    char target[64] = "/api/events";
    if (run > 0) {
        snprintf(target, sizeof(target), "/api/events?run=%lld", (long long)run);
    }
    enum err_code code = ctl_daemon_open(&c->daemon, &ret->http, e);
    if (code == ERR_OK) {
        code = ctl_http_ask(&ret->http, "GET", target, NULL, e);
    }
    if (code == ERR_OK && ret->http.status != 200) {
        code = err_set(e, ERR_BUG, "the daemon's events answer with status %d", ret->http.status);
    }
    return code;
}

/* True when the event is one that the caller waits for. */
static bool event_take(struct ctl_follow *f, const char *data, const struct json *event)
{
    const char *type = json_get_str(event, "message_type");
    bool progress = text_equal(type, "progress");
    if (f->ctl->json && !(progress && f->ctl->quiet)) {
        printf("%s\n", data);
        fflush(stdout);
    }
    if (progress) {
        ctl_progress_take(&f->progress, event);
    }
    return text_equal(type, "summary") || text_equal(type, "error");
}

/* The next final event among the bytes at hand; *ret_event stays NULL when there is none. */
static enum err_code events_take(struct ctl_follow *f, struct json **ret_event, struct err *e)
{
    const char *data;
    while ((data = ctl_events_next(&f->events)) != NULL) {
        struct json *event = NULL;
        if (json_parse(data, strlen(data), &event, e) != ERR_OK) {
            return err_wrap(e, "the daemon's events");
        }
        if (event_take(f, data, event)) {
            ctl_progress_clear(&f->progress);
            *ret_event = event;
            return ERR_OK;
        }
        json_free(event);
    }
    if (f->events.bytes.overflow) {
        return err_set(e, ERR_FORMAT, "an event of the daemon is too long");
    }
    return ERR_OK;
}

enum err_code ctl_follow_next(struct ctl_follow *f, int other_fd, struct json **ret_event,
                              struct err *e)
{
    *ret_event = NULL;
    for (;;) {
        enum err_code code = events_take(f, ret_event, e);
        if (code != ERR_OK || *ret_event != NULL) {
            return code;
        }
        int timeout_ms = f->progress.terminal ? TICK_MS : -1;
        switch (ctl_http_read(&f->http, &f->events.bytes, timeout_ms, other_fd)) {
        case CTL_READ_MORE:
            break;
        case CTL_READ_TIME:
            ctl_progress_tick(&f->progress);
            break;
        case CTL_READ_OTHER:
            ctl_progress_clear(&f->progress);
            return ERR_OK;
        case CTL_READ_STOP:
            ctl_progress_clear(&f->progress);
            return err_set(e, ERR_CANCELLED, "interrupted");
        case CTL_READ_END:
        case CTL_READ_LOST:
            ctl_progress_clear(&f->progress);
            return err_set(e, ERR_UNREACHABLE, "the daemon went away");
        }
    }
}

void ctl_follow_close(struct ctl_follow *f)
{
    ctl_progress_clear(&f->progress);
    ctl_http_close(&f->http);
    ctl_events_free(&f->events);
}
