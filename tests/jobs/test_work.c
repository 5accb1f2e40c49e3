/* The main job against a function as server: every path, and an end at every exchange. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "store/sql.h"
#include "tests/jobs/bench.h"

#define SONGS 240

static int set_up(void **state)
{
    *state = bench_new(SONGS);
    return 0;
}

static int tear_down(void **state)
{
    bench_free(*state);
    return 0;
}

static enum err_code sort_once(struct bench *b)
{
    return bench_drive(b, bench_sort(b, false));
}

static void sort_well(struct bench *b)
{
    assert_int_equal(sort_once(b), ERR_OK);
}

/* The playlist holds exactly the liked songs of that parity, newest liked first. */
static void assert_sorted(struct bench *b, const char *name, int parity)
{
    struct fake_playlist *p = fake_server_playlist(&b->server, name);
    size_t at = 0;
    assert_non_null(p);
    for (size_t i = 0; i < b->server.n_likes; i++) {
        char id[FAKE_ID];
        if (b->server.likes[i] < 0 || b->server.likes[i] % 2 != parity)
            continue;
        fake_server_song_id(b->server.likes[i], id);
        assert_true(at < p->n);
        assert_string_equal(p->items[at++], id);
    }
    assert_int_equal(at, p->n);
}

static void assert_both_sorted(struct bench *b)
{
    assert_int_equal(b->server.n_playlists, 2);
    assert_sorted(b, "rock (genred)", 0);
    assert_sorted(b, "jazz (genred)", 1);
}

static void unlike(struct fake_server *f, size_t at)
{
    f->n_likes--;
    memmove(&f->likes[at], &f->likes[at + 1], (f->n_likes - at) * sizeof(f->likes[0]));
}

static void like(struct fake_server *f, int song)
{
    memmove(&f->likes[1], &f->likes[0], f->n_likes * sizeof(f->likes[0]));
    f->likes[0] = song;
    f->n_likes++;
}

static void test_first_sort_and_idle(void **state)
{
    struct bench *b = *state;
    for (size_t window = 1; window <= 8; window++) {
        bench_begin_anew(b);
        b->drive.window = window;
        sort_well(b);
        assert_both_sorted(b);
        b->server.requests = b->server.writes = 0;
        sort_well(b);
        assert_int_equal(b->server.requests, 2); /* the head of the likes, the list of playlists */
        assert_int_equal(b->server.writes, 0);
    }
}

static void test_likes_come_and_go(void **state)
{
    struct bench *b = *state;
    sort_well(b);
    like(&b->server, 501);
    like(&b->server, 502);
    b->server.requests = 0;
    sort_well(b);
    assert_both_sorted(b);
    assert_true(b->server.requests <=
                2 + 1 + 1 + 2); /* head, list, statistics, artists, two adds */
    unlike(&b->server, 100);
    sort_well(b);
    assert_both_sorted(b);
    unlike(&b->server, 30); /* and a like: the total stays */
    like(&b->server, 503);
    sort_well(b);
    assert_both_sorted(b);
}

static void shift_away(struct fake_server *f, int exchange)
{
    if (exchange == 3)
        unlike(f, 10);
}

static void shift_in(struct fake_server *f, int exchange)
{
    if (exchange == 3)
        like(f, 555);
}

static void test_the_list_shifts_while_it_is_read(void **state)
{
    struct bench *b = *state;
    for (int deferred = 0; deferred < 2; deferred++) {
        for (int in = 0; in < 2; in++) {
            bench_begin_anew(b);
            b->drive.deferred = deferred;
            b->drive.before_take = in ? shift_in : shift_away;
            sort_well(b);
            b->drive.before_take = NULL;
            sort_well(b);
            assert_both_sorted(b);
        }
    }
}

static void test_a_short_reading_un_likes_nothing(void **state)
{
    struct bench *b = *state;
    size_t n = b->server.n_likes;
    sort_well(b);
    b->server.n_likes = 120; /* half of it is not told, though the total still counts it */
    b->server.total_lie = (int64_t)(n - 120);
    sort_well(b);
    b->server.n_likes = n;
    b->server.total_lie = 0;
    b->server.writes = 0;
    sort_well(b);
    assert_both_sorted(b);
    assert_int_equal(b->server.writes, 0);
}

static void test_null_entries(void **state)
{
    struct bench *b = *state;
    b->server.likes[7] = -1;
    b->server.likes[120] = -1;
    sort_well(b);
    assert_both_sorted(b);
    b->server.requests = 0;
    sort_well(b);
    assert_int_equal(b->server.requests, 2);
}

static void test_old_shapes_and_refused_statistics(void **state)
{
    struct bench *b = *state;
    b->server.old_shapes = true;
    sort_well(b);
    assert_both_sorted(b);
    bench_begin_anew(b);
    b->server.no_statistics = true;
    sort_well(b);
    like(&b->server, 501);
    sort_well(b);
    assert_int_equal(b->server.statistics_asked, 1);
}

