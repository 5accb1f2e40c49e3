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
#include "classifier/model.h"
#include "tests/unit/temp.h"
#include "tests/unit/tiny_model.h"

static const struct mlp_shape shape = {
    .genres = 3, .towers = 2, .hidden1 = 2, .hidden2 = 2, .dim = 4, .pieces = 1};
static const char *const names[] = {"jazz", "polka", "waltz"};

static const struct song song = {.id = "1",
                                 .name = "A B",
                                 .artists = "C",
                                 .album = "",
                                 .label = "",
                                 .tags = "",
                                 .is_explicit = 1,
                                 .year = 1990,
                                 .stat_mask = 3,
                                 .stat = {0.5F, 0.25F}};

static void packed(struct buf *b)
{
    static const uint64_t tokens[] = {1, 2, 3};
    struct tiny_model t;
    tiny_model_make(&t, shape, tokens, 3);
    buf_init(b, 1 << 20);
    assert_true(model_pack(&t.mlp, names, b));
    tiny_model_free(&t);
}

static void test_round_trip(void **state)
{
    struct buf b;
    struct err e = {0};
    struct model *m = NULL, *mapped = NULL;
    packed(&b);
    assert_int_equal(model_read(b.data, b.len, &m, &e), ERR_OK);
    assert_int_equal(model_genres(m), 3);
    assert_string_equal(model_genre(m, 1), "polka");
    assert_null(model_genre(m, 3));
    assert_int_equal(strlen(model_id(m)), 16);
    const char *path = temp_path(state, "tiny.model");
    assert_int_equal(file_write(path, b.data, b.len, 0600, &e), ERR_OK);
    assert_int_equal(model_open(path, &mapped, &e), ERR_OK);
    assert_string_equal(model_id(m), model_id(mapped));
    struct song songs[21];
    float one[21 * 3], all[21 * 3];
    for (size_t i = 0; i < 21; i++) {
        songs[i] = song;
        songs[i].year = 1950 + (int)i;
        model_label(m, &songs[i], 1, &(struct model_out){.probs = one + 3 * i});
    }
    model_release_memory(mapped);
    model_label(mapped, songs, 21, &(struct model_out){.probs = all});
    assert_memory_equal(one, all, sizeof(all));
    assert_true(all[0] > 0.0F && all[0] < 1.0F);
    model_close(mapped);
    model_close(m);
    model_close(NULL);
    buf_free(&b);
}

static void test_every_damaged_byte_is_refused(void **state)
{
    (void)state;
    struct buf b;
    packed(&b);
    for (size_t i = 0; i < b.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct err e = {0};
            struct model *m = NULL;
            b.data[i] = (char)(b.data[i] ^ (1 << bit));
            assert_int_equal(model_read(b.data, b.len, &m, &e), ERR_FORMAT);
            assert_null(m);
            assert_true(e.text[0] != '\0');
            b.data[i] = (char)(b.data[i] ^ (1 << bit));
        }
    }
    buf_free(&b);
}

static void test_every_truncation_is_refused(void **state)
{
    (void)state;
    struct buf b;
    struct model *m = NULL;
    packed(&b);
    for (size_t n = 0; n < b.len; n++) {
        struct err e = {0};
        /* A copy of exactly n bytes, so that the sanitizer sees a read past them. */
        char *copy = malloc(n ? n : 1);
        memcpy(copy, b.data, n);
        assert_int_equal(model_read(copy, n, &m, &e), ERR_FORMAT);
        free(copy);
    }
    struct err e = {0};
    buf_add_char(&b, 'x');
    assert_int_equal(model_read(b.data, b.len, &m, &e), ERR_FORMAT);
    assert_non_null(strstr(e.text, "damaged"));
    buf_free(&b);
}

static void test_newer_and_foreign_say_so(void **state)
{
    struct buf b;
    struct err e = {0};
    struct model *m = NULL;
    packed(&b);
    b.data[8]++;
    assert_int_equal(model_read(b.data, b.len, &m, &e), ERR_FORMAT);
    assert_non_null(strstr(e.text, "newer"));
    memcpy(b.data, "\x89PNG", 4);
    assert_int_equal(model_read(b.data, b.len, &m, &e), ERR_FORMAT);
    assert_non_null(strstr(e.text, "no model"));
    assert_int_equal(model_open(temp_path(state, "absent"), &m, &e), ERR_IO);
    assert_int_equal(model_open((const char *)*state, &m, &e), ERR_FORMAT);
    const char *path = temp_path(state, "empty");
    assert_int_equal(file_write(path, "", 0, 0600, &e), ERR_OK);
    assert_int_equal(model_open(path, &m, &e), ERR_FORMAT);
    buf_free(&b);
}

/* A right checksum over impossible weights. */
static void test_values_are_checked(void **state)
{
    (void)state;
    static const uint64_t tokens[] = {1, 2, 3};
    for (int kind = 0; kind < 3; kind++) {
        struct tiny_model t;
        struct buf b;
        struct err e = {0};
        struct model *m = NULL;
        const char *bad_names[] = {"jazz", kind == 2 ? "" : "polka", "waltz"};
        tiny_model_make(&t, shape, tokens, 3);
        if (kind == 0) {
            memset(t.floats + 40, 0xff, sizeof(float));
        } else if (kind == 1) {
            memset(t.table + 4, 0xff, sizeof(float));
        }
        buf_init(&b, 1 << 20);
        assert_true(model_pack(&t.mlp, bad_names, &b));
        assert_int_equal(model_read(b.data, b.len, &m, &e), ERR_FORMAT);
        assert_non_null(strstr(e.text, "impossible"));
        buf_free(&b);
        tiny_model_free(&t);
    }
}

static void test_shipped(void **state)
{
    (void)state;
    struct err e = {0};
    struct model *m = NULL;
    float before[GENRE_MAX], after[GENRE_MAX];
    if (model_open(NULL, &m, &e) != ERR_OK) {
        fail_msg("%s", e.text);
    }
    assert_true(model_genres(m) >= GENRE_N + 100);
    for (size_t i = 0; i < GENRE_N; i++) {
        assert_string_equal(model_genre(m, i), genre_name[i]);
    }
    struct song tagged = song;
    tagged.tags = "bebop; hard bop; jazz";
    model_label(m, &tagged, 1, &(struct model_out){.probs = before});
    model_release_memory(m);
    model_label(m, &tagged, 1, &(struct model_out){.probs = after});
    assert_memory_equal(before, after, model_genres(m) * sizeof(*before));
    assert_true(before[genre_find("jazz")] > 0.8F && before[genre_find("metal")] < 0.1F);
    model_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_every_damaged_byte_is_refused),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_newer_and_foreign_say_so),
        cmocka_unit_test(test_values_are_checked),
        cmocka_unit_test(test_shipped),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
