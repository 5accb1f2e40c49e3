/* daemon/net/loop.c: timers, alarms, signals, posts, work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "daemon/net/loop.h"
#include "tests/unit/net_peer.h"

struct bench {
    struct loop *loop;
    struct loop_timer *timer;
    struct loop_timer *other;
    int fds;
    int count;
    int want;
    int order[8];
    pthread_mutex_t gate;
    bool gone;
};

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));
    b->fds = peer_open_fds();
    b->loop = loop_new();
    pthread_mutex_init(&b->gate, NULL);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    loop_timer_free(b->timer);
    loop_timer_free(b->other);
    loop_free(b->loop);
    pthread_mutex_destroy(&b->gate);
    int left = peer_open_fds() - b->fds;
    free(b);
    return left;
}

static void count_up(void *ctx)
{
    struct bench *b = ctx;
    if (++b->count == b->want)
        loop_stop(b->loop);
}

static void first(void *ctx)
{
    struct bench *b = ctx;
    b->order[b->count] = 1;
    count_up(b);
}

static void second(void *ctx)
{
    struct bench *b = ctx;
    b->order[b->count] = 2;
    count_up(b);
}

static void timers_fire_in_order(void **state)
{
    struct bench *b = *state;
    int64_t start = clock_boot_ms();
    b->want = 2;
    b->timer = loop_timer_new(b->loop, second, b);
    b->other = loop_timer_new(b->loop, first, b);
    loop_timer_start(b->timer, 30);
    loop_timer_start(b->other, 0);
    assert_true(loop_timer_is_set(b->timer));
    loop_run(b->loop);
    assert_int_equal(b->order[0], 1);
    assert_int_equal(b->order[1], 2);
    assert_true(clock_boot_ms() - start >= 29);
    assert_false(loop_timer_is_set(b->timer));
}

static void restart_self(void *ctx)
{
    struct bench *b = ctx;
    b->order[0]++;
    loop_timer_start(b->timer, 0);
}

static void a_zero_timer_starves_nobody(void **state)
{
    struct bench *b = *state;
    b->want = 1;
    b->timer = loop_timer_new(b->loop, restart_self, b);
    b->other = loop_timer_new(b->loop, count_up, b);
    loop_timer_start(b->timer, 0);
    loop_timer_start(b->other, 20);
    loop_run(b->loop);
    assert_true(b->order[0] > 1);
}

static void free_self(void *ctx)
{
    struct bench *b = ctx;
    loop_timer_free(b->timer);
    b->timer = NULL;
    count_up(b);
}

static void a_timer_may_free_itself(void **state)
{
    struct bench *b = *state;
    b->want = 1;
    b->timer = loop_timer_new(b->loop, free_self, b);
    loop_timer_start(b->timer, 1);
    loop_run(b->loop);
    assert_null(b->timer);
}

static void stop_before_run(void **state)
{
    struct bench *b = *state;
    loop_stop(b->loop);
    loop_run(b->loop);
}

static void signals_arrive(void **state)
{
    struct bench *b = *state;
    b->want = 2;
    loop_signal(b->loop, SIGHUP, first, b);
    loop_signal(b->loop, SIGTERM, second, b);
    kill(getpid(), SIGHUP);
    kill(getpid(), SIGTERM);
    kill(getpid(), SIGPIPE); /* ignored */
    loop_run(b->loop);
    assert_int_equal(b->order[0] + b->order[1], 3);
}

static void *post_many(void *ctx)
{
    struct bench *b = ctx;
    for (int i = 0; i < 1000; i++)
        loop_post(b->loop, count_up, b);
    return NULL;
}

static void posts_from_threads_all_arrive(void **state)
{
    struct bench *b = *state;
    pthread_t threads[4];
    b->want = 4000;
    for (size_t i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, post_many, b);
    loop_run(b->loop);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(b->count, 4000);
}

static int64_t shift_ms;

static int64_t shifted_utc_ms(void *ctx)
{
    struct timespec now;
    (void)ctx;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + shift_ms;
}

static int64_t plain_boot_ms(void *ctx)
{
    struct timespec now;
    (void)ctx;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void an_alarm_follows_the_clock(void **state)
{
    struct bench *b = *state;
    struct clock_source shifted = {.utc_ms = shifted_utc_ms, .boot_ms = plain_boot_ms};
    struct loop_alarm *a = loop_alarm_new(b->loop, count_up, b);
    b->want = 1;
    shift_ms = 0;
    shift_ms = 1000000000000 - shifted_utc_ms(NULL) + 970; /* 30 ms before a full second */
    clock_set(&shifted);
    loop_alarm_set(a, 1000000001);
    assert_int_equal(loop_alarm_at(a), 1000000001);
    loop_run(b->loop);
    assert_true(clock_utc_ms() >= 1000000001000);
    assert_true(clock_utc_ms() < 1000000011000);
    assert_int_equal(loop_alarm_at(a), 0);
    b->want = 2;
    loop_alarm_set(a, 1); /* long past */
    loop_run(b->loop);
    loop_alarm_set(a, 2000000000);
    loop_alarm_clear(a);
    loop_alarm_set(a, 2000000000);
    loop_alarm_free(a);
    clock_set(NULL);
    assert_int_equal(b->count, 2);
}

static void run_gated(void *ctx)
{
    struct bench *b = ctx;
    pthread_mutex_lock(&b->gate);
    pthread_mutex_unlock(&b->gate);
}

static void mark_gone(void *ctx)
{
    struct bench *b = ctx;
    b->gone = true;
    loop_stop(b->loop);
}

static void work_is_done_on_the_loop(void **state)
{
    struct bench *b = *state;
    b->want = 1;
    loop_work_start(b->loop, run_gated, count_up, b);
    loop_run(b->loop);
    assert_int_equal(b->count, 1);
}

static void cancelled_work_is_gone_not_done(void **state)
{
    struct bench *b = *state;
    pthread_mutex_lock(&b->gate);
    struct loop_work *w = loop_work_start(b->loop, run_gated, count_up, b);
    loop_work_cancel(w, mark_gone);
    assert_false(b->gone);
    pthread_mutex_unlock(&b->gate);
    loop_run(b->loop);
    assert_true(b->gone);
    assert_int_equal(b->count, 0);
}

static void free_waits_for_work(void **state)
{
    struct bench *b = *state;
    struct loop *l = loop_new();
    struct loop *own = b->loop;
    b->loop = l;
    loop_work_cancel(loop_work_start(l, run_gated, count_up, b), mark_gone);
    loop_free(l);
    b->loop = own;
    assert_true(b->gone);
}

static int warm_up(void **state)
{
    struct bench b = {0}; /* what libuv opens once per process */
    (void)state;
    b.loop = loop_new();
    pthread_mutex_init(&b.gate, NULL);
    loop_signal(b.loop, SIGHUP, count_up, &b);
    b.want = 1;
    loop_work_start(b.loop, run_gated, count_up, &b);
    loop_run(b.loop);
    loop_free(b.loop);
    return 0;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(timers_fire_in_order),
        TEST(a_zero_timer_starves_nobody),
        TEST(a_timer_may_free_itself),
        TEST(stop_before_run),
        TEST(signals_arrive),
        TEST(posts_from_threads_all_arrive),
        TEST(an_alarm_follows_the_clock),
        TEST(work_is_done_on_the_loop),
        TEST(cancelled_work_is_gone_not_done),
        TEST(free_waits_for_work),
    };
    alarm(600);
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
