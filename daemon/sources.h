/* The other sources at work beside the runs: each has its own runner, pace, cool-down and failures,
 * so that none waits for another, and none makes a run fail. */
#ifndef DAEMON_SOURCES_H
#define DAEMON_SOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "classifier/source/source.h"
#include "daemon/jobs/work.h"
#include "daemon/net/loop.h"
#include "daemon/net/runner.h"
#include "store/fact.h"

struct app;

struct sources_lane {
    struct app *app;
    const struct source *source;
    struct source_place place; /* strings of the configuration */
    struct runner *runner;
    struct loop_alarm *again; /* after a cool-down or a failure */
    int64_t hold_until_s;     /* UTC; the service asked to wait */
    int64_t retry_at_s;       /* UTC; 0: not failed */
    unsigned failures;        /* in a row */
    int64_t failed_s;         /* UTC, of `error` */
    struct err error;         /* of the last failure; ERR_OK: the last time went well */
    int64_t moved_boot_ms;    /* the last answer that was kept, or the start */
};

struct sources {
    struct app *app;
    struct sources_lane lane[STORE_SOURCES_MAX]; /* in the configured order */
    size_t n;
    struct loop_alarm *settle;
    int64_t settle_in_s; /* the next time that it is set */
    int64_t woken_boot_ms;
    struct work_sources for_work; /* what a run sees of this */
};

/* Opens those that [sources] order names and that can be asked (a key where one is needed). */
ERR_NODISCARD enum err_code sources_open(struct sources *s, struct app *app, struct err *e);
void sources_close(struct sources *s);
/* After a reload: places, order and keys may be others. */
ERR_NODISCARD enum err_code sources_reopen(struct sources *s, struct err *e);

/* New songs may be there: starts every source that may be asked now. eager: one that failed need
 * not wait its time out (a cool-down that the service asked for is kept). */
void sources_wake(struct sources *s, bool eager);
bool sources_is_busy(const struct sources *s);
void sources_cancel(struct sources *s);
/* A run has ended, or a source is through: when nothing is at work any more, songs of which
 * something was learned meanwhile are sorted in. */
void sources_settle(struct sources *s);
/* Calls that are left at least to ask about all that is due, in the whole. */
int64_t sources_calls_left(const struct sources *s);
/* Adds a sentence for each source in trouble. */
void sources_warn(const struct sources *s, struct json *warnings);
/* Between two of its requests, as configured. */
int64_t sources_interval_ms(const struct sources_lane *lane);

/* {"sources": [...]}: coverage, age, errors and next call of each. */
ERR_NODISCARD enum err_code sources_json(struct app *app, struct json **ret, struct err *e);
/* "ReccoBeats" of "reccobeats"; the name itself when it is none of ours. */
const char *sources_json_title(const char *name);

#endif
