/* daemon/net/runner.c: a scripted job and policy against a server of plain sockets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/clock.h"
#include "base/mem.h"
#include "daemon/jobs/job.h"
#include "daemon/net/client.h"
#include "daemon/net/loop.h"
#include "daemon/net/runner.h"
#include "tests/unit/net_peer.h"

#define ITEMS 64

enum { COUNT_ITEMS, COUNT_TOKENS, COUNT_REFUSED, COUNT_LAST };

enum mode {
    MODE_PLAIN,
    MODE_BACKWARDS,  /* the first item is answered after the fourth */
    MODE_OLD_TOKEN,  /* 401 unless the token is "new" */
    MODE_NO_TOKEN,   /* 401 always */
    MODE_RATE_ONCE,  /* the first request: 429, 1 s */
    MODE_RATE_LONG,  /* 429, an hour */
    MODE_BUSY_TWICE, /* 503 twice, then well */
    MODE_BUSY,       /* 503 */
    MODE_CUT,        /* half a reply */
    MODE_HANG,
    MODE_TOKEN_BUSY,  /* as OLD_TOKEN, and 503 from the token endpoint once */
    MODE_TOKEN_WAITS, /* as OLD_TOKEN, and the token comes once the test says so */
};

static _Atomic enum mode mode; /* of the server */

static bool answer_token(struct peer_request *req)
{
    int n = peer_add(req->peer, COUNT_TOKENS, 1);
    if (mode == MODE_TOKEN_BUSY && n == 1)
        return peer_reply(req, 503, "", "%s", "");
    if (mode == MODE_TOKEN_WAITS)
        peer_await(req->peer, COUNT_LAST, 1);
    return peer_reply(req, 200, "", "new");
}

