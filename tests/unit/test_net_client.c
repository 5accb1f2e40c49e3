/* daemon/net/client.c against a server of plain sockets, and against slow names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "daemon/net/client.h"
#include "daemon/net/loop.h"
#include "tests/unit/net_peer.h"

#define CALLS 16

enum { COUNT_LATE, COUNT_ARRIVED, COUNT_ONCE };

struct bench;

struct slot {
    struct bench *b;
    struct client_call *call;
    struct http_res res;
    int when; /* 1 for the first reply ...; 0: none came */
    struct slot *cancels;
};

struct bench {
    struct loop *loop;
    struct client *client;
    struct peer *peer;
    struct loop_timer *timer;
    int fds;
    int fds_wanted;
    struct slot slots[CALLS];
    int replies;
    int want;
    bool frees; /* the client, inside the first callback */
};

/* A name that resolves only when the test says so. */
static pthread_mutex_t name_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t name_changed = PTHREAD_COND_INITIALIZER;
static int name_asked;
static bool name_known;

int getaddrinfo(const char *restrict node, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict res)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (!node || strcmp(node, "slow.invalid") != 0)
        return real(node, service, hints, res);
    pthread_mutex_lock(&name_lock);
    name_asked++;
    pthread_cond_broadcast(&name_changed);
    while (!name_known)
        pthread_cond_wait(&name_changed, &name_lock);
    name_asked--;
    pthread_cond_broadcast(&name_changed);
    pthread_mutex_unlock(&name_lock);
    return EAI_NONAME;
}

