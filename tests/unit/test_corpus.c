/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "classifier/corpus.h"
#include "classifier/genre.h"
#include "tests/unit/made_songs.h"
#include "tests/unit/temp.h"

static void test_parts_and_labels(void **state)
{
    char files[3][512];
    const char *paths[] = {files[0], files[1]};
    struct err e = {0};
    struct corpus train, validate, neither;
    snprintf(files[0], sizeof(files[0]), "%s", temp_path(state, "a.csv"));
    snprintf(files[1], sizeof(files[1]), "%s", temp_path(state, "b.csv"));
    snprintf(files[2], sizeof(files[2]), "%s", temp_path(state, "f.csv"));
    assert_true(made_songs_write(files[0], 400, 1) && made_songs_write(files[1], 400, 1));
    assert_true(made_families_write(files[2]));
    assert_int_equal(
        corpus_load(&train, &(struct corpus_sources){.paths = paths, .n = 2, .families = files[2]},
                    DATASET_TRAIN, &e),
        ERR_OK);
    assert_int_equal(
        corpus_load(&validate,
                    &(struct corpus_sources){.paths = paths, .n = 2, .families = files[2]},
                    DATASET_VALIDATE, &e),
        ERR_OK);
    assert_int_equal(
        corpus_load(&neither,
                    &(struct corpus_sources){.paths = paths, .n = 2, .families = files[2]},
                    DATASET_NEITHER, &e),
        ERR_OK);
    assert_int_equal(train.read, 800);
    assert_int_equal(train.n + train.unlabelled + train.duplicates + validate.n +
                         validate.unlabelled + validate.duplicates + neither.n +
                         neither.unlabelled + neither.duplicates,
                     800);
    assert_int_equal(train.n + validate.n + neither.n, 350);
    assert_true(train.n > 2 * validate.n && validate.n > 0);
    for (size_t i = 0; i < train.n; i++) {
        const struct corpus_row *row = &train.rows[i];
        assert_int_equal(dataset_part(row->song.artists), DATASET_TRAIN);
        assert_true(row->families != 0 && row->file == 0);
        assert_int_equal(row->families >> genre_find("metal") & 1,
                         strncmp(row->song.tags, "thrash", 6) == 0);
        assert_true(i == 0 || (row->artist == row[-1].artist) ==
                                  (strcmp(row->song.artists, row[-1].song.artists) == 0));
    }
    corpus_free(&train);
    corpus_free(&validate);
    corpus_free(&neither);
}

static void test_failure_leaves_nothing(void **state)
{
    char files[2][512];
    const char *paths[] = {files[0], "/absent.csv"};
    struct err e = {0};
    struct corpus c;
    snprintf(files[0], sizeof(files[0]), "%s", temp_path(state, "a.csv"));
    snprintf(files[1], sizeof(files[1]), "%s", temp_path(state, "f.csv"));
    assert_true(made_songs_write(files[0], 40, 1) && made_families_write(files[1]));
    assert_int_equal(
        corpus_load(&c, &(struct corpus_sources){.paths = paths, .n = 2, .families = files[1]},
                    DATASET_TRAIN, &e),
        ERR_IO);
    assert_null(c.rows);
    assert_int_equal(c.n, 0);
    /* A header alone is no data. */
    assert_int_equal(file_write(files[0], "id,name\n", 8, 0600, &e), ERR_OK);
    assert_int_equal(
        corpus_load(&c, &(struct corpus_sources){.paths = paths, .n = 1, .families = files[1]},
                    DATASET_TRAIN, &e),
        ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_and_labels),
        cmocka_unit_test(test_failure_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
