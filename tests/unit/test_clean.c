/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "classifier/clean.h"

#define COLUMNS (CLEAN_BIT(SONG_STATS + 2) - 1)
#define NOW     2026

/* A song of which everything is known. */
static struct song whole(void)
{
    struct song s = {.id = "a",
                     .name = "N",
                     .artists = "A",
                     .album = "L",
                     .label = "R",
                     .tags = "t",
                     .year = 1999,
                     .duration_ms = 200000,
                     .is_explicit = 0,
                     .stat_mask = CLEAN_BIT(SONG_STATS) - 1};
    for (size_t i = 0; i < SONG_STATS; i++) {
        s.stat[i] = 0.5F;
    }
    s.stat[SONG_LOUDNESS] = -9.0F;
    s.stat[SONG_TEMPO] = 120.0F;
    s.stat[SONG_TIME_SIGNATURE] = 4.0F;
    return s;
}

static void test_whole_song_is_left_alone(void **state)
{
    (void)state;
    struct song s = whole(), before = s;
    assert_int_equal(clean_row(&s, COLUMNS, NOW), 0);
    assert_memory_equal(&s, &before, sizeof(s));
}

/* One statistic with one value: the rule that must find it, 0 for none. */
static void assert_stat(enum song_stat stat, float x, uint32_t rule)
{
    struct song s = whole();
    s.stat[stat] = x;
    uint32_t found = clean_row(&s, COLUMNS, NOW);
    if (found != rule || (s.stat_mask >> stat & 1) != (rule == 0)) {
        fail_msg("%s %g: %x", song_stat_name[stat], (double)x, (unsigned)found);
    }
}

static void test_ranges_of_statistics(void **state)
{
    (void)state;
    const uint32_t range = CLEAN_BIT(CLEAN_STAT_RANGE), loud = CLEAN_BIT(CLEAN_LOUDNESS_RANGE);
    assert_stat(SONG_ENERGY, 0.0F, 0);
    assert_stat(SONG_ENERGY, 1.0F, 0);
    assert_stat(SONG_ENERGY, 1.01F, range);
    assert_stat(SONG_VALENCE, -0.01F, range);
    assert_stat(SONG_KEY, -1.0F, 0);
    assert_stat(SONG_KEY, 12.0F, range);
    assert_stat(SONG_LOUDNESS, 5.0F, 0);
    assert_stat(SONG_LOUDNESS, 5.1F, loud);
    assert_stat(SONG_LOUDNESS, -60.5F, loud);
    assert_stat(SONG_TEMPO, 301.0F, range);
    assert_stat(SONG_TEMPO, -1.0F, range);
    assert_stat(SONG_TIME_SIGNATURE, 0.0F, range);
    assert_stat(SONG_MODE, 2.0F, range);
}

static void test_tempo_zero_takes_what_needs_a_beat(void **state)
{
    (void)state;
    struct song s = whole();
    s.stat[SONG_TEMPO] = s.stat[SONG_DANCEABILITY] = s.stat[SONG_TIME_SIGNATURE] = 0.0F;
    s.stat[SONG_ACOUSTICNESS] = 0.0F;
    assert_int_equal(clean_row(&s, COLUMNS, NOW), CLEAN_BIT(CLEAN_TEMPO_NONE));
    assert_int_equal(~s.stat_mask & (CLEAN_BIT(SONG_STATS) - 1),
                     CLEAN_BIT(SONG_TEMPO) | CLEAN_BIT(SONG_DANCEABILITY) |
                         CLEAN_BIT(SONG_TIME_SIGNATURE));
}

static void test_missing_is_told_only_of_columns_that_are_there(void **state)
{
    (void)state;
    struct song s = whole();
    s.stat_mask &= ~CLEAN_BIT(SONG_TEMPO);
    s.duration_ms = -1;
    s.year = 0;
    struct song again = s;
    assert_int_equal(clean_row(&s, COLUMNS, NOW), CLEAN_BIT(CLEAN_STAT_MISSING) |
                                                      CLEAN_BIT(CLEAN_DURATION_MISSING) |
                                                      CLEAN_BIT(CLEAN_YEAR_MISSING));
    assert_int_equal(s.duration_ms, 0);
    assert_int_equal(clean_row(&again, CLEAN_BIT(SONG_ENERGY), NOW), 0);
    assert_int_equal(again.duration_ms, 0);
}

