/* What the listener of daemon/net/server.c makes of other users of this machine: who they are, how
 * much of it they may take, and what ends before it is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "daemon/net/server.h"
#include "daemon/net/server_owner.h"
#include "daemon/net/server_peer.h"
#include "tests/unit/net_peer.h"

#define NOBODY   ((uid_t)65534)
#define BODY_MAX 100

struct bench {
    struct loop *loop;
    struct server *tcp;
    int fds;
    int admitted;
    int handled;
    int closed;       /* streams */
    uint64_t session; /* that the next requests are of */
};

static void on_stream_close(void *ctx)
{
    struct bench *b = ctx;
    b->closed++;
}

static size_t admit(void *ctx, const struct server_request *req, struct server_reply *reply)
{
    struct bench *b = ctx;
    b->admitted++;
    server_request_session(req, b->session);
    if (strcmp(req->path, "/refused") == 0)
        reply->status = 418;
    return BODY_MAX;
}

static void handler(void *ctx, const struct server_request *req, struct server_reply *reply)
{
    struct bench *b = ctx;
    b->handled++;
    reply->status = 200;
    if (strcmp(req->path, "/end") == 0)
        server_drop_session(b->tcp, 7);
    if (strcmp(req->path, "/stream") == 0) {
        buf_add_str(&reply->body, "hello\n");
        assert_non_null(server_stream_start(req, reply, on_stream_close, b));
        return;
    }
    buf_printf(&reply->body, "stranger=%d uid=%d body=%zu\n", req->stranger,
               req->peer_uid == (uid_t)-1 ? -1 : (int)req->peer_uid, req->body_len);
}

static struct server_options options_of(struct bench *b)
{
    return (struct server_options){
        .handler = handler, .admit = admit, .ctx = b, .owners = true, .group = (gid_t)-1};
}

static int setup(void **state)
{
    struct err e;
    struct bench *b = calloc(1, sizeof(*b));
    struct server_options options = options_of(b);
    b->fds = peer_open_fds();
    b->loop = loop_new();
    assert_int_equal(server_open_tcp(b->loop, &options, NULL, 0, &b->tcp, &e), ERR_OK);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    server_close(b->tcp);
    loop_free(b->loop);
    int left = peer_open_fds() - b->fds;
    free(b);
    return left;
}

static int warm_up(void **state)
{
    void *b = NULL; /* what libuv opens once per process */
    (void)state;
    setup(&b);
    teardown(&b);
    return 0;
}

/* --- clients --- */

/* Runs the loop until fd can be read. */
static void pump(struct bench *b, int fd)
{
    uv_loop_t *uv = loop_uv(b->loop);
    for (;;) {
        uv_run(uv, UV_RUN_NOWAIT);
        struct pollfd p[2] = {{.fd = uv_backend_fd(uv), .events = POLLIN},
                              {.fd = fd, .events = POLLIN}};
        poll(p, 2, uv_backend_timeout(uv));
        if (p[1].revents)
            return;
    }
}

static int dial(const struct server *s, const char *from)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons(server_port(s))};
    struct sockaddr_in own = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (from && (inet_pton(AF_INET, from, &own.sin_addr) != 1 ||
                 bind(fd, (const struct sockaddr *)&own, sizeof(own)) < 0))
        return -1;
    return connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0 ? fd : -1;
}

static void ask(const struct server *s, int fd, const char *line, const char *rest)
{
    char text[512];
    int n = snprintf(text, sizeof(text),
                     "%s HTTP/1.1\r\nHost: localhost:%u\r\nOrigin: http://localhost:%u\r\n%s\r\n",
                     line, server_port(s), server_port(s), rest);
    peer_send(fd, text, (size_t)n);
}

/* Reads until the text is there or, with NULL, until the end. Static: one reply at a time. */
static const char *read_until(struct bench *b, int fd, const char *text)
{
    static char got[16384];
    size_t n = 0;
    got[0] = '\0';
    while (!text || !strstr(got, text)) {
        if (b)
            pump(b, fd);
        ssize_t r = recv(fd, got + n, sizeof(got) - 1 - n, 0);
        if (r <= 0)
            break;
        n += (size_t)r;
        got[n] = '\0';
    }
    return got;
}

