/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "base/song.h"
#include "base/text.h"

static void test_every_statistic_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < SONG_STATS; i++) {
        assert_non_null(song_stat_name[i]);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(song_stat_name[i], song_stat_name[j]);
        }
    }
    assert_string_equal(song_stat_name[SONG_DANCEABILITY], "danceability");
    assert_string_equal(song_stat_name[SONG_TIME_SIGNATURE], "time_signature");
}

static void test_the_mask_holds_them_all(void **state)
{
    (void)state;
    struct song s = {.stat_mask = 0};
    assert_true(SONG_STATS <= 8 * sizeof(s.stat_mask));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_statistic_has_a_name_of_its_own),
        cmocka_unit_test(test_the_mask_holds_them_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
