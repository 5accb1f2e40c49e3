/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/csv.h"
#include "base/file.h"
#include "tests/unit/temp.h"

static struct csv *opened(void **state, const char *bytes, size_t n)
{
    const char *path = temp_path(state, "x.csv");
    struct csv *c = NULL;
    struct err e = {0};
    assert_int_equal(file_write(path, bytes, n, 0600, &e), ERR_OK);
    if (csv_open(path, &c, &e) != ERR_OK) {
        fail_msg("%s", e.text);
    }
    return c;
}

static struct csv *opened_text(void **state, const char *text)
{
    return opened(state, text, strlen(text));
}

/* The next row is `line`, and its fields joined by '|' are `fields`; NULL: it is malformed. */
static void assert_row(struct csv *c, int64_t line, const char *fields)
{
    struct buf b = {0};
    struct err e = {0};
    int got = csv_next(c, &e);
    for (size_t i = 0; i < csv_fields(c); i++) {
        buf_add_str(&b, i > 0 ? "|" : "");
        buf_add_str(&b, csv_field(c, i));
    }
    if (got != (fields != NULL ? 1 : -1) || csv_line(c) != line ||
        (fields != NULL && strcmp(buf_str(&b), fields) != 0)) {
        fail_msg("line %d: %d: %s%s", (int)csv_line(c), got, buf_str(&b), e.text);
    }
    if (fields == NULL) {
        assert_int_equal(e.code, ERR_FORMAT);
        assert_int_equal(csv_fields(c), 0);
    }
    buf_free(&b);
}

static void assert_end(struct csv *c)
{
    struct err e;
    assert_int_equal(csv_next(c, &e), 0);
    assert_int_equal(csv_next(c, &e), 0);
    csv_close(c);
}

static void test_plain(void **state)
{
    struct csv *c = opened_text(state, "id,name\n1,a\n2,b c \n\n3\n4,x,y,\n5,z");
    assert_int_equal(csv_columns(c), 2);
    assert_string_equal(csv_field(c, 0), "");
    assert_row(c, 2, "1|a");
    assert_string_equal(csv_field(c, csv_column(c, "name")), "a");
    assert_string_equal(csv_field(c, SIZE_MAX), "");
    assert_string_equal(csv_field(c, 2), "");
    assert_row(c, 3, "2|b c ");
    assert_row(c, 5, "3");
    assert_row(c, 6, "4|x|y|");
    assert_row(c, 7, "5|z");
    assert_end(c);
    csv_close(NULL);
}

static void test_column_names(void **state)
{
    struct csv *c =
        opened_text(state, "\xef\xbb\xbfTrack ID;\"Artist Name(s)\";Time_Signature;;key\n");
    assert_int_equal(csv_columns(c), 5);
    assert_int_equal(csv_column(c, "track_id"), 0);
    assert_int_equal(csv_column(c, "TrackId"), 0);
    assert_int_equal(csv_column(c, "artist name(s)"), 1);
    assert_int_equal(csv_column(c, "time signature"), 2);
    assert_int_equal(csv_column(c, "KEY"), 4);
    assert_int_equal(csv_delimiter(c), ';');
    assert_true(csv_column(c, "track") == SIZE_MAX);
    assert_true(csv_column(c, "track ids") == SIZE_MAX);
    assert_end(c);
}

static void test_line_ends(void **state)
{
    struct csv *c = opened_text(state, "\r\na,b\r\n1,2\r\n\r\n3,4\r5,6\n7,8\r\n");
    assert_row(c, 3, "1|2");
    assert_row(c, 5, "3|4");
    assert_row(c, 6, "5|6");
    assert_row(c, 7, "7|8");
    assert_end(c);
}

static void test_delimiters(void **state)
{
    struct csv *c = opened_text(state, "a;b;\"c,d,e,f\"\n1;2,5;3\n");
    assert_int_equal(csv_delimiter(c), ';');
    assert_row(c, 2, "1|2,5|3");
    assert_end(c);
    c = opened_text(state, "a\tb\n1\t2,5;\n");
    assert_row(c, 2, "1|2,5;");
    assert_end(c);
    c = opened_text(state, "a\n1;2\n");
    assert_row(c, 2, "1;2");
    assert_end(c);
}

static void test_quotes(void **state)
{
    struct csv *c = opened_text(state, "a,b\n\"x,y\",\"say \"\"hi\"\"\"\n\"one\r\ntwo\n\",\"\"\n"
                                       "\"\"\"\",12\" mix\n\"\",\n\"end\"");
    assert_row(c, 2, "x,y|say \"hi\"");
    assert_row(c, 3, "one\r\ntwo\n|");
    assert_row(c, 6, "\"|12\" mix");
    assert_row(c, 7, "|");
    assert_row(c, 8, "end");
    assert_end(c);
}