/* A client's part in a process of another user; its result is the exit status. */
typedef int client_fn(const struct server *s, const void *ctx);

static int as_user(struct bench *b, uid_t uid, gid_t gid, client_fn *fn, const struct server *s,
                   const void *ctx)
{
    int done[2];
    int status = -1;
    assert_int_equal(pipe(done), 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (uid != 0 && (setgroups(1, &gid) < 0 || setgid(gid) < 0 || setuid(uid) < 0))
            _exit(255);
        _exit(fn(s, ctx));
    }
    close(done[1]);
    pump(b, done[0]); /* its end closes with it */
    close(done[0]);
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int told(int fd)
{
    const char *got = read_until(NULL, fd, "body=");
    return strstr(got, "stranger=1") ? 1 : strstr(got, "stranger=0") ? 0 : 253;
}

/* ctx: the address to come from, or NULL. */
static int come_by_v4(const struct server *s, const void *ctx)
{
    int fd = dial(s, ctx);
    if (fd < 0)
        return 254;
    ask(s, fd, "GET /", "");
    return told(fd);
}

/* ctx: the address to go to. */
static int come_by_v6(const struct server *s, const void *ctx)
{
    struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(server_port(s))};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    inet_pton(AF_INET6, ctx, &to.sin6_addr);
    if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
        return 254;
    ask(s, fd, "GET /", "");
    return told(fd);
}

static void only_root_plays_strangers(void)
{
    if (geteuid() != 0)
        skip();
}

/* --- the tests --- */

static void strangers_are_told(void **state)
{
    struct bench *b = *state;
    struct server_options options = options_of(b);
    struct server *six = NULL;
    struct err e;
    assert_int_equal(as_user(b, 0, 0, come_by_v4, b->tcp, NULL), 0);
    only_root_plays_strangers();
    assert_int_equal(as_user(b, NOBODY, NOBODY, come_by_v4, b->tcp, NULL), 1);
    assert_int_equal(as_user(b, NOBODY, NOBODY, come_by_v6, b->tcp, "::ffff:127.0.0.1"), 1);
    if (server_open_tcp(b->loop, &options, "::1", 0, &six, &e) == ERR_OK) {
        assert_int_equal(as_user(b, NOBODY, NOBODY, come_by_v6, six, "::1"), 1);
        assert_int_equal(as_user(b, 0, 0, come_by_v6, six, "::1"), 0);
        server_close(six);
    }
}

/* An address of this machine that is not loopback; nothing is sent. */
static bool own_address(char out[INET_ADDRSTRLEN])
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(9)};
    socklen_t n = sizeof(at);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    inet_pton(AF_INET, "192.0.2.1", &at.sin_addr);
    bool known = connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 &&
                 getsockname(fd, (struct sockaddr *)&at, &n) == 0;
    close(fd);
    return known && inet_ntop(AF_INET, &at.sin_addr, out, INET_ADDRSTRLEN);
}

static void no_address_hides_a_stranger(void **state)
{
    struct bench *b = *state;
    char address[INET_ADDRSTRLEN];
    only_root_plays_strangers();
    assert_int_equal(as_user(b, NOBODY, NOBODY, come_by_v4, b->tcp, "127.0.0.9"), 1);
    assert_int_equal(as_user(b, 0, 0, come_by_v4, b->tcp, "127.0.0.9"), 0);
    if (!own_address(address))
        return;
    assert_int_equal(as_user(b, NOBODY, NOBODY, come_by_v4, b->tcp, address), 1);
    assert_int_equal(as_user(b, 0, 0, come_by_v4, b->tcp, address), 0);
}

