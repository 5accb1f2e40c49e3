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
#include "store/backup.h"
#include "store/backup_text.h"
#include "store/correction.h"
#include "store/exclusion.h"
#include "store/playlist.h"
#include "store/sql.h"
#include "store/track.h"

/* Two machines. */
struct bench {
    char path[2][64];
    struct store *s[2];
    struct arena a;
};

static int set_up(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));
    struct err e = {0};
    for (int i = 0; i < 2; i++) {
        snprintf(b->path[i], sizeof(b->path[i]), "/tmp/genred-backup-%d-%d.db", (int)getpid(), i);
        assert_int_equal(store_open(b->path[i], &b->s[i], &e), ERR_OK);
    }
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    struct bench *b = *state;
    for (int i = 0; i < 2; i++) {
        store_close(b->s[i]);
        for (size_t k = 0; k < 3; k++) {
            char path[80];
            snprintf(path, sizeof(path), "%s%s", b->path[i], endings[k]);
            unlink(path);
        }
    }
    arena_free(&b->a);
    free(b);
    return 0;
}

static int64_t log_in(struct store *s, const char *user)
{
    struct err e = {0};
    int64_t account = 0;
    assert_int_equal(store_account_put(s, user, user, "A\tName\\", &account, &e), ERR_OK);
    return account;
}

static int64_t put_track(struct store *s, int number, const char *name)
{
    char sid[23];
    struct err e = {0};
    int64_t id = 0;
    snprintf(sid, sizeof(sid), "%022d", number);
    const struct library_artist artists[] = {{"artist1", "One\nLine"}, {"artist2", ""}};
    struct library_track t = {.sid = sid,
                              .linked_sid = number == 1 ? "linked" : "",
                              .uri = "",
                              .name = name,
                              .album = "\\t is no tab",
                              .release_date = "2001",
                              .isrc = number == 2 ? "ISRC2" : "",
                              .artists = artists,
                              .n_artists = (size_t)number % 3,
                              .duration_ms = 1000 * number,
                              .is_explicit = number % 3 - 1,
                              .playable = true};
    assert_int_equal(store_track_put(s, &t, &id, &e), ERR_OK);
    return id;
}

static void put_item(struct store *s, int64_t playlist, int64_t track, const char *by, double p)
{
    struct err e = {0};
    assert_int_equal(sql_run(s, &e,
                             "INSERT INTO playlist_item(playlist, track, by, p)"
                             " VALUES(?1, ?2, ?3, CASE WHEN ?4 >= 0 THEN ?4 END)",
                             "iisf", playlist, track, by, p),
                     ERR_OK);
}

/* A small library with one of everything. */
static int64_t fill(struct store *s)
{
    struct err e = {0};
    int64_t account = log_in(s, "user");
    int64_t one = put_track(s, 1, "tab\there, \r and \xc3\xa9");
    int64_t two = put_track(s, 2, "# no comment");
    int64_t three = put_track(s, 3, "");
    int64_t rock = 0;
    int64_t jazz = 0;
    int64_t artist = 0;
    assert_int_equal(store_account_choose(s, account, "rock,jazz", &e), ERR_OK);
    assert_int_equal(store_playlist_new(s, account, "rock", 1, "Rock\\n", &rock, &e), ERR_OK);
    assert_int_equal(store_playlist_created(s, rock, "rockid", "snap", &e), ERR_OK);
    assert_int_equal(store_playlist_new(s, account, "jazz", 2, "Jazz", &jazz, &e), ERR_OK);
    assert_int_equal(sql_run(s, &e,
                             "UPDATE playlist SET adopted = 1, may_remove = 0, state = 'gone'"
                             " WHERE id = ?",
                             "i", jazz),
                     ERR_OK);
    put_item(s, rock, one, "genred", 0.1);
    put_item(s, rock, two, "person", -1);
    put_item(s, rock, three, "removed", 1.0 / 3);
    const struct store_correction word = {one, "jazz", false, 1000000};
    assert_int_equal(store_correction_put(s, account, &word, &e), ERR_OK);
    assert_int_equal(store_exclusion_put(s, account, STORE_EXCLUDED_SONG, two, 5, &e), ERR_OK);
    assert_int_equal(
        sql_int(s, &artist, 0, &e, "SELECT id FROM artist WHERE sid = ?", "s", "artist1"), ERR_OK);
    assert_int_equal(store_exclusion_put(s, account, STORE_EXCLUDED_ARTIST, artist, 6, &e), ERR_OK);
    return account;
}

