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
#include "store/liked.h"
#include "store/map.h"
#include "store/sql.h"
#include "store/track.h"

struct bench {
    char path[64];
    struct store *s;
    int64_t account;
    int64_t other; /* a second person, who likes song 0 too */
    int64_t track[4];
    struct arena a;
};

static void like(struct bench *b, int64_t account, int64_t track, int64_t added_s)
{
    struct err e = {0};
    assert_int_equal(sql_run(b->s, &e,
                             "INSERT INTO liked(account, track, added_s, ord, walk)"
                             " VALUES(?, ?, ?, ?, 1)",
                             "iiii", account, track, added_s, track),
                     ERR_OK);
}

static int64_t put_track(struct bench *b, int number)
{
    char sid[23];
    struct err e = {0};
    int64_t id = 0;
    struct library_artist artist = {"artist", "An Artist"};
    snprintf(sid, sizeof(sid), "%022d", number);
    struct library_track t = {.sid = sid,
                              .linked_sid = "",
                              .uri = "",
                              .name = "name",
                              .album = "album",
                              .release_date = "2001",
                              .isrc = "",
                              .artists = &artist,
                              .n_artists = 1,
                              .is_explicit = -1,
                              .playable = true};
    assert_int_equal(store_track_put(b->s, &t, &id, &e), ERR_OK);
    return id;
}

static int set_up(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));
    struct err e = {0};
    snprintf(b->path, sizeof(b->path), "/tmp/genred-map-%d.db", (int)getpid());
    assert_int_equal(store_open(b->path, &b->s, &e), ERR_OK);
    assert_int_equal(store_account_put(b->s, "key", "user", "User", &b->account, &e), ERR_OK);
    assert_int_equal(store_account_put(b->s, "key2", "user2", "User", &b->other, &e), ERR_OK);
    for (int i = 0; i < 4; i++) {
        b->track[i] = put_track(b, i);
        like(b, b->account, b->track[i], 1000 + i);
    }
    like(b, b->other, b->track[0], 5);
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

static struct store_map get(struct bench *b, int64_t account)
{
    struct err e = {0};
    struct store_map map;
    assert_int_equal(store_map_get(b->s, account, &b->a, &map, &e), ERR_OK);
    return map;
}

static void put(struct bench *b, int64_t account, const char *model, struct store_map_place *places,
                size_t n)
{
    struct err e = {0};
    const struct store_map map = {.model = model, .scale = 7.25, .places = places, .n = n};
    assert_int_equal(store_map_put(b->s, account, &map, &e), ERR_OK);
}

static void test_there_is_none_at_first(void **state)
{
    struct bench *b = *state;
    struct store_map map = get(b, b->account);
    assert_string_equal(map.model, "");
    assert_int_equal(map.n, 0);
}

static void test_places_come_back_as_they_were(void **state)
{
    struct bench *b = *state;
    struct store_map_place places[] = {
        {b->track[2], 0.1F, -0.7F, UINT64_MAX, true},
        {b->track[0], -1.0F, 1.0F, 3, false},
    };
    put(b, b->account, "one", places, 2);
    struct store_map map = get(b, b->account);
    assert_string_equal(map.model, "one");
    assert_true(map.scale >= 7.25 && map.scale <= 7.25);
    assert_int_equal(map.n, 2);
    assert_int_equal(map.places[0].track, b->track[0]);
    assert_int_equal(map.places[1].track, b->track[2]);
    assert_memory_equal(&map.places[1].x, &places[0].x, 2 * sizeof(float));
    assert_memory_equal(&map.places[0].x, &places[1].x, 2 * sizeof(float));
    assert_true(map.places[1].of == UINT64_MAX && map.places[1].late && !map.places[0].late);
    assert_int_equal(get(b, b->other).n, 0);
    places[1].x = 0.5F; /* one more song is put among the others, and one moves */
    struct store_map_place more[] = {places[1], {b->track[3], 0, 0, 9, true}};
    put(b, b->account, "two", more, 2);
    map = get(b, b->account);
    assert_string_equal(map.model, "two");
    assert_int_equal(map.n, 3);
    assert_memory_equal(&map.places[0].x, &places[1].x, 2 * sizeof(float));
    assert_memory_equal(&map.places[1].x, &places[0].x, 2 * sizeof(float));
}

static void test_what_is_not_sorted_has_no_place(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_map_place places[] = {{b->track[0], 0.1F, 0.2F, 1, false},
                                       {b->track[1], 0.3F, 0.4F, 2, false}};
    put(b, b->other, "one", places, 2); /* the second is no song of theirs */
    assert_int_equal(get(b, b->other).n, 1);
    put(b, b->account, "one", places, 2);
    assert_int_equal(sql_run(b->s, &e, "DELETE FROM liked WHERE track = ?", "i", b->track[0]),
                     ERR_OK);
    put(b, b->account, "one", places + 1, 1);
    struct store_map map = get(b, b->account);
    assert_int_equal(map.n, 1);
    assert_int_equal(map.places[0].track, b->track[1]);
    assert_int_equal(get(b, b->other).n, 1);
}

static void test_it_goes_with_the_song_and_the_person(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_map_place places[] = {{b->track[0], 0.1F, 0.2F, 1, false},
                                       {b->track[1], 0.3F, 0.4F, 2, false}};
    put(b, b->account, "one", places, 2);
    put(b, b->other, "one", places, 1);
    assert_int_equal(sql_run(b->s, &e, "DELETE FROM liked WHERE track = ?", "i", b->track[1]),
                     ERR_OK);
    assert_int_equal(sql_run(b->s, &e, "DELETE FROM track WHERE id = ?", "i", b->track[1]), ERR_OK);
    assert_int_equal(get(b, b->account).n, 1);
    assert_int_equal(sql_run(b->s, &e, "DELETE FROM account WHERE id = ?", "i", b->other), ERR_OK);
    assert_string_equal(get(b, b->other).model, "");
    assert_int_equal(get(b, b->other).n, 0);
    assert_int_equal(store_wipe(b->s, &e), ERR_OK);
    assert_int_equal(get(b, b->account).n, 0);
    assert_string_equal(get(b, b->account).model, "");
}

static void test_when_songs_were_liked(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_liked_time *times = NULL;
    size_t n = 0;
    assert_int_equal(store_liked_times(b->s, b->account, &b->a, &times, &n, &e), ERR_OK);
    assert_int_equal(n, 4);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(times[i].track, b->track[i]);
        assert_int_equal(times[i].added_s, 1000 + (int64_t)i);
    }
    assert_int_equal(store_liked_times(b->s, b->other, &b->a, &times, &n, &e), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(times[0].added_s, 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_there_is_none_at_first),          TEST(test_places_come_back_as_they_were),
        TEST(test_what_is_not_sorted_has_no_place), TEST(test_it_goes_with_the_song_and_the_person),
        TEST(test_when_songs_were_liked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