static void a_group_may_and_is_renewed(void **state)
{
    struct bench *b = *state;
    only_root_plays_strangers();
    const struct passwd *other = getpwnam("daemon"); /* of a group of its own */
    assert_non_null(other);
    uid_t uid = other->pw_uid;
    gid_t gid = other->pw_gid;
    assert_int_equal(as_user(b, uid, gid, come_by_v4, b->tcp, NULL), 1);
    server_set_group(b->tcp, gid);
    assert_int_equal(as_user(b, uid, NOBODY, come_by_v4, b->tcp, NULL), 0);
    assert_int_equal(as_user(b, NOBODY, NOBODY, come_by_v4, b->tcp, NULL), 1);
    server_set_group(b->tcp, 4321);
    assert_int_equal(as_user(b, uid, NOBODY, come_by_v4, b->tcp, NULL), 1);
}

static struct server_owner_end end_of(int fd, bool peer)
{
    struct server_owner_end end;
    struct sockaddr_in at = {0};
    socklen_t n = sizeof(at);
    assert_int_equal(peer ? getpeername(fd, (struct sockaddr *)&at, &n)
                          : getsockname(fd, (struct sockaddr *)&at, &n),
                     0);
    server_owner_set_v4(&end, &at.sin_addr);
    end.port = ntohs(at.sin_port);
    return end;
}

static void both_tables_tell_the_same(void **state)
{
    struct bench *b = *state;
    uid_t uid = 77;
    int fd = dial(b->tcp, NULL);
    struct server_owner_end own = end_of(fd, false);
    struct server_owner_end peer = end_of(fd, true);
    assert_int_equal(server_owner_read(&own, &peer, &uid), SERVER_OWNER_FOUND);
    assert_int_equal(uid, geteuid());
    uid = 77;
    if (server_owner_ask(&own, &peer, &uid) == SERVER_OWNER_UNTOLD)
        skip();
    assert_int_equal(uid, geteuid());
    own.port ^= 1; /* another's socket, which is not there; the listening one is not meant */
    uid = 77;
    assert_int_equal(server_owner_ask(&own, &peer, &uid), SERVER_OWNER_NONE);
    assert_int_equal(server_owner_read(&own, &peer, &uid), SERVER_OWNER_NONE);
    assert_int_equal(server_owner_ask(&peer, &own, &uid), SERVER_OWNER_NONE);
    assert_int_equal(uid, 77);
    close(fd);
}

/* Whoever closes before they are looked at has no name: they are nobody's friend. */
static void who_is_gone_is_a_stranger(void **state)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);
    struct server_peer peer;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)state;
    assert_int_equal(bind(listener, (const struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(listener, 1), 0);
    enum server_peer_how how = server_peer_open(listener);
    assert_int_not_equal(how, SERVER_PEER_NOT);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &n), 0);
    assert_int_equal(connect(client, (const struct sockaddr *)&at, sizeof(at)), 0);
    int fd = accept(listener, NULL, NULL);
    server_peer_find(fd, how, &peer);
    assert_false(peer.lost);
    assert_int_equal(peer.uid, geteuid());
    close(client);
    for (int i = 0; i < 2; i++) {
        server_peer_find(fd, i == 0 ? how : SERVER_PEER_TABLE, &peer);
        assert_true(peer.lost);
        assert_int_equal(peer.uid, (uid_t)-1);
    }
    server_peer_find(fd, SERVER_PEER_NOT, &peer);
    assert_false(peer.lost);
    assert_false(peer.remote);
    close(fd);
    close(listener);
}

/* How many of more connections than there may be are answered. */
static int come_often(const struct server *s, const void *ctx)
{
    int fds[SERVER_OTHERS_EACH + 4];
    int answered = 0;
    (void)ctx;
    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
        fds[i] = dial(s, NULL);
        ask(s, fds[i], "GET /", "");
        answered += told(fds[i]) == 1;
    }
    return answered;
}

static void a_stranger_takes_not_all(void **state)
{
    struct bench *b = *state;
    only_root_plays_strangers();
    assert_int_equal(as_user(b, NOBODY, NOBODY, come_often, b->tcp, NULL), SERVER_OTHERS_EACH);
    b->session = 7; /* as one reverse proxy for many people */
    assert_int_equal(as_user(b, NOBODY, NOBODY, come_often, b->tcp, NULL), SERVER_OTHERS_EACH + 4);
}

