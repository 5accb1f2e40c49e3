#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/account.h"
#include "store/correction.h"
#include "store/fact.h"
#include "store/journal.h"
#include "store/label.h"
#include "store/liked.h"
#include "store/outbox.h"
#include "store/playlist.h"
#include "store/run.h"
#include "store/setting.h"
#include "store/sql.h"
#include "store/track.h"

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
    snprintf(b->path, sizeof(b->path), "/tmp/genred-store-%d.db", (int)getpid());
    static const char *const order[] = {"spotify"};
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

static int64_t put_track(struct bench *b, int number, const char *isrc)
{
    char *sid = arena_alloc(&b->a, 23);
    struct err e = {0};
    int64_t id = 0;
    snprintf(sid, 23, "%022d", number);
    struct library_artist artist = {"artist", "An Artist"};
    struct library_track t = {.sid = sid,
                              .linked_sid = "",
                              .uri = "",
                              .name = "name",
                              .album = "album",
                              .release_date = "2001",
                              .isrc = isrc,
                              .artists = &artist,
                              .n_artists = 1,
                              .is_explicit = -1,
                              .playable = true};
    assert_int_equal(store_track_put(b->s, &t, &id, &e), ERR_OK);
    return id;
}

static void like(struct bench *b, int64_t track, int64_t ord)
{
    struct err e = {0};
    assert_int_equal(sql_run(b->s, &e,
                             "INSERT INTO liked(account, track, added_s, ord, walk)"
                             " VALUES(?, ?, 0, ?, 1)",
                             "iii", b->account, track, ord),
                     ERR_OK);
}

