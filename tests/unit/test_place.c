#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/account.h"
#include "store/fact.h"
#include "store/label.h"
#include "store/liked.h"
#include "store/place.h"
#include "store/sql.h"

struct bench {
    char path[64];
    struct store *s;
    int64_t account;
    struct arena a;
};

static int set_up(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));
    struct err e = {0};
    static const char *const order[] = {"spotify"};
    snprintf(b->path, sizeof(b->path), "/tmp/genred-place-%d.db", (int)getpid());
    assert_int_equal(store_open(b->path, &b->s, &e), ERR_OK);
    assert_int_equal(store_fact_order(b->s, order, 1, &e), ERR_OK);
    assert_int_equal(store_account_put(b->s, "key", "user", "User", &b->account, &e), ERR_OK);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    struct bench *b = *state;
    store_close(b->s);
    for (size_t i = 0; i < 3; i++) {
        char path[80];
        snprintf(path, sizeof(path), "%s%s", b->path, endings[i]);
        unlink(path);
    }
    arena_free(&b->a);
    free(b);
    return 0;
}

static struct library_entry song(struct bench *b, int number, const char *isrc, int64_t added_s)
{
    char *sid = arena_alloc(&b->a, 23);
    snprintf(sid, 23, "%022d", number);
    struct library_track t = {.sid = sid,
                              .linked_sid = "",
                              .uri = "",
                              .name = "name",
                              .album = "album",
                              .release_date = "2001",
                              .isrc = isrc,
                              .is_explicit = -1,
                              .playable = true};
    return (struct library_entry){LIBRARY_TRACK, added_s, t};
}

static void like(struct bench *b, struct library_entry entry, int64_t ord)
{
    struct err e = {0};
    struct library_page page = {&entry, 1, 1, false};
    assert_int_equal(store_liked_page(b->s, b->account, 1, ord, &page, &e), ERR_OK);
}

static struct store_place open_place(struct bench *b, const char *key)
{
    struct err e = {0};
    struct store_place place = {0};
    assert_int_equal(store_place_open(b->s, b->account, key, &b->a, &place, &e), ERR_OK);
    return place;
}

static void put(struct bench *b, const char *key, int64_t walk, bool brief,
                struct library_entry entry)
{
    struct err e = {0};
    struct library_page page = {&entry, 1, 1, false};
    struct store_place_page to = {b->account, open_place(b, key).id, walk, brief};
    assert_int_equal(store_place_add(b->s, &to, &page, &e), ERR_OK);
}

/* "number*" for each song that is sorted, newest first; with a star when it is liked. */
static const char *sorted(struct bench *b)
{
    struct err e = {0};
    struct sql q;
    const char *text = "";
    assert_int_equal(sql_start(&q, b->s, &e,
                               "SELECT CAST(t.sid AS INTEGER), song.liked FROM song"
                               " JOIN track t ON t.id = song.track ORDER BY song.ord DESC, t.id",
                               ""),
                     ERR_OK);
    while (sql_row(&q, &e))
        text = arena_printf(&b->a, "%s%lld%s ", text, (long long)sql_col_int(&q, 0),
                            sql_col_int(&q, 1) ? "*" : "");
    return text;
}

static void test_the_union_of_all_places(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    like(b, song(b, 1, "", 0), 7);
    put(b, "albums", 1, false, song(b, 1, "", 900));
    put(b, "albums", 1, false, song(b, 2, "", 500));
    put(b, "playlist", 1, false, song(b, 3, "", 600));
    put(b, "playlist", 1, false, song(b, 2, "", 700));
    assert_string_equal(sorted(b), "1* 2 3 ");
    like(b, song(b, 3, "", 0), 5);
    assert_string_equal(sorted(b), "1* 3* 2 ");
    like(b, song(b, 3, "", 0), 9);
    assert_string_equal(sorted(b), "3* 1* 2 ");
    put(b, "playlist", 2, false, song(b, 2, "", 400)); /* seen anew, now as added earlier */
    put(b, "playlist", 2, false, song(b, 4, "", 450));
    assert_string_equal(sorted(b), "3* 1* 2 4 ");
    assert_int_equal(store_liked_clear(b->s, b->account, &e), ERR_OK);
    assert_string_equal(sorted(b), "1 3 2 4 "); /* all stand in a place, too */
    int64_t missing = 0;
    int64_t playlist = open_place(b, "playlist").id;
    assert_int_equal(store_place_missing(b->s, playlist, 2, &missing, &e), ERR_OK);
    assert_int_equal(missing, 1);
    assert_int_equal(store_place_drop_missing(b->s, playlist, 2, &e), ERR_OK);
    assert_string_equal(sorted(b), "1 2 4 ");
    static const char *const keys[] = {"liked", "playlist"};
    assert_int_equal(store_place_keep(b->s, b->account, keys, 2, &e), ERR_OK);
    assert_string_equal(sorted(b), "4 2 ");
    assert_int_equal(store_place_keep(b->s, b->account, NULL, 0, &e), ERR_OK);
    assert_string_equal(sorted(b), "");
}

