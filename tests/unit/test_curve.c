#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "daemon/curve.h"
#include "daemon/song_facts.h"

static void test_points(void **state)
{
    (void)state;
    static const struct curve_song songs[] = {
        {0.04F, -1}, {0.99F, -1}, {0.5F, -1}, {0.5F, -1}, {0.2F, -1}};
    struct curve_point c[CURVE_POINTS];
    curve_make(songs, 5, 0, c);
    assert_true(fabs(c[0].threshold - 0.05) < 1e-12);
    assert_true(fabs(c[CURVE_POINTS - 1].threshold - 0.99) < 1e-12);
    assert_int_equal(c[0].count, 4);
    assert_true(fabs(c[0].precision - (0.99 + 0.5 + 0.5 + 0.2) / 4) < 1e-6);
    assert_int_equal(c[45].count, 3); /* 0.50 */
    assert_int_equal(c[46].count, 1);
    assert_int_equal(c[CURVE_POINTS - 1].count, 1);
    assert_true(fabs(c[CURVE_POINTS - 1].precision - 0.99) < 1e-6);
}

static void test_sure_songs_count_always(void **state)
{
    (void)state;
    static const struct curve_song songs[] = {{0.3F, -1}};
    struct curve_point c[CURVE_POINTS];
    curve_make(songs, 1, 2, c);
    assert_int_equal(c[0].count, 3);
    assert_true(fabs(c[0].precision - 2.3 / 3) < 1e-6);
    assert_int_equal(c[CURVE_POINTS - 1].count, 2);
    assert_true(fabs(c[CURVE_POINTS - 1].precision - 1) < 1e-12);
    curve_make(NULL, 0, 0, c);
    assert_int_equal(c[0].count, 0);
    assert_true(isnan(c[0].precision));
}

/* Against counting song by song. */
static void test_the_naive_way(void **state)
{
    (void)state;
    enum { N = 2000 };
    static struct curve_song songs[N];
    struct curve_point c[CURVE_POINTS];
    uint32_t x = 7;
    for (size_t i = 0; i < N; i++) {
        x = x * 1664525U + 1013904223U;
        songs[i].p = (float)(x >> 8) / (float)(1U << 24);
        x = x * 1664525U + 1013904223U;
        songs[i].margin = i % 3 ? -1 : (float)(x >> 8) / (float)(1U << 24) - 0.5F;
    }
    curve_make(songs, N, 3, c);
    for (size_t k = 0; k < CURVE_POINTS; k++) {
        double sum = 3;
        size_t count = 3;
        for (size_t i = 0; i < N; i++) {
            double margin = fmax((double)songs[i].p - c[k].threshold, (double)songs[i].margin);
            if (margin < -1e-7)
                continue;
            bool own = margin > (double)songs[i].margin;
            sum += own ? (double)songs[i].p : fmin(1, c[k].threshold + margin);
            count++;
        }
        assert_int_equal(c[k].count, count);
        assert_true(fabs(c[k].precision - sum / (double)count) < 1e-6);
    }
}

static void test_bins(void **state)
{
    (void)state;
    assert_int_equal(song_facts_bin(SONG_ENERGY, 0), 0);
    assert_int_equal(song_facts_bin(SONG_ENERGY, 0.999), 23);
    assert_int_equal(song_facts_bin(SONG_ENERGY, 1), 23);
    assert_int_equal(song_facts_bin(SONG_ENERGY, 0.5), 12);
    assert_int_equal(song_facts_bin(SONG_KEY, 11), 11);
    assert_int_equal(song_facts_bin(SONG_MODE, 1), 1);
    assert_int_equal(song_facts_bin(SONG_LOUDNESS, -60), 0);
    assert_int_equal(song_facts_bin(SONG_LOUDNESS, 3), 23);
    assert_int_equal(song_facts_bin(SONG_TEMPO, 120), 12);
    assert_int_equal(song_facts_bin(SONG_TEMPO, 1e9), 23);
    assert_int_equal(song_facts_bin(SONG_TIME_SIGNATURE, 4), 4);
    for (size_t i = 0; i < SONG_STATS; i++) {
        assert_true(song_facts_scales[i].bins > 0 && song_facts_scales[i].bins <= SONG_FACTS_BINS);
        assert_true(song_facts_scales[i].low < song_facts_scales[i].high);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points),
        cmocka_unit_test(test_sure_songs_count_always),
        cmocka_unit_test(test_the_naive_way),
        cmocka_unit_test(test_bins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
