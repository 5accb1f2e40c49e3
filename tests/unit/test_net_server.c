/* daemon/net/server.c over real sockets: the test is the client, on the same thread as the loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "base/buf.h"
#include "base/mem.h"
#include "daemon/net/server.h"
#include "tests/unit/net_peer.h"

#define STREAMS 32

struct bench {
    struct loop *loop;
    struct server *tcp;
    struct server *local;
    int fds;
    char dir[64];
    char path[96];
    struct server_stream *streams[STREAMS];
    int n_streams;
    int closed;     /* streams that told so */
    int all_closed; /* times */
    int handled;
};

struct stream_ctx {
    struct bench *b;
    int index;
};

static struct stream_ctx stream_ctx[STREAMS];

/* --- the server's side --- */

static void on_stream_close(void *ctx)
{
    struct stream_ctx *c = ctx;
    c->b->streams[c->index] = NULL;
    c->b->closed++;
}

static void start_stream(struct bench *b, const struct server_request *req,
                         struct server_reply *reply)
{
    struct stream_ctx *c = &stream_ctx[b->n_streams % STREAMS];
    reply->content_type = "text/event-stream";
    buf_add_str(&reply->body, "hello\n");
    c->b = b;
    c->index = b->n_streams % STREAMS;
    struct server_stream *st = server_stream_start(req, reply, on_stream_close, c);
    if (st)
        b->streams[b->n_streams++ % STREAMS] = st;
}

static void handler(void *ctx, const struct server_request *req, struct server_reply *reply)
{
    struct bench *b = ctx;
    b->handled++;
    if (strcmp(req->path, "/stream") == 0) {
        start_stream(b, req, reply);
        return;
    }
    if (strcmp(req->path, "/none") == 0)
        return;
    if (strcmp(req->path, "/close") == 0)
        server_close(b->tcp);
    if (strcmp(req->path, "/page") == 0)
        server_reply_header(reply, "content-security-policy", "default-src 'self'");
    const char *q = server_request_query(req, "q");
    const char *h = server_request_header(req, "x-test");
    reply->status = 200;
    reply->content_type = "text/plain";
    buf_printf(&reply->body, "%s %s q=%s h=%s browser=%d stranger=%d uid=%d body=%zu:%.20s",
               req->method, req->path, q ? q : "-", h ? h : "-", req->from_browser, req->stranger,
               req->peer_uid == (uid_t)-1 ? -1 : (int)req->peer_uid, req->body_len, req->body);
}

static void on_all_closed(void *ctx)
{
    struct bench *b = ctx;
    b->all_closed++;
}

static int setup(void **state)
{
    struct err e;
    struct bench *b = calloc(1, sizeof(*b));
    struct server_options options = {.handler = handler,
                                     .ctx = b,
                                     .host = "genred.example",
                                     .owners = true,
                                     .group = (gid_t)-1,
                                     .all_closed = on_all_closed};
    b->fds = peer_open_fds();
    b->loop = loop_new();
    snprintf(b->dir, sizeof(b->dir), "/tmp/genred-test-XXXXXX");
    assert_non_null(mkdtemp(b->dir));
    snprintf(b->path, sizeof(b->path), "%s/socket", b->dir);
    assert_int_equal(server_open_tcp(b->loop, &options, NULL, 0, &b->tcp, &e), ERR_OK);
    assert_int_equal(server_open_unix(b->loop, &options, b->path, 0600, (gid_t)-1, &b->local, &e),
                     ERR_OK);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    server_close(b->tcp);
    server_close(b->local);
    loop_free(b->loop);
    int left = peer_open_fds() - b->fds;
    assert_int_equal(access(b->path, F_OK), -1);
    rmdir(b->dir);
    free(b);
    return left;
}

/* --- the client's side --- */