static void who_is_refused_sends_no_body(void **state)
{
    struct bench *b = *state;
    int fd = dial(b->tcp, NULL);
    ask(b->tcp, fd, "POST /refused", "Content-Length: 4000\r\n");
    const char *got = read_until(b, fd, NULL); /* it ends without a body */
    assert_non_null(strstr(got, "HTTP/1.1 418"));
    assert_non_null(strstr(got, "Connection: close"));
    close(fd);
    fd = dial(b->tcp, NULL);
    ask(b->tcp, fd, "POST /", "Content-Length: 101\r\n");
    assert_non_null(strstr(read_until(b, fd, NULL), "HTTP/1.1 413"));
    close(fd);
    fd = dial(b->tcp, NULL);
    ask(b->tcp, fd, "POST /", "Origin: http://evil.example\r\nContent-Length: 100\r\n");
    close(fd);
    assert_int_equal(b->handled, 0);
    char body[160];
    fd = dial(b->tcp, NULL);
    ask(b->tcp, fd, "POST /", "Transfer-Encoding: chunked\r\nConnection: close\r\n");
    int n = snprintf(body, sizeof(body), "65\r\n%0101d\r\n0\r\n\r\n", 7);
    peer_send(fd, body, (size_t)n);
    assert_non_null(strstr(read_until(b, fd, NULL), "HTTP/1.1 413"));
    close(fd);
    assert_int_equal(b->handled, 0);
    fd = dial(b->tcp, NULL);
    ask(b->tcp, fd, "POST /", "Content-Length: 100\r\n");
    snprintf(body, sizeof(body), "%0100d", 7);
    peer_send(fd, body, 100);
    assert_non_null(strstr(read_until(b, fd, "body="), "body=100"));
    close(fd);
    assert_int_equal(b->handled, 1);
}

/* It gives a byte now and then, which is enough for libmicrohttpd's patience. */
static void a_request_that_comes_too_slowly_ends(void **state)
{
    struct bench *b = *state;
    struct server_options options = options_of(b);
    struct server *quick = NULL;
    struct err e;
    options.arrival_ms = 1;
    assert_int_equal(server_open_tcp(b->loop, &options, NULL, 0, &quick, &e), ERR_OK);
    int fd = dial(quick, NULL);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    ask(quick, fd, "POST /", "Content-Length: 100\r\n");
    for (int i = 0; i < 100 && p.revents == 0; i++) {
        peer_send(fd, "x", 1);
        uv_run(loop_uv(b->loop), UV_RUN_NOWAIT);
        poll(&p, 1, 10);
    }
    assert_string_equal(read_until(b, fd, NULL), "");
    assert_int_equal(b->handled, 0);
    close(fd);
    server_close(quick);
}

static void a_stream_ends_with_its_session(void **state)
{
    struct bench *b = *state;
    int ours = dial(b->tcp, NULL);
    int other = dial(b->tcp, NULL);
    b->session = 7;
    ask(b->tcp, ours, "GET /stream", "");
    read_until(b, ours, "hello");
    b->session = 8;
    ask(b->tcp, other, "GET /stream", "");
    read_until(b, other, "hello");
    int fd = dial(b->tcp, NULL);
    ask(b->tcp, fd, "GET /end", ""); /* inside the handler */
    read_until(b, fd, "body=");
    read_until(b, ours, NULL);
    while (b->closed < 1)
        uv_run(loop_uv(b->loop), UV_RUN_ONCE);
    assert_int_equal(b->closed, 1);
    close(ours);
    close(fd);
    close(other);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(strangers_are_told),
        TEST(no_address_hides_a_stranger),
        TEST(a_group_may_and_is_renewed),
        TEST(both_tables_tell_the_same),
        TEST(who_is_gone_is_a_stranger),
        TEST(a_stranger_takes_not_all),
        TEST(who_is_refused_sends_no_body),
        TEST(a_request_that_comes_too_slowly_ends),
        TEST(a_stream_ends_with_its_session),
    };
    alarm(600);
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
