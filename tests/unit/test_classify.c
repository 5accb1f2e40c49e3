/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "base/json.h"
#include "classifier/classify.h"
#include "classifier/genre.h"
#include "tests/unit/made_songs.h"
#include "tests/unit/temp.h"

/* Labels text; the lines are *ret_out (free()). */
static enum err_code labelled(void **state, const char *text, char **ret_out, size_t *ret_songs,
                              struct err *e)
{
    const char *path = temp_path(state, "x.csv");
    struct classify_options o = {.path = path};
    size_t n = 0;
    if (file_write(path, text, strlen(text), 0600, e) != ERR_OK) {
        fail_msg("%s", e->text);
    }
    FILE *out = open_memstream(ret_out, &n);
    enum err_code code = classify_run(&o, out, ret_songs, e);
    fclose(out);
    return code;
}

static void assert_line(const char *line, size_t n, const char *id, const char *name)
{
    struct json *j = NULL;
    struct err e = {0};
    if (json_parse(line, n, &j, &e) != ERR_OK) {
        fail_msg("%s", e.text);
    }
    assert_string_equal(json_get_str(j, "id"), id);
    assert_string_equal(json_get_str(j, "name"), name);
    const struct json *genres = json_get(j, "genres");
    assert_int_equal(json_size(genres), GENRE_N);
    double last = 1.0;
    uint32_t seen = 0;
    for (const struct json *g = json_first(genres); g; g = json_next(g)) {
        double p = json_get_num(g, "p", -1.0);
        assert_true(p >= 0.0 && p <= last);
        last = p;
        seen |= UINT32_C(1) << genre_find(json_get_str(g, "name"));
    }
    assert_int_equal(seen, (UINT32_C(1) << GENRE_N) - 1);
    json_free(j);
}

static void test_lines(void **state)
{
    char *out = NULL;
    size_t songs = 0;
    struct err e = {0};
    assert_int_equal(labelled(state,
                              "Track URI,Track Name,Artist Name(s)\n"
                              "spotify:track:abc,\"A \"\"q\"\" \\ \tb\",X\n"
                              "spotify:local:y,Ünï,\n",
                              &out, &songs, &e),
                     ERR_OK);
    assert_int_equal(songs, 2);
    char *second = strchr(out, '\n') + 1;
    assert_line(out, (size_t)(second - out), "abc", "A \"q\" \\ \tb");
    assert_line(second, strlen(second), "spotify:local:y", "Ünï");
    free(out);
}

static void test_bad_rows_make_it_partly(void **state)
{
    char *out = NULL;
    size_t songs = 0;
    struct err e = {0};
    assert_int_equal(labelled(state, "id,name,tempo\na,A,x\nb,B,100\n,C,\n", &out, &songs, &e),
                     ERR_PARTLY);
    assert_int_equal(songs, 1);
    assert_int_equal(err_exit_status(e.code), 3);
    assert_line(out, strlen(out), "b", "B");
    free(out);
}

static void test_many(void **state)
{
    char path[512];
    snprintf(path, sizeof(path), "%s", temp_path(state, "many.csv"));
    assert_true(made_songs_write(path, 1000, 4));
    struct classify_options o = {.path = path};
    char *text = NULL;
    size_t n = 0, songs = 0;
    struct err e = {0};
    FILE *out = open_memstream(&text, &n);
    assert_int_equal(classify_run(&o, out, &songs, &e), ERR_OK);
    fclose(out);
    assert_int_equal(songs, 1000);
    size_t lines = 0;
    for (const char *s = text; *s; s++) {
        lines += *s == '\n';
    }
    assert_int_equal(lines, 1000);
    free(text);
}

static void test_failures(void **state)
{
    char *out = NULL;
    size_t songs = 0;
    struct err e = {0};
    assert_int_equal(labelled(state, "a,b\n1,2\n", &out, &songs, &e), ERR_FORMAT);
    free(out);
    struct classify_options o = {.path = temp_path(state, "absent.csv")};
    assert_int_equal(classify_run(&o, stdout, &songs, &e), ERR_IO);
    assert_int_equal(labelled(state, "id,name\n", &out, &songs, &e), ERR_OK);
    assert_int_equal(songs, 0);
    free(out);
    FILE *full = fopen("/dev/full", "w");
    const char *path = temp_path(state, "x.csv");
    assert_int_equal(file_write(path, "id,name\n1,a\n", 12, 0600, &e), ERR_OK);
    o.path = path;
    assert_int_equal(classify_run(&o, full, &songs, &e), ERR_IO);
    fclose(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_bad_rows_make_it_partly),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
