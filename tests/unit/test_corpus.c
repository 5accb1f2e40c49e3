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

/* Loads rows (after a header) of one file; the families are MADE_FAMILIES. */
static struct corpus loaded(void **state, const char *header, const char *rows,
                            enum dataset_part part)
{
    char files[2][512];
    const char *path = files[0];
    struct err e = {0};
    struct corpus c;
    struct buf b = {0};
    snprintf(files[0], sizeof(files[0]), "%s", temp_path(state, "one.csv"));
    snprintf(files[1], sizeof(files[1]), "%s", temp_path(state, "f.csv"));
    buf_printf(&b, "%s\n%s", header, rows);
    assert_true(made_families_write(files[1]));
    assert_int_equal(file_write(files[0], b.data, b.len, 0600, &e), ERR_OK);
    const struct corpus_sources sources = {.paths = &path, .n = 1, .families = files[1]};
    if (corpus_load(&c, &sources, part, &e) != ERR_OK) {
        fail_msg("%s", e.text);
    }
    buf_free(&b);
    return c;
}

static uint32_t bits_of(const char *a, const char *b)
{
    return UINT32_C(1) << genre_find(a) | UINT32_C(1) << genre_find(b);
}

/* "Band 1" and "Band 2" are of the training part, "Band 30" of the one for validation. */
static void test_rows_of_one_song_are_merged(void **state)
{
    struct corpus c = loaded(state, "id,isrc,name,artists,tags,tempo,duration_ms,year",
                             "a,,Iron Sky,Band 1,bebop,,200000,\n"
                             "b,,IRON SKY - Remastered 2011,Band 1; Band 2,techno,120,0,2011\n"
                             "a,,Other,Band 1,,,,\n"
                             "c,Q1,Sea,Band 1,thrash,90,1000,\n"
                             "d,q1,The Sea,Band 1,thrash,90,,1999\n"
                             "e,,Iron Sky - Live,Band 1,bebop,,,\n"
                             "f,,Iron Sky,Band 2,bebop,,,\n",
                             DATASET_TRAIN);
    assert_int_equal(c.n, 4);
    assert_int_equal(c.duplicates, 3);
    const struct corpus_row *row = &c.rows[0];
    assert_string_equal(row->song.id, "b"); /* it knows more */
    assert_string_equal(row->song.tags, "techno");
    assert_int_equal(row->song.duration_ms, 200000);
    assert_int_equal(row->song.year, 2011);
    assert_int_equal(row->families, bits_of("jazz", "electronic"));
    assert_int_equal(row->rows, 3);
    assert_int_equal(row->line, 3);
    row = &c.rows[1];
    assert_string_equal(row->song.id, "c"); /* both know as much: the first stays */
    assert_int_equal(row->song.year, 1999);
    assert_int_equal(c.reports[0].rows[CLEAN_SAME_ID], 1);
    assert_int_equal(c.reports[0].line[CLEAN_SAME_ID], 4);
    assert_int_equal(c.reports[0].rows[CLEAN_SAME_ISRC], 1);
    assert_int_equal(c.reports[0].rows[CLEAN_SAME_SONG], 1);
    assert_int_equal(c.reports[0].rows[CLEAN_UNITED], 1);
    corpus_free(&c);
}

static void test_genre_columns_label_and_are_no_input(void **state)
{
    struct corpus c = loaded(state, "artist_name,track_name,tempo,music_genre",
                             "Band 1,N,?,Hip-Hop\n"
                             "Band 1,n,100,Rap\n"
                             "Band 1,M,100,bebop\n"
                             "Band 1,M,100,Country\n"
                             "empty_field,O,100,Rap\n"
                             "Band 2,P,100,Polka\n"
                             "Band 2,,100,Rap\n",
                             DATASET_TRAIN);
    assert_int_equal(c.n, 2);
    assert_string_equal(c.rows[0].song.tags, "");
    assert_string_equal(c.rows[0].labels, "Hip-Hop; Rap");
    assert_int_equal(c.rows[0].families, UINT32_C(1) << genre_find("hip-hop"));
    assert_true(c.rows[0].song.stat_mask == UINT32_C(1) << SONG_TEMPO);
    assert_int_equal(c.rows[1].families, bits_of("jazz", "country"));
    assert_int_equal(c.reports[0].rows[CLEAN_PLACEHOLDER], 1);
    assert_int_equal(c.reports[0].rows[CLEAN_MALFORMED], 1); /* no title to make an id from */
    assert_int_equal(c.reports[0].line[CLEAN_MALFORMED], 8);
    assert_int_equal(c.reports[0].rows[CLEAN_STAT_MISSING], 1);
    assert_int_equal(c.reports[0].rows[CLEAN_NO_FAMILY], 1);
    assert_int_equal(c.reports[0].rows[CLEAN_UNITED], 1);
    assert_int_equal(c.unlabelled, 1);
    assert_int_equal(c.bad, 1);
    corpus_free(&c);
}

/* A song that contradicts itself is not learned from, but it is measured. */
static void test_contradicting_genres(void **state)
{
    static const char rows[] = "Band 1,A,jazz\nBand 1,A,country\nBand 1,A,pop\nBand 1,A,soul\n"
                               "Band 1,B,jazz\nBand 1,B,country\nBand 1,B,pop\n"
                               "Band 1,C,\"jazz,pop\"\nBand 1,C,\"jazz,soul,rock\"\n"
                               "Band 30,A,jazz\nBand 30,A,country\nBand 30,A,pop\nBand 30,A,soul\n";
    struct corpus c = loaded(state, "artist,name,genre", rows, DATASET_TRAIN);
    assert_int_equal(c.n, 2);
    assert_string_equal(c.rows[0].song.name, "B");
    assert_string_equal(c.rows[1].song.name, "C");
    assert_int_equal(c.reports[0].rows[CLEAN_CONFLICT], 1);
    assert_int_equal(c.reports[0].line[CLEAN_CONFLICT], 2);
    corpus_free(&c);
    c = loaded(state, "artist,name,genre", rows, DATASET_VALIDATE);
    assert_int_equal(c.n, 1);
    assert_int_equal(__builtin_popcount(c.rows[0].families), 4);
    assert_int_equal(c.rows[0].rows, 4);
    assert_int_equal(c.reports[0].rows[CLEAN_CONFLICT], 0);
    corpus_free(&c);
}

/* Row by row, two songs that a third row says are one stay two; nothing is lost or counted twice.
 */
static void test_row_that_links_two_songs(void **state)
{
    struct corpus c = loaded(state, "id,isrc,name,artists,tags",
                             "a,Q1,One,Band 1,bebop\n"
                             "b,Q2,Two,Band 1,techno\n"
                             "c,Q1,Two,Band 1,thrash\n"
                             "d,,Two,Band 1,techno\n",
                             DATASET_TRAIN);
    assert_int_equal(c.n, 2);
    assert_int_equal(c.rows[0].rows, 2);
    assert_int_equal(c.rows[1].rows, 2);
    assert_int_equal(c.rows[1].families, UINT32_C(1) << genre_find("electronic"));
    corpus_free(&c);
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
        cmocka_unit_test(test_rows_of_one_song_are_merged),
        cmocka_unit_test(test_genre_columns_label_and_are_no_input),
        cmocka_unit_test(test_contradicting_genres),
        cmocka_unit_test(test_row_that_links_two_songs),
        cmocka_unit_test(test_failure_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