static bool peer_reset(struct peer_request *req)
{
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    setsockopt(req->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    dup3(null, req->fd, O_CLOEXEC); /* closes the socket, whose number stays taken */
    close(null);
    return false;
}

static bool answer_once(struct peer_request *req)
{
    /* The connection dies under the second request. */
    if (peer_add(req->peer, COUNT_ONCE, 1) == 2)
        return peer_reset(req);
    return peer_reply(req, 200, "", "ok");
}

static bool answer(struct peer_request *req)
{
    const char *path = req->path;
    if (strcmp(path, "/echo") == 0)
        return peer_reply(req, 200, "Content-Type: application/json; charset=utf-8\r\n", "%s%s",
                          req->head, req->body);
    if (strcmp(path, "/late") == 0) {
        peer_await(req->peer, COUNT_LATE, 1);
        return peer_reply(req, 200, "", "late");
    }
    if (strcmp(path, "/rate") == 0)
        return peer_reply(req, 429, "Retry-After: 17\r\n", "{}");
    if (strcmp(path, "/date") == 0)
        return peer_reply(req, 503, "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n", "<html>");
    if (strcmp(path, "/moved") == 0)
        return peer_reply(req, 302, "Location: /echo\r\n", "%s", "");
    if (strcmp(path, "/cookie") == 0)
        return peer_reply(req, 200, "Set-Cookie: a=b\r\n", "%s", "");
    if (strcmp(path, "/once") == 0)
        return answer_once(req);
    if (strcmp(path, "/reset") == 0)
        return peer_reset(req);
    if (strcmp(path, "/hang") == 0) {
        peer_add(req->peer, COUNT_ARRIVED, 1);
        peer_await_close(req);
        return false;
    }
    peer_send(req->fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789", 49);
    return false; /* cut */
}

static void fail_late(void *ctx)
{
    (void)ctx;
    fail_msg("nothing came for 90 s");
}

static int setup_with(void **state, struct client_options options)
{
    struct err e;
    struct bench *b = calloc(1, sizeof(*b));
    b->fds = peer_open_fds();
    b->loop = loop_new();
    b->peer = peer_start(answer);
    b->timer = loop_timer_new(b->loop, fail_late, b);
    loop_timer_start(b->timer, 90000);
    options.user_agent = "genred-test/1 (test@example.org)";
    if (client_new(b->loop, &options, &b->client, &e))
        return -1;
    for (size_t i = 0; i < CALLS; i++)
        b->slots[i].b = b;
    *state = b;
    return 0;
}

static int setup(void **state)
{
    return setup_with(state, (struct client_options){.connect_ms = 1000});
}

static int setup_hasty(void **state)
{
    return setup_with(state, (struct client_options){.total_ms = 150, .idle_ms = 10});
}

static int teardown(void **state)
{
    struct bench *b = *state;
    client_free(b->client);
    peer_stop(b->peer);
    loop_timer_free(b->timer);
    loop_free(b->loop);
    for (size_t i = 0; i < CALLS; i++)
        http_res_clear(&b->slots[i].res);
    int left = peer_open_fds() - b->fds;
    free(b);
    return left;
}

static void on_reply(void *ctx, struct http_res *res)
{
    struct slot *s = ctx;
    struct bench *b = s->b;
    assert_int_equal(s->when, 0);
    s->when = ++b->replies;
    s->call = NULL;
    s->res = *res;
    *res = (struct http_res){0};
    peer_add(b->peer, COUNT_LATE, 1);
    if (s->cancels) {
        client_cancel(s->cancels->call);
        s->cancels->call = NULL;
    }
    if (b->frees) {
        client_free(b->client);
        b->client = NULL;
    }
    if (b->replies == b->want)
        loop_stop(b->loop);
}

static void ask(struct bench *b, size_t i, enum http_method method, const char *path,
                const char *body)
{
    struct http_req *req = mem_alloc(sizeof(*req));
    req->method = method;
    req->idempotent = method != HTTP_POST;
    if (path[0] == '/')
        snprintf(req->url, sizeof(req->url), "http://127.0.0.1:%u%s", b->peer->port, path);
    else
        snprintf(req->url, sizeof(req->url), "%s", path);
    if (body) {
        req->content_type = "application/json";
        req->secret_body = true;
        buf_add_str(&req->body, body);
    }
    b->slots[i].call = client_send(b->client, req, NULL, on_reply, &b->slots[i]);
    http_req_clear(req);
    free(req);
}

static const struct http_res *exchange(struct bench *b, enum http_method method, const char *path,
                                       const char *body)
{
    b->want = b->replies + 1;
    ask(b, (size_t)b->replies, method, path, body);
    loop_run(b->loop);
    return &b->slots[b->replies - 1].res;
}

static const char *text(const struct http_res *res)
{
    assert_int_equal(res->result, HTTP_RESULT_REPLY);
    assert_int_equal(res->status, 200);
    return buf_str(&res->body);
}

static void get_says_what_it_should(void **state)
{
    const struct http_res *res = exchange(*state, HTTP_GET, "/echo", NULL);
    const char *head = text(res);
    assert_true(res->is_json);
    assert_int_equal(res->retry_after_s, -1);
    assert_non_null(strstr(head, "GET /echo HTTP/1.1\r\n"));
    assert_non_null(strstr(head, "User-Agent: genred-test/1 (test@example.org)\r\n"));
    assert_non_null(strstr(head, "Accept-Encoding: "));
    assert_null(strcasestr(head, "Content-Length"));
    assert_null(strcasestr(head, "Content-Type"));
    assert_null(strcasestr(head, "Authorization"));
}

static void bodies_have_a_length(void **state)
{
    struct bench *b = *state;
    const char *head = text(exchange(b, HTTP_POST, "/echo", "{\"a\":1}"));
    assert_non_null(strstr(head, "POST /echo "));
    assert_non_null(strstr(head, "Content-Length: 7\r\n"));
    assert_non_null(strstr(head, "Content-Type: application/json\r\n"));
    assert_non_null(strstr(head, "\r\n\r\n{\"a\":1}"));
    head = text(exchange(b, HTTP_PUT, "/echo", NULL));
    assert_non_null(strstr(head, "PUT /echo "));
    assert_non_null(strstr(head, "Content-Length: 0\r\n"));
    assert_null(strcasestr(head, "Content-Type"));
    head = text(exchange(b, HTTP_POST, "/echo", NULL));
    assert_non_null(strstr(head, "Content-Length: 0\r\n"));
    head = text(exchange(b, HTTP_DELETE, "/echo", "{}"));
    assert_non_null(strstr(head, "DELETE /echo "));
    assert_non_null(strstr(head, "Content-Length: 2\r\n"));
    head = text(exchange(b, HTTP_DELETE, "/echo", NULL));
    assert_non_null(strstr(head, "DELETE /echo "));
    assert_null(strcasestr(head, "Transfer-Encoding"));
    assert_null(strcasestr(head, "Expect"));
}

static void the_bearer_comes_last(void **state)
{
    struct bench *b = *state;
    struct secret token = {0};
    struct http_req *req = mem_alloc(sizeof(*req));
    secret_set(&token, "t0ken");
    req->auth = HTTP_AUTH_BEARER;
    snprintf(req->url, sizeof(req->url), "http://127.0.0.1:%u/echo", b->peer->port);
    b->want = 1;
    client_send(b->client, req, &token, on_reply, &b->slots[0]);
    secret_wipe(&token);
    loop_run(b->loop);
    assert_non_null(strstr(text(&b->slots[0].res), "Authorization: Bearer t0ken\r\n"));
    secret_set(&token, "bad\r\nX-Evil: 1");
    b->want = 2;
    client_send(b->client, req, &token, on_reply, &b->slots[1]);
    loop_run(b->loop);
    assert_int_equal(b->slots[1].res.result, HTTP_RESULT_UNSENT);
    secret_wipe(&token);
    free(req);
}

static void retry_after_is_read(void **state)
{
    struct bench *b = *state;
    const struct http_res *res = exchange(b, HTTP_GET, "/rate", NULL);
    assert_int_equal(res->status, 429);
    assert_int_equal(res->retry_after_s, 17);
    res = exchange(b, HTTP_GET, "/date", NULL);
    assert_int_equal(res->status, 503);
    assert_int_equal(res->retry_after_s, 0);
    assert_false(res->is_json);
}

static void no_redirects_no_cookies(void **state)
{
    struct bench *b = *state;
    assert_int_equal(exchange(b, HTTP_GET, "/moved", NULL)->status, 302);
    exchange(b, HTTP_GET, "/cookie", NULL);
    assert_null(strcasestr(text(exchange(b, HTTP_GET, "/echo", NULL)), "Cookie"));
}

static void replies_come_out_of_order(void **state)
{
    struct bench *b = *state;
    b->want = 2;
    ask(b, 0, HTTP_GET, "/late", NULL);
    ask(b, 1, HTTP_GET, "/echo", NULL);
    loop_run(b->loop);
    assert_int_equal(b->slots[1].when, 1);
    assert_int_equal(b->slots[0].when, 2);
}

static void failures_tell_whether_anything_was_sent(void **state)
{
    struct bench *b = *state;
    char closed[64];
    struct peer *other = peer_start(answer);
    snprintf(closed, sizeof(closed), "http://127.0.0.1:%u/", other->port);
    peer_stop(other);
    assert_int_equal(exchange(b, HTTP_POST, closed, "{}")->result, HTTP_RESULT_UNSENT);
    assert_int_equal(exchange(b, HTTP_POST, "http://example.org/", "{}")->result,
                     HTTP_RESULT_UNSENT);
    assert_int_equal(exchange(b, HTTP_POST, "http://127.0.0.1@example.org/", "{}")->result,
                     HTTP_RESULT_UNSENT);
    assert_int_equal(exchange(b, HTTP_POST, "file:///etc/passwd", "{}")->result,
                     HTTP_RESULT_UNSENT);
    snprintf(closed, sizeof(closed), "https://127.0.0.1:%u/cut", b->peer->port); /* no TLS there */
    assert_int_equal(exchange(b, HTTP_POST, closed, "{}")->result, HTTP_RESULT_UNSENT);
    assert_int_equal(exchange(b, HTTP_POST, "/reset", "{}")->result, HTTP_RESULT_UNKNOWN);
    const struct http_res *res = exchange(b, HTTP_POST, "/cut", "{}");
    assert_int_equal(res->result, HTTP_RESULT_UNKNOWN);
    assert_int_equal(res->status, 0);
    assert_int_equal(res->body.len, 0);
    assert_true(res->failure[0] != '\0');
}

static void only_idempotent_requests_are_sent_again(void **state)
{
    struct bench *b = *state;
    assert_string_equal(text(exchange(b, HTTP_POST, "/once", "{}")), "ok");
    assert_int_equal(exchange(b, HTTP_POST, "/once", "{}")->result, HTTP_RESULT_UNKNOWN);
    assert_int_equal(peer_count(b->peer, COUNT_ONCE), 2);
    peer_add(b->peer, COUNT_ONCE, -peer_count(b->peer, COUNT_ONCE));
    assert_string_equal(text(exchange(b, HTTP_GET, "/once", NULL)), "ok");
    assert_string_equal(text(exchange(b, HTTP_GET, "/once", NULL)), "ok");
    assert_int_equal(peer_count(b->peer, COUNT_ONCE), 3);
}

static void a_long_reply_is_cut_off(void **state)
{
    struct bench *b = *state;
    struct http_req *req = mem_alloc(sizeof(*req));
    req->reply_max = 16;
    snprintf(req->url, sizeof(req->url), "http://127.0.0.1:%u/echo", b->peer->port);
    b->want = 1;
    client_send(b->client, req, NULL, on_reply, &b->slots[0]);
    loop_run(b->loop);
    assert_int_equal(b->slots[0].res.result, HTTP_RESULT_UNKNOWN);
    assert_non_null(strstr(b->slots[0].res.failure, "16 bytes"));
    free(req);
}

static void a_hanging_server_times_out(void **state)
{
    struct bench *b = *state; /* total: 150 ms */
    assert_int_equal(exchange(b, HTTP_POST, "/hang", "{}")->result, HTTP_RESULT_UNKNOWN);
}

static void cancelled_calls_say_nothing(void **state)
{
    struct bench *b = *state;
    ask(b, 0, HTTP_GET, "/hang", NULL); /* not even begun */
    client_cancel(b->slots[0].call);
    ask(b, 1, HTTP_GET, "http://example.org/", NULL); /* failed, not delivered */
    client_cancel(b->slots[1].call);
    ask(b, 2, HTTP_GET, "/late", NULL);
    ask(b, 3, HTTP_GET, "/hang", NULL);
    ask(b, 4, HTTP_GET, "/echo", NULL);
    b->slots[4].cancels = &b->slots[3]; /* under way, from inside a callback */
    b->want = 2;
    loop_run(b->loop);
    assert_int_equal(b->slots[0].when + b->slots[1].when + b->slots[3].when, 0);
    assert_int_equal(client_open_calls(b->client), 0);
    client_cancel(NULL);
}

static void the_client_may_be_freed_in_a_callback(void **state)
{
    struct bench *b = *state;
    b->frees = true;
    b->want = 1;
    ask(b, 0, HTTP_GET, "/echo", NULL);
    ask(b, 1, HTTP_GET, "/late", NULL);
    ask(b, 2, HTTP_GET, "/hang", NULL);
    loop_run(b->loop);
    assert_null(b->client);
    assert_int_equal(b->slots[0].when, 1);
}

static void await_asked(int n)
{
    pthread_mutex_lock(&name_lock);
    while (name_asked != n)
        pthread_cond_wait(&name_changed, &name_lock);
    pthread_mutex_unlock(&name_lock);
}

static void let_name_go(bool known)
{
    pthread_mutex_lock(&name_lock);
    name_known = known;
    pthread_cond_broadcast(&name_changed);
    pthread_mutex_unlock(&name_lock);
}

static void cancel_asking(void *ctx)
{
    struct bench *b = ctx;
    await_asked(1); /* the lookup hangs in its thread */
    client_cancel(b->slots[0].call);
    loop_stop(b->loop);
}

static void cancel_in_a_lookup_does_not_block(void **state)
{
    struct bench *b = *state;
    /* Were the thread joined, this would never end: it is let go only below. */
    let_name_go(false);
    ask(b, 0, HTTP_GET, "https://slow.invalid/", NULL);
    struct loop_timer *t = loop_timer_new(b->loop, cancel_asking, b);
    loop_timer_start(t, 1);
    loop_run(b->loop);
    loop_timer_free(t);
    assert_int_equal(b->slots[0].when, 0);
    let_name_go(true);
    await_asked(0);
    assert_int_equal(exchange(b, HTTP_GET, "https://slow.invalid/", NULL)->result,
                     HTTP_RESULT_UNSENT);
}

static void check_closed(void *ctx)
{
    struct bench *b = ctx;
    if (peer_open_fds() <= b->fds_wanted)
        loop_stop(b->loop);
    else
        loop_timer_start(b->timer, 5);
}

static void idle_connections_are_closed(void **state)
{
    struct bench *b = *state; /* idle: 10 ms */
    b->fds_wanted = peer_open_fds();
    text(exchange(b, HTTP_GET, "/echo", NULL));
    loop_timer_free(b->timer);
    b->timer = loop_timer_new(b->loop, check_closed, b);
    loop_timer_start(b->timer, 5);
    loop_run(b->loop);
    text(exchange(b, HTTP_GET, "/echo", NULL)); /* and it goes on from there */
}

static int warm_up(void **state)
{
    void *b = NULL; /* what libuv, libcurl and OpenSSL open once per process */
    (void)state;
    setup(&b);
    exchange(b, HTTP_GET, "/echo", NULL);
    exchange(b, HTTP_GET, "https://127.0.0.1:1/", NULL);
    teardown(&b);
    return 0;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(get_says_what_it_should),
        TEST(bodies_have_a_length),
        TEST(the_bearer_comes_last),
        TEST(retry_after_is_read),
        TEST(no_redirects_no_cookies),
        TEST(replies_come_out_of_order),
        TEST(failures_tell_whether_anything_was_sent),
        TEST(only_idempotent_requests_are_sent_again),
        TEST(a_long_reply_is_cut_off),
        cmocka_unit_test_setup_teardown(a_hanging_server_times_out, setup_hasty, teardown),
        TEST(cancelled_calls_say_nothing),
        TEST(the_client_may_be_freed_in_a_callback),
        TEST(cancel_in_a_lookup_does_not_block),
        cmocka_unit_test_setup_teardown(idle_connections_are_closed, setup_hasty, teardown),
    };
    alarm(600);
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
