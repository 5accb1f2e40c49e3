#include "daemon/ctl_events.h"

#include <string.h>

#define EVENT_MAX ((size_t)16 << 20)

void ctl_events_init(struct ctl_events *s)
{
    *s = (struct ctl_events){0};
    buf_init(&s->bytes, EVENT_MAX);
    buf_init(&s->data, EVENT_MAX);
}

void ctl_events_free(struct ctl_events *s)
{
    buf_free(&s->bytes);
    buf_free(&s->data);
}

/* Takes what was read off the front. */
static void compact(struct ctl_events *s)
{
    size_t rest = s->bytes.len - s->at;
    if (rest == 0) {
        buf_clear(&s->bytes);
    } else if (s->at > 0) {
        memmove(s->bytes.data, s->bytes.data + s->at, rest);
        s->bytes.len = rest;
        s->bytes.data[rest] = '\0';
    }
    s->at = 0;
}

const char *ctl_events_next(struct ctl_events *s)
{
    size_t start = s->at;
    buf_clear(&s->data);
    bool any = false;
    while (s->at < s->bytes.len) {
        const char *line = s->bytes.data + s->at;
        const char *end = memchr(line, '\n', s->bytes.len - s->at);
        if (end == NULL) {
            break;
        }
        size_t n = (size_t)(end - line);
        s->at += n + 1;
        n -= n > 0 && line[n - 1] == '\r';
        if (n == 0 && any) {
            return buf_str(&s->data);
        }
        if (n == 0) {
            start = s->at; /* an event without data, such as a comment that keeps the line alive */
        }
        if (n >= 5 && memcmp(line, "data:", 5) == 0) {
            size_t skip = n > 5 && line[5] == ' ' ? 6 : 5;
            if (any) {
                buf_add_char(&s->data, '\n');
            }
            buf_add(&s->data, line + skip, n - skip);
            any = true;
        }
    }
    s->at = start; /* an unfinished event is read again, whole */
    compact(s);
    return NULL;
}