/* Runs the loop until fd can be read, or only as far as it goes without waiting (fd < 0). */
static void pump(struct bench *b, int fd)
{
    uv_loop_t *uv = loop_uv(b->loop);
    for (;;) {
        uv_run(uv, UV_RUN_NOWAIT);
        struct pollfd p[2] = {{.fd = uv_backend_fd(uv), .events = POLLIN},
                              {.fd = fd, .events = POLLIN}};
        int wait = uv_backend_timeout(uv);
        if (fd < 0)
            wait = 0;
        int n = poll(p, fd < 0 ? 1 : 2, wait);
        if (p[1].revents || (fd < 0 && n == 0 && wait == 0 && uv_backend_timeout(uv) != 0))
            return;
    }
}

static int dial_tcp(struct bench *b)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons(server_port(b->tcp))};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

static int dial_unix(struct bench *b)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memcpy(to.sun_path, b->path, strlen(b->path));
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

/* Reads until the text is there or, with NULL, until the end. Static: one reply at a time. */
static const char *read_until(struct bench *b, int fd, const char *text)
{
    static char got[65536];
    size_t n = 0;
    got[0] = '\0';
    while (!text || !strstr(got, text)) {
        pump(b, fd);
        ssize_t r = recv(fd, got + n, sizeof(got) - 1 - n, 0);
        if (r <= 0)
            return got;
        n += (size_t)r;
        got[n] = '\0';
    }
    return got;
}

static const char *exchange(struct bench *b, int fd, const char *request)
{
    size_t left = strlen(request);
    while (left > 0) {
        ssize_t sent = send(fd, request, left, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN)
            break; /* answered and closed before the end */
        if (sent > 0) {
            request += sent;
            left -= (size_t)sent;
        } else
            uv_run(loop_uv(b->loop), UV_RUN_NOWAIT);
    }
    const char *got = read_until(b, fd, NULL);
    close(fd);
    return got;
}

static int status_of(const char *reply)
{
    return strncmp(reply, "HTTP/1.1 ", 9) == 0 ? (int)strtol(reply + 9, NULL, 10) : -1;
}

/* "METHOD path" with Host and more headers; closes afterwards. */
static const char *tcp(struct bench *b, const char *line, const char *headers)
{
    char request[1024];
    snprintf(request, sizeof(request),
             "%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n%s\r\n", line,
             server_port(b->tcp), headers);
    return exchange(b, dial_tcp(b), request);
}

/* The status for a Host header, with our port appended when it ends in a colon, and `after`. */
static int host(struct bench *b, const char *line, const char *after)
{
    char request[1024];
    char port[16] = "";
    if (line[strlen(line) - 1] == ':' && strlen(line) > 5)
        snprintf(port, sizeof(port), "%u", server_port(b->tcp));
    snprintf(request, sizeof(request), "GET / HTTP/1.1\r\nConnection: close\r\n%s%s%s\r\n\r\n",
             line, port, after);
    return status_of(exchange(b, dial_tcp(b), request));
}

static void open_stream(struct bench *b, int fd)
{
    char request[256];
    snprintf(request, sizeof(request), "GET /stream HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n",
             server_port(b->tcp));
    peer_send(fd, request, strlen(request));
    assert_int_equal(status_of(read_until(b, fd, "hello\n")), 200);
}

/* --- the tests --- */

static void requests_arrive_whole(void **state)
{
    struct bench *b = *state;
    const char *got = tcp(b, "GET /a%20b?q=1%262&r", "X-Test: yes\r\n");
    assert_int_equal(status_of(got), 200);
    char want[80];
    snprintf(want, sizeof(want),
             "GET /a b q=1&2 h=yes browser=1 stranger=0 uid=%u body=0:", getuid());
    assert_non_null(strstr(got, want));
    snprintf(want, sizeof(want), "POST /x q= h=- browser=0 stranger=0 uid=%u body=5:12345",
             getuid());
    got = exchange(b, dial_unix(b),
                   "POST /x?q HTTP/1.1\r\nHost: genred\r\nConnection: close\r\n"
                   "Content-Length: 5\r\n\r\n12345");
    assert_non_null(strstr(got, want));
    got = tcp(b, "HEAD /a", "");
    assert_int_equal(status_of(got), 200);
    assert_non_null(strstr(got, "Content-Length: "));
    assert_null(strstr(got, "browser="));
    assert_int_equal(status_of(tcp(b, "GET /none", "")), 500);
}

