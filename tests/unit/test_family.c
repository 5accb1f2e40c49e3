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

static void test_families_of_labels(void **state)
{
    struct family *f = NULL;
    struct err e = {0};
    assert_int_equal(opened(state, MADE_FAMILIES "hard rock,1,metal\n", &f, &e), ERR_OK);
    static const struct {
        const char *label;
        const char *family; /* NULL: none */
    } rows[] = {
        {"Hip-Hop", "hip-hop"}, {"hip hop", "hip-hop"},
        {"Rap", "hip-hop"},     {"r&b", "soul"},
        {"EDM", "electronic"},  {"Classical", "classical"},
        {"Anime", "asian-pop"}, {"funk_disco", "funk-disco"},
        {"bebop", "jazz"},      {" Rap/Hip Hop ", "hip-hop"},
        {"bop", NULL},          {"polka", NULL},
        {"hard rock", "metal"}, /* the file goes before the table of synonyms */
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint32_t wanted = rows[i].family ? UINT32_C(1) << genre_find(rows[i].family) : 0;
        if (family_of_labels(f, rows[i].label) != wanted) {
            fail_msg("%s", rows[i].label);
        }
    }
    assert_int_equal(family_of_labels(f, "pop; Country"),
                     UINT32_C(1) << genre_find("pop") | UINT32_C(1) << genre_find("country"));
    assert_int_equal(family_of_tags(f, "Hip-Hop; r&b"), 0); /* tags are the file's alone */
    family_close(f);
}

/* A synonym that names no family would be of no use, and nobody would notice. */
static void test_every_synonym_names_families(void **state)
{
    struct family *f = NULL;
    struct err e = {0};
    static const char *const labels[] = {"rap",
                                         "hiphop",
                                         "r&b",
                                         "rnb",
                                         "edm",
                                         "dance",
                                         "techno",
                                         "alternative",
                                         "tropical",
                                         "permanent wave",
                                         "disco",
                                         "k-pop",
                                         "j-pop",
                                         "new age",
                                         "opera",
                                         "singer-songwriter",
                                         "christian",
                                         "ost",
                                         "comedy",
                                         "international",
                                         "urban contemporary"};
    assert_int_equal(opened(state, MADE_FAMILIES, &f, &e), ERR_OK);
    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        assert_true(family_of_labels(f, labels[i]) != 0);
        assert_int_equal(family_of_labels(NULL, labels[i]), family_of_labels(f, labels[i]));
    }
    assert_int_equal(family_of_labels(NULL, "Bossa"), 0);
    assert_int_equal(family_of_labels(NULL, "Blues; disco"),
                     UINT32_C(1) << genre_find("blues") | UINT32_C(1) << genre_find("funk-disco"));
    family_close(f);
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
        cmocka_unit_test(test_families_of_labels),
        cmocka_unit_test(test_every_synonym_names_families),
        cmocka_unit_test(test_many_tags),
        cmocka_unit_test(test_bad_files_are_refused),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
