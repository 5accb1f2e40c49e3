/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "classifier/genre.h"

static void test_names_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < GENRE_N; i++) {
        assert_int_equal(genre_find(genre_name[i]), i);
        assert_true(i == 0 || strcmp(genre_name[i - 1], genre_name[i]) < 0);
    }
    assert_int_equal(genre_find("Hip-Hop"), genre_find("hip-hop"));
    assert_true(genre_find("polka") == GENRE_NONE);
    assert_true(genre_find("") == GENRE_NONE);
}

static void test_nearest(void **state)
{
    (void)state;
    assert_string_equal(genre_nearest("hiphop"), "hip-hop");
    assert_string_equal(genre_nearest("raggae"), "reggae");
    assert_null(genre_nearest("xyzzyxyzzy"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_found),
        cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