static void test_times(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        int year;
        uint32_t found;
    } rows[] = {
        {1000, 1860, 0},
        {36000000, NOW, 0},
        {999, 1999, CLEAN_BIT(CLEAN_DURATION_RANGE)},
        {36000001, 1999, CLEAN_BIT(CLEAN_DURATION_RANGE)},
        {-2, 1999, CLEAN_BIT(CLEAN_DURATION_RANGE)},
        {1000, 1859, CLEAN_BIT(CLEAN_YEAR_RANGE)},
        {1000, NOW + 1, CLEAN_BIT(CLEAN_YEAR_RANGE)},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct song s = whole();
        s.duration_ms = rows[i].ms;
        s.year = rows[i].year;
        assert_int_equal(clean_row(&s, COLUMNS, NOW), rows[i].found);
        bool ms_gone = rows[i].found == CLEAN_BIT(CLEAN_DURATION_RANGE);
        bool year_gone = rows[i].found == CLEAN_BIT(CLEAN_YEAR_RANGE);
        assert_int_equal(s.duration_ms, ms_gone ? 0 : rows[i].ms);
        assert_int_equal(s.year, year_gone ? 0 : rows[i].year);
    }
}

static void test_names(void **state)
{
    (void)state;
    struct song s = whole();
    s.name = "";
    s.artists = "Empty_Field";
    assert_int_equal(clean_row(&s, COLUMNS, NOW),
                     CLEAN_BIT(CLEAN_NO_NAME) | CLEAN_BIT(CLEAN_PLACEHOLDER));
    assert_string_equal(s.artists, "");
    s = whole();
    s.artists = "";
    uint32_t found = clean_row(&s, COLUMNS, NOW);
    assert_int_equal(found, CLEAN_BIT(CLEAN_NO_ARTIST));
    assert_true((found & CLEAN_DROPS) != 0);
}

static void test_fill_takes_only_what_is_lacking(void **state)
{
    (void)state;
    struct song full = whole(), bare = {.id = "b",
                                        .name = "M",
                                        .artists = "A",
                                        .album = "",
                                        .label = "",
                                        .tags = "",
                                        .is_explicit = 1,
                                        .stat_mask = CLEAN_BIT(SONG_TEMPO)};
    bare.stat[SONG_TEMPO] = 90.0F;
    assert_int_equal(clean_known(&bare), 4);
    assert_int_equal(clean_known(&full), SONG_STATS + 8);
    clean_fill(&bare, &full);
    assert_int_equal(clean_known(&bare), clean_known(&full));
    assert_string_equal(bare.id, "b");
    assert_string_equal(bare.name, "M");
    assert_string_equal(bare.tags, "t");
    assert_int_equal(bare.is_explicit, 1);
    assert_int_equal(bare.year, 1999);
    assert_true(bare.stat[SONG_TEMPO] < 91.0F && bare.stat[SONG_LOUDNESS] < -8.0F);
}

static void test_conflict(void **state)
{
    (void)state;
    assert_false(clean_conflict(0, 0x7));  /* three: united */
    assert_true(clean_conflict(0, 0xf));   /* four, and none in common */
    assert_false(clean_conflict(1, 0xff)); /* they agree on one */
    assert_false(clean_conflict(0, 0));
}

static void test_report(void **state)
{
    (void)state;
    struct clean_report r[2] = {{.file = "a.csv", .read = 7}, {.file = "b.csv", .read = 3}};
    struct buf b = {0};
    clean_count(&r[0], CLEAN_BIT(CLEAN_NO_NAME) | CLEAN_BIT(CLEAN_SAME_SONG), 12);
    clean_count(&r[0], CLEAN_BIT(CLEAN_SAME_SONG), 15);
    clean_count(&r[1], CLEAN_BIT(CLEAN_SAME_SONG), 3);
    assert_int_equal(clean_sum(r, 2, CLEAN_SAME_SONG), 3);
    clean_table(r, 2, CLEAN_SONGS, true, &b);
    assert_non_null(
        strstr(buf_str(&b), "| same artist and title as an earlier row | 3 | merged |"));
    assert_null(strstr(buf_str(&b), "no title")); /* not asked for */
    assert_null(strstr(buf_str(&b), "ISRC"));     /* not found */
    buf_clear(&b);
    clean_text(r, 2, CLEAN_ALL, &b);
    assert_non_null(strstr(buf_str(&b), "a.csv: 7 rows\n  no title "));
    assert_non_null(strstr(buf_str(&b), "first: line 12\n"));
    assert_non_null(strstr(buf_str(&b), "b.csv: 3 rows\n  same artist"));
    assert_null(strstr(buf_str(&b), "line 15"));
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_song_is_left_alone),
        cmocka_unit_test(test_ranges_of_statistics),
        cmocka_unit_test(test_tempo_zero_takes_what_needs_a_beat),
        cmocka_unit_test(test_missing_is_told_only_of_columns_that_are_there),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_fill_takes_only_what_is_lacking),
        cmocka_unit_test(test_conflict),
        cmocka_unit_test(test_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