static bool answer(struct peer_request *req)
{
    if (strcmp(req->path, "/token") == 0)
        return answer_token(req);
    int n = peer_add(req->peer, COUNT_ITEMS, 1);
    bool is_new = strstr(req->head, "Authorization: Bearer new\r\n") != NULL;
    bool wants_new = mode == MODE_OLD_TOKEN || mode == MODE_TOKEN_BUSY || mode == MODE_TOKEN_WAITS;
    if (mode == MODE_NO_TOKEN || (wants_new && !is_new)) {
        peer_add(req->peer, COUNT_REFUSED, 1);
        return peer_reply(req, 401, "", "%s", "");
    }
    if (mode == MODE_RATE_LONG || (mode == MODE_RATE_ONCE && n == 1))
        return peer_reply(req, 429,
                          mode == MODE_RATE_LONG ? "Retry-After: 3600\r\n" : "Retry-After: 1\r\n",
                          "%s", "");
    if (mode == MODE_BUSY || (mode == MODE_BUSY_TWICE && n <= 2))
        return peer_reply(req, 503, "", "%s", "");
    if (mode == MODE_HANG) {
        peer_await_close(req);
        return false;
    }
    if (mode == MODE_CUT) {
        peer_send(req->fd, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", 42);
        return false;
    }
    if (mode == MODE_BACKWARDS && strcmp(req->path, "/item/0") == 0)
        peer_await(req->peer, COUNT_LAST, 1);
    peer_reply(req, 200, "", "%s", req->path);
    if (strcmp(req->path, "/item/3") == 0)
        peer_add(req->peer, COUNT_LAST, 1);
    return true;
}

struct bench {
    struct loop *loop;
    struct client *client;
    struct runner *runner;
    struct peer *peer;
    struct loop_timer *timer;
    struct secret token;
    int fds;
    int items; /* what the job asks for */
    bool writes;
    bool computes;
    int sleeps;
    int asked;
    int taken;
    int64_t order[ITEMS];
    enum http_result results[ITEMS];
    int64_t asked_at_ms;
    bool worked;
    int states; /* not yet freed */
    int finished;
    struct err end;
    int64_t requests;
    int steps;
    int progress;
    int waits[3];
    int64_t held_until_s;
    int64_t hold_until_s;
    int token_takes;
    bool token_broken;
    bool no_refresh;
    int events; /* every call out of the runner */
    int cancel_at;
    int free_at;
    int again; /* jobs still to be started when one finishes */
};

static void point(struct bench *b)
{
    b->events++;
    if (b->events == b->cancel_at)
        runner_cancel(b->runner);
    if (b->events == b->free_at) {
        runner_free(b->runner);
        b->runner = NULL;
    }
}

/* --- the job --- */

static enum job_wish items_ask(struct job *j, struct job_io *io)
{
    struct bench *b = j->state;
    point(b);
    j->progress.total = b->items;
    if (b->asked == b->items)
        return j->outstanding ? JOB_WAIT : JOB_NEXT;
    io->req.method = b->writes ? HTTP_POST : HTTP_GET;
    io->req.idempotent = !b->writes;
    io->req.auth = HTTP_AUTH_BEARER;
    io->req.tag = b->asked;
    snprintf(io->req.url, sizeof(io->req.url), "http://127.0.0.1:%u/item/%d", b->peer->port,
             b->asked);
    b->asked++;
    return JOB_SEND;
}

static enum job_after items_take(struct job *j, struct job_io *io)
{
    struct bench *b = j->state;
    point(b);
    b->order[b->taken] = io->req.tag;
    b->results[b->taken] = io->res.result;
    if (io->res.result == HTTP_RESULT_REPLY)
        assert_non_null(strstr(io->req.url, buf_str(&io->res.body)));
    b->taken++;
    j->progress.done++;
    return JOB_AGAIN;
}

static void compute(void *ctx)
{
    struct bench *b = ctx;
    b->worked = true;
}

static enum job_wish end_ask(struct job *j, struct job_io *io)
{
    struct bench *b = j->state;
    point(b);
    if (b->computes && !b->worked) {
        io->work.run = compute;
        io->work.ctx = b;
        return JOB_CPU;
    }
    if (b->sleeps > 0) {
        b->sleeps--;
        io->sleep_ms = 5;
        return JOB_SLEEP;
    }
    return JOB_NEXT;
}

static void state_free(void *state)
{
    struct bench *b = state;
    b->states--;
}

static struct job *job_new(struct bench *b)
{
    static const struct job_step steps[] = {{"items", items_ask, items_take},
                                            {"end", end_ask, NULL}};
    struct job *j = mem_alloc(sizeof(*j));
    j->name = "test";
    j->steps = steps;
    j->n_steps = 2;
    j->next = JOB_NEXT_IN_ORDER;
    j->state = b;
    j->state_free = state_free;
    b->states++;
    return j;
}

/* --- the policy --- */

static enum runner_verdict judge(void *ctx, const struct http_req *req, const struct http_res *res,
                                 unsigned attempt, struct runner_delay *ret)
{
    point(ctx);
    ret->delay_ms = 5;
    if (res->result != HTTP_RESULT_REPLY && !req->idempotent)
        return RUNNER_DELIVER;
    if (res->result != HTTP_RESULT_REPLY || res->status >= 500) {
        err_set(&ret->err, ERR_NETWORK, "no answer");
        return attempt < 3 ? RUNNER_RETRY : RUNNER_GIVE_UP;
    }
    if (res->status == 429) {
        ret->until_utc_s = clock_utc_s() + res->retry_after_s;
        return RUNNER_HOLD;
    }
    return res->status == 401 ? RUNNER_REAUTHORISE : RUNNER_DELIVER;
}

static const struct secret *token_get(void *ctx)
{
    struct bench *b = ctx;
    point(b);
    return secret_is_set(&b->token) ? &b->token : NULL;
}

static enum err_code token_ask(void *ctx, struct http_req *req, struct err *e)
{
    struct bench *b = ctx;
    point(b);
    if (b->no_refresh)
        return err_set(e, ERR_LOGIN, "nobody has logged in");
    req->method = HTTP_POST;
    req->idempotent = true;
    req->secret_body = true;
    req->content_type = "application/x-www-form-urlencoded";
    buf_add_str(&req->body, "grant_type=refresh_token");
    snprintf(req->url, sizeof(req->url), "http://127.0.0.1:%u/token", b->peer->port);
    return ERR_OK;
}

static enum err_code token_take(void *ctx, const struct http_res *res, struct err *e)
{
    struct bench *b = ctx;
    point(b);
    b->token_takes++;
    if (b->token_broken)
        return err_set(e, ERR_FORMAT, "no token in it");
    secret_set(&b->token, buf_str(&res->body));
    return ERR_OK;
}

static int64_t hold_until_utc_s(void *ctx, const struct http_req *req)
{
    struct bench *b = ctx;
    point(b);
    assert_non_null(strstr(req->url, "http://"));
    return b->hold_until_s;
}

static void held(void *ctx, const struct http_req *req, int64_t until_utc_s)
{
    struct bench *b = ctx;
    (void)req;
    point(b);
    b->held_until_s = until_utc_s;
}

/* --- the observer --- */

static void on_step(void *ctx, const struct job *j)
{
    struct bench *b = ctx;
    assert_true(j->at < j->n_steps);
    b->steps++;
    point(b);
}

static void on_progress(void *ctx, const struct job *j)
{
    struct bench *b = ctx;
    assert_true(j->progress.done <= j->progress.total);
    b->progress++;
    point(b);
}

static void on_waiting(void *ctx, const struct job *j, enum runner_why why, int64_t until_utc_s,
                       int64_t left_ms)
{
    struct bench *b = ctx;
    (void)j;
    assert_true(why == RUNNER_GOES_ON || (until_utc_s > 0 && left_ms > 0));
    b->waits[why]++;
    point(b);
}

static void on_finished(void *ctx, struct job *j, const struct err *e)
{
    struct bench *b = ctx;
    assert_false(runner_is_busy(b->runner));
    b->finished++;
    b->end = *e;
    b->requests = j->requests;
    job_free(j);
    point(b);
    if (b->again > 0 && b->runner) {
        b->again--;
        b->asked = b->taken = 0;
        runner_start(b->runner, job_new(b));
        return;
    }
    loop_stop(b->loop);
}

static void fail_late(void *ctx)
{
    (void)ctx;
    fail_msg("nothing came for 90 s");
}

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));
    struct client_options client = {.user_agent = "genred-test"};
    struct runner_options options = {0};
    struct runner_policy policy = {b,    judge, token_get, token_ask, token_take, hold_until_utc_s,
                                   held, NULL,  NULL};
    struct runner_observer observer = {b, on_step, on_progress, on_waiting, on_finished};
    struct err e;
    b->fds = peer_open_fds();
    b->loop = loop_new();
    b->peer = peer_start(answer);
    b->items = 6;
    b->timer = loop_timer_new(b->loop, fail_late, b);
    loop_timer_start(b->timer, 90000);
    secret_set(&b->token, "old");
    if (client_new(b->loop, &client, &b->client, &e))
        return -1;
    b->runner = runner_new(b->loop, b->client, &policy, &observer, &options);
    mode = MODE_PLAIN;
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    runner_free(b->runner);
    client_free(b->client);
    peer_stop(b->peer);
    loop_timer_free(b->timer);
    loop_free(b->loop);
    secret_wipe(&b->token);
    int left = peer_open_fds() - b->fds + b->states;
    free(b);
    return left;
}

