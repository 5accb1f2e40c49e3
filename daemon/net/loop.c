#include "daemon/net/loop.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <uv.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#define SIGNALS_MAX 8

struct loop_post {
    struct loop_post *next;
    loop_fn *fn;
    void *ctx;
};

struct loop_signal {
    uv_signal_t handle;
    loop_fn *fn;
    void *ctx;
};

struct loop {
    uv_loop_t uv;
    uv_async_t async;
    uv_mutex_t lock; /* of the two post pointers */
    struct loop_post *posts;
    struct loop_post **posts_end;
    struct loop_signal signals[SIGNALS_MAX];
    size_t n_signals;
    bool stopped;
};

struct loop_timer {
    uv_timer_t timer;
    uv_idle_t idle; /* for delay 0: a uv timer of 0 ms set in a timer would starve the sockets */
    loop_fn *fn;
    void *ctx;
    int open_handles;
    bool is_set;
};

struct loop_alarm {
    uv_poll_t poll;
    struct loop *loop;
    int fd;
    loop_fn *fn;
    void *ctx;
    int64_t at_utc_s;
};

struct loop_work {
    uv_work_t req;
    loop_fn *run;
    loop_fn *done; /* or what was to come in its place */
    void *ctx;
};

/* libuv fails here only for want of memory or descriptors, at the start or in our own misuse. */
static void must(int rc, const char *what)
{
    if (rc == 0)
        return;
    log_error("loop: %s error=%s", what, uv_strerror(rc));
    abort();
}

static struct loop_post *take_posts(struct loop *l)
{
    uv_mutex_lock(&l->lock);
    struct loop_post *p = l->posts;
    l->posts = NULL;
    l->posts_end = &l->posts;
    uv_mutex_unlock(&l->lock);
    return p;
}

static void on_async(uv_async_t *async)
{
    struct loop_post *p = take_posts(async->data);
    while (p) {
        struct loop_post *next = p->next;
        p->fn(p->ctx);
        free(p);
        p = next;
    }
}

struct loop *loop_new(void)
{
    struct loop *l = mem_alloc(sizeof(*l));
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    must(uv_loop_init(&l->uv), "init");
    must(uv_async_init(&l->uv, &l->async, on_async), "async");
    must(uv_mutex_init(&l->lock), "mutex");
    l->async.data = l;
    l->posts_end = &l->posts;
    return l;
}

void loop_free(struct loop *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->n_signals; i++)
        uv_close((uv_handle_t *)&l->signals[i].handle, NULL);
    uv_close((uv_handle_t *)&l->async, NULL);
    while (uv_run(&l->uv, UV_RUN_DEFAULT) != 0)
        ; /* a loop_stop that came late ends only the first round */
    must(uv_loop_close(&l->uv), "close");
    for (struct loop_post *p = take_posts(l), *next; p; p = next) {
        next = p->next;
        free(p);
    }
    uv_mutex_destroy(&l->lock);
    free(l);
}

void loop_run(struct loop *l)
{
    while (!l->stopped)
        uv_run(&l->uv, UV_RUN_ONCE);
    l->stopped = false;
}

void loop_stop(struct loop *l)
{
    l->stopped = true;
    uv_stop(&l->uv);
}

struct uv_loop_s *loop_uv(struct loop *l)
{
    return &l->uv;
}

static void on_signal(uv_signal_t *handle, int signum)
{
    (void)signum;
    struct loop_signal *s = handle->data;
    s->fn(s->ctx);
}

void loop_signal(struct loop *l, int signum, loop_fn *fn, void *ctx)
{
    assert(l->n_signals < SIGNALS_MAX);
    struct loop_signal *s = &l->signals[l->n_signals++];
    s->fn = fn;
    s->ctx = ctx;
    must(uv_signal_init(&l->uv, &s->handle), "signal init");
    s->handle.data = s;
    must(uv_signal_start(&s->handle, on_signal, signum), "signal start");
}

void loop_post(struct loop *l, loop_fn *fn, void *ctx)
{
    struct loop_post *p = mem_alloc(sizeof(*p));
    p->fn = fn;
    p->ctx = ctx;
    uv_mutex_lock(&l->lock);
    *l->posts_end = p;
    l->posts_end = &p->next;
    /* Under the lock, so that the loop cannot have run this post and gone before the wake-up. */
    uv_async_send(&l->async);
    uv_mutex_unlock(&l->lock);
}

static void timer_fire(struct loop_timer *t)
{
    loop_timer_stop(t);
    t->fn(t->ctx);
}

static void on_timer(uv_timer_t *handle)
{
    timer_fire(handle->data);
}

static void on_idle(uv_idle_t *handle)
{
    timer_fire(handle->data);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct loop_timer *t = handle->data;
    if (--t->open_handles == 0)
        free(t);
}

