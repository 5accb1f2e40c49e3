/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "base/file.h"
#include "classifier/family.h"
#include "classifier/genre.h"
#include "tests/unit/made_songs.h"
#include "tests/unit/temp.h"

static enum err_code opened(void **state, const char *text, struct family **ret_f, struct err *e)
{
    const char *path = temp_path(state, "families.csv");
    if (file_write(path, text, strlen(text), 0600, e) != ERR_OK) {
        fail_msg("%s", e->text);
    }
    return family_open(path, ret_f, e);
}

static void test_families_of_tags(void **state)
{
    struct family *f = NULL;
    struct err e = {0};
    assert_int_equal(opened(state, MADE_FAMILIES, &f, &e), ERR_OK);
    uint32_t metal = UINT32_C(1) << genre_find("metal") | UINT32_C(1) << genre_find("rock");
    assert_int_equal(family_of_tags(f, "Thrash"), metal);
    assert_int_equal(family_of_tags(f, "x; bebop;thrash"), metal | UINT32_C(1)
                                                                       << genre_find("jazz"));
    assert_int_equal(family_of_tags(f, "bop"), 0);
    assert_int_equal(family_of_tags(f, ""), 0);
    assert_int_equal(family_of_tags(f, "; ;"), 0);
    family_close(f);
    family_close(NULL);
}

static void test_many_tags(void **state)
{
    struct family *f = NULL;
    struct err e = {0};
    struct buf b;
    buf_init(&b, 0);
    buf_add_str(&b, "families,tag\n");
    for (size_t i = 0; i < 3000; i++) {
        buf_printf(&b, "%s,tag %zu\n", genre_name[i % GENRE_N], i);
    }
    assert_int_equal(opened(state, buf_str(&b), &f, &e), ERR_OK);
    for (size_t i = 0; i < 3000; i++) {
        char tag[32];
        snprintf(tag, sizeof(tag), "tag %zu", i);
        assert_int_equal(family_of_tags(f, tag), UINT32_C(1) << i % GENRE_N);
    }
    family_close(f);
    buf_free(&b);
}

static void test_bad_files_are_refused(void **state)
{
    static const char *const bad[] = {"tag,families\nx,polka\n", "a,b\nx,jazz\n",
                                      "tag,families\nx,\n", ""};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct family *f = NULL;
        struct err e = {0};
        assert_int_equal(opened(state, bad[i], &f, &e), ERR_FORMAT);
        assert_null(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_families_of_tags),
        cmocka_unit_test(test_many_tags),
        cmocka_unit_test(test_bad_files_are_refused),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
