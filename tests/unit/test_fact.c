/* What sources say, which of them counts, and when each is asked again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/account.h"
#include "store/fact.h"
#include "store/inquiry.h"
#include "store/label.h"
#include "store/liked.h"
#include "store/sql.h"
#include "store/track.h"

struct bench {
    char path[64];
    struct store *s;
    int64_t account;
    struct arena a;
};

static void set_order(struct bench *b, const char *first, const char *second)
{
    const char *const order[] = {first, second};
    struct err e = {0};
    assert_int_equal(store_fact_order(b->s, order, second ? 2 : 1, &e), ERR_OK);
}

static int set_up(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));
    struct err e = {0};
    snprintf(b->path, sizeof(b->path), "/tmp/genred-fact-%d.db", (int)getpid());
    assert_int_equal(store_open(b->path, &b->s, &e), ERR_OK);
    assert_int_equal(store_account_put(b->s, "key", "user", "User", &b->account, &e), ERR_OK);
    set_order(b, "one", "two");
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

/* Song `number`, liked, by artist number % 3 (and by artist 9 too). */
static int64_t put_liked(struct bench *b, int number, const char *isrc)
{
    struct err e = {0};
    int64_t row = 0;
    const struct library_artist artists[] = {
        {arena_printf(&b->a, "artist%d", number % 3), arena_printf(&b->a, "Artist %d", number % 3)},
        {"artist9", "Artist 9"}};
    const char *sid = arena_printf(&b->a, "track%d", number);
    const struct library_track t = {
        .sid = sid,
        .linked_sid = "",
        .uri = sid,
        .name = arena_printf(&b->a, "Song %d", number),
        .album = "Album",
        .release_date = "2001",
        .isrc = isrc,
        .artists = artists,
        .n_artists = 2,
        .playable = true,
    };
    struct library_entry entry = {.kind = LIBRARY_TRACK, .track = t};
    struct library_page page = {.entries = &entry, .n = 1, .total = 1};
    assert_int_equal(store_liked_page(b->s, b->account, 1, number, &page, &e), ERR_OK);
    assert_int_equal(store_track_find(b->s, sid, "", &row, &e), ERR_OK);
    return row;
}

static int64_t artist_row(struct bench *b, const char *sid)
{
    struct err e = {0};
    int64_t row = 0;
    assert_int_equal(sql_int(b->s, &row, 0, &e, "SELECT id FROM artist WHERE sid = ?", "s", sid),
                     ERR_OK);
    return row;
}

static struct song read_song(struct bench *b, int64_t track)
{
    struct err e = {0};
    struct song song = {0};
    assert_int_equal(store_fact_read(b->s, track, &b->a, &song, &e), ERR_OK);
    return song;
}

static bool is_labelled(struct bench *b, int64_t track)
{
    struct err e = {0};
    int64_t n = 0;
    assert_int_equal(sql_int(b->s, &n, 0, &e,
                             "SELECT count(*) FROM label WHERE track = ? AND NOT stale", "i",
                             track),
                     ERR_OK);
    return n == 1;
}

static void put_label(struct bench *b, int64_t track)
{
    struct err e = {0};
    assert_int_equal(sql_run(b->s, &e,
                             "INSERT OR REPLACE INTO label(track, model, p, place, regime)"
                             " VALUES(?, 'm', x'', x'', 0)",
                             "i", track),
                     ERR_OK);
}

static void put_stats(struct bench *b, int64_t track, const char *source, uint32_t mask,
                      const float *stat)
{
    struct err e = {0};
    assert_int_equal(store_fact_stats_put(b->s, track, source, 86400, mask, stat, &e), ERR_OK);
}

static void put_artist(struct bench *b, const char *sid, const char *source, const char *tags)
{
    struct err e = {0};
    const struct store_words words = {tags, "", ""};
    assert_int_equal(store_fact_artist_put(b->s, artist_row(b, sid), source, 86400, &words, &e),
                     ERR_OK);
}

static bool near(float a, float b)
{
    return fabsf(a - b) < 1e-6F;
}