static const char *text_of(struct bench *b, struct store *s, int64_t account, int64_t now_s)
{
    struct buf text;
    struct err e = {0};
    buf_init(&text, BACKUP_TEXT_MAX);
    assert_int_equal(store_backup_write(s, account, now_s, &text, &e), ERR_OK);
    const char *copy = arena_str(&b->a, buf_str(&text));
    buf_free(&text);
    return copy;
}

/* What follows the line that tells the time. */
static const char *body_of(const char *text)
{
    return strchr(strchr(text, '\n') + 1, '\n') + 1;
}

static enum err_code restore(struct store *s, int64_t account, const char *text,
                             struct store_backup_counts *counts, struct err *e)
{
    const struct store_backup_text of = {.text = text, .n = strlen(text)};
    return store_backup_restore(s, account, &of, counts, e);
}

/* Every row of every table that a restore may touch. */
static const char *all_rows(struct bench *b, struct store *s)
{
    const char *all = "";
    struct err e = {0};
    struct sql q;
    assert_int_equal(
        sql_start(&q, s, &e,
                  "SELECT 'a' || user_id || name || genres AS row FROM account"
                  " UNION ALL SELECT 't' || sid || name FROM track"
                  " UNION ALL SELECT 'ar' || sid || name FROM artist"
                  " UNION ALL SELECT 'p' || coalesce(sid, '') || genre || volume FROM playlist"
                  " UNION ALL SELECT 'i' || playlist || by || track FROM playlist_item"
                  " UNION ALL SELECT 'c' || track || genre || verdict || made_s FROM correction"
                  " UNION ALL SELECT 'x' || kind || item || made_s FROM exclusion ORDER BY row",
                  ""),
        ERR_OK);
    while (sql_row(&q, &e))
        all = arena_printf(&b->a, "%s%s\n", all, sql_col_str(&q, 0));
    assert_int_equal(q.code, ERR_OK);
    return all;
}

static void test_there_and_back(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_backup_counts n = {0};
    const char *text = text_of(b, b->s[0], fill(b->s[0]), 77);
    assert_int_equal(restore(b->s[1], 0, text, &n, &e), ERR_OK);
    assert_int_equal(n.songs, 3);
    assert_int_equal(n.playlists, 2);
    assert_int_equal(n.items, 3);
    assert_int_equal(n.corrections, 1);
    assert_int_equal(n.exclusions, 2);
    assert_int_equal(n.genres, 1);
    int64_t account = log_in(b->s[1], "user"); /* the same person logs in afterwards */
    const char *again = text_of(b, b->s[1], account, 78);
    assert_string_equal(body_of(text), body_of(again));
    assert_string_not_equal(text, again);
    struct store_playlist *list = NULL;
    size_t n_list = 0;
    assert_int_equal(store_playlist_list(b->s[1], account, &b->a, &list, &n_list, &e), ERR_OK);
    assert_int_equal(n_list, 2);
    assert_string_equal(list[1].sid, "rockid");
    assert_string_equal(list[1].name, "Rock\\n");
    assert_string_equal(list[1].snapshot, ""); /* so that it is read before it is written */
    assert_int_equal(list[1].total, 2);
    assert_true(list[1].listed && !list[1].gone);
    assert_true(list[0].gone && !list[0].listed);
    assert_int_equal(list[0].volume, 2);
}

static void test_the_same_state_gives_the_same_text(void **state)
{
    struct bench *b = *state;
    int64_t account = fill(b->s[0]);
    assert_string_equal(text_of(b, b->s[0], account, 1), text_of(b, b->s[0], account, 1));
    assert_string_equal(body_of(text_of(b, b->s[0], account, 1)),
                        body_of(text_of(b, b->s[0], account, 999999999)));
}

static void test_a_second_restore_changes_nothing(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_backup_counts n = {0};
    const char *text = text_of(b, b->s[0], fill(b->s[0]), 1);
    int64_t account = log_in(b->s[1], "user");
    assert_int_equal(restore(b->s[1], account, text, &n, &e), ERR_OK);
    const char *rows = all_rows(b, b->s[1]);
    assert_int_equal(restore(b->s[1], account, text, &n, &e), ERR_OK);
    assert_int_equal(n.songs + n.playlists + n.items + n.corrections + n.exclusions + n.genres, 0);
    assert_int_equal(n.playlists_known, 2);
    assert_string_equal(all_rows(b, b->s[1]), rows);
}

