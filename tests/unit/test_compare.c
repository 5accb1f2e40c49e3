/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "classifier/compare.h"
#include "classifier/compare_table.h"
#include "classifier/genre.h"
#include "tests/unit/made_songs.h"
#include "tests/unit/temp.h"

static char songs[512], families[512], dump[512];
static const char *data[] = {songs};

static const struct train_recipe recipe = {
    .shape = {.genres = GENRE_N,
              .towers = 2,
              .hidden1 = 16,
              .hidden2 = 8,
              .dim = 4,
              .pieces = 4,
              .space = 8},
    .drop = {.statistics = 0.3F, .hidden = 0.1F, .group = {[VECTOR_TAG] = 0.8F}},
    .batch = 64,
    .epochs = 12,
    .rate = 0.01,
    .token_artists = 2,
    .tokens_most = 1000,
};

static struct compare_options options(void)
{
    return (struct compare_options){.data = data,
                                    .data_n = 1,
                                    .families = families,
                                    .rows = 500,
                                    .seed = 1,
                                    .recipe = &recipe,
                                    .trees = 20,
                                    .place_bits = 10};
}

static void test_everything_is_measured(void **state)
{
    (void)state;
    struct compare_options o = options();
    struct compare *c = mem_alloc(sizeof(*c));
    struct err e = {0};
    assert_int_equal(compare_make(c, &o, &e), ERR_OK);
    for (int way = 0; way < SPLIT_WAYS; way++) {
        assert_int_equal(c->way[way].train, 500);
        assert_int_equal(c->way[way].seen > 0, way != SPLIT_BY_ARTIST);
        for (int model = 0; model < COMPARE_MODELS; model++) {
            const struct compare_score *s = c->way[way].score[COMPARE_NO_TAGS][model];
            assert_true(s[COMPARE_EVERY].measured && s[COMPARE_EVERY].best_right > 0.8);
            assert_int_equal(s[COMPARE_EVERY].n, c->way[way].test);
            assert_int_equal(s[COMPARE_SEEN].n, c->way[way].seen);
            assert_int_equal(s[COMPARE_SEEN].n + s[COMPARE_UNSEEN].n, c->way[way].test);
            bool plain = model == COMPARE_KNN || model == COMPARE_FOREST;
            assert_int_equal(c->way[way].score[COMPARE_NO_TITLE][model][0].measured, !plain);
            assert_int_equal(c->way[way].score[COMPARE_ALL][model][0].measured, !plain);
            assert_true(c->way[way].score[COMPARE_NO_TEXT][model][0].measured);
        }
        /* Without statistics thrash and bebop look the same to those that see numbers only. */
        assert_true(c->way[way].score[COMPARE_NO_STATISTICS][COMPARE_KNN][0].best_right <
                    c->way[way].score[COMPARE_NO_TAGS][COMPARE_KNN][0].best_right);
    }
    free(c);
}

static void test_table_and_json(void **state)
{
    (void)state;
    struct compare *c = mem_alloc(sizeof(*c));
    struct err e = {0};
    struct json *j = NULL;
    c->rows = 77;
    c->way[SPLIT_DISTINCT].dropped = 33;
    c->way[SPLIT_BY_ARTIST].score[COMPARE_NO_TITLE][COMPARE_MLP][COMPARE_EVERY] =
        (struct compare_score){true, 9, 0.1234, 0.5678, 0.25};
    c->way[SPLIT_RANDOM].score[COMPARE_NO_TAGS][COMPARE_FOREST][COMPARE_SEEN] =
        (struct compare_score){true, 4, 0.75, 0.5, 0.125};
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    compare_table_print(c, out);
    fclose(out);
    assert_non_null(strstr(text, "at most 77"));
    assert_non_null(strstr(text, "-       -      -      -  0.1234 0.5678 0.2500\n"));
    assert_non_null(strstr(text, "random forest         0.7500 0.5000 0.1250       -"));
    free(text);
    struct buf b = {0};
    compare_table_json(c, &b);
    assert_int_equal(json_parse(b.data, b.len, &j, &e), ERR_OK);
    buf_free(&b);
    const struct json *split = json_first(json_get(j, "splits"));
    assert_string_equal(json_get_str(split, "split"), "random");
    const struct json *score = json_first(json_get(split, "scores"));
    assert_int_equal(json_size(json_get(split, "scores")), 1);
    assert_string_equal(json_get_str(score, "model"), "forest");
    assert_string_equal(json_get_str(score, "rows"), "seen");
    assert_string_equal(json_get_str(score, "inputs"), "without_tags");
    assert_int_equal(json_get_int(score, "songs", 0), 4);
    assert_int_equal(json_get_int(json_next(split), "duplicates", 0), 33);
    json_free(j);
    free(c);
}

