/* For the tests of daemon/net/: a server of plain sockets and threads that shares nothing with the
 * product and answers as the test says, and a count of open descriptors. */
#ifndef TESTS_UNIT_NET_PEER_H
#define TESTS_UNIT_NET_PEER_H

#include <arpa/inet.h>
#include <assert.h>
#include <dirent.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEER_CONNS 8192

struct peer;

struct peer_request {
    struct peer *peer;
    int fd;
    char method[16];
    char path[512];
    char head[8192];
    char body[8192];
};

/* In the connection's thread. False: the connection is closed. */
typedef bool peer_answer_fn(struct peer_request *req);

struct peer_conn {
    struct peer *peer;
    int fd;
    pthread_t thread;
};

struct peer {
    int fd;
    uint16_t port;
    peer_answer_fn *answer;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int count[16]; /* the test's own, under lock */
    struct peer_conn conns[PEER_CONNS];
    size_t n_conns;
    bool stopping;
};

static inline void peer_send(int fd, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text += sent;
        n -= (size_t)sent;
    }
}

__attribute__((format(printf, 4, 5))) static inline bool
peer_reply(struct peer_request *req, int status, const char *headers, const char *fmt, ...)
{
    char body[16384];
    char head[1024];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(body, sizeof(body), fmt, args);
    va_end(args);
    int h = snprintf(head, sizeof(head), "HTTP/1.1 %d X\r\nContent-Length: %d\r\n%s\r\n", status, n,
                     headers);
    peer_send(req->fd, head, (size_t)h);
    peer_send(req->fd, body, (size_t)n);
    return true;
}

static inline int peer_add(struct peer *p, int which, int n)
{
    pthread_mutex_lock(&p->lock);
    int now = p->count[which] += n;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    return now;
}

static inline int peer_count(struct peer *p, int which)
{
    return peer_add(p, which, 0);
}

/* Until count[which] >= n, or the end. */
static inline void peer_await(struct peer *p, int which, int n)
{
    pthread_mutex_lock(&p->lock);
    while (p->count[which] < n && !p->stopping)
        pthread_cond_wait(&p->changed, &p->lock);
    pthread_mutex_unlock(&p->lock);
}

/* Until the client has closed. */
static inline void peer_await_close(struct peer_request *req)
{
    char rest[256];
    while (recv(req->fd, rest, sizeof(rest), 0) > 0)
        ;
}

static inline bool peer_read(struct peer_request *req)
{
    size_t n = 0;
    char *end = NULL;
    req->body[0] = '\0';
    while (!end) { /* byte by byte: the next request stays in the socket */
        if (n == sizeof(req->head) - 1 || recv(req->fd, req->head + n, 1, 0) != 1)
            return false;
        req->head[++n] = '\0';
        end = n >= 4 && strcmp(req->head + n - 4, "\r\n\r\n") == 0 ? req->head + n : NULL;
    }
    const char *length = strcasestr(req->head, "\r\nContent-Length:");
    size_t want = length ? (size_t)strtoul(length + 17, NULL, 10) : 0;
    size_t got = 0;
    assert(want < sizeof(req->body));
    while (got < want) {
        ssize_t r = recv(req->fd, req->body + got, want - got, 0);
        if (r <= 0)
            return false;
        got += (size_t)r;
    }
    req->body[got] = '\0';
    return sscanf(req->head, "%15s %511s", req->method, req->path) == 2;
}

static inline void *peer_serve(void *ctx)
{
    struct peer_conn *c = ctx;
    struct peer_request *req = calloc(1, sizeof(*req));
    int on = 1;
    assert(req);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    req->peer = c->peer;
    req->fd = c->fd;
    while (peer_read(req) && c->peer->answer(req))
        ;
    free(req);
    pthread_mutex_lock(&c->peer->lock);
    close(c->fd);
    c->fd = -1;
    pthread_mutex_unlock(&c->peer->lock);
    return NULL;
}

static inline void *peer_accept(void *ctx)
{
    struct peer *p = ctx;
    for (;;) {
        int fd = accept4(p->fd, NULL, NULL, SOCK_CLOEXEC);
        pthread_mutex_lock(&p->lock);
        bool stop = fd < 0 || p->stopping || p->n_conns == PEER_CONNS;
        if (!stop) {
            struct peer_conn *c = &p->conns[p->n_conns++];
            c->peer = p;
            c->fd = fd;
            pthread_create(&c->thread, NULL, peer_serve, c);
        }
        pthread_mutex_unlock(&p->lock);
        if (stop) {
            if (fd >= 0)
                close(fd);
            return NULL;
        }
    }
}

static inline struct peer *peer_start(peer_answer_fn *answer)
{
    struct peer *p = calloc(1, sizeof(*p));
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(addr);
    assert(p);
    p->answer = answer;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int rc = bind(p->fd, (const struct sockaddr *)&addr, len);
    rc |= listen(p->fd, 64);
    rc |= getsockname(p->fd, (struct sockaddr *)&addr, &len);
    assert(rc == 0);
    (void)rc;
    p->port = ntohs(addr.sin_port);
    pthread_create(&p->thread, NULL, peer_accept, p);
    return p;
}

static inline void peer_stop(struct peer *p)
{
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->changed);
    for (size_t i = 0; i < p->n_conns; i++) {
        if (p->conns[i].fd >= 0)
            shutdown(p->conns[i].fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&p->lock);
    shutdown(p->fd, SHUT_RDWR);
    pthread_join(p->thread, NULL);
    for (size_t i = 0; i < p->n_conns; i++)
        pthread_join(p->conns[i].thread, NULL);
    close(p->fd);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static inline int peer_open_fds(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = 0;
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

#endif
