/* What sources said (store/saying.h), of one song and of all (store/label.h), the list of playlists
 * (store/listing.h), and two questions about one song. */
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
#include "store/listing.h"
#include "store/playlist.h"
#include "store/saying.h"
#include "store/sql.h"
#include "store/track.h"

struct bench {
    char path[64];
    struct store *s;
    int64_t account;
    int64_t track[2];
    struct arena a;
};

static int set_up(void **state)
{
    static const char *const order[] = {"reccobeats", "spotify"};
    static const struct library_artist artist = {"a1", "Artist"};
    struct bench *b = calloc(1, sizeof(*b));
    struct err e = {0};
    snprintf(b->path, sizeof(b->path), "/tmp/genred-saying-%d.db", (int)getpid());
    assert_int_equal(store_open(b->path, &b->s, &e), ERR_OK);
    assert_int_equal(store_fact_order(b->s, order, 2, &e), ERR_OK);
    assert_int_equal(store_account_put(b->s, "key", "user", "User", &b->account, &e), ERR_OK);
    for (int i = 0; i < 2; i++) {
        struct library_entry entry = {.kind = LIBRARY_TRACK, .added_s = 1000 + i};
        char sid[23];
        snprintf(sid, sizeof(sid), "%022d", i);
        entry.track = (struct library_track){.sid = sid,
                                             .linked_sid = "",
                                             .uri = "",
                                             .name = "Song",
                                             .album = "Album",
                                             .release_date = "1999",
                                             .isrc = "",
                                             .artists = &artist,
                                             .n_artists = 1,
                                             .playable = true};
        struct library_page page = {.entries = &entry, .n = 1, .total = 2};
        assert_int_equal(store_liked_page(b->s, b->account, 1, 2 - i, &page, &e), ERR_OK);
        assert_int_equal(store_track_find(b->s, sid, "", &b->track[i], &e), ERR_OK);
    }
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

static void say_stats(struct bench *b, int song, const char *source, uint32_t mask, float value)
{
    float stat[SONG_STATS];
    struct err e = {0};
    for (int i = 0; i < SONG_STATS; i++)
        stat[i] = value;
    assert_int_equal(store_fact_stats_put(b->s, b->track[song], source, 5000, mask, stat, &e),
                     ERR_OK);
}

static void test_sayings(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_saying *list = NULL;
    size_t n = 0;
    int64_t artist = 0;
    assert_int_equal(store_saying_list(b->s, b->track[0], &b->a, &list, &n, &e), ERR_OK);
    assert_int_equal(n, 0);
    assert_int_equal(sql_int(b->s, &artist, 0, &e, "SELECT id FROM artist", ""), ERR_OK);
    struct store_words words = {"rock; pop", "", ""};
    assert_int_equal(store_fact_artist_put(b->s, artist, "spotify", 6000, &words, &e), ERR_OK);
    words = (struct store_words){"live", "", "Label"};
    assert_int_equal(store_fact_track_put(b->s, b->track[0], "spotify", 5500, &words, &e), ERR_OK);
    say_stats(b, 0, "spotify", 3, 0.25F);
    say_stats(b, 0, "reccobeats", 0, 0);
    say_stats(b, 0, "unused", 3, 0.5F);
    assert_int_equal(store_saying_list(b->s, b->track[0], &b->a, &list, &n, &e), ERR_OK);
    assert_int_equal(n, 2);
    assert_string_equal(list[0].source, "reccobeats");
    assert_int_equal(list[0].mask, 0);
    assert_string_equal(list[0].tags, "");
    assert_string_equal(list[1].source, "spotify");
    assert_int_equal(list[1].mask, 3);
    assert_int_equal(list[1].asked_s, 6000);
    assert_true(list[1].stat[0] > 0.24F && list[1].stat[0] < 0.26F);
    assert_string_equal(list[1].label, "Label");
    assert_non_null(strstr(list[1].tags, "live"));
    assert_non_null(strstr(list[1].tags, "rock; pop"));
}

static void say_words(struct bench *b, int song, const char *source, const char *tags,
                      const char *label)
{
    struct err e = {0};
    struct store_words words = {tags, "", label};
    assert_int_equal(store_fact_track_put(b->s, b->track[song], source, 5500, &words, &e), ERR_OK);
}

static void same_song(const struct song *x, const struct song *y)
{
    assert_string_equal(x->id, y->id);
    assert_string_equal(x->name, y->name);
    assert_string_equal(x->artists, y->artists);
    assert_string_equal(x->album, y->album);
    assert_string_equal(x->label, y->label);
    assert_string_equal(x->tags, y->tags);
    assert_int_equal(x->year, y->year);
    assert_int_equal(x->is_explicit, y->is_explicit);
    assert_int_equal(x->stat_mask, y->stat_mask);
    assert_memory_equal(x->stat, y->stat, sizeof(x->stat));
}

static void test_all_songs_as_each(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_songs all = {0};
    int64_t artist = 0;
    struct store_words of_artist = {"rock; pop", "", ""};
    say_stats(b, 0, "spotify", 7, 0.25F);
    say_stats(b, 0, "reccobeats", 2, 0.75F);
    say_stats(b, 1, "unused", 7, 0.5F);
    assert_int_equal(sql_int(b->s, &artist, 0, &e, "SELECT id FROM artist", ""), ERR_OK);
    assert_int_equal(store_fact_artist_put(b->s, artist, "spotify", 6000, &of_artist, &e), ERR_OK);
    of_artist.tags = "noise";
    assert_int_equal(store_fact_artist_put(b->s, artist, "unused", 6000, &of_artist, &e), ERR_OK);
    say_words(b, 1, "spotify", "live; pop", "Label");
    say_words(b, 1, "reccobeats", "dub", "");
    assert_int_equal(store_label_songs(b->s, b->account, &b->a, &all, &e), ERR_OK);
    assert_int_equal(all.n, 2);
    for (size_t i = 0; i < 2; i++) {
        struct song one = {0};
        assert_int_equal(store_label_song(b->s, all.row[i], &b->a, &one, &e), ERR_OK);
        same_song(&all.song[i], &one);
        assert_true(i == 0 || all.row[i] > all.row[i - 1]);
    }
    size_t first = all.row[0] == b->track[0] ? 0 : 1;
    assert_int_equal(all.song[first].stat_mask, 7);
    assert_true(all.song[first].stat[0] < 0.5F && all.song[first].stat[1] > 0.5F);
    assert_string_equal(all.song[first].tags, "rock; pop");
    assert_string_equal(all.song[1 - first].tags, "dub; live; pop; rock");
    assert_string_equal(all.song[1 - first].label, "Label");
    assert_int_equal(store_label_songs(b->s, b->account + 1, &b->a, &all, &e), ERR_OK);
    assert_int_equal(all.n, 0);
}

static void test_one_song(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    int64_t since = 0;
    int64_t playlist = 0;
    const char **genres = NULL;
    size_t n = 0;
    assert_int_equal(store_liked_since(b->s, b->account, b->track[1], &since, &e), ERR_OK);
    assert_int_equal(since, 1001);
    assert_int_equal(store_liked_since(b->s, b->account, 99, &since, &e), ERR_OK);
    assert_int_equal(since, 0);
    assert_int_equal(store_playlist_new(b->s, b->account, "rock", 1, "Rock", &playlist, &e),
                     ERR_OK);
    assert_int_equal(store_playlist_created(b->s, playlist, "sid", "", &e), ERR_OK);
    assert_int_equal(sql_run(b->s, &e,
                             "INSERT INTO playlist_item(playlist, track, by)"
                             " VALUES(?1, ?2, 'genred'), (?1, ?3, 'removed')",
                             "iii", playlist, b->track[0], b->track[1]),
                     ERR_OK);
    assert_int_equal(store_playlist_having(b->s, b->account, b->track[0], &b->a, &genres, &n, &e),
                     ERR_OK);
    assert_int_equal(n, 1);
    assert_string_equal(genres[0], "rock");
    assert_int_equal(store_playlist_having(b->s, b->account, b->track[1], &b->a, &genres, &n, &e),
                     ERR_OK);
    assert_int_equal(n, 0);
}

static void test_the_list_is_replaced(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct library_playlist *list = NULL;
    size_t n = 9;
    static const struct library_playlist first[] = {{.sid = "b", .name = "B", .total = 3},
                                                    {.sid = "a", .name = "A", .total = -1}};
    assert_int_equal(store_listing_get(b->s, b->account, &b->a, &list, &n, &e), ERR_OK);
    assert_int_equal(n, 0);
    assert_int_equal(store_listing_put(b->s, b->account, first, 2, &e), ERR_OK);
    assert_int_equal(store_listing_get(b->s, b->account, &b->a, &list, &n, &e), ERR_OK);
    assert_int_equal(n, 2);
    assert_string_equal(list[0].sid, "b");
    assert_int_equal(list[1].total, -1);
    assert_int_equal(store_listing_put(b->s, b->account, first + 1, 1, &e), ERR_OK);
    assert_int_equal(store_listing_get(b->s, b->account, &b->a, &list, &n, &e), ERR_OK);
    assert_int_equal(n, 1);
    assert_string_equal(list[0].name, "A");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sayings),
        TEST(test_all_songs_as_each),
        TEST(test_one_song),
        TEST(test_the_list_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