static void test_the_later_word_counts(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_backup_counts n = {0};
    struct store_correction *list = NULL;
    size_t n_list = 0;
    const char *text = text_of(b, b->s[0], fill(b->s[0]), 1);
    int64_t account = log_in(b->s[1], "user");
    struct store_correction word = {put_track(b->s[1], 1, "other name"), "jazz", true, 1000001};
    assert_int_equal(store_correction_put(b->s[1], account, &word, &e), ERR_OK);
    assert_int_equal(restore(b->s[1], account, text, &n, &e), ERR_OK);
    assert_int_equal(store_correction_list(b->s[1], account, &b->a, &list, &n_list, &e), ERR_OK);
    assert_true(n_list > 0 && list[n_list - 1].made_s == 1000001); /* after what edits say */
    assert_true(list[n_list - 1].is);
    word.made_s = 999999;
    assert_int_equal(store_correction_put(b->s[1], account, &word, &e), ERR_OK);
    assert_int_equal(restore(b->s[1], account, text, &n, &e), ERR_OK);
    assert_int_equal(n.corrections, 1);
    assert_int_equal(store_correction_list(b->s[1], account, &b->a, &list, &n_list, &e), ERR_OK);
    assert_false(list[n_list - 1].is);
}

static void test_a_new_playlist_of_the_genre_stays(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_backup_counts n = {0};
    struct store_playlist *list = NULL;
    size_t n_list = 0;
    int64_t id = 0;
    const char *text = text_of(b, b->s[0], fill(b->s[0]), 1);
    int64_t account = log_in(b->s[1], "user");
    assert_int_equal(store_account_choose(b->s[1], account, "pop", &e), ERR_OK);
    assert_int_equal(store_playlist_new(b->s[1], account, "rock", 1, "mine", &id, &e), ERR_OK);
    assert_int_equal(restore(b->s[1], account, text, &n, &e), ERR_OK);
    assert_int_equal(n.genres, 0);
    assert_int_equal(store_playlist_list(b->s[1], account, &b->a, &list, &n_list, &e), ERR_OK);
    assert_int_equal(n_list, 3);
    assert_string_equal(list[1].name, "mine");
    assert_int_equal(list[2].volume, 2);
    assert_string_equal(list[2].sid, "rockid");
}

static enum err_code append(void *ctx, struct buf *here, const char *more, struct err *e)
{
    (void)ctx;
    (void)e;
    buf_printf(here, "%s", more);
    return ERR_OK;
}

static bool knows_none(void *ctx, int64_t account, const char *genre)
{
    *(const char **)ctx = genre;
    return account == 0;
}

static void test_the_genres_that_are_here_count(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_backup_counts n = {0};
    struct store_account row;
    const char *asked = NULL;
    int64_t from = fill(b->s[0]);
    assert_int_equal(store_account_edit(b->s[0], from, "[hide]\npop = yes\n", &e), ERR_OK);
    const char *text = text_of(b, b->s[0], from, 1);
    struct store_backup_text of = {.text = text, .n = strlen(text), .ctx = &asked};
    int64_t account = log_in(b->s[1], "user");
    assert_int_equal(store_account_edit(b->s[1], account, "[hide]\njazz = yes\n", &e), ERR_OK);
    of.knows = knows_none;
    assert_int_equal(store_backup_restore(b->s[1], account, &of, &n, &e), ERR_OK);
    assert_int_equal(n.edits, 0); /* nobody merges: what is here stays */
    assert_int_equal(n.corrections, 0);
    assert_int_equal(n.dead, 1);
    of.knows = NULL;
    of.merge = append;
    assert_int_equal(store_backup_restore(b->s[1], account, &of, &n, &e), ERR_OK);
    assert_int_equal(n.edits, 1);
    assert_int_equal(n.dead, 0);
    assert_int_equal(n.corrections, 1);
    assert_int_equal(store_account_get(b->s[1], account, &b->a, &row, &e), ERR_OK);
    assert_string_equal(row.tree, "[hide]\njazz = yes\n[hide]\npop = yes\n");
}

