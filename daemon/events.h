/* What happens, told to everyone who listens: one stream for the page and for genrectl. */
#ifndef DAEMON_EVENTS_H
#define DAEMON_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "daemon/net/server.h"

#define EVENTS_RUNS 16 /* runs whose last event is kept for those who come late */

struct events_run {
    int64_t run;
    bool over;
    struct json *last; /* progress, or the final event */
};

struct events_listener;

struct events {
    struct events_listener *listeners;
    struct events_run runs[EVENTS_RUNS];
    size_t next;
    void (*audience)(void *ctx, bool anybody); /* told when the first comes and the last goes */
    void *ctx;
};

/* A run that may be listened to from now on. */
void events_open(struct events *ev, int64_t run);
/* Sends an event of the run; takes the JSON. The final one ends the streams that follow only it. */
void events_send(struct events *ev, int64_t run, struct json *event, bool final);
/* The event that says why a run failed. */
struct json *events_error(const struct err *e);
/* Starts a stream in place of a reply. run 0: everything. 404 when the run is not known any more.
 */
void events_listen(struct events *ev, int64_t run, const struct server_request *req,
                   struct server_reply *reply);
bool events_anybody(const struct events *ev);
void events_close(struct events *ev);

#endif
