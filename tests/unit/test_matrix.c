/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "classifier/matrix.h"

#define EVERY  ((UINT32_C(1) << VECTOR_NUMBERS) - 1)
#define BIT(x) (UINT32_C(1) << (x))

static struct corpus_row row(float energy, float valence, bool valence_known, int year)
{
    struct corpus_row r = {.families = 1};
    r.song = (struct song){.id = "x",
                           .name = "Red Red",
                           .artists = "A; B",
                           .album = "",
                           .label = "",
                           .tags = "jazz",
                           .year = year,
                           .is_explicit = -1};
    r.song.stat[SONG_ENERGY] = energy;
    r.song.stat[SONG_VALENCE] = valence;
    r.song.stat_mask = BIT(SONG_ENERGY) | (valence_known ? BIT(SONG_VALENCE) : 0);
    return r;
}

static void test_columns(void **state)
{
    (void)state;
    struct corpus_row rows[] = {row(0.2F, 0.5F, true, 2000), row(0.4F, 0.0F, false, 2000),
                                row(0.6F, 0.7F, true, 2000)};
    struct corpus c = {.rows = rows, .n = 3};
    struct matrix_rule rule;
    struct matrix m;
    rows[1].families = 6;
    matrix_rule_make(&rule, &c, EVERY);
    /* The year is the same everywhere, and tells nothing; of the valence one is missing. */
    assert_int_equal(rule.numbers, BIT(VECTOR_ENERGY) | BIT(VECTOR_VALENCE));
    assert_int_equal(rule.masked, BIT(VECTOR_VALENCE));
    assert_int_equal(rule.columns, 3);
    matrix_make(&m, &rule, &c);
    const float z = sqrtf(1.5F);
    const float wanted[9] = {-z, -1.0F, 1.0F, 0.0F, 0.0F, 0.0F, z, 1.0F, 1.0F};
    for (size_t i = 0; i < 9; i++) {
        assert_true(fabsf(m.x[i] - wanted[i]) < 1e-4F);
    }
    assert_int_equal(m.labels[1], 6);
    matrix_free(&m);
    matrix_rule_make(&rule, &c, EVERY & ~VECTOR_STATISTICS);
    assert_int_equal(rule.columns, 0);
}

static void test_rule_of_other_rows(void **state)
{
    (void)state;
    struct corpus_row rows[] = {row(0.2F, 0.5F, true, 1990), row(0.6F, 0.7F, true, 2010)};
    struct corpus_row asked = row(0.4F, 0.9F, false, 2020);
    struct corpus c = {.rows = rows, .n = 2}, other = {.rows = &asked, .n = 1};
    struct matrix_rule rule;
    struct matrix m;
    matrix_rule_make(&rule, &c, EVERY);
    assert_int_equal(rule.columns, 3);
    matrix_make(&m, &rule, &other);
    assert_true(fabsf(m.x[0]) < 1e-4F);
    assert_true(fabsf(m.x[1]) < 1e-6F); /* unknown: the mean */
    assert_true(fabsf(m.x[2] - 2.0F) < 1e-4F);
    matrix_free(&m);
}

static void test_sparse(void **state)
{
    (void)state;
    struct corpus_row rows[] = {row(0.2F, 0.5F, true, 2000), row(0.2F, 0.5F, true, 2000)};
    struct corpus c = {.rows = rows, .n = 2};
    struct matrix_sparse s;
    rows[1].song.artists = "B";
    matrix_sparse_make(&s, &c, BIT(VECTOR_ARTIST), 12);
    assert_int_equal(s.width, 4096);
    assert_int_equal(s.first[1], 2);
    assert_int_equal(s.first[2], 3);
    assert_true(fabsf(s.value[0] - sqrtf(0.5F)) < 1e-6F);
    assert_true(fabsf(s.value[2] - 1.0F) < 1e-6F);
    assert_int_not_equal(s.place[0], s.place[1]);
    assert_int_equal(s.place[1], s.place[2]); /* the same artist */
    assert_true(s.place[0] < 4096 && s.place[1] < 4096);
    matrix_sparse_free(&s);
    matrix_sparse_make(&s, &c, 0, 12);
    assert_int_equal(s.first[2], 0);
    matrix_sparse_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_rule_of_other_rows),
        cmocka_unit_test(test_sparse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