static enum err_code run(struct bench *b, enum mode server)
{
    mode = server;
    runner_start(b->runner, job_new(b));
    assert_int_equal(b->events, 0); /* it begins in a later turn */
    loop_run(b->loop);
    return b->end.code;
}

static void assert_in_order(const struct bench *b)
{
    assert_int_equal(b->taken, b->items);
    for (int i = 0; i < b->taken; i++)
        assert_int_equal(b->order[i], i);
}

/* --- the tests --- */

static void a_job_runs_to_its_end(void **state)
{
    struct bench *b = *state;
    b->computes = true;
    b->sleeps = 2;
    assert_int_equal(run(b, MODE_PLAIN), ERR_OK);
    assert_in_order(b);
    assert_int_equal(b->requests, 6);
    assert_int_equal(b->steps, 2);
    assert_int_equal(b->progress, 7);
    assert_true(b->worked);
    assert_int_equal(b->waits[RUNNER_GOES_ON], 0);
    assert_null(runner_job(b->runner));
}

static void replies_are_taken_in_the_order_of_asking(void **state)
{
    struct bench *b = *state;
    assert_int_equal(run(b, MODE_BACKWARDS), ERR_OK);
    assert_in_order(b);
}

static void the_window_grows(void **state)
{
    struct bench *b = *state;
    b->items = ITEMS;
    assert_int_equal(runner_window(b->runner), 4);
    assert_int_equal(run(b, MODE_PLAIN), ERR_OK);
    assert_in_order(b);
    assert_int_equal(runner_window(b->runner), 8);
}

static void one_refresh_serves_all(void **state)
{
    struct bench *b = *state;
    assert_int_equal(run(b, MODE_OLD_TOKEN), ERR_OK);
    assert_in_order(b);
    assert_int_equal(peer_count(b->peer, COUNT_TOKENS), 1);
    assert_true(peer_count(b->peer, COUNT_REFUSED) >= 1 && peer_count(b->peer, COUNT_REFUSED) <= 4);
    assert_int_equal(b->requests, peer_count(b->peer, COUNT_ITEMS) + 1);
}