static void test_the_file_is_private(void **state)
{
    struct bench *b = *state;
    struct stat st;
    assert_int_equal(stat(b->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_a_newer_database_is_left_alone(void **state)
{
    struct bench *b = *state;
    struct store *again = NULL;
    struct err e = {0};
    assert_int_equal(sql_run(b->s, &e, "PRAGMA user_version = 999", ""), ERR_OK);
    assert_int_equal(store_open(b->path, &again, &e), ERR_STORE);
    assert_non_null(strstr(e.text, "newer"));
    assert_null(again);
}

static void test_a_failed_transaction_leaves_nothing(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct buf value;
    buf_init(&value, 100);
    assert_int_equal(store_begin(b->s, &e), ERR_OK);
    assert_int_equal(store_setting_put(b->s, "k", "v", 1, &e), ERR_OK);
    assert_int_equal(store_end(b->s, ERR_BUG, &e), ERR_BUG);
    assert_int_equal(store_setting_get(b->s, "k", &value, &e), ERR_OK);
    assert_int_equal(value.len, 0);
    buf_free(&value);
}

static void test_a_full_disk_is_told(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    static char big[200000];
    assert_int_equal(sql_run(b->s, &e, "PRAGMA max_page_count = 30", ""), ERR_OK);
    assert_int_equal(store_setting_put(b->s, "k", big, sizeof(big), &e), ERR_STORE);
    assert_non_null(strstr(e.text, "full"));
    assert_int_equal(store_setting_put(b->s, "k", "v", 1, &e), ERR_OK);
}

static void test_an_account_gains_its_key(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    int64_t one = 0;
    int64_t two = 0;
    assert_int_equal(store_account_put(b->s, "old", "old", "O", &one, &e), ERR_OK);
    assert_int_equal(store_account_put(b->s, "stable", "old", "O", &two, &e), ERR_OK);
    assert_int_equal(one, two); /* known by the user's id before the service told keys */
    assert_int_not_equal(one, b->account);
}

static void test_new_facts_drop_the_label(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    float stat[SONG_STATS] = {0.5F};
    const float p[2] = {0.1F, 0.9F};
    const float places[3] = {0.0F, 0.6F, 0.8F};
    const unsigned char regime = 2;
    const struct store_labels labels = {"m", 2, 3, p, places, &regime};
    struct store_labelled *list = NULL;
    size_t n_list = 0;
    struct store_songs songs = {0};
    int64_t n = 0;
    int64_t track = put_track(b, 1, "");
    like(b, track, 1);
    assert_int_equal(store_label_lacking(b->s, b->account, "m", 10, &b->a, &songs, &e), ERR_OK);
    assert_int_equal(songs.n, 1);
    assert_int_equal(songs.song[0].year, 2001);
    assert_int_equal(store_label_put(b->s, &songs, &labels, &e), ERR_OK);
    assert_int_equal(store_label_list(b->s, b->account, &labels, &b->a, &list, &n_list, &e),
                     ERR_OK);
    assert_int_equal(n_list, 1);
    assert_memory_equal(list[0].p, p, sizeof(p));
    assert_memory_equal(list[0].place, places, sizeof(places));
    assert_int_equal(list[0].regime, 2);
    assert_int_equal(store_label_lacking_count(b->s, b->account, "m", &n, &e), ERR_OK);
    assert_int_equal(n, 0);
    put_track(b, 1, ""); /* the same again changes nothing */
    assert_int_equal(store_label_lacking_count(b->s, b->account, "m", &n, &e), ERR_OK);
    assert_int_equal(n, 0);
    assert_int_equal(store_fact_stats_put(b->s, track, "spotify", 5, 1, stat, &e), ERR_OK);
    assert_int_equal(store_label_lacking_count(b->s, b->account, "m", &n, &e), ERR_OK);
    assert_int_equal(n, 1);
}

static void test_the_same_song_is_listed_once(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_labelled *list = NULL;
    size_t n = 0;
    int64_t first = put_track(b, 1, "ISRC1");
    like(b, first, 1);
    like(b, put_track(b, 2, "ISRC1"), 2);
    like(b, put_track(b, 3, ""), 3);
    like(b, put_track(b, 4, ""), 4);
    const struct store_labels of = {.model = "m", .n_genres = 2, .dim = 3};
    assert_int_equal(store_label_list(b->s, b->account, &of, &b->a, &list, &n, &e), ERR_OK);
    assert_int_equal(n, 3);
    assert_int_equal(list[2].track, first); /* newest first, and the one liked first stays */
}

static void test_the_last_word_on_a_song_counts(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_correction *list = NULL;
    size_t n = 0;
    int64_t dropped = 0;
    int64_t track = put_track(b, 1, "");
    struct store_correction c = {.track = track, .genre = "jazz", .is = true, .made_s = 5};
    assert_int_equal(store_correction_put(b->s, b->account, &c, &e), ERR_OK);
    c.is = false;
    assert_int_equal(store_correction_put(b->s, b->account, &c, &e), ERR_OK);
    assert_int_equal(store_correction_list(b->s, b->account, &b->a, &list, &n, &e), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(list[0].track, track);
    assert_string_equal(list[0].genre, "jazz");
    assert_false(list[0].is);
    assert_int_equal(store_correction_drop(b->s, b->account, track, &dropped, &e), ERR_OK);
    assert_int_equal(dropped, 1);
    assert_int_equal(store_correction_list(b->s, b->account, &b->a, &list, &n, &e), ERR_OK);
    assert_int_equal(n, 0);
}

static int64_t new_playlist(struct bench *b)
{
    struct err e = {0};
    int64_t id = 0;
    assert_int_equal(store_playlist_new(b->s, b->account, "rock", 1, "rock", &id, &e), ERR_OK);
    assert_int_equal(store_outbox_put(b->s, id, STORE_CREATE, &e), ERR_OK);
    assert_int_equal(store_outbox_put(b->s, id, STORE_CREATE, &e), ERR_OK);
    return id;
}

static struct store_batch next(struct bench *b, int64_t playlist, size_t max)
{
    struct store_batch batch = {.n = 0};
    struct err e = {0};
    assert_int_equal(store_outbox_next(b->s, playlist, max, &b->a, &batch, &e), ERR_OK);
    return batch;
}

/* Adds at the top, removals without a trace. */
static enum err_code plan(struct bench *b, int64_t playlist, const int64_t *add, size_t n_add,
                          const int64_t *remove, size_t n_remove)
{
    struct store_change changes[16];
    struct err e = {0};
    size_t n = 0;
    for (size_t i = 0; i < n_remove; i++)
        changes[n++] = (struct store_change){STORE_REMOVE, remove[i], -1, 0, STORE_BY_NOBODY};
    for (size_t i = 0; i < n_add; i++)
        changes[n++] = (struct store_change){STORE_ADD, add[i], -1, 0.5, STORE_BY_GENRED};
    return store_outbox_plan(b->s, playlist, changes, n, &e);
}

static enum err_code merge(struct bench *b, int64_t playlist, const char *snapshot,
                           const int64_t *tracks, size_t n)
{
    struct err e = {0};
    const char *items[16];
    char ids[16][24];
    for (size_t i = 0; i < n; i++) {
        snprintf(ids[i], sizeof(ids[i]), "%022d", (int)tracks[i]);
        items[i] = ids[i];
    }
    struct store_reading reading = {snapshot, tracks, n, {items, n, true}, 0};
    return store_playlist_merge(b->s, playlist, &reading, &e);
}

static void test_the_outbox_goes_in_order(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    int64_t add[5];
    int64_t remove[1];
    for (int i = 0; i < 5; i++)
        add[i] = put_track(b, i, "");
    remove[0] = put_track(b, 9, "");
    int64_t id = new_playlist(b);
    assert_int_equal(plan(b, id, add, 5, remove, 1), ERR_OK);
    struct store_batch batch = next(b, id, 2);
    assert_int_equal(batch.verb, STORE_CREATE);
    assert_int_equal(batch.n, 1); /* queued once */
    assert_int_equal(store_outbox_mark_sent(b->s, &batch, 0, &e), ERR_OK);
    assert_int_equal(next(b, id, 2).n, 0); /* nothing before its outcome is known */
    assert_int_equal(store_playlist_created(b->s, id, "sid", "s1", &e), ERR_OK);
    batch = next(b, id, 2);
    assert_int_equal(batch.verb, STORE_REMOVE);
    assert_int_equal(store_outbox_done(b->s, &batch, "s2", &e), ERR_OK);
    batch = next(b, id, 2); /* the oldest likes go in first, under what comes on top later */
    assert_int_equal(batch.verb, STORE_ADD);
    assert_int_equal(batch.n, 2);
    assert_int_equal(batch.track[0], add[3]);
    assert_int_equal(batch.track[1], add[4]);
    assert_int_equal(store_outbox_done(b->s, &batch, "s3", &e), ERR_OK);
    assert_int_equal(next(b, id, 100).n, 3);
}

static enum store_item_by by_of(struct bench *b, int64_t track)
{
    struct store_item *items = NULL;
    struct err e = {0};
    size_t n = 0;
    assert_int_equal(store_playlist_items(b->s, b->account, "rock", &b->a, &items, &n, &e), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        if (items[i].track == track)
            return items[i].by;
    }
    return (enum store_item_by)99;
}

static void test_a_reading_settles_and_merges(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    int64_t t[6];
    for (int i = 0; i < 6; i++)
        t[i] = put_track(b, i, "");
    int64_t id = new_playlist(b);
    assert_int_equal(store_playlist_created(b->s, id, "sid", "s1", &e), ERR_OK);
    assert_int_equal(plan(b, id, t, 3, NULL, 0), ERR_OK);
    struct store_batch batch = next(b, id, 100);
    assert_int_equal(store_outbox_done(b->s, &batch, "s2", &e), ERR_OK);
    assert_int_equal(plan(b, id, &t[3], 2, &t[2], 1), ERR_OK);
    batch = next(b, id, 100); /* the removal of t2: carried out, answer lost */
    assert_int_equal(store_outbox_mark_sent(b->s, &batch, 0, &e), ERR_OK);
    const int64_t seen[] = {t[0], t[5]}; /* t1 was taken out, t5 put in by the person */
    assert_int_equal(merge(b, id, "s3", seen, 2), ERR_OK);
    assert_int_equal(by_of(b, t[0]), STORE_BY_GENRED);
    assert_int_equal(by_of(b, t[1]), STORE_BY_REMOVED);
    assert_int_equal(by_of(b, t[2]), 99); /* ours to remove, so no veto */
    assert_int_equal(by_of(b, t[3]), 99); /* never sent: planned anew */
    assert_int_equal(by_of(b, t[5]), STORE_BY_PERSON);
    assert_int_equal(next(b, id, 100).n, 0);
    const int64_t later[] = {t[0], t[1]}; /* they put t1 back and take their own out */
    assert_int_equal(merge(b, id, "s4", later, 2), ERR_OK);
    assert_int_equal(by_of(b, t[1]), STORE_BY_PERSON);
    assert_int_equal(by_of(b, t[5]), STORE_BY_REMOVED);
    const int64_t twice[] = {t[0], t[1], t[0]}; /* a second copy makes it theirs */
    assert_int_equal(merge(b, id, "s5", twice, 3), ERR_OK);
    assert_int_equal(by_of(b, t[0]), STORE_BY_PERSON);
}

static void test_most_of_an_addition_is_all_of_it(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    int64_t t[5];
    for (int i = 0; i < 5; i++)
        t[i] = put_track(b, i, "");
    int64_t id = new_playlist(b);
    assert_int_equal(store_playlist_created(b->s, id, "sid", "s1", &e), ERR_OK);
    for (int lost = 0; lost < 2; lost++) {
        assert_int_equal(plan(b, id, t, 5, NULL, 0), ERR_OK);
        struct store_batch batch = next(b, id, 100);
        assert_int_equal(store_outbox_mark_sent(b->s, &batch, 0, &e), ERR_OK);
        const int64_t most[] = {t[0], t[1], t[3]}; /* the person has taken two out already */
        assert_int_equal(merge(b, id, "s2", most, lost ? 3 : 0), ERR_OK);
        assert_int_equal(by_of(b, t[0]), lost ? (int)STORE_BY_GENRED : 99);
        assert_int_equal(by_of(b, t[2]), lost ? (int)STORE_BY_REMOVED : 99);
    }
}

static void assert_row(const struct store_journal_row *row, enum store_verb verb, int64_t place,
                       enum store_item_by was)
{
    assert_int_equal(row->verb, verb);
    assert_int_equal(row->place, place);
    assert_int_equal(row->was, was);
    assert_string_equal(row->genre, "rock");
    assert_string_equal(row->playlist, "sid");
}

static void test_the_journal_tells_places(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_journal_row *rows = NULL;
    struct store_journal_snapshot *snapshots = NULL;
    size_t n = 0;
    int64_t run = 0;
    int64_t t[5];
    for (int i = 0; i < 5; i++)
        t[i] = put_track(b, i, "");
    int64_t id = new_playlist(b);
    assert_int_equal(store_playlist_created(b->s, id, "sid", "s1", &e), ERR_OK);
    assert_int_equal(store_run_start(b->s, 7, b->account, "sort", 1, &e), ERR_OK);
    assert_int_equal(store_journal_newest(b->s, b->account, &run, &e), ERR_OK);
    assert_int_equal(run, 0);
    assert_int_equal(plan(b, id, t, 4, NULL, 0), ERR_OK);
    for (int i = 0; i < 2; i++) {
        struct store_batch batch = next(b, id, 2);
        assert_int_equal(store_outbox_mark_sent(b->s, &batch, 7, &e), ERR_OK);
        assert_int_equal(store_outbox_done(b->s, &batch, i ? "s3" : "s2", &e), ERR_OK);
    }
    struct store_change place[] = {{STORE_REMOVE, t[2], -1, 0, STORE_BY_REMOVED},
                                   {STORE_ADD, t[4], 1, 0.25, STORE_BY_PERSON}};
    assert_int_equal(store_outbox_plan(b->s, id, place, 2, &e), ERR_OK);
    for (int i = 0; i < 2; i++) {
        struct store_batch batch = next(b, id, 100);
        assert_int_equal(batch.verb, i ? STORE_ADD : STORE_REMOVE);
        assert_int_equal(batch.place, i ? 1 : -1);
        assert_int_equal(store_outbox_mark_sent(b->s, &batch, 7, &e), ERR_OK);
        assert_int_equal(store_outbox_done(b->s, &batch, "s4", &e), ERR_OK);
    }
    assert_int_equal(by_of(b, t[2]), STORE_BY_REMOVED);
    assert_int_equal(by_of(b, t[4]), STORE_BY_PERSON);
    assert_int_equal(store_journal_list(b->s, 7, &b->a, &rows, &n, &e), ERR_OK);
    assert_int_equal(n, 6);
    assert_row(&rows[0], STORE_ADD, 0, STORE_BY_NOBODY);
    assert_row(&rows[1], STORE_ADD, 1, STORE_BY_NOBODY);
    assert_row(&rows[4], STORE_REMOVE, 2, STORE_BY_GENRED);
    assert_row(&rows[5], STORE_ADD, 1, STORE_BY_NOBODY);
    assert_string_equal(rows[4].after, rows[3].item);
    assert_string_equal(rows[5].after, rows[2].item);
    assert_int_equal(store_journal_snapshots(b->s, 7, &b->a, &snapshots, &n, &e), ERR_OK);
    assert_int_equal(n, 1);
    assert_string_equal(snapshots[0].before, "s1");
    assert_string_equal(snapshots[0].after, "s4");
    assert_int_equal(store_journal_newest(b->s, b->account, &run, &e), ERR_OK);
    assert_int_equal(run, 7);
    assert_int_equal(store_run_prune(b->s, 0, &e), ERR_OK);
    assert_int_equal(store_journal_list(b->s, 7, &b->a, &rows, &n, &e), ERR_OK);
    assert_int_equal(n, 0);
}

static void test_runs_are_listed_and_pruned(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_run *runs = NULL;
    size_t n = 0;
    for (int64_t id = 1; id <= 5; id++)
        assert_int_equal(store_run_start(b->s, id, b->account, "sort", id, &e), ERR_OK);
    assert_int_equal(store_run_close_killed(b->s, &e), ERR_OK);
    assert_int_equal(store_run_prune(b->s, 3, &e), ERR_OK);
    assert_int_equal(store_run_list(b->s, b->account, 10, &b->a, &runs, &n, &e), ERR_OK);
    assert_int_equal(n, 3);
    assert_int_equal(runs[0].id, 5);
    assert_string_equal(runs[0].outcome, "killed");
}

static void test_a_copy_is_forgotten(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store *copy = NULL;
    int64_t id = 0;
    assert_int_equal(store_open_copy(b->s, &copy, &e), ERR_OK);
    assert_int_equal(store_playlist_new(copy, b->account, "rock", 1, "x", &id, &e), ERR_OK);
    store_close(copy);
    assert_int_equal(sql_int(b->s, &id, -1, &e, "SELECT count(*) FROM playlist", ""), ERR_OK);
    assert_int_equal(id, 0);
}

static bool is_unchanged(struct bench *b, struct store_stamp *stamp)
{
    struct store_stamp now;
    assert_true(store_stamp_take(b->s, &now));
    bool same = now.own == stamp->own && now.others == stamp->others;
    *stamp = now;
    return same;
}

static void test_a_stamp_tells_of_every_write(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store *other = NULL;
    struct store_stamp stamp;
    int64_t id = 0;
    static const char *const order[] = {"spotify"};
    assert_true(store_stamp_take(b->s, &stamp));
    assert_int_equal(sql_int(b->s, &id, 0, &e, "SELECT count(*) FROM account", ""), ERR_OK);
    assert_true(is_unchanged(b, &stamp));
    assert_int_equal(store_account_put(b->s, "a key", "somebody", "Some", &id, &e), ERR_OK);
    assert_false(is_unchanged(b, &stamp));
    assert_int_equal(sql_run(b->s, &e, "DELETE FROM account", ""), ERR_OK);
    assert_false(is_unchanged(b, &stamp));
    assert_int_equal(store_fact_order(b->s, order, 1, &e), ERR_OK);
    assert_false(is_unchanged(b, &stamp));
    assert_int_equal(store_fact_order(b->s, NULL, 0, &e), ERR_OK);
    assert_false(is_unchanged(b, &stamp));
    assert_int_equal(store_open(b->path, &other, &e), ERR_OK);
    is_unchanged(b, &stamp);
    assert_int_equal(store_account_put(other, "b key", "another", "Other", &id, &e), ERR_OK);
    store_close(other);
    assert_false(is_unchanged(b, &stamp));
    assert_int_equal(store_wipe(b->s, &e), ERR_OK);
    assert_false(is_unchanged(b, &stamp));
    assert_true(is_unchanged(b, &stamp));
    assert_int_equal(store_begin(b->s, &e), ERR_OK);
    assert_false(store_stamp_take(b->s, &stamp));
    assert_int_equal(store_end(b->s, ERR_OK, &e), ERR_OK);
    assert_true(store_stamp_take(b->s, &stamp));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_file_is_private),
        TEST(test_a_newer_database_is_left_alone),
        TEST(test_a_failed_transaction_leaves_nothing),
        TEST(test_a_full_disk_is_told),
        TEST(test_an_account_gains_its_key),
        TEST(test_new_facts_drop_the_label),
        TEST(test_the_same_song_is_listed_once),
        TEST(test_the_last_word_on_a_song_counts),
        TEST(test_the_outbox_goes_in_order),
        TEST(test_a_reading_settles_and_merges),
        TEST(test_most_of_an_addition_is_all_of_it),
        TEST(test_the_journal_tells_places),
        TEST(test_runs_are_listed_and_pruned),
        TEST(test_a_copy_is_forgotten),
        TEST(test_a_stamp_tells_of_every_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