static void test_the_order_resolves_conflicts_value_by_value(void **state)
{
    struct bench *b = *state;
    float one[SONG_STATS] = {[SONG_ENERGY] = 0.1F, [SONG_TEMPO] = 100.0F};
    float two[SONG_STATS] = {[SONG_ENERGY] = 0.9F, [SONG_VALENCE] = 0.5F};
    float off[SONG_STATS] = {[SONG_LIVENESS] = 0.7F};
    int64_t t = put_liked(b, 1, "");
    put_stats(b, t, "two", 1U << SONG_ENERGY | 1U << SONG_VALENCE, two);
    put_stats(b, t, "one", 1U << SONG_ENERGY | 1U << SONG_TEMPO, one);
    put_stats(b, t, "off", 1U << SONG_LIVENESS, off);
    struct song song = read_song(b, t);
    assert_int_equal(song.stat_mask, 1U << SONG_ENERGY | 1U << SONG_TEMPO | 1U << SONG_VALENCE);
    assert_true(near(song.stat[SONG_ENERGY], 0.1F));
    assert_true(near(song.stat[SONG_VALENCE], 0.5F));
    set_order(b, "two", "one");
    song = read_song(b, t);
    assert_true(near(song.stat[SONG_ENERGY], 0.9F));
    assert_true(near(song.stat[SONG_TEMPO], 100.0F));
}

static void test_tags_of_all_sources_each_once(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    const struct store_words words = {"shoegaze; rock", "9; 3", "Creation"};
    int64_t t = put_liked(b, 1, "");
    put_artist(b, "artist1", "one", "rock; indie rock");
    put_artist(b, "artist1", "two", "indie; rock");
    put_artist(b, "artist9", "one", "jazz");
    put_artist(b, "artist9", "off", "noise");
    assert_int_equal(store_fact_track_put(b->s, t, "two", 86400, &words, &e), ERR_OK);
    struct song song = read_song(b, t);
    assert_string_equal(song.tags, "shoegaze; rock; indie rock; indie; jazz");
    assert_string_equal(song.label, "Creation");
    struct store_origin origin;
    assert_int_equal(store_fact_origin(b->s, t, &b->a, &origin, &e), ERR_OK);
    assert_null(origin.stats);
    assert_string_equal(origin.tags, "one 1970-01-02, two 1970-01-02");
    assert_string_equal(origin.label, "two 1970-01-02");
}

static void test_only_news_drops_a_label(void **state)
{
    struct bench *b = *state;
    const float stat[SONG_STATS] = {0};
    int64_t t = put_liked(b, 1, "");
    put_artist(b, "artist1", "one", "rock");
    put_label(b, t);
    put_artist(b, "artist1", "one", "rock");
    put_artist(b, "artist1", "two", "");
    put_stats(b, t, "one", 0, stat);
    set_order(b, "one", "two"); /* as before */
    assert_true(is_labelled(b, t));
    put_artist(b, "artist1", "one", "jazz");
    assert_false(is_labelled(b, t));
    put_label(b, t);
    put_stats(b, t, "one", 1, stat);
    assert_false(is_labelled(b, t));
    put_label(b, t);
    set_order(b, "two", NULL);
    assert_false(is_labelled(b, t));
}

/* --- asking
 * ----------------------------------------------------------------------------------------- */

static const struct store_stage first_tracks = {"one", STORE_TRACKS, 0, true, 0};
static const struct store_stage first_artists = {"one", STORE_ARTISTS, 0, true, 0};

static size_t due(struct bench *b, const struct store_stage *stage, int64_t now_s,
                  struct store_inquiry **ret_list)
{
    struct err e = {0};
    struct store_inquiry *list = NULL;
    size_t n = 0;
    int64_t count[STORE_STAGES];
    struct store_stage first = *stage;
    first.stage = 0;
    assert_int_equal(store_inquiry_due(b->s, stage, now_s, 100, &b->a, &list, &n, &e), ERR_OK);
    assert_int_equal(store_inquiry_count(b->s, &first, now_s, count, &e), ERR_OK);
    assert_int_equal(n, count[stage->stage]);
    if (ret_list)
        *ret_list = list;
    return n;
}

static void put_step(struct bench *b, enum store_subject subject, int64_t row, int64_t now_s,
                     struct store_step step)
{
    struct err e = {0};
    assert_int_equal(store_inquiry_put(b->s, "one", subject, row, now_s, &step, &e), ERR_OK);
}

static void test_a_song_is_due_until_it_is_answered_and_again_later(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    int64_t t = put_liked(b, 1, "");
    int64_t u = put_liked(b, 2, "");
    assert_int_equal(due(b, &first_tracks, 1000, NULL), 2);
    put_step(b, STORE_TRACKS, t, 1000, (struct store_step){0, NULL, STORE_NEVER, true});
    put_step(b, STORE_TRACKS, u, 1000, (struct store_step){0, NULL, 5000, true});
    assert_int_equal(due(b, &first_tracks, 4999, NULL), 0);
    assert_int_equal(due(b, &first_tracks, 5000, NULL), 1);
    struct store_coverage c;
    const float stat[SONG_STATS] = {0};
    put_stats(b, t, "one", 1, stat);
    assert_int_equal(store_inquiry_coverage(b->s, "one", STORE_TRACKS, 2000, &c, &e), ERR_OK);
    assert_int_equal(c.all, 2);
    assert_int_equal(c.known, 1);
    assert_int_equal(c.settled, c.all);
    assert_int_equal(c.newest_s, 1000);
    assert_int_equal(c.next_s, 5000);
    assert_int_equal(store_inquiry_reopen(b->s, "one", &e), ERR_OK);
    assert_int_equal(due(b, &first_tracks, 2000, NULL), 1);
}