static void test_another_account_is_refused(void **state)
{
    struct bench *b = *state;
    struct err e = {0};
    struct store_backup_counts n = {0};
    const char *text = text_of(b, b->s[0], fill(b->s[0]), 1);
    int64_t account = log_in(b->s[1], "somebody");
    const char *rows = all_rows(b, b->s[1]);
    assert_int_equal(restore(b->s[1], account, text, &n, &e), ERR_USAGE);
    assert_non_null(strstr(e.text, "line 3: "));
    assert_string_equal(all_rows(b, b->s[1]), rows);
}

/* Cut after any byte, and with any one line left out. */
static void test_a_part_is_refused(void **state)
{
    struct bench *b = *state;
    struct store_backup_counts n = {0};
    const char *text = text_of(b, b->s[0], fill(b->s[0]), 1);
    int64_t account = log_in(b->s[1], "user");
    const char *rows = all_rows(b, b->s[1]);
    for (size_t len = 0; len < strlen(text); len++) {
        struct err e = {0};
        assert_int_equal(store_backup_restore(b->s[1], account,
                                              &(struct store_backup_text){.text = text, .n = len},
                                              &n, &e),
                         ERR_USAGE);
        assert_memory_equal(e.text, "line ", 5);
    }
    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        struct err e = {0};
        const char *rest = strchr(line, '\n') + 1;
        const char *cut = arena_printf(&b->a, "%.*s%s", (int)(line - text), text, rest);
        assert_int_equal(restore(b->s[1], account, cut, &n, &e), ERR_USAGE);
    }
    assert_string_equal(all_rows(b, b->s[1]), rows);
}

/* The records are put after the head and the account; the end is right. */
static void test_what_is_malformed(void **state)
{
    static const struct {
        const char *line;
        const char *told;
    } cases[] = {
        {"", "no word"},
        {"thing\t1", "no word"},
        {" genres\trock", "no word"},
        {"genres", "'genres' has 0 fields"},
        {"genres\ta\tb", "'genres' has 2 fields"},
        {"genres\t\\x", "backslash"},
        {"genres\tend\\", "backslash"},
        {"genres\t\xff", "UTF-8"},
        {"genres\trock\r", "carriage return"},
        {"account\ttwo\tTwo", "one account"},
        {"song\tid\t\t\t1\t0\t2001\tname", "fields"},
        {"song\t\t\t\t1\t0\t2001\tname\talbum", "song's id"},
        {"song\ta/b\t\t\t1\t0\t2001\tname\talbum", "song's id"},
        {"song\tid\ta b\t\t1\t0\t2001\tname\talbum", "song's id"},
        {"song\tid\t\t\t-1\t0\t2001\tname\talbum", "duration"},
        {"song\tid\t\t\t1\t2\t2001\tname\talbum", "explicit"},
        {"song\tid\t\t\t1\t0\t2001\tname\talbum\tartist", "artist"},
        {"song\tid\t\t\t1\t0\t2001\tname\talbum\t?\tname", "artist's id"},
        {"artist\t\tname", "artist's id"},
        {"playlist\tp/x\trock\t1\t\tn\tactive\tcreated\tyes", "playlist's id"},
        {"playlist\t\trock\t1\t\tn\tactive\tcreated\tyes", "marker"},
        {"playlist\tp\trock\t1\tshort\tn\tactive\tcreated\tyes", "marker"},
        {"playlist\tp\t\t1\t\tn\tactive\tcreated\tyes", "genre"},
        {"playlist\tp\trock\t0\t\tn\tactive\tcreated\tyes", "volume"},
        {"playlist\tp\trock\t1\t\tn\tlost\tcreated\tyes", "active, gone"},
        {"playlist\tp\trock\t1\t\tn\tactive\tmade\tyes", "active, gone"},
        {"playlist\tp\trock\t1\t\tn\tactive\tcreated\t1", "active, gone"},
        {"item\tid\tgenred\t", "before any playlist"},
        {"playlist\tp\trock\t1\t\tn\tactive\tcreated\tyes\nitem\tid\tme\t", "one of genred"},
        {"playlist\tp\trock\t1\t\tn\tactive\tcreated\tyes\nitem\tid\tgenred\t2", "between 0 and 1"},
        {"playlist\tp\trock\t1\t\tn\tactive\tcreated\tyes\nitem\tid\tgenred\t", "nothing is told"},
        {"label\tid\trock\tyes\t2026-01-01T00:00:00Z", "nothing is told"},
        {"label\tid\trock\tmaybe\t2026-01-01T00:00:00Z", "yes or no"},
        {"label\tid\t\tyes\t2026-01-01T00:00:00Z", "yes or no"},
        {"label\tid\trock\tyes\tyesterday", "no time"},
        {"exclude\tsong\tid\t2026-01-01T00:00:00Z", "nothing is told"},
        {"exclude\tartist\tid\t2026-01-01T00:00:00Z", "nothing is told"},
        {"exclude\tgenre\tid\t2026-01-01T00:00:00Z", "song or an artist"},
        {"exclude\tsong\tid\t", "no time"},
        {"end\t3\nend\t4", "follows the last line"},
        {"end\t7", "another number"},
    };
    struct bench *b = *state;
    struct store_backup_counts n = {0};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e = {0};
        int lines = strchr(cases[i].line, '\n') ? 5 : 4;
        char number[16];
        snprintf(number, sizeof(number), "line %d: ", lines - 1);
        const char *text = arena_printf(
            &b->a, "genred-backup 1\naccount\tuser\tUser\n%s\nend\t%d\n", cases[i].line, lines);
        assert_int_equal(restore(b->s[1], 0, text, &n, &e), ERR_USAGE);
        if (!strstr(e.text, cases[i].told))
            fail_msg("%s: %s", cases[i].line, e.text);
        if (!strstr(cases[i].line, "end\t3"))
            assert_memory_equal(e.text, number, strlen(number));
    }
    assert_string_equal(all_rows(b, b->s[1]), "");
}

