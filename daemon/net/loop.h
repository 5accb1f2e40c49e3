/* The event loop: signals, timers, alarms at a wall-clock time, worker threads, posts from other
 * threads.
 *
 * All functions belong to the loop's own thread, except loop_post. A callback may free or restart
 * anything, its own handle included; after a free or a stop no callback of that handle comes. While
 * nothing is due the loop sleeps without a wake-up. */
#ifndef DAEMON_NET_LOOP_H
#define DAEMON_NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_timer;
struct loop_alarm;
struct loop_work;
struct uv_loop_s;

typedef void loop_fn(void *ctx);

/* Also makes the process ignore SIGPIPE. */
struct loop *loop_new(void);
/* Lets everything that was freed on this loop finish its closing (running work included), then
 * frees it. Free all timers, clients, servers and runners before. NULL is fine. */
void loop_free(struct loop *l);
void loop_run(struct loop *l);  /* until loop_stop */
void loop_stop(struct loop *l); /* from any callback, and before loop_run: that returns at once */
struct uv_loop_s *loop_uv(struct loop *l); /* for daemon/net/ alone */

/* fn runs on the loop for every delivery of signum. At most 8 signals, until loop_free. */
void loop_signal(struct loop *l, int signum, loop_fn *fn, void *ctx);

/* Any thread: fn runs on the loop's thread, in the order of posting. */
void loop_post(struct loop *l, loop_fn *fn, void *ctx);

/* One-shot after a delay on the monotonic clock. */
struct loop_timer *loop_timer_new(struct loop *l, loop_fn *fn, void *ctx);
/* Restarts a running one. delay_ms <= 0: in the next turn of the loop; between two such turns the
 * loop looks after its sockets, so it serves to cut long work into pieces. */
void loop_timer_start(struct loop_timer *t, int64_t delay_ms);
void loop_timer_stop(struct loop_timer *t);
bool loop_timer_is_set(const struct loop_timer *t);
void loop_timer_free(struct loop_timer *t); /* NULL is fine */

/* One-shot at a UTC time, through timerfd: neither suspend nor a changed clock makes it late or
 * early. */
struct loop_alarm *loop_alarm_new(struct loop *l, loop_fn *fn, void *ctx);
void loop_alarm_set(struct loop_alarm *a, int64_t utc_s); /* a past time: in the next turn */
void loop_alarm_clear(struct loop_alarm *a);
int64_t loop_alarm_at(const struct loop_alarm *a); /* 0: not set */
void loop_alarm_free(struct loop_alarm *a);        /* NULL is fine */

/* run(ctx) in a worker thread, then done(ctx) on the loop. ctx must live until then. */
struct loop_work *loop_work_start(struct loop *l, loop_fn *run, loop_fn *done, void *ctx);
/* No `done` after this, but `gone` in its place, once no thread touches ctx any more (never from
 * inside this call). Work that has not begun is not begun. */
void loop_work_cancel(struct loop_work *w, loop_fn *gone);

#endif