static void test_header_in_quotes_over_lines(void **state)
{
    struct csv *c = opened_text(state, "\"a\nb\",c\n1,2\n");
    assert_int_equal(csv_column(c, "a\nb"), 0);
    assert_row(c, 3, "1|2");
    assert_end(c);
}

static void test_malformed_rows_are_passed_over(void **state)
{
    struct csv *c = opened_text(state, "a,b\n\"x\"y,1\n2,3\n\"open,4\n5,6\n");
    assert_row(c, 2, NULL);
    assert_row(c, 3, "2|3");
    assert_row(c, 4, NULL);
    assert_row(c, 5, "5|6");
    assert_end(c);
    c = opened(state, "a,b\n1\0,2\n3,4\n\xff,5\n6,\xc3\xa9", 21);
    assert_row(c, 2, NULL);
    assert_row(c, 3, "3|4");
    assert_row(c, 4, NULL);
    assert_row(c, 5, "6|\xc3\xa9");
    assert_end(c);
    c = opened_text(state, "a\n\"");
    assert_row(c, 2, NULL);
    assert_end(c);
}

static void test_message_names_the_line(void **state)
{
    struct csv *c = opened_text(state, "a,b\n\n1,\"2\"3\n");
    struct err e;
    assert_int_equal(csv_next(c, &e), -1);
    assert_non_null(strstr(e.text, "x.csv, line 3: text after a closing quote"));
    csv_close(c);
}

static void assert_no_csv(void **state, const char *bytes, size_t n)
{
    const char *path = temp_path(state, "x.csv");
    struct csv *c = NULL;
    struct err e = {0};
    assert_int_equal(file_write(path, bytes, n, 0600, &e), ERR_OK);
    assert_int_equal(csv_open(path, &c, &e), ERR_FORMAT);
    assert_int_equal(e.code, ERR_FORMAT);
    assert_null(c);
}

static void test_no_header(void **state)
{
    struct csv *c = NULL;
    struct err e;
    assert_no_csv(state, "", 0);
    assert_no_csv(state, "\n\r\n\r", 4);
    assert_no_csv(state, "\xef\xbb\xbf", 3);
    assert_no_csv(state, "\"a,b\n1,2\n", 9);
    assert_no_csv(state, "\x89PNG\r\n\x1a\n\0\0", 10);
    assert_no_csv(state,
                  "\xff\xfe"
                  "a\0,\0b\0",
                  8);
    assert_int_equal(csv_open(temp_path(state, "none.csv"), &c, &e), ERR_IO);
    assert_non_null(strstr(e.text, "No such file"));
    assert_int_equal(csv_open(*state, &c, &e), ERR_IO);
    assert_null(c);
}

/* "a,b\n", a row whose last field makes it n bytes long, and "1,2\n". */
static struct csv *opened_long(void **state, size_t n, bool quoted)
{
    struct buf b;
    buf_init(&b, n + 100);
    buf_add_str(&b, "a,b\n");
    size_t start = b.len;
    buf_add_str(&b, quoted ? "x,\"" : "x,");
    while (b.len - start < n - quoted) {
        buf_add_char(&b, 'y');
    }
    buf_add_str(&b, quoted ? "\"\n1,2\n" : "\n1,2\n");
    struct csv *c = opened(state, b.data, b.len);
    buf_free(&b);
    return c;
}

static void test_rows_up_to_a_mebibyte(void **state)
{
    static const size_t mebi = (size_t)1 << 20;
    struct err e;
    for (int quoted = 0; quoted < 2; quoted++) {
        struct csv *c = opened_long(state, mebi - 1, quoted);
        assert_int_equal(csv_next(c, &e), 1);
        assert_int_equal(strlen(csv_field(c, 1)), mebi - 3 - (quoted ? 2 : 0));
        assert_row(c, 3, "1|2");
        assert_end(c);
        c = opened_long(state, mebi + 1, quoted);
        assert_row(c, 2, NULL);
        assert_row(c, 3, "1|2");
        assert_end(c);
        c = opened_long(state, 5 * mebi, quoted);
        assert_row(c, 2, NULL);
        assert_row(c, 3, "1|2");
        assert_end(c);
    }
}

/* A header without an end is refused after a row's length, not read on for ever. */
static void test_endless_header(void **state)
{
    (void)state;
    struct csv *c = NULL;
    struct err e = {0};
    assert_int_equal(csv_open("/dev/zero", &c, &e), ERR_FORMAT);
    assert_non_null(strstr(e.text, "/dev/zero, line 1: longer than 1 MiB"));
    assert_null(c);
}