static void test_one_bad_song_is_left_out(void **state)
{
    struct bench *b = *state;
    b->server.bad_song = 100;
    sort_well(b);
    struct fake_playlist *p = fake_server_playlist(&b->server, "rock (genred)");
    assert_int_equal(p->n, SONGS / 2 - 1);
    assert_sorted(b, "jazz (genred)", 1);
    b->server.writes = 0;
    sort_well(b);
    assert_int_equal(b->server.writes, 0); /* it is remembered */
}

static void test_the_persons_edits_stand(void **state)
{
    struct bench *b = *state;
    sort_well(b);
    struct fake_playlist *p = fake_server_playlist(&b->server, "rock (genred)");
    char removed[FAKE_ID];
    memcpy(removed, p->items[5], FAKE_ID);
    memmove(p->items[5], p->items[6], (--p->n - 5) * sizeof(p->items[0]));
    fake_server_song_id(77, p->items[p->n++]); /* a jazz song, put there by hand */
    p->version++;
    size_t n = p->n;
    for (int i = 0; i < 2; i++) {
        sort_well(b);
        assert_int_equal(p->n, n);
        for (size_t k = 0; k < p->n; k++)
            assert_string_not_equal(p->items[k], removed);
    }
}

/* However a run ends, the next one makes what an undisturbed one would have made. */
static void end_everywhere(struct bench *b, enum fake_failure failure)
{
    bool ended = true;
    for (int k = 1; ended; k++) {
        bench_begin_anew(b);
        b->server.list_lag = k % 3;
        b->drive.deferred = k % 2;
        b->drive.fail_at = k;
        b->drive.failure = failure;
        enum err_code code = sort_once(b);
        ended = b->drive.exchanges >= k;
        assert_true(code == ERR_OK || code == ERR_CANCELLED);
        b->drive.fail_at = 0;
        bench_reopen(b);
        sort_well(b);
        assert_both_sorted(b);
    }
    assert_true(b->drive.exchanges > 0);
}

static void test_stopped_before_every_exchange(void **state)
{
    end_everywhere(*state, FAKE_STOP_BEFORE);
}

static void test_stopped_after_every_exchange(void **state)
{
    end_everywhere(*state, FAKE_STOP_AFTER);
}

static void test_every_request_lost(void **state)
{
    end_everywhere(*state, FAKE_LOST);
}

static void test_every_answer_lost(void **state)
{
    end_everywhere(*state, FAKE_ANSWER_LOST);
}

struct portal {
    struct fake_server *server;
    int writes;
    int at; /* the write that a sign-in page answers, from 1 */
};

static void answer_as_portal(void *ctx, const struct http_req *req, struct http_res *res)
{
    struct portal *p = ctx;
    if (req->method == HTTP_GET || ++p->writes != p->at) {
        fake_server_answer(p->server, req, res);
        return;
    }
    *res = (struct http_res){.result = HTTP_RESULT_REPLY, .status = 200, .retry_after_s = -1};
    buf_add_str(&res->body, "<html>Welcome to our network");
}

/* A 200 that is not Spotify's has done nothing, and takes no song for removed by the person. */
static void test_a_sign_in_page_answers(void **state)
{
    struct bench *b = *state;
    for (int at = 1; at <= 4; at++) {
        bench_begin_anew(b);
        struct portal portal = {&b->server, 0, at};
        b->drive.answer = answer_as_portal;
        b->drive.ctx = &portal;
        sort_well(b);
        assert_true(portal.writes >= at);
        assert_both_sorted(b);
        b->server.writes = 0;
        sort_well(b);
        assert_int_equal(b->server.writes, 0);
    }
}

/* The database as text, to compare. */
static void dump(struct bench *b, struct buf *out)
{
    struct err e = {0};
    struct sql q;
    assert_int_equal(sql_start(&q, b->store, &e,
                               "SELECT (SELECT count(*) FROM liked), (SELECT count(*) FROM outbox),"
                               " (SELECT count(*) FROM playlist), (SELECT count(*) FROM label),"
                               " (SELECT count(*) FROM track), (SELECT sum(walk) FROM account),"
                               " (SELECT sum(last_sync_s) FROM account)",
                               ""),
                     ERR_OK);
    while (sql_row(&q, &e)) {
        for (int i = 0; i < 7; i++)
            buf_printf(out, "%lld ", (long long)sql_col_int(&q, i));
    }
}

static void test_dry_run_writes_nothing(void **state)
{
    struct bench *b = *state;
    struct buf before;
    struct buf after;
    buf_init(&before, 0);
    buf_init(&after, 0);
    dump(b, &before);
    assert_int_equal(bench_drive(b, bench_sort(b, true)), ERR_OK);
    dump(b, &after);
    assert_string_equal(buf_str(&before), buf_str(&after));
    assert_int_equal(b->server.writes, 0);
    buf_free(&before);
    buf_free(&after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_first_sort_and_idle, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_likes_come_and_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_list_shifts_while_it_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_short_reading_un_likes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_null_entries, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_old_shapes_and_refused_statistics, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_one_bad_song_is_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_persons_edits_stand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stopped_before_every_exchange, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stopped_after_every_exchange, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_request_lost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_answer_lost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_sign_in_page_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_dry_run_writes_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