static void no_token_is_refreshed_first(void **state)
{
    struct bench *b = *state;
    secret_set(&b->token, NULL);
    assert_int_equal(run(b, MODE_TOKEN_BUSY), ERR_OK); /* the refresh is tried again, too */
    assert_in_order(b);
    assert_int_equal(peer_count(b->peer, COUNT_TOKENS), 2);
    assert_int_equal(peer_count(b->peer, COUNT_REFUSED), 0);
    assert_int_equal(b->token_takes, 1);
}

static void a_refused_fresh_token_ends_it(void **state)
{
    struct bench *b = *state;
    assert_int_equal(run(b, MODE_NO_TOKEN), ERR_LOGIN);
    assert_int_equal(peer_count(b->peer, COUNT_TOKENS), 3);
    assert_int_equal(b->taken, 0);
}

static void a_refresh_may_fail(void **state)
{
    struct bench *b = *state;
    b->token_broken = true;
    assert_int_equal(run(b, MODE_OLD_TOKEN), ERR_FORMAT);
    b->no_refresh = true;
    b->asked = b->events = 0;
    assert_int_equal(run(b, MODE_OLD_TOKEN), ERR_LOGIN);
    assert_string_equal(b->end.text, "nobody has logged in");
    assert_int_equal(b->token_takes, 1);
}

static void a_short_hold_is_sat_out(void **state)
{
    struct bench *b = *state;
    int64_t start = clock_utc_ms();
    runner_listen(b->runner, true);
    b->items = 1;
    assert_int_equal(run(b, MODE_RATE_ONCE), ERR_OK);
    assert_in_order(b);
    assert_true(clock_utc_ms() >= b->held_until_s * 1000);
    assert_true(clock_utc_ms() - start < 60000);
    assert_int_equal(b->requests, 2);
    assert_true(b->waits[RUNNER_WAITS_RATE] >= 1);
    assert_int_equal(b->waits[RUNNER_GOES_ON], 1);
    assert_int_equal(runner_window(b->runner), 2);
}

static void a_long_hold_ends_it(void **state)
{
    struct bench *b = *state;
    int64_t now = clock_utc_s();
    assert_int_equal(run(b, MODE_RATE_LONG), ERR_RATE);
    assert_true(b->end.retry_at_s >= now + 3600 && b->end.retry_at_s <= now + 3605);
    assert_int_equal(b->held_until_s, b->end.retry_at_s);
    assert_int_equal(b->taken, 0);
}

static void a_remembered_hold_is_kept(void **state)
{
    struct bench *b = *state;
    b->hold_until_s = clock_utc_s() + 1000;
    assert_int_equal(run(b, MODE_PLAIN), ERR_RATE);
    assert_int_equal(b->end.retry_at_s, b->hold_until_s);
    assert_int_equal(peer_count(b->peer, COUNT_ITEMS), 0);
    b->hold_until_s = clock_utc_s() + 1;
    b->asked = b->events = 0;
    assert_int_equal(run(b, MODE_PLAIN), ERR_OK);
    assert_true(clock_utc_ms() >= b->hold_until_s * 1000);
    assert_in_order(b);
}

static void server_errors_are_retried_for_a_while(void **state)
{
    struct bench *b = *state;
    assert_int_equal(run(b, MODE_BUSY_TWICE), ERR_OK);
    assert_in_order(b);
    assert_int_equal(b->requests, 8);
    assert_true(b->waits[RUNNER_WAITS_RETRY] >= 1);
    b->asked = b->taken = b->events = 0;
    assert_int_equal(run(b, MODE_BUSY), ERR_NETWORK);
    assert_int_equal(b->taken, 0);
}

static void an_unknown_write_is_delivered(void **state)
{
    struct bench *b = *state;
    b->writes = true;
    assert_int_equal(run(b, MODE_CUT), ERR_OK);
    assert_in_order(b);
    assert_int_equal(b->results[0], HTTP_RESULT_UNKNOWN);
    assert_int_equal(b->requests, 6);
}

static void jobs_follow_one_another(void **state)
{
    struct bench *b = *state;
    b->again = 2;
    assert_int_equal(run(b, MODE_PLAIN), ERR_OK);
    assert_int_equal(b->finished, 3);
    assert_in_order(b);
}

/* Runs until the job finishes, or the runner is gone and nothing of it is left. */
static void run_cut(struct bench *b, enum mode server)
{
    mode = server;
    b->asked = b->taken = b->events = b->finished = 0;
    b->worked = false;
    b->sleeps = 1;
    for (int i = COUNT_ITEMS; i <= COUNT_LAST; i++)
        peer_add(b->peer, i, -peer_count(b->peer, i));
    secret_set(&b->token, "old");
    runner_start(b->runner, job_new(b));
    while (b->states > 0)
        uv_run(loop_uv(b->loop), UV_RUN_ONCE);
}