static void replies_carry_the_policies(void **state)
{
    struct bench *b = *state;
    const char *got = tcp(b, "GET /", "");
    assert_non_null(strstr(got, "Content-Security-Policy: default-src 'none'"));
    assert_non_null(strstr(got, "frame-ancestors 'none'"));
    assert_non_null(strstr(got, "X-Content-Type-Options: nosniff\r\n"));
    assert_non_null(strstr(got, "Referrer-Policy: no-referrer\r\n"));
    assert_non_null(strstr(got, "Cache-Control: no-store\r\n"));
    assert_null(strcasestr(got, "Access-Control"));
    got = tcp(b, "GET /page", "");
    assert_non_null(strstr(got, "content-security-policy: default-src 'self'\r\n"));
    assert_null(strstr(got, "default-src 'none'"));
}

static void only_our_hosts_are_answered(void **state)
{
    struct bench *b = *state;
    assert_int_equal(host(b, "Host: localhost:", ""), 200);
    assert_int_equal(host(b, "Host: [::1]:", ""), 200);
    assert_int_equal(host(b, "Host: LOCALHOST:", ""), 200);
    assert_int_equal(host(b, "Host: genred.example", ""), 200);
    assert_int_equal(host(b, "Host: genred.example:8443", ""), 200);
    assert_int_equal(b->handled, 5);
    assert_int_equal(host(b, "Host: evil.example:", ""), 421);
    assert_int_equal(host(b, "Host: 127.0.0.1", ""), 421);
    assert_int_equal(host(b, "Host: 127.0.0.1:1", ""), 421);
    assert_int_equal(host(b, "Host: localhost.evil.example:", ""), 421);
    assert_int_equal(host(b, "Host: 127.0.0.1:", ":80"), 421);
    assert_int_equal(host(b, "Host:", ""), 421);
    assert_int_equal(host(b, "X-None: 1", ""), 400);
    assert_int_equal(b->handled, 5);
}

static void all_addresses_are_the_host_of_a_wildcard(void **state)
{
    struct bench *b = *state;
    struct server_options options = {.handler = handler, .ctx = b};
    struct server *all = NULL;
    struct server *ours = b->tcp;
    struct err e;
    assert_int_equal(host(b, "Host: 192.0.2.7:", ""), 421);
    assert_int_equal(server_open_tcp(b->loop, &options, "0.0.0.0", 0, &all, &e), ERR_OK);
    b->tcp = all;
    assert_int_equal(host(b, "Host: 192.0.2.7:", ""), 200);
    assert_int_equal(host(b, "Host: [2001:db8::7]:", ""), 200);
    assert_int_equal(host(b, "Host: localhost:", ""), 200);
    assert_int_equal(host(b, "Host: 192.0.2.7:1", ""), 421);
    assert_int_equal(host(b, "Host: 192.0.2.7.example:", ""), 421);
    assert_int_equal(host(b, "Host: [192.0.2.7]:", ""), 421);
    assert_int_equal(host(b, "Host: []:", ""), 421);
    b->tcp = ours;
    server_close(all);
}