static void test_many_fields(void **state)
{
    struct buf b = {0};
    struct err e;
    buf_add_str(&b, "a,b\n");
    for (int i = 0; i < 1000000; i++) {
        buf_add_char(&b, ',');
    }
    struct csv *c = opened(state, b.data, b.len);
    assert_int_equal(csv_next(c, &e), 1);
    assert_int_equal(csv_fields(c), 1000001);
    assert_end(c);
    buf_free(&b);
}

/* Rows of many lengths, so that they meet the window's end at every place. */
static void test_many_rows(void **state)
{
    struct buf b = {0};
    const int rows = 30000;
    buf_add_str(&b, "n,text\r\n");
    for (int i = 0; i < rows; i++) {
        buf_printf(&b, "%d,\"%*d\"\"\n\"\r\n", i, i % 211 + 1, i);
    }
    struct csv *c = opened(state, b.data, b.len);
    for (int i = 0; i < rows; i++) {
        char wanted[256];
        snprintf(wanted, sizeof(wanted), "%d|%*d\"\n", i, i % 211 + 1, i);
        assert_row(c, 2 + 2 * i, wanted);
    }
    assert_end(c);
    buf_free(&b);
}

/* Every line opens a quote that no later line closes; rereading has an end. */
static void test_hostile_quotes_take_no_ages(void **state)
{
    struct buf b = {0};
    struct err e;
    buf_add_str(&b, "a,b\n");
    while (b.len < 4000000) {
        buf_add_str(&b, "a\",\"\"\",\n");
    }
    struct csv *c = opened(state, b.data, b.len);
    int got;
    int bad = 0;
    while ((got = csv_next(c, &e)) != 0) {
        bad += got < 0;
    }
    assert_in_range(bad, 1, 1000);
    csv_close(c);
    buf_free(&b);
}

static void gzip_write(const char *path, const char *text, int times)
{
    gzFile gz = gzopen(path, "wb");
    assert_non_null(gz);
    for (int i = 0; i < times; i++) {
        assert_true(gzputs(gz, text) > 0);
    }
    assert_int_equal(gzclose(gz), Z_OK);
}

static void test_gzip(void **state)
{
    const char *path = temp_path(state, "x.csv.gz");
    struct csv *c = NULL;
    struct err e;
    gzip_write(path, "a,b\n1,2\n", 1);
    assert_int_equal(csv_open(path, &c, &e), ERR_OK);
    assert_row(c, 2, "1|2");
    assert_end(c);
}

static void test_gzip_cut_off(void **state)
{
    const char *path = temp_path(state, "x.csv.gz");
    struct csv *c = NULL;
    struct buf b = {0};
    struct err e = {0};
    int rows = 0;
    int got;
    gzip_write(path, "name,number\n\"a b\",12345678\nc,9\n", 200000);
    assert_int_equal(file_read(path, &b, &e), ERR_OK);
    assert_int_equal(file_write(path, b.data, b.len / 2, 0600, &e), ERR_OK);
    assert_int_equal(csv_open(path, &c, &e), ERR_OK);
    while ((got = csv_next(c, &e)) == 1) {
        rows++;
    }
    assert_true(rows > 1000);
    assert_int_equal(got, -1);
    assert_int_equal(e.code, ERR_IO);
    assert_end(c);

    b.data[b.len / 2] = (char)~b.data[b.len / 2];
    assert_int_equal(file_write(path, b.data, b.len, 0600, &e), ERR_OK);
    assert_int_equal(csv_open(path, &c, &e), ERR_OK);
    while ((got = csv_next(c, &e)) == 1 || (got == -1 && e.code == ERR_FORMAT)) {
    }
    assert_int_equal(got, -1);
    assert_int_equal(e.code, ERR_IO);
    assert_end(c);
    buf_free(&b);
}

static void test_standard_input(void **state)
{
    (void)state;
    struct csv *c = NULL;
    struct err e;
    int ends[2];
    int real = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "a\n1\n", 4), 4);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    assert_int_equal(csv_open("-", &c, &e), ERR_OK);
    assert_row(c, 2, "1");
    assert_end(c);
    dup2(real, STDIN_FILENO);
    close(real);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_column_names),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_delimiters),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_header_in_quotes_over_lines),
        cmocka_unit_test(test_malformed_rows_are_passed_over),
        cmocka_unit_test(test_message_names_the_line),
        cmocka_unit_test(test_no_header),
        cmocka_unit_test(test_rows_up_to_a_mebibyte),
        cmocka_unit_test(test_endless_header),
        cmocka_unit_test(test_many_fields),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_hostile_quotes_take_no_ages),
        cmocka_unit_test(test_gzip),
        cmocka_unit_test(test_gzip_cut_off),
        cmocka_unit_test(test_standard_input),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