static void cancel_everywhere(void **state)
{
    static const enum mode modes[] = {MODE_OLD_TOKEN, MODE_TOKEN_BUSY, MODE_BUSY_TWICE,
                                      MODE_BACKWARDS, MODE_RATE_LONG};
    struct bench *b = *state;
    b->computes = true;
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        for (b->cancel_at = 1; b->events >= b->cancel_at - 1 || b->cancel_at == 1; b->cancel_at++) {
            run_cut(b, modes[i]);
            assert_int_equal(b->finished, 1);
            if (b->events < b->cancel_at)
                break;
            /* The last event is `finished` itself, where there is nothing to cancel any more. */
            assert_true(b->end.code == ERR_CANCELLED || b->end.code == ERR_RATE ||
                        b->taken == b->items);
        }
        assert_true(b->cancel_at > 10);
    }
}

static void free_everywhere(void **state)
{
    static const enum mode modes[] = {MODE_OLD_TOKEN, MODE_BUSY_TWICE, MODE_RATE_LONG};
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        bool more = true;
        for (int at = 1; more; at++) {
            struct bench *b = *state;
            b->computes = true;
            b->free_at = at;
            run_cut(b, modes[i]);
            more = b->events >= at;
            assert_true(more == (b->runner == NULL));
            assert_int_equal(teardown(state), 0);
            assert_int_equal(setup(state), 0);
        }
    }
}

static void on_cancel_timer(void *ctx)
{
    struct bench *b = ctx;
    bool under_way = mode == MODE_TOKEN_WAITS ? peer_count(b->peer, COUNT_TOKENS) > 0
                                              : peer_count(b->peer, COUNT_ITEMS) > 3;
    if (under_way) {
        runner_cancel(b->runner);
        runner_cancel(b->runner);
        peer_add(b->peer, COUNT_LAST, 1);
    } else {
        loop_timer_start(b->timer, 1);
    }
}

static void cancel_with_requests_in_flight(void **state)
{
    struct bench *b = *state;
    loop_timer_free(b->timer);
    b->timer = loop_timer_new(b->loop, on_cancel_timer, b);
    loop_timer_start(b->timer, 1);
    assert_int_equal(run(b, MODE_HANG), ERR_CANCELLED);
    assert_int_equal(b->finished, 1);
    assert_int_equal(client_open_calls(b->client), 0);
}

static void a_token_under_way_is_not_lost(void **state)
{
    struct bench *b = *state;
    secret_set(&b->token, "old");
    loop_timer_free(b->timer);
    b->timer = loop_timer_new(b->loop, on_cancel_timer, b);
    loop_timer_start(b->timer, 1);
    assert_int_equal(run(b, MODE_TOKEN_WAITS), ERR_CANCELLED);
    assert_int_equal(b->token_takes, 1);
    assert_string_equal(b->token.bytes, "new");
}

static void idle_calls_do_no_harm(void **state)
{
    struct bench *b = *state;
    runner_cancel(b->runner);
    runner_listen(b->runner, true);
    assert_false(runner_is_busy(b->runner));
    assert_int_equal(run(b, MODE_PLAIN), ERR_OK);
    runner_free(NULL);
}

static int warm_up(void **state)
{
    void *b = NULL; /* what libuv, libcurl and OpenSSL open once per process */
    (void)state;
    setup(&b);
    ((struct bench *)b)->computes = true;
    run(b, MODE_PLAIN);
    teardown(&b);
    return 0;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(a_job_runs_to_its_end),
        TEST(replies_are_taken_in_the_order_of_asking),
        TEST(the_window_grows),
        TEST(one_refresh_serves_all),
        TEST(no_token_is_refreshed_first),
        TEST(a_refused_fresh_token_ends_it),
        TEST(a_refresh_may_fail),
        TEST(a_short_hold_is_sat_out),
        TEST(a_long_hold_ends_it),
        TEST(a_remembered_hold_is_kept),
        TEST(server_errors_are_retried_for_a_while),
        TEST(an_unknown_write_is_delivered),
        TEST(jobs_follow_one_another),
        TEST(cancel_everywhere),
        TEST(free_everywhere),
        TEST(cancel_with_requests_in_flight),
        TEST(a_token_under_way_is_not_lost),
        TEST(idle_calls_do_no_harm),
    };
    alarm(600);
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