static void only_our_pages_change_anything(void **state)
{
    struct bench *b = *state;
    char origin[128];
    snprintf(origin, sizeof(origin), "Origin: http://localhost:%u\r\n", server_port(b->tcp));
    assert_int_equal(status_of(tcp(b, "POST /x", origin)), 200);
    assert_int_equal(status_of(tcp(b, "DELETE /x", "Origin: https://genred.example\r\n")), 200);
    assert_int_equal(b->handled, 2);
    assert_int_equal(status_of(tcp(b, "POST /x", "")), 403);
    assert_int_equal(status_of(tcp(b, "POST /x", "Origin: null\r\n")), 403);
    assert_int_equal(status_of(tcp(b, "PUT /x", "Origin: https://evil.example\r\n")), 403);
    assert_int_equal(status_of(tcp(b, "POST /x", "Origin: http://localhost:1\r\n")), 403);
    snprintf(origin, sizeof(origin), "Origin: https://localhost:%u\r\n", server_port(b->tcp));
    assert_int_equal(status_of(tcp(b, "POST /x", origin)), 403);
    assert_int_equal(status_of(tcp(b, "GET /x",
                                   "Sec-Fetch-Site: cross-site\r\n"
                                   "Sec-Fetch-Mode: no-cors\r\n")),
                     403);
    assert_int_equal(b->handled, 2);
    assert_int_equal(status_of(tcp(b, "GET /callback",
                                   "Sec-Fetch-Site: cross-site\r\n"
                                   "Sec-Fetch-Mode: navigate\r\n")),
                     200);
}

static void long_bodies_are_refused(void **state)
{
    struct bench *b = *state;
    struct buf request;
    buf_init(&request, 0);
    char length[96];
    snprintf(length, sizeof(length), "Origin: https://genred.example\r\nContent-Length: %zu\r\n",
             SERVER_BODY_MAX + 1);
    assert_int_equal(status_of(tcp(b, "POST /x", length)), 413);
    assert_int_equal(status_of(tcp(b, "POST /x", "Content-Length: 99999999999999999999\r\n")) / 100,
                     4);
    buf_printf(&request, "POST /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i <= (int)(SERVER_BODY_MAX >> 10); i++)
        buf_printf(&request, "400\r\n%01024d\r\n", i);
    buf_add_str(&request, "0\r\n\r\n");
    assert_int_equal(status_of(exchange(b, dial_unix(b), buf_str(&request))), 413);
    assert_int_equal(b->handled, 0);
    buf_clear(&request);
    buf_printf(&request,
               "POST /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
               "Content-Length: %zu\r\n\r\n%0*d",
               SERVER_BODY_MAX, (int)SERVER_BODY_MAX, 7);
    const char *got = exchange(b, dial_unix(b), buf_str(&request));
    assert_non_null(strstr(got, "body=4194304:0000"));
    buf_free(&request);
}

static void nonsense_does_no_harm(void **state)
{
    struct bench *b = *state;
    static const char *const nonsense[] = {"\r\n\r\n\r\n",           "GET\r\n\r\n",
                                           "\x16\x03\x01\x02",       "",
                                           "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nHost"};
    for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
        int fd = dial_tcp(b);
        peer_send(fd, nonsense[i], strlen(nonsense[i]));
        pump(b, -1);
        shutdown(fd, SHUT_WR);
        read_until(b, fd, NULL);
        close(fd);
    }
    assert_int_equal(status_of(tcp(b, "GET /", "")), 200);
}

static void streams_are_sent_as_they_come(void **state)
{
    struct bench *b = *state;
    int one = dial_tcp(b);
    int two = dial_unix(b);
    open_stream(b, one);
    open_stream(b, two);
    pump(b, -1); /* both are suspended now, and the loop sleeps */
    for (int i = 0; i < 3; i++) {
        server_stream_send(b->streams[0], "tick\n", 5);
        server_stream_send(b->streams[1], "tock\n", 5);
        assert_non_null(strstr(read_until(b, one, "tick\n"), "tick\n"));
        assert_non_null(strstr(read_until(b, two, "tock\n"), "tock\n"));
    }
    assert_int_equal(server_stream_backlog(b->streams[0]), 0);
    server_stream_send(b->streams[0], "last\n", 5);
    server_stream_end(b->streams[0]);
    assert_non_null(strstr(read_until(b, one, "0\r\n\r\n"), "last\n"));
    assert_int_equal(b->closed, 0); /* we ended it */
    /* The connection goes on. */
    char request[128];
    snprintf(request, sizeof(request), "GET /x HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n",
             server_port(b->tcp));
    peer_send(one, request, strlen(request));
    assert_non_null(strstr(read_until(b, one, "body=0:"), "GET /x"));
    close(one);
    close(two);
}

