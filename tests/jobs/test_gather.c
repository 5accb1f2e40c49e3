/* The songs beside the likes against a function as server: what is sorted is the union of the
 * places, whatever changes and wherever a run ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "daemon/jobs/work.h"
#include "store/sql.h"
#include "tests/jobs/bench.h"

#define LIKES 120

static const char *const all[] = {"liked", "playlist:P000000000000000000001", "albums"};
static const char *const no_albums[] = {"liked", "playlist:P000000000000000000001"};
static const char *const no_likes[] = {"albums", "playlist:P000000000000000000001"};

/* Likes 1 .. 120, a playlist of 100 .. 219, albums of which one is long: 200 .. 350 */
static void begin_anew(struct bench *b)
{
    bench_begin_anew(b);
    fake_server_by_hand(&b->server, 100, 120);
    b->server.n_albums = 25;
    for (int i = 0; i < 24; i++)
        b->server.albums[i] = (struct fake_album){200 + 2 * i, 2};
    b->server.albums[24] = (struct fake_album){248, 103};
}

static int set_up(void **state)
{
    struct bench *b = bench_new(LIKES);
    begin_anew(b);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    bench_free(*state);
    return 0;
}

static struct fake_playlist *source(struct bench *b)
{
    return &b->server.playlists[0];
}

/* The requests that the run took, or -1 when it was stopped. */
static int sync_from(struct bench *b, const char *const *from, size_t n)
{
    struct work_env env = bench_env(b, "sync");
    struct work_options o = {.name = "sync", .threshold = 0.5};
    o.from = mem_array(n, sizeof(*o.from));
    for (; o.n_from < n; o.n_from++)
        o.from[o.n_from] = mem_strdup(from[o.n_from]);
    b->server.requests = 0;
    enum err_code code = bench_drive(b, work_new(&env, &o));
    assert_true(code == ERR_OK || code == ERR_CANCELLED);
    assert_int_equal(b->server.writes, 0);
    return code ? -1 : b->server.requests;
}

static int sync_once(struct bench *b)
{
    return sync_from(b, all, 3);
}

/* What should be sorted: 0 not, 1 as another song, 2 as a like. */
static void truth(struct bench *b, bool likes, bool playlist, bool albums, int ret_is[FAKE_SONGS])
{
    memset(ret_is, 0, FAKE_SONGS * sizeof(*ret_is));
    for (size_t i = 0; playlist && i < source(b)->n; i++)
        ret_is[strtol(source(b)->items[i], NULL, 10)] = 1;
    for (size_t i = 0; albums && i < b->server.n_albums; i++) {
        for (size_t k = 0; k < b->server.albums[i].n; k++)
            ret_is[b->server.albums[i].first + (int)k] = 1;
    }
    for (size_t i = 0; likes && i < b->server.n_likes; i++)
        ret_is[b->server.likes[i]] = 2;
}

static void assert_sorted_from(struct bench *b, bool likes, bool playlist, bool albums)
{
    int want[FAKE_SONGS];
    int have[FAKE_SONGS] = {0};
    struct err e = {0};
    struct sql q;
    truth(b, likes, playlist, albums, want);
    assert_int_equal(sql_start(&q, b->store, &e,
                               "SELECT CAST(t.sid AS INTEGER), song.liked, song.ord FROM song"
                               " JOIN track t ON t.id = song.track WHERE song.account = ?",
                               "i", b->account),
                     ERR_OK);
    while (sql_row(&q, &e)) {
        bool is_like = sql_col_int(&q, 1) != 0;
        have[sql_col_int(&q, 0)] = 1 + is_like;
        assert_int_equal(sql_col_int(&q, 2) > 0, is_like);
    }
    assert_memory_equal(want, have, sizeof(want));
}

static void assert_all_sorted(struct bench *b)
{
    assert_sorted_from(b, true, true, true);
}

