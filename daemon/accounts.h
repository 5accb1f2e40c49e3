/* The further accounts of a service: one process `genred --account NAME` for each directory in
 * accounts_dir, so that whatever befalls one account touches no other. */
#ifndef DAEMON_ACCOUNTS_H
#define DAEMON_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "daemon/net/loop.h"

struct app;
struct accounts_one;

struct accounts {
    struct app *app;           /* NULL: not the first account's service, so there are none */
    struct accounts_one *list; /* linked */
    struct loop_timer *killer; /* of those that do not end when told to; NULL until then */
};

/* Time until an account that ended for the nth time in a row is started again: 1, 2, 4 ... 300 s.
 */
int64_t accounts_delay_ms(unsigned failures);

void accounts_open(struct accounts *as, struct app *app);
/* Starts what has a directory and does not run, ends what has none any more. */
void accounts_look(struct accounts *as);
/* SIGHUP: the same, and those that run read their configuration again. */
void accounts_reload(struct accounts *as);
/* {"name", "state": "running" | "starting" | "failed" | "none", "failure"} in *ret. start: makes
 * the directory if need be, and starts it now unless it runs. "none": this daemon has no children.
 */
ERR_NODISCARD enum err_code accounts_ask(struct accounts *as, const char *name, bool start,
                                         struct json **ret, struct err *e);
/* Tells them all to end; after 20 s they are killed. */
void accounts_stop(struct accounts *as);
bool accounts_is_busy(const struct accounts *as); /* whether one still runs */
void accounts_close(struct accounts *as);

#endif
