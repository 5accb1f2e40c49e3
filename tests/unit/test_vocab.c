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

#include "base/text.h"
#include "classifier/example.h"
#include "classifier/vocab.h"

static struct corpus_row rows[] = {
    {.song = {.artists = "Aa", .name = "rare sun", .tags = "x"}, .families = 1, .artist = 1},
    {.song = {.artists = "Bb", .name = "moon", .tags = "x"}, .families = 2, .artist = 2},
    {.song = {.artists = "Aa", .name = "rare moon", .tags = "x"}, .families = 1, .artist = 1},
    {.song = {.artists = "Cc", .name = "moon", .year = 2001, .tags = ""},
     .families = 4,
     .artist = 3},
};

static struct corpus corpus_of_rows(void)
{
    for (size_t i = 0; i < 4; i++) {
        rows[i].song.id = "i";
        rows[i].song.album = rows[i].song.label = "";
        rows[i].song.is_explicit = -1;
    }
    return (struct corpus){.rows = rows, .n = 4};
}

static uint32_t find(const struct vocab *v, char prefix, const char *token)
{
    uint64_t hash = text_hash(&prefix, 1, TEXT_HASH_START);
    return vocab_find(v, text_hash(token, strlen(token), hash));
}

static void test_what_is_kept(void **state)
{
    (void)state;
    struct corpus c = corpus_of_rows();
    struct vocab v;
    vocab_make(&v, &c, 2, 1000);
    assert_true(find(&v, 'A', "aa") != UINT32_MAX); /* on two songs */
    assert_true(find(&v, 'A', "bb") == UINT32_MAX);
    assert_true(find(&v, 't', "moon") != UINT32_MAX);
    assert_true(find(&v, 't', "rare") == UINT32_MAX); /* twice, by one artist */
    assert_true(find(&v, 'G', "x") != UINT32_MAX);
    assert_true(v.tokens < v.slots);
    vocab_free(&v);
    vocab_make(&v, &c, 2, 3);
    assert_int_equal(v.tokens, 3);
    vocab_free(&v);
}

static void test_examples(void **state)
{
    (void)state;
    struct corpus c = corpus_of_rows();
    struct vocab v;
    struct examples e;
    float mean[VECTOR_NUMBERS], scale[VECTOR_NUMBERS], knots[VECTOR_SMOOTH * 3];
    vocab_make(&v, &c, 2, 1000);
    example_scale(&c, 2, mean, scale, knots);
    assert_true(fabsf(mean[VECTOR_YEAR_NUMBER] - 2001.0F) < 1e-3F);
    assert_true(fabsf(scale[VECTOR_YEAR_NUMBER] - 1.0F) < 1e-6F);
    assert_true(fabsf(knots[VECTOR_ENERGY * 3]) < 1e-6F);
    struct mlp m = {.shape = {.dim = 4, .pieces = 2, .slots = v.slots},
                    .mean = mean,
                    .scale = scale,
                    .knots = knots};
    example_make(&e, &c, &m, &v);
    assert_int_equal(e.n, 4);
    float sum = 0.0F;
    for (size_t i = 0; i < e.n; i++) {
        assert_memory_equal(&e.at[i].yes, &rows[i].yes, sizeof(rows[i].yes));
        sum += e.at[i].weight;
    }
    assert_true(fabsf(sum - 4.0F) < 1e-5F);
    /* Two songs of one artist weigh together the root of two times one of another's. */
    assert_true(fabsf(e.at[1].weight / e.at[0].weight - sqrtf(2.0F)) < 1e-5F);
    const struct example *first = &e.at[0];
    assert_int_equal(first->first[VECTOR_ARTIST + 1] - first->first[VECTOR_ARTIST], 1);
    assert_int_equal(e.slots[first->first[VECTOR_ARTIST]], find(&v, 'A', "aa"));
    assert_int_equal(e.at[3].first[VECTOR_GROUPS], e.slots_n);
    example_free(&e);
    vocab_free(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_kept),
        cmocka_unit_test(test_examples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
