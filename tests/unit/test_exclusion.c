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
#include "store/exclusion.h"
#include "store/label.h"
#include "store/sql.h"
#include "store/track.h"

struct bench {
    char path[64];
    struct store *s;
    int64_t account;
    int64_t track[5]; /* 1 and 2 are one recording; 1 to 3 are by "Ann", 4 by "Bob" and "ann" */
    struct arena a;
};

static int64_t put_track(struct bench *b, int number, const char *isrc)
{
    char sid[23];
    struct err e = {0};
    int64_t id = 0;
    const struct library_artist by[] = {{"ann1", "Ann"}, {"bob", "Bob"}, {"ann2", "ann"}};
    snprintf(sid, sizeof(sid), "%022d", number);
    struct library_track t = {.sid = sid,
                              .linked_sid = "",
                              .uri = "",
                              .name = arena_printf(&b->a, "song %d", number),
                              .album = "album",
                              .release_date = "2001",
                              .isrc = isrc,
                              .artists = number < 4 ? by : by + 1,
                              .n_artists = number < 4 ? 1 : 2,
                              .is_explicit = -1,
                              .playable = true};
    assert_int_equal(store_track_put(b->s, &t, &id, &e), ERR_OK);
    assert_int_equal(sql_run(b->s, &e,
                             "INSERT INTO liked(account, track, added_s, ord, walk)"
                             " VALUES(?, ?, 0, ?, 1)",
                             "iii", b->account, id, (int64_t)number),
                     ERR_OK);
    return id;
}

static int set_up(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));
    struct err e = {0};
    snprintf(b->path, sizeof(b->path), "/tmp/genred-exclusion-%d.db", (int)getpid());
    assert_int_equal(store_open(b->path, &b->s, &e), ERR_OK);
    assert_int_equal(store_account_put(b->s, "key", "user", "User", &b->account, &e), ERR_OK);
    for (int i = 1; i < 5; i++)
        b->track[i] = put_track(b, i, i < 3 ? "ISRC" : "");
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

static void put(struct bench *b, enum store_excluded kind, int64_t item)
{
    struct err e = {0};
    assert_int_equal(store_exclusion_put(b->s, b->account, kind, item, 9, &e), ERR_OK);
}

/* The numbers of the listed songs that are excluded, "134". */
static const char *excluded(struct bench *b)
{
    const struct store_labels of = {.model = "m", .n_genres = 2, .dim = 3};
    struct store_labelled *list = NULL;
    struct err e = {0};
    size_t n = 0;
    const char *numbers = "";
    assert_int_equal(store_label_list(b->s, b->account, &of, &b->a, &list, &n, &e), ERR_OK);
    assert_int_equal(n, 3); /* one recording is listed once */
    for (size_t i = n; i-- > 0;) {
        if (list[i].excluded)
            numbers = arena_printf(&b->a, "%s%s", numbers, list[i].sid + 21);
    }
    return numbers;
}

static struct store_exclusion artist(struct bench *b, const char *text, size_t n_wanted)
{
    struct store_exclusion *list = NULL;
    struct err e = {0};
    size_t n = 0;
    assert_int_equal(store_exclusion_artists(b->s, b->account, text, 9, &b->a, &list, &n, &e),
                     ERR_OK);
    assert_int_equal(n, n_wanted);
    return list[0];
}

static void test_a_song_is_out_under_each_of_its_ids(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    assert_string_equal(excluded(b), "");
    put(b, STORE_EXCLUDED_SONG, b->track[2]); /* listed is 1, its twin that was liked first */
    assert_string_equal(excluded(b), "1");
    put(b, STORE_EXCLUDED_SONG, b->track[4]);
    assert_string_equal(excluded(b), "14");
    assert_int_equal(store_exclusion_drop(b->s, b->account, STORE_EXCLUDED_SONG, b->track[2], &e),
                     ERR_OK);
    assert_string_equal(excluded(b), "4");
}

static void test_an_artist_takes_all_songs_along(void **state)
{
    struct bench *b = *state;
    struct store_exclusion ann = artist(b, "ANN", 2);
    assert_string_equal(ann.sid, "ann1"); /* of most songs first */
    assert_int_equal(ann.liked, 3);
    put(b, STORE_EXCLUDED_ARTIST, ann.item);
    assert_string_equal(excluded(b), "13");
    put(b, STORE_EXCLUDED_ARTIST, artist(b, "ann2", 1).item); /* the second one of song 4 */
    assert_string_equal(excluded(b), "134");
}

static void test_an_artist_is_named_whole(void **state)
{
    struct bench *b = *state;
    struct store_exclusion *list = NULL;
    struct err e = {0};
    size_t n = 1;
    assert_int_equal(store_exclusion_artists(b->s, b->account, "An", 9, &b->a, &list, &n, &e),
                     ERR_OK);
    assert_int_equal(n, 0);
}

static void test_the_rows_of_songs_and_artists_are_told_apart(void **state)
{
    struct bench *b = *state;
    struct store_exclusion *list = NULL;
    struct err e = {0};
    size_t n = 0;
    put(b, STORE_EXCLUDED_SONG, b->track[1]);
    put(b, STORE_EXCLUDED_SONG, b->track[1]);
    put(b, STORE_EXCLUDED_ARTIST, artist(b, "bob", 1).item);
    assert_int_equal(store_exclusion_list(b->s, b->account, &b->a, &list, &n, &e), ERR_OK);
    assert_int_equal(n, 2);
    assert_int_equal(list[0].kind, STORE_EXCLUDED_SONG);
    assert_string_equal(list[0].artists, "Ann");
    assert_int_equal(list[0].made_s, 9);
    assert_int_equal(list[1].kind, STORE_EXCLUDED_ARTIST);
    assert_string_equal(list[1].name, "Bob");
    assert_int_equal(list[1].liked, 1);
    assert_string_equal(excluded(b), "14");
    assert_int_equal(
        store_exclusion_drop(b->s, b->account, STORE_EXCLUDED_ARTIST, list[1].item, &e), ERR_OK);
    assert_string_equal(excluded(b), "1");
}

static void test_it_holds_for_one_account(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    int64_t other = 0;
    assert_int_equal(store_account_put(b->s, "k2", "u2", "Other", &other, &e), ERR_OK);
    assert_int_equal(store_exclusion_put(b->s, other, STORE_EXCLUDED_SONG, b->track[1], 9, &e),
                     ERR_OK);
    assert_string_equal(excluded(b), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_song_is_out_under_each_of_its_ids, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_an_artist_takes_all_songs_along, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_artist_is_named_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_rows_of_songs_and_artists_are_told_apart, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_it_holds_for_one_account, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
