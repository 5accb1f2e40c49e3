/* The end of the login, told ahead of time: 14, 7, 3 and 1 days before, and when it has come; once
 * each per login, in the log and to the person's command. */
#ifndef DAEMON_EXPIRY_H
#define DAEMON_EXPIRY_H

#include <stddef.h>

#include "daemon/net/loop.h"

struct app;

struct expiry {
    struct app *app;
    struct loop_alarm *alarm; /* at the next of these times */
};

void expiry_open(struct expiry *x, struct app *app);
void expiry_close(struct expiry *x);
/* After a start, a login or a logout: tells what is due and waits for the next time. */
void expiry_renew(struct expiry *x);
/* "the login ends in 7 days: run 'genrectl login' before"; "" while it is far away or there is
 * none. */
void expiry_sentence(const struct app *a, char *out, size_t out_size);

#endif