static void await_closed(struct bench *b, int n)
{
    while (b->closed < n)
        uv_run(loop_uv(b->loop), UV_RUN_ONCE);
}

static void a_disconnection_is_noticed_while_suspended(void **state)
{
    struct bench *b = *state;
    int one = dial_tcp(b);
    int two = dial_unix(b);
    open_stream(b, one);
    open_stream(b, two);
    pump(b, -1);
    close(two);
    await_closed(b, 1);
    assert_null(b->streams[1]);
    assert_non_null(b->streams[0]);
    while (server_connections(b->local) > 0 || b->all_closed == 0)
        uv_run(loop_uv(b->loop), UV_RUN_ONCE);
    assert_int_equal(b->all_closed, 1);
    close(one);
    await_closed(b, 2);
}

static void a_slow_client_is_dropped(void **state)
{
    struct bench *b = *state;
    static char piece[16384];
    int small = 4096;
    int fd = dial_unix(b);
    memset(piece, 'x', sizeof(piece));
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    open_stream(b, fd);
    size_t sent = 0;
    while (b->closed == 0) {
        if (b->streams[0]) {
            assert_true(server_stream_backlog(b->streams[0]) <= SERVER_STREAM_MAX);
            server_stream_send(b->streams[0], piece, sizeof(piece));
        }
        sent += sizeof(piece);
        uv_run(loop_uv(b->loop), UV_RUN_NOWAIT);
        assert_true(sent < (size_t)16 << 20);
    }
    assert_true(sent > SERVER_STREAM_MAX);
    while (server_connections(b->local) > 0)
        uv_run(loop_uv(b->loop), UV_RUN_ONCE);
    close(fd);
}

/* A plan of thousands of songs, and what follows it. */
static void a_large_piece_arrives_whole(void **state)
{
    struct bench *b = *state;
    const size_t size = 5 * SERVER_STREAM_MAX;
    char *piece = test_malloc(size);
    size_t got = 0;
    int fd = dial_unix(b);
    memset(piece, 'x', size);
    open_stream(b, fd);
    server_stream_send(b->streams[0], "small", 5);
    server_stream_send(b->streams[0], piece, size);
    for (int i = 0; i < 100; i++)
        server_stream_send(b->streams[0], "yyyyyyyy", 8);
    assert_int_equal(server_stream_backlog(b->streams[0]), 5 + size + 800);
    server_stream_end(b->streams[0]);
    while (got < size) {
        for (const char *s = read_until(b, fd, "x"); *s; s++)
            got += *s == 'x';
    }
    assert_int_equal(got, size);
    assert_int_equal(b->closed, 0);
    close(fd);
    /* Two that nobody reads are too many. */
    fd = dial_unix(b);
    open_stream(b, fd);
    server_stream_send(b->streams[1], piece, size);
    server_stream_send(b->streams[1], piece, size);
    await_closed(b, 1);
    test_free(piece);
    close(fd);
}

static void a_fast_client_is_not_dropped(void **state)
{
    struct bench *b = *state;
    static char piece[16384];
    size_t got = 0;
    int fd = dial_tcp(b);
    memset(piece, 'x', sizeof(piece) - 1);
    piece[sizeof(piece) - 1] = '\n';
    open_stream(b, fd);
    for (size_t sent = sizeof(piece); sent <= 400 * sizeof(piece); sent += sizeof(piece)) {
        server_stream_send(b->streams[0], piece, sizeof(piece));
        while (got + SERVER_STREAM_MAX / 2 < sent)
            got += strlen(read_until(b, fd, "x"));
    }
    server_stream_end(b->streams[0]);
    while (got < 400 * sizeof(piece))
        got += strlen(read_until(b, fd, "x"));
    close(fd);
    assert_int_equal(b->closed, 0);
}

