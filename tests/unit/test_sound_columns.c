/* Rows of summary statistics. */
/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "classifier/genre.h"
#include "classifier/sound/columns.h"
#include "tests/unit/temp.h"

static void near(double value, double wanted, double most)
{
    if (!(fabs(value - wanted) <= most)) {
        fail_msg("%.9g is not %.9g", value, wanted);
    }
}

static size_t place(enum columns_set set, const char *name)
{
    char at[COLUMNS_NAME];
    for (size_t i = 0; i < columns_n(set); i++) {
        columns_name(set, i, at);
        if (strcmp(at, name) == 0) {
            return i;
        }
    }
    fail_msg("no column %s", name);
    return 0;
}

/* Every moment other numbers. */
static struct summary made_summary(void)
{
    struct summary s = {.tempo = 120.0};
    for (size_t i = 0; i < SUMMARY_MOMENTS; i++) {
        const double value = (double)i;
        s.at[i] = (struct moment){10.0, value, 10.0 * (value + 0.5), value - 1.0, value + 1.0};
    }
    return s;
}

static void test_own_columns(void **state)
{
    (void)state;
    float x[COLUMNS_OWN_N];
    const struct summary s = made_summary();
    columns_of(COLUMNS_OWN, &s, x);
    assert_int_equal(columns_n(COLUMNS_OWN), 217);
    near((double)x[place(COLUMNS_OWN, "melspectrogram_mean")], 0.0, 0.0);
    near((double)x[place(COLUMNS_OWN, "mfcc1_mean")], 1.0, 0.0);
    near((double)x[place(COLUMNS_OWN, "mfcc20_var")], 20.5, 0.0);
    near((double)x[place(COLUMNS_OWN, "chroma_stft12_min")], 31.0, 0.0);
    near((double)x[place(COLUMNS_OWN, "rms_max")], 34.0, 0.0);
    near((double)x[place(COLUMNS_OWN, "onset_strength_max")], 54.0, 0.0);
    near((double)x[place(COLUMNS_OWN, "tempo")], 120.0, 0.0);
}

/* The csv that `genrectl features` prints has all of them by the same names. */
static void test_own_columns_are_those_of_the_csv(void **state)
{
    (void)state;
    struct buf b = {0};
    summary_csv_head(&b);
    buf_add_char(&b, ',');
    for (size_t i = 0; i < COLUMNS_OWN_N; i++) {
        char name[COLUMNS_NAME], cell[COLUMNS_NAME + 2];
        columns_name(COLUMNS_OWN, i, name);
        snprintf(cell, sizeof(cell), ",%s,", name);
        if (strstr(buf_str(&b), cell) == NULL) {
            fail_msg("%s", cell);
        }
    }
    buf_free(&b);
}

static void test_table_columns(void **state)
{
    (void)state;
    float x[COLUMNS_TABLE_N];
    const struct summary s = made_summary();
    columns_of(COLUMNS_TABLE, &s, x);
    near((double)x[place(COLUMNS_TABLE, "rms_mean")], 33.0, 0.0);
    near((double)x[place(COLUMNS_TABLE, "rolloff_var")], 36.5, 0.0);
    near((double)x[place(COLUMNS_TABLE, "harmony_mean")], 51.0, 0.0);
    near((double)x[place(COLUMNS_TABLE, "perceptr_var")], 52.5, 0.0);
    near((double)x[place(COLUMNS_TABLE, "mfcc1_mean")], 1.0, 0.0);
    near((double)x[place(COLUMNS_TABLE, "mfcc20_var")], 20.5, 0.0);
    near((double)x[place(COLUMNS_TABLE, "tempo")], 120.0, 0.0);
}

/* Twelve classes' numbers, thrown together: mean and variance of them all. */
static void test_chroma_is_of_all_classes(void **state)
{
    (void)state;
    float x[COLUMNS_TABLE_N], value[12 * 7];
    struct summary s = {0};
    struct moment all = {0};
    for (size_t i = 0; i < 12 * 7; i++) {
        value[i] = (float)(i * i % 97) / 97.0F;
    }
    for (size_t c = 0; c < 12; c++) {
        moment_add(summary_at(&s, SUMMARY_CHROMA) + c, value + c * 7, 7, 1);
    }
    moment_add(&all, value, 12 * 7, 1);
    columns_of(COLUMNS_TABLE, &s, x);
    near((double)x[place(COLUMNS_TABLE, "chroma_stft_mean")], all.mean, 1e-6);
    near((double)x[place(COLUMNS_TABLE, "chroma_stft_var")], moment_var(&all), 1e-6);
}

