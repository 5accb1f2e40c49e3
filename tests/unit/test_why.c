/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "classifier/why.h"

static const struct song song = {
    .id = "1",
    .name = "Blue Train in the Rain",
    .artists = "Foo; Bar",
    .album = "Round About",
    .label = "Some Records",
    .tags = "hard bop; jazz; cool jazz",
    .year = 1958,
    .duration_ms = 640000,
    .is_explicit = 0,
    .stat_mask = (1U << SONG_STATS) - 1,
    .stat = {0.5F, 0.3F, 3, -12, 0, 0.04F, 0.8F, 0.2F, 0.1F, 0.4F, 130, 4}};

static const struct song nothing = {
    .id = "2", .name = "", .artists = "", .album = "", .label = "", .tags = "", .is_explicit = -1};

static void opened(struct model **m)
{
    struct err e = {0};
    if (model_open(NULL, m, &e) != ERR_OK) {
        fail_msg("%s", e.text);
    }
}

static void test_the_parts_add_up(void **state)
{
    (void)state;
    struct model *m = NULL;
    struct why w, again;
    opened(&m);
    why_make(m, &song, &w);
    why_make(m, &song, &again);
    assert_int_equal(w.n, 12 + 1 + 1 + 1 + 2 + 2 + 5 + 1 + 3);
    assert_memory_equal(w.value, again.value, w.n * w.genres * sizeof(*w.value));
    struct vector v;
    float *logits = calloc(model_genres(m), sizeof(*logits));
    vector_make(&song, &v);
    model_run(m, &v, 1, logits, NULL);
    for (size_t g = 0; g < w.genres; g++) {
        double sum = (double)w.base[g];
        for (size_t i = 0; i < w.n; i++) {
            sum += w.value[i * w.genres + g];
        }
        assert_true(fabs(sum - (double)w.total[g]) < 1e-3);
        assert_true(fabsf(logits[g] - w.total[g]) < 1e-4F);
    }
    free(logits);
    why_free(&again);
    why_free(&w);
    model_close(m);
}

static void test_tags_speak_for_their_genre(void **state)
{
    (void)state;
    struct model *m = NULL;
    struct why w;
    const char *const source[WHY_GROUPS] = {[WHY_TAG] = "here"};
    opened(&m);
    size_t jazz = model_find(m, "jazz");
    why_make(m, &song, &w);
    struct json *j = why_json(&w, m, jazz, source);
    const struct json *first = json_first(json_get(j, "parts"));
    assert_string_equal(json_get_str(first, "input"), "tag");
    assert_string_equal(json_get_str(first, "source"), "here");
    assert_true(json_get_num(first, "logit", 0.0) > 0.0);
    double shares = 0.0, before = 1.0;
    for (const struct json *p = first; p != NULL; p = json_next(p)) {
        double share = json_get_num(p, "share", -1.0);
        assert_true(share >= 0.0 && share <= before);
        before = share;
        shares += share;
    }
    assert_true(fabs(shares - 1.0) < 1e-9);
    json_free(j);
    why_free(&w);
    model_close(m);
}

static void test_of_nothing_there_is_nothing_to_say(void **state)
{
    (void)state;
    struct model *m = NULL;
    struct why w;
    opened(&m);
    why_make(m, &nothing, &w);
    assert_int_equal(w.n, 0);
    assert_memory_equal(w.base, w.total, w.genres * sizeof(*w.base));
    why_free(&w);
    model_close(m);
}

static void test_long_texts_fit(void **state)
{
    (void)state;
    char many[4000] = "";
    for (size_t i = 0; i + 8 < sizeof(many); i += 8) {
        memcpy(many + i, "word; a ", 9);
    }
    struct song s = song;
    s.name = s.album = s.artists = s.tags = s.label = many;
    struct model *m = NULL;
    struct why w;
    opened(&m);
    why_make(m, &s, &w);
    assert_int_equal(w.n, WHY_PARTS);
    for (size_t g = 0; g < w.genres; g++) {
        assert_true(isfinite(w.total[g]));
    }
    why_free(&w);
    model_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_parts_add_up),
        cmocka_unit_test(test_tags_speak_for_their_genre),
        cmocka_unit_test(test_of_nothing_there_is_nothing_to_say),
        cmocka_unit_test(test_long_texts_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
