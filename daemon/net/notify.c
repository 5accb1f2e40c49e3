#include "daemon/net/notify.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

struct notify_watchdog {
    struct loop_timer *timer;
    int64_t every_ms;
};

static void notify_send(const char *text)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (!path || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof(to.sun_path))
        return;
    size_t n = strlen(path);
    memcpy(to.sun_path, path, n);
    if (path[0] == '@') /* an abstract socket */
        to.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&to, len);
    close(fd);
}

void notify_ready(void)
{
    notify_send("READY=1");
}

void notify_reloading(void)
{
    struct timespec now;
    char text[64];
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t usec = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
    snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)usec);
    notify_send(text);
}

void notify_stopping(void)
{
    notify_send("STOPPING=1");
}

void notify_status(const char *text)
{
    char line[256];
    int n = snprintf(line, sizeof(line), "STATUS=%.200s", text);
    for (int i = 0; i < n; i++) {
        if (line[i] == '\n')
            line[i] = ' ';
    }
    notify_send(line);
}

static void on_watchdog(void *ctx)
{
    struct notify_watchdog *w = ctx;
    notify_send("WATCHDOG=1");
    loop_timer_start(w->timer, w->every_ms);
}

struct notify_watchdog *notify_watchdog_new(struct loop *l)
{
    const char *usec_text = getenv("WATCHDOG_USEC");
    const char *pid_text = getenv("WATCHDOG_PID");
    int64_t usec = 0;
    int64_t pid = 0;
    if (!usec_text || !text_to_int(usec_text, 2000, INT64_MAX, &usec))
        return NULL;
    if (pid_text && (!text_to_int(pid_text, 1, INT64_MAX, &pid) || pid != (int64_t)getpid()))
        return NULL;
    struct notify_watchdog *w = mem_alloc(sizeof(*w));
    w->every_ms = usec / 2000;
    w->timer = loop_timer_new(l, on_watchdog, w);
    loop_timer_start(w->timer, w->every_ms);
    return w;
}

void notify_watchdog_free(struct notify_watchdog *w)
{
    if (!w)
        return;
    loop_timer_free(w->timer);
    free(w);
}