static void test_an_account_goes_whole(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    like(b, song(b, 1, "", 0), 7);
    put(b, "albums", 1, false, song(b, 1, "", 900));
    put(b, "playlist", 1, false, song(b, 1, "", 900));
    put(b, "playlist", 1, false, song(b, 2, "", 900));
    assert_int_equal(sql_run(b->s, &e, "DELETE FROM account WHERE id = ?", "i", b->account),
                     ERR_OK);
    int64_t left = -1;
    assert_int_equal(sql_int(b->s, &left, -1, &e,
                             "SELECT (SELECT count(*) FROM song) + (SELECT count(*) FROM liked)"
                             " + (SELECT count(*) FROM place_track)"
                             " + (SELECT count(*) FROM place)",
                             ""),
                     ERR_OK);
    assert_int_equal(left, 0);
}

static void test_what_an_album_does_not_tell_stays(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    int64_t n = 0;
    like(b, song(b, 1, "CODE", 0), 7);
    put(b, "albums", 1, true, song(b, 1, "", 900));
    put(b, "albums", 1, true, song(b, 2, "", 900));
    assert_int_equal(sql_int(b->s, &n, 0, &e, "SELECT count(*) FROM track WHERE isrc = 'CODE'", ""),
                     ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(sql_int(b->s, &n, 0, &e, "SELECT count(*) FROM track", ""), ERR_OK);
    assert_int_equal(n, 2);
}

/* The same recording under another id is listed once, and the like is the one that is. */
static void test_a_like_stands_for_its_twins(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_labels of = {.model = "m", .n_genres = 1, .dim = 1};
    struct store_labelled *list = NULL;
    struct store_liked_counts counts;
    size_t n = 0;
    put(b, "playlist", 1, false, song(b, 1, "CODE", 500));
    put(b, "playlist", 1, false, song(b, 2, "CODE", 500)); /* added at the same moment */
    assert_int_equal(store_label_list(b->s, b->account, &of, &b->a, &list, &n, &e), ERR_OK);
    assert_int_equal(n, 1);
    assert_string_equal(list[0].sid, "0000000000000000000001");
    like(b, song(b, 3, "CODE", 900), 4);
    assert_int_equal(store_label_list(b->s, b->account, &of, &b->a, &list, &n, &e), ERR_OK);
    assert_int_equal(n, 1);
    assert_string_equal(list[0].sid, "0000000000000000000003");
    assert_int_equal(store_liked_count(b->s, b->account, "m", &counts, &e), ERR_OK);
    assert_int_equal(counts.liked, 1);
    assert_int_equal(counts.others, 2);
    assert_int_equal(counts.same_song, 0);
}

static void test_a_place_is_remembered(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_place p = open_place(b, "albums");
    int64_t id = p.id;
    assert_false(p.whole);
    assert_string_equal(p.snapshot, "");
    p = (struct store_place){id, "name", "snap", UINT64_MAX - 1, 5, true, 77};
    assert_int_equal(store_place_put(b->s, &p, &e), ERR_OK);
    p = open_place(b, "albums");
    assert_int_equal(p.id, id);
    assert_string_equal(p.name, "name");
    assert_string_equal(p.snapshot, "snap");
    assert_true(p.head == UINT64_MAX - 1);
    assert_int_equal(p.total, 5);
    assert_true(p.whole);
    assert_int_equal(p.refused_s, 77);
    assert_int_equal(store_place_retry(b->s, &e), ERR_OK);
    assert_int_equal(open_place(b, "albums").refused_s, 0);
    int64_t walk = 0;
    assert_int_equal(store_place_walk(b->s, id, &walk, &e), ERR_OK);
    assert_int_equal(store_place_walk(b->s, id, &walk, &e), ERR_OK);
    assert_int_equal(walk, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_union_of_all_places),
        TEST(test_an_account_goes_whole),
        TEST(test_what_an_album_does_not_tell_stays),
        TEST(test_a_like_stands_for_its_twins),
        TEST(test_a_place_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
