/* daemon/net/notify.c against a datagram socket, as systemd has one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/net/loop.h"
#include "daemon/net/notify.h"

static int listener;

static const char *received(void)
{
    static char text[512];
    ssize_t n = recv(listener, text, sizeof(text) - 1, MSG_DONTWAIT);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static int setup(void **state)
{
    char name[64];
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    (void)state;
    snprintf(name, sizeof(name), "@genred-test-%d", (int)getpid());
    memcpy(at.sun_path + 1, name + 1, strlen(name) - 1);
    listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
    setenv("NOTIFY_SOCKET", name, 1);
    return bind(listener, (const struct sockaddr *)&at, len);
}

static int teardown(void **state)
{
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    return close(listener);
}

static void states_are_told(void **state)
{
    (void)state;
    notify_ready();
    assert_string_equal(received(), "READY=1");
    notify_status("syncing\nREADY=1");
    assert_string_equal(received(), "STATUS=syncing READY=1");
    notify_reloading();
    assert_memory_equal(received(), "RELOADING=1\nMONOTONIC_USEC=", 27);
    notify_stopping();
    assert_string_equal(received(), "STOPPING=1");
    unsetenv("NOTIFY_SOCKET");
    notify_ready();
    setenv("NOTIFY_SOCKET", "relative", 1);
    notify_ready();
    assert_string_equal(received(), "");
}

struct feeding {
    struct loop *loop;
    struct loop_timer *timer;
    int fed;
};

static void look(void *ctx)
{
    struct feeding *f = ctx;
    if (strcmp(received(), "WATCHDOG=1") == 0 && ++f->fed == 2)
        loop_stop(f->loop);
    else
        loop_timer_start(f->timer, 2);
}

static void the_watchdog_is_fed_when_there_is_one(void **state)
{
    (void)state;
    char pid[32];
    struct loop *l = loop_new();
    assert_null(notify_watchdog_new(l));
    setenv("WATCHDOG_USEC", "20000", 1);
    setenv("WATCHDOG_PID", "1", 1);
    assert_null(notify_watchdog_new(l));
    snprintf(pid, sizeof(pid), "%d", (int)getpid());
    setenv("WATCHDOG_PID", pid, 1);
    struct notify_watchdog *w = notify_watchdog_new(l);
    struct feeding f = {.loop = l};
    f.timer = loop_timer_new(l, look, &f);
    loop_timer_start(f.timer, 2);
    loop_run(l);
    loop_timer_free(f.timer);
    notify_watchdog_free(w);
    notify_watchdog_free(NULL);
    loop_free(l);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(states_are_told),
        TEST(the_watchdog_is_fed_when_there_is_one),
    };
    alarm(600);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