struct loop_timer *loop_timer_new(struct loop *l, loop_fn *fn, void *ctx)
{
    struct loop_timer *t = mem_alloc(sizeof(*t));
    t->fn = fn;
    t->ctx = ctx;
    must(uv_timer_init(&l->uv, &t->timer), "timer");
    must(uv_idle_init(&l->uv, &t->idle), "idle");
    t->timer.data = t;
    t->idle.data = t;
    t->open_handles = 2;
    return t;
}

void loop_timer_start(struct loop_timer *t, int64_t delay_ms)
{
    loop_timer_stop(t);
    t->is_set = true;
    if (delay_ms <= 0) {
        must(uv_idle_start(&t->idle, on_idle), "idle start");
        return;
    }
    uv_update_time(t->timer.loop);
    must(uv_timer_start(&t->timer, on_timer, (uint64_t)delay_ms, 0), "timer start");
}

void loop_timer_stop(struct loop_timer *t)
{
    t->is_set = false;
    uv_idle_stop(&t->idle);
    uv_timer_stop(&t->timer);
}

bool loop_timer_is_set(const struct loop_timer *t)
{
    return t->is_set;
}

void loop_timer_free(struct loop_timer *t)
{
    if (!t)
        return;
    uv_close((uv_handle_t *)&t->timer, on_timer_closed);
    uv_close((uv_handle_t *)&t->idle, on_timer_closed);
}

static int64_t real_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void alarm_arm(struct loop_alarm *a)
{
    /* The system's time at which base/clock.h, which may be shifted, will show at_utc_s. */
    int64_t at_ms = real_ms() + a->at_utc_s * 1000 - clock_utc_ms();
    if (at_ms < 1)
        at_ms = 1;
    struct itimerspec spec = {
        .it_value = {.tv_sec = (time_t)(at_ms / 1000), .tv_nsec = (long)(at_ms % 1000) * 1000000}};
    int rc = timerfd_settime(a->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, NULL);
    must(rc == 0 ? 0 : -errno, "timerfd_settime");
}

static void on_alarm(uv_poll_t *handle, int status, int events)
{
    (void)status;
    (void)events;
    struct loop_alarm *a = handle->data;
    uint64_t expirations;
    /* ECANCELED: the clock was set; EAGAIN: nothing. Either way only the clock decides. */
    ssize_t n = read(a->fd, &expirations, sizeof(expirations));
    if (n < 0 && errno == EAGAIN)
        return;
    if (clock_utc_ms() < a->at_utc_s * 1000) {
        alarm_arm(a);
        return;
    }
    loop_alarm_clear(a);
    a->fn(a->ctx);
}

static void on_alarm_closed(uv_handle_t *handle)
{
    struct loop_alarm *a = handle->data;
    close(a->fd);
    free(a);
}

struct loop_alarm *loop_alarm_new(struct loop *l, loop_fn *fn, void *ctx)
{
    struct loop_alarm *a = mem_alloc(sizeof(*a));
    a->loop = l;
    a->fn = fn;
    a->ctx = ctx;
    a->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    must(a->fd >= 0 ? 0 : -errno, "timerfd");
    must(uv_poll_init(&l->uv, &a->poll, a->fd), "alarm poll");
    a->poll.data = a;
    return a;
}

void loop_alarm_set(struct loop_alarm *a, int64_t utc_s)
{
    a->at_utc_s = utc_s;
    alarm_arm(a);
    must(uv_poll_start(&a->poll, UV_READABLE, on_alarm), "alarm start");
}

void loop_alarm_clear(struct loop_alarm *a)
{
    struct itimerspec off = {0};
    a->at_utc_s = 0;
    uv_poll_stop(&a->poll);
    timerfd_settime(a->fd, 0, &off, NULL);
}

int64_t loop_alarm_at(const struct loop_alarm *a)
{
    return a->at_utc_s;
}

void loop_alarm_free(struct loop_alarm *a)
{
    if (a)
        uv_close((uv_handle_t *)&a->poll, on_alarm_closed);
}

static void on_work(uv_work_t *req)
{
    struct loop_work *w = req->data;
    w->run(w->ctx);
}

static void on_work_done(uv_work_t *req, int status)
{
    (void)status;
    struct loop_work *w = req->data;
    loop_fn *done = w->done;
    void *ctx = w->ctx;
    free(w);
    if (done)
        done(ctx);
}

struct loop_work *loop_work_start(struct loop *l, loop_fn *run, loop_fn *done, void *ctx)
{
    struct loop_work *w = mem_alloc(sizeof(*w));
    w->run = run;
    w->done = done;
    w->ctx = ctx;
    w->req.data = w;
    must(uv_queue_work(&l->uv, &w->req, on_work, on_work_done), "work");
    return w;
}

void loop_work_cancel(struct loop_work *w, loop_fn *gone)
{
    w->done = gone;
    uv_cancel((uv_req_t *)&w->req); /* fails when it runs already: then it is waited for */
}