static void test_dump(void **state)
{
    (void)state;
    struct compare_options o = options();
    struct compare *c = mem_alloc(sizeof(*c));
    struct err e = {0};
    struct buf b = {0};
    char path[600];
    o.dump = dump;
    assert_int_equal(compare_make(c, &o, &e), ERR_OK);
    assert_true(c->way[0].score[COMPARE_NO_TAGS][COMPARE_KNN][0].measured);
    assert_false(c->way[0].score[COMPARE_NO_TAGS][COMPARE_MLP][0].measured);
    snprintf(path, sizeof(path), "%s/by_artist-train.csv", dump);
    assert_int_equal(file_read(path, &b, &e), ERR_OK);
    assert_int_equal(strncmp(buf_str(&b), "x0,x1,", 6), 0);
    size_t lines = 0;
    for (const char *s = buf_str(&b); (s = strchr(s, '\n')) != NULL; s++) {
        lines++;
    }
    assert_int_equal(lines, 501);
    buf_free(&b);
    free(c);
}

static void test_prints_and_writes(void **state)
{
    struct compare_options o = options();
    struct err e = {0};
    struct buf b = {0};
    char *text = NULL;
    size_t n = 0;
    o.dump = dump; /* the quick ones are enough here */
    o.json = true;
    o.out = temp_path(state, "comparison.json");
    FILE *out = open_memstream(&text, &n);
    assert_int_equal(compare_run(&o, out, &e), ERR_OK);
    fclose(out);
    assert_int_equal(file_read(o.out, &b, &e), ERR_OK);
    assert_string_equal(buf_str(&b), text);
    assert_non_null(strstr(text, "\"message_type\":\"comparison\""));
    buf_free(&b);
    free(text);
}

static void test_too_little(void **state)
{
    struct compare_options o = options();
    struct compare *c = mem_alloc(sizeof(*c));
    struct err e = {0};
    const char *few = temp_path(state, "few.csv");
    assert_true(made_songs_write(few, 20, 1));
    o.data = &few;
    assert_int_equal(compare_make(c, &o, &e), ERR_FORMAT);
    assert_non_null(strstr(e.text, "too little"));
    const char *absent = "/absent.csv";
    o.data = &absent;
    assert_int_equal(compare_run(&o, stdout, &e), ERR_IO);
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_is_measured),
        cmocka_unit_test(test_table_and_json),
        cmocka_unit_test(test_dump),
        cmocka_unit_test(test_prints_and_writes),
        cmocka_unit_test(test_too_little),
    };
    void *state = NULL;
    if (temp_setup(&state) != 0) {
        return 1;
    }
    snprintf(songs, sizeof(songs), "%s", temp_path(&state, "songs.csv"));
    snprintf(families, sizeof(families), "%s", temp_path(&state, "families.csv"));
    snprintf(dump, sizeof(dump), "%s", temp_path(&state, "."));
    if (!made_songs_write(songs, 1200, 1) || !made_families_write(families)) {
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, temp_setup, temp_teardown);
    return temp_teardown(&state) != 0 || failed != 0;
}