static void test_what_is_no_backup(void **state)
{
    static const struct {
        const char *text;
        const char *told;
    } cases[] = {
        {"\n", "line 1: this is no backup"},
        {"{}\n", "line 1: this is no backup"},
        {"genred-backup\nend\t2\n", "line 1: this is no backup"},
        {"genred-backup 3\nend\t2\n", "newer genred (format 3, known 2)"},
        {"genred-backup 1\nend\t2\n", "account must be told first"},
        {"genred-backup 1\n# only\n", "line 2: the text ends here"},
        {"genred-backup 1\naccount\t\tUser\nend\t3\n", "line 2: the account has no id"},
    };
    struct bench *b = *state;
    struct store_backup_counts n = {0};
    struct err e = {0};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(restore(b->s[1], 0, cases[i].text, &n, &e), ERR_USAGE);
        if (!strstr(e.text, cases[i].told))
            fail_msg("%s: %s", cases[i].text, e.text);
    }
    char *long_line = malloc(BACKUP_TEXT_LINE_MAX + 100);
    memset(long_line, 'x', BACKUP_TEXT_LINE_MAX + 100);
    memcpy(long_line, "genred-backup 1\n", 16);
    long_line[BACKUP_TEXT_LINE_MAX + 99] = '\n';
    assert_int_equal(store_backup_restore(b->s[1], 0,
                                          &(struct store_backup_text){
                                              .text = long_line, .n = BACKUP_TEXT_LINE_MAX + 100},
                                          &n, &e),
                     ERR_USAGE);
    assert_string_equal(e.text, "line 2: it is too long");
    assert_int_equal(
        store_backup_restore(
            b->s[1], 0,
            &(struct store_backup_text){.text = "genred-backup 1\nac\0count\n", .n = 25}, &n, &e),
        ERR_USAGE);
    assert_string_equal(e.text, "line 2: it is no text in UTF-8");
    free(long_line);
}

static void test_comments_may_stand_anywhere(void **state)
{
    struct bench *b = *state;
    struct store_backup_counts n = {0};
    struct err e = {0};
    assert_int_equal(restore(b->s[1], 0,
                             "genred-backup 1\n#\n# a\taccount\naccount\tu\tU\n#\ngenres\ta\n"
                             "end\t7\n",
                             &n, &e),
                     ERR_OK);
    assert_int_equal(n.genres, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_there_and_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_same_state_gives_the_same_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_second_restore_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_genres_that_are_here_count, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_later_word_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_new_playlist_of_the_genre_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_account_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_part_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_malformed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_no_backup, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_comments_may_stand_anywhere, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