static void connections_are_bounded(void **state)
{
    struct bench *b = *state;
    int fds[SERVER_CONNECTIONS + 1];
    char request[128];
    snprintf(request, sizeof(request), "GET /x HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n",
             server_port(b->tcp));
    for (size_t i = 0; i <= SERVER_CONNECTIONS; i++) {
        fds[i] = dial_tcp(b);
        peer_send(fds[i], request, strlen(request));
        if (i < SERVER_CONNECTIONS)
            read_until(b, fds[i], "body=0:");
    }
    pump(b, -1);
    assert_int_equal(server_connections(b->tcp), SERVER_CONNECTIONS);
    assert_int_equal(b->handled, SERVER_CONNECTIONS);
    close(fds[7]);
    assert_int_equal(status_of(read_until(b, fds[SERVER_CONNECTIONS], "body=0:")), 200);
    for (size_t i = 0; i <= SERVER_CONNECTIONS; i++) {
        if (i != 7)
            close(fds[i]);
    }
}

static void streams_are_bounded(void **state)
{
    struct bench *b = *state;
    int fds[SERVER_STREAMS];
    for (size_t i = 0; i < SERVER_STREAMS; i++) {
        fds[i] = dial_tcp(b);
        open_stream(b, fds[i]);
    }
    assert_int_equal(status_of(tcp(b, "GET /stream", "")), 503);
    for (size_t i = 0; i < SERVER_STREAMS; i++)
        close(fds[i]);
    await_closed(b, SERVER_STREAMS);
}

static void closing_in_the_handler_still_answers(void **state)
{
    struct bench *b = *state;
    int idle = dial_tcp(b);
    int listening = dial_tcp(b);
    open_stream(b, listening);
    const char *got = tcp(b, "GET /close", "");
    assert_int_equal(status_of(got), 200);
    assert_non_null(strstr(got, "Connection: close"));
    await_closed(b, 1);
    read_until(b, idle, NULL);
    b->tcp = NULL;
    close(idle);
    close(listening);
}

static void closing_waits_for_a_reader_only_so_long(void **state)
{
    struct bench *b = *state;
    static char piece[16384];
    int fd = dial_unix(b);
    open_stream(b, fd);
    for (int i = 0; i < 32; i++)
        server_stream_send(b->streams[0], piece, sizeof(piece));
    server_stream_end(b->streams[0]); /* half a megabyte that nobody reads */
    server_close(b->tcp);
    server_close(b->local);
    b->tcp = b->local = NULL;
    loop_free(b->loop); /* comes back although fd is never read */
    b->loop = loop_new();
    close(fd);
}