static void test_a_clock_that_was_wrong_keeps_nothing_waiting(void **state)
{
    struct bench *b = *state;
    const int64_t now = 1000000;
    int64_t t = put_liked(b, 1, "");
    put_step(b, STORE_TRACKS, t, now + 3600, (struct store_step){0, NULL, STORE_NEVER, true});
    assert_int_equal(due(b, &first_tracks, now, NULL), 0); /* an hour is no reason to ask again */
    put_step(b, STORE_TRACKS, t, now + 400 * 86400,
             (struct store_step){0, NULL, now + 430 * 86400, true});
    assert_int_equal(due(b, &first_tracks, now, NULL), 1);
    put_step(b, STORE_TRACKS, t, now, (struct store_step){0, NULL, now + 86400, true});
    assert_int_equal(due(b, &first_tracks, now, NULL), 0);
}

static void test_what_a_source_before_told_is_not_asked(void **state)
{
    struct bench *b = *state;
    const float stat[SONG_STATS] = {0};
    const struct store_stage later = {"two", STORE_TRACKS, 0, true, 6};
    const struct store_stage all = {"two", STORE_TRACKS, 0, true, 0};
    put_stats(b, put_liked(b, 1, ""), "one", 7, stat);
    put_stats(b, put_liked(b, 2, ""), "one", 4, stat); /* not all of it */
    put_stats(b, put_liked(b, 3, ""), "off", 7, stat); /* does not count */
    put_liked(b, 4, "");
    assert_int_equal(due(b, &later, 0, NULL), 3);
    assert_int_equal(due(b, &all, 0, NULL), 4);
    set_order(b, "two", "one");
    assert_int_equal(due(b, &later, 0, NULL), 4);
}

static void test_an_unliked_song_is_not_asked_about(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    put_liked(b, 1, "");
    assert_int_equal(store_liked_drop_missing(b->s, b->account, 2, &e), ERR_OK);
    assert_int_equal(due(b, &first_tracks, 0, NULL), 0);
    assert_int_equal(due(b, &first_artists, 0, NULL), 0);
}

static void test_artists_of_many_likes_come_first(void **state)
{
    struct bench *b = *state;
    struct store_inquiry *list = NULL;
    put_liked(b, 1, "");
    put_liked(b, 2, "ISRC2");
    put_liked(b, 4, "ISRC4");
    put_liked(b, 5, "");
    put_liked(b, 7, "");
    assert_int_equal(due(b, &first_artists, 0, &list), 3);
    assert_string_equal(list[0].sid, "artist9"); /* on all of them */
    assert_string_equal(list[1].sid, "artist1");
    assert_string_equal(list[1].isrc, "ISRC4"); /* a song that has one, not the newest */
    assert_string_equal(list[1].title, "Song 4");
    assert_string_equal(list[2].isrc, "ISRC2");
}

static void test_a_link_is_kept_from_stage_to_stage(void **state)
{
    struct bench *b = *state;
    struct store_inquiry *list = NULL;
    const struct store_stage second = {"one", STORE_ARTISTS, 1, false, 0};
    put_liked(b, 1, "");
    int64_t artist = artist_row(b, "artist1");
    put_step(b, STORE_ARTISTS, artist, 10, (struct store_step){1, "mbid", 0, true});
    assert_int_equal(due(b, &first_artists, 10, NULL), 1); /* artist9 */
    assert_int_equal(due(b, &second, 10, &list), 1);
    assert_string_equal(list[0].link, "mbid");
    put_step(b, STORE_ARTISTS, artist, 20, (struct store_step){1, NULL, 900, true});
    assert_int_equal(due(b, &second, 899, NULL), 0);
    assert_int_equal(due(b, &second, 900, &list), 1);
    assert_string_equal(list[0].link, "mbid");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_order_resolves_conflicts_value_by_value, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_tags_of_all_sources_each_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_only_news_drops_a_label, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_song_is_due_until_it_is_answered_and_again_later,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_clock_that_was_wrong_keeps_nothing_waiting, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_what_a_source_before_told_is_not_asked, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_an_unliked_song_is_not_asked_about, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_artists_of_many_likes_come_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_link_is_kept_from_stage_to_stage, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