static void take_out(struct fake_playlist *p, size_t at)
{
    memmove(p->items[at], p->items[at + 1], (--p->n - at) * sizeof(p->items[0]));
    p->version++;
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

static void unsave(struct fake_server *f, size_t at)
{
    f->n_albums--;
    memmove(&f->albums[at], &f->albums[at + 1], (f->n_albums - at) * sizeof(f->albums[0]));
}

static void save(struct fake_server *f, int first, size_t n)
{
    memmove(&f->albums[1], &f->albums[0], f->n_albums * sizeof(f->albums[0]));
    f->albums[0] = (struct fake_album){first, n};
    f->n_albums++;
}

static void test_the_union_and_idle(void **state)
{
    struct bench *b = *state;
    for (size_t window = 1; window <= 8; window++) {
        begin_anew(b);
        b->drive.window = window;
        b->drive.deferred = window % 2;
        assert_true(sync_once(b) > 0);
        assert_all_sorted(b);
        assert_int_equal(sync_once(b), 3); /* one look at each place */
        assert_all_sorted(b);
    }
}

static void test_the_old_shape(void **state)
{
    struct bench *b = *state;
    b->server.old_shapes = true;
    assert_true(sync_once(b) > 0);
    assert_all_sorted(b);
    assert_int_equal(b->access.family[ENDPOINT_ITEMS_READ].state, ACCESS_UNKNOWN);
}

static void test_a_playlist_that_changed_is_read_once(void **state)
{
    struct bench *b = *state;
    assert_true(sync_once(b) > 0);
    take_out(source(b), 60);
    assert_int_equal(sync_once(b), 3 + 3); /* three pages, none of them twice */
    assert_all_sorted(b);
}

static void test_an_album_leaves_after_two_readings(void **state)
{
    struct bench *b = *state;
    assert_true(sync_once(b) > 0);
    unsave(&b->server, 3);
    assert_int_equal(sync_once(b), 2 + 2 * (2 + 2)); /* pages of albums, pages of the long one */
    assert_all_sorted(b);
    save(&b->server, 500, 3);
    assert_true(sync_once(b) > 0);
    assert_all_sorted(b);
}

static void test_a_refusal_keeps_what_was_read(void **state)
{
    struct bench *b = *state;
    int before[FAKE_SONGS];
    int after[FAKE_SONGS];
    assert_true(sync_once(b) > 0);
    truth(b, true, true, true, before);
    b->server.no_albums = true;
    assert_int_equal(sync_once(b), 3);
    assert_int_equal(sync_once(b), 2); /* it is remembered */
    assert_all_sorted(b);
    b->server.no_albums = false;
    access_forget(&b->access);
    unsave(&b->server, 24);
    assert_true(sync_once(b) > 0);
    assert_all_sorted(b);
    truth(b, true, true, true, after);
    assert_memory_not_equal(before, after, sizeof(before));
}

static void test_what_is_named_decides(void **state)
{
    struct bench *b = *state;
    assert_true(sync_once(b) > 0);
    assert_int_equal(sync_from(b, no_albums, 2), 2);
    assert_sorted_from(b, true, true, false);
    assert_true(sync_from(b, no_likes, 2) > 0);
    assert_sorted_from(b, false, true, true);
    assert_true(sync_from(b, all, 0) > 0); /* as if nothing was said */
    assert_sorted_from(b, true, false, false);
}

static void shrink(struct fake_server *f, int exchange)
{
    if (exchange == 6)
        take_out(&f->playlists[0], 10);
    if (exchange == 9)
        unsave(f, 5);
}

static void test_places_shift_while_they_are_read(void **state)
{
    struct bench *b = *state;
    for (int deferred = 0; deferred < 2; deferred++) {
        begin_anew(b);
        b->drive.deferred = deferred;
        b->drive.before_take = shrink;
        assert_true(sync_once(b) > 0);
        b->drive.before_take = NULL;
        assert_true(sync_once(b) > 0);
        assert_all_sorted(b);
    }
}

/* One change by the person, drawn. */
static void change(struct bench *b, struct rand_seq *r, int fresh)
{
    struct fake_server *f = &b->server;
    switch (rand_below(r, 6)) {
    case 0:
        unlike(f, rand_below(r, f->n_likes));
        break;
    case 1:
        take_out(source(b), rand_below(r, source(b)->n));
        break;
    case 2:
        unsave(f, rand_below(r, f->n_albums));
        break;
    case 3:
        save(f, fresh, 4);
        break;
    case 4:
        like(f, fresh);
        break;
    default:
        fake_server_song_id(fresh, source(b)->items[source(b)->n++]);
        source(b)->version++;
        break;
    }
}

static void test_drawn_changes(void **state)
{
    struct bench *b = *state;
    struct rand_seq r = {.state = 5};
    for (int round = 0; round < 25; round++) {
        for (int i = 0; i < 3; i++)
            change(b, &r, 360 + round * 9 + i);
        assert_true(sync_once(b) > 0);
        assert_all_sorted(b);
    }
}

/* However a run ends, the next one comes to the same. */
static void end_everywhere(struct bench *b, enum fake_failure failure)
{
    bool ended = true;
    for (int k = 1; ended; k++) {
        begin_anew(b);
        assert_true(sync_once(b) > 0);
        take_out(source(b), 7);
        unsave(&b->server, 20);
        unlike(&b->server, 3);
        b->drive.deferred = k % 2;
        b->drive.fail_at = k;
        b->drive.failure = failure;
        ended = sync_once(b) < 0;
        b->drive.fail_at = 0;
        bench_reopen(b);
        assert_true(sync_once(b) > 0);
        assert_all_sorted(b);
        assert_int_equal(sync_once(b), 3);
    }
}

static void test_stopped_at_every_exchange(void **state)
{
    end_everywhere(*state, FAKE_STOP_BEFORE);
    end_everywhere(*state, FAKE_STOP_AFTER);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_union_and_idle),
        TEST(test_the_old_shape),
        TEST(test_a_playlist_that_changed_is_read_once),
        TEST(test_an_album_leaves_after_two_readings),
        TEST(test_a_refusal_keeps_what_was_read),
        TEST(test_what_is_named_decides),
        TEST(test_places_shift_while_they_are_read),
        TEST(test_drawn_changes),
        TEST(test_stopped_at_every_exchange),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
