/* Server-sent events: from the bytes of a stream to the data of each event. */
#ifndef DAEMON_CTL_EVENTS_H
#define DAEMON_CTL_EVENTS_H

#include <stdbool.h>

#include "base/buf.h"

struct ctl_events {
    struct buf bytes; /* the caller adds what came; what was understood is taken off its front */
    size_t at;
    struct buf data;
};

void ctl_events_init(struct ctl_events *s);
void ctl_events_free(struct ctl_events *s);
/* The data of the next whole event (the lines of several `data:` joined by a newline), valid until
 * the next call; NULL: more bytes are needed. Comments and other fields are skipped. (WHATWG
 * HTML 9.2.6) */
const char *ctl_events_next(struct ctl_events *s);

#endif