static void listeners_fail_with_a_reason(void **state)
{
    struct bench *b = *state;
    struct server_options options = {.handler = handler, .ctx = b};
    struct server *s = NULL;
    struct err e = {0};
    struct stat st;
    char file[128];
    assert_int_equal(server_open_tcp(b->loop, &options, NULL, server_port(b->tcp), &s, &e),
                     ERR_BUSY);
    assert_int_equal(server_open_tcp(b->loop, &options, "localhost", 0, &s, &e), ERR_CONFIG);
    assert_int_equal(server_open_unix(b->loop, &options, b->path, 0600, (gid_t)-1, &s, &e),
                     ERR_BUSY);
    snprintf(file, sizeof(file), "%s/file", b->dir);
    close(open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    assert_int_equal(server_open_unix(b->loop, &options, file, 0600, (gid_t)-1, &s, &e), ERR_IO);
    assert_int_equal(unlink(file), 0);
    snprintf(file, sizeof(file), "%s/none/x", b->dir);
    assert_int_equal(server_open_unix(b->loop, &options, file, 0600, (gid_t)-1, &s, &e), ERR_IO);
    assert_null(s);
    assert_int_equal(stat(b->path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

static void a_stale_socket_is_replaced(void **state)
{
    struct bench *b = *state;
    struct server_options options = {.handler = handler, .ctx = b};
    struct server *s = NULL;
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct err e;
    struct stat st;
    snprintf(at.sun_path, sizeof(at.sun_path), "%s/stale", b->dir);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
    close(fd);
    assert_int_equal(server_open_unix(b->loop, &options, at.sun_path, 0660, getgid(), &s, &e),
                     ERR_OK);
    assert_int_equal(stat(at.sun_path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0660);
    server_close(s);
}

static int warm_up(void **state)
{
    void *b = NULL; /* what libuv opens once per process */
    (void)state;
    setup(&b);
    teardown(&b);
    return 0;
}

/* What a stranger with that group, who has no other rights, is answered; 200 also when it cannot
 * connect. */
static int status_for_stranger(struct bench *b, const char *path, gid_t gid)
{
    int done[2];
    int status = -1;
    assert_int_equal(pipe(done), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct sockaddr_un to = {.sun_family = AF_UNIX};
        char got[16] = "";
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        static const char ask[] = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        memcpy(to.sun_path, path, strlen(path));
        if (setgroups(1, &gid) < 0 || setgid(65534) < 0 || setuid(65534) < 0)
            _exit(255);
        if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
            _exit(0);
        peer_send(fd, ask, strlen(ask));
        recv(fd, got, sizeof(got) - 1, MSG_WAITALL);
        _exit((int)strtol(got + 9, NULL, 10) - 200);
    }
    close(done[1]);
    pump(b, done[0]); /* its end closes with it */
    close(done[0]);
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status) + 200;
}

static void strangers_are_not_answered(void **state)
{
    struct bench *b = *state;
    struct server_options options = {.handler = handler, .ctx = b};
    struct server *open = NULL;
    struct server *group = NULL;
    struct err e;
    char path[2][128];
    if (geteuid() != 0)
        skip(); /* only root can play a stranger */
    chmod(b->dir, 0755);
    snprintf(path[0], sizeof(path[0]), "%s/open", b->dir);
    snprintf(path[1], sizeof(path[1]), "%s/group", b->dir);
    assert_int_equal(server_open_unix(b->loop, &options, path[0], 0666, (gid_t)-1, &open, &e),
                     ERR_OK);
    assert_int_equal(server_open_unix(b->loop, &options, path[1], 0660, 4321, &group, &e), ERR_OK);
    assert_int_equal(status_for_stranger(b, path[0], 4321), 403);
    assert_int_equal(b->handled, 0);
    assert_int_equal(status_for_stranger(b, path[1], 4321), 200);
    assert_int_equal(b->handled, 1);
    assert_int_equal(status_for_stranger(b, path[1], 4322), 200); /* exit 0: refused by the file */
    assert_int_equal(b->handled, 1);
    server_close(open);
    server_close(group);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(requests_arrive_whole),
        TEST(replies_carry_the_policies),
        TEST(only_our_hosts_are_answered),
        TEST(only_our_pages_change_anything),
        TEST(long_bodies_are_refused),
        TEST(nonsense_does_no_harm),
        TEST(streams_are_sent_as_they_come),
        TEST(a_disconnection_is_noticed_while_suspended),
        TEST(a_slow_client_is_dropped),
        TEST(a_large_piece_arrives_whole),
        TEST(a_fast_client_is_not_dropped),
        TEST(connections_are_bounded),
        TEST(streams_are_bounded),
        TEST(closing_in_the_handler_still_answers),
        TEST(closing_waits_for_a_reader_only_so_long),
        TEST(listeners_fail_with_a_reason),
        TEST(a_stale_socket_is_replaced),
        TEST(strangers_are_not_answered),
        TEST(all_addresses_are_the_host_of_a_wildcard),
    };
    alarm(600);
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