/* --- tables ------------------------------------------------------------------------------------
 */

static void head_add(struct buf *b)
{
    buf_add_str(b, "filename,length");
    for (size_t i = 0; i < COLUMNS_TABLE_N; i++) {
        char name[COLUMNS_NAME];
        columns_name(COLUMNS_TABLE, i, name);
        buf_printf(b, ",%s", name);
    }
    buf_add_str(b, ",label\n");
}

static void row_add(struct buf *b, const char *file, double first, const char *last,
                    const char *label)
{
    buf_printf(b, "%s,1000", file);
    for (size_t i = 0; i + 1 < COLUMNS_TABLE_N; i++) {
        buf_printf(b, ",%g", first + (double)i);
    }
    buf_printf(b, ",%s,%s\n", last, label);
}

static void on_complaint(void *context, const char *name, const char *why)
{
    buf_printf(context, "%s %s\n", name, why);
}

static enum err_code table_read(void **state, const struct buf *text, struct buf *complaints,
                                struct columns_table *ret, struct err *e)
{
    const char *path = temp_path(state, "table.csv");
    const struct watch watch = {.complain = on_complaint, .context = complaints};
    assert_int_equal(file_write(path, buf_str(text), text->len, 0600, e), ERR_OK);
    return columns_read(path, &watch, ret, e);
}

static void test_a_published_table(void **state)
{
    struct buf b = {0}, complaints = {0};
    struct columns_table t;
    struct err e = {0};
    head_add(&b);
    row_add(&b, "blues.00007.wav", 1.0, "-2.5e1", "blues");
    row_add(&b, "x.wav", 1.0, "1", "quatsch");
    row_add(&b, "y.wav", 1.0, "nan", "pop");
    row_add(&b, "hiphop.00099", 2.0, "3", "hiphop");
    row_add(&b, "untitled.wav", 3.0, "4", "rock");
    assert_int_equal(table_read(state, &b, &complaints, &t, &e), ERR_OK);
    assert_int_equal(t.n, 3);
    assert_int_equal(t.bad, 2);
    assert_string_equal(t.rows[0].name, "blues.00007");
    assert_int_equal(t.rows[0].number, 7);
    assert_int_equal(t.rows[0].labels, UINT32_C(1) << genre_find("blues"));
    near((double)t.x[0], 1.0, 0.0);
    near((double)t.x[COLUMNS_TABLE_N - 1], -25.0, 0.0);
    assert_string_equal(t.rows[1].name, "hiphop.00099");
    assert_int_equal(t.rows[1].number, 99);
    assert_int_equal(t.rows[1].labels, UINT32_C(1) << genre_find("hip-hop"));
    near((double)t.x[COLUMNS_TABLE_N], 2.0, 0.0);
    assert_int_equal(t.rows[2].number, -1);
    assert_string_equal(buf_str(&complaints), "line 3 has no label that is a genre: \"quatsch\"\n"
                                              "line 4 has no number for mfcc20_var: \"nan\"\n");
    columns_free(&t);
    buf_free(&b);
    buf_free(&complaints);
}

static void test_what_is_no_table(void **state)
{
    struct buf b = {0}, complaints = {0};
    struct columns_table t;
    struct err e = {0};
    buf_add_str(&b, "filename,label,tempo\na,pop,1\n");
    assert_int_equal(table_read(state, &b, &complaints, &t, &e), ERR_FORMAT);
    assert_non_null(strstr(e.text, "has no column chroma_stft_mean"));
    buf_clear(&b);
    head_add(&b);
    assert_int_equal(table_read(state, &b, &complaints, &t, &e), ERR_FORMAT);
    assert_non_null(strstr(e.text, "has no row"));
    assert_int_equal(complaints.len, 0);
    buf_free(&b);
    buf_free(&complaints);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_columns),
        cmocka_unit_test(test_own_columns_are_those_of_the_csv),
        cmocka_unit_test(test_table_columns),
        cmocka_unit_test(test_chroma_is_of_all_classes),
        cmocka_unit_test(test_a_published_table),
        cmocka_unit_test(test_what_is_no_table),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
