/* When genred does something by itself. */
#ifndef DAEMON_SCHEDULE_H
#define DAEMON_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "daemon/net/loop.h"

struct app;

struct schedule {
    struct app *app;
    struct loop_alarm *alarm;
    bool begun;         /* the alarm has been set once since the start */
    int64_t retry_at_s; /* UTC; after a failure; 0: none */
    unsigned failures;  /* in a row, of that kind */
};

void schedule_open(struct schedule *s, struct app *app);
void schedule_close(struct schedule *s);
/* Looks at the store and sets the alarm anew: after a start, a run, a login, a reload. */
void schedule_renew(struct schedule *s);
/* A run ended so. */
void schedule_note(struct schedule *s, const struct err *e);
/* UTC; 0: nothing is planned. */
int64_t schedule_next(const struct schedule *s);

#endif
