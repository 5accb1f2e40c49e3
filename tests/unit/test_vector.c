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

#include "base/text.h"
#include "classifier/vector.h"

static const struct song blank = {
    .id = "x", .name = "", .artists = "", .album = "", .label = "", .tags = "", .is_explicit = -1};

static bool has(const struct vector *v, enum vector_group g, char prefix, const char *token)
{
    uint64_t hash = text_hash(&prefix, 1, TEXT_HASH_START);
    hash = text_hash(token, strlen(token), hash);
    for (size_t i = 0; i < v->tokens[g]; i++) {
        if (v->token[g][i] == hash) {
            return true;
        }
    }
    return false;
}

static void test_blank_song_is_all_unknown(void **state)
{
    (void)state;
    struct vector v;
    vector_make(&blank, &v);
    assert_int_equal(v.known, 0);
    for (size_t g = 0; g < VECTOR_GROUPS; g++) {
        assert_int_equal(v.tokens[g], 0);
    }
}

static void test_numbers(void **state)
{
    (void)state;
    struct vector v;
    struct song song = blank;
    song.duration_ms = 200000;
    song.is_explicit = 0;
    song.year = 1987;
    song.stat_mask = (UINT32_C(1) << SONG_STATS) - 1;
    song.stat[SONG_KEY] = 3.0F;
    song.stat[SONG_TEMPO] = 0.0F; /* the service found none */
    song.stat[SONG_ENERGY] = NAN;
    song.stat[SONG_VALENCE] = 0.25F;
    song.stat[SONG_TIME_SIGNATURE] = 4.0F;
    vector_make(&song, &v);
    assert_true(fabsf(v.number[VECTOR_DURATION] - logf(200.0F)) < 1e-6F);
    assert_true(fabsf(v.number[VECTOR_KEY_COS]) < 1e-6F);
    assert_true(fabsf(v.number[VECTOR_KEY_SIN] - 1.0F) < 1e-6F);
    assert_true(v.number[VECTOR_VALENCE] > 0.249F && v.number[VECTOR_METRE] > 3.9F);
    uint32_t unknown = UINT32_C(1) << VECTOR_TEMPO | UINT32_C(1) << VECTOR_ENERGY;
    assert_int_equal(v.known, ((UINT32_C(1) << VECTOR_NUMBERS) - 1) & ~unknown);
    vector_drop_statistics(&v);
    assert_int_equal(v.known, UINT32_C(1) << VECTOR_DURATION | UINT32_C(1) << VECTOR_EXPLICIT |
                                  UINT32_C(1) << VECTOR_YEAR_NUMBER);
    song.stat[SONG_KEY] = -1.0F;
    vector_make(&song, &v);
    assert_false(v.known & UINT32_C(1) << VECTOR_KEY_COS);
}

static void test_tokens(void **state)
{
    (void)state;
    struct vector v;
    struct song song = blank;
    song.artists = "Ab C; DÉ";
    song.name = "On";
    song.album = "Б";
    song.label = "Big Co; Ltd";
    song.tags = "Indie Rock; jazz";
    song.year = 1994;
    vector_make(&song, &v);
    assert_int_equal(v.tokens[VECTOR_ARTIST], 2);
    assert_true(has(&v, VECTOR_ARTIST, 'A', "ab c") && has(&v, VECTOR_ARTIST, 'A', "dé"));
    assert_true(has(&v, VECTOR_ARTIST_WORD, 'a', "ab") && has(&v, VECTOR_ARTIST_WORD, 'a', "dé"));
    assert_true(has(&v, VECTOR_ARTIST_WORD, '1', "^ab") && has(&v, VECTOR_ARTIST_WORD, '1', "ab$"));
    assert_true(has(&v, VECTOR_ARTIST_WORD, '1', "^c$") && has(&v, VECTOR_ARTIST_WORD, '1', "dé$"));
    assert_int_equal(v.tokens[VECTOR_ARTIST_WORD], 3 + 2 + 1 + 2);
    assert_true(has(&v, VECTOR_TITLE, 't', "on") && has(&v, VECTOR_ALBUM, 'b', "б"));
    assert_true(has(&v, VECTOR_LABEL, 'L', "big co") && has(&v, VECTOR_LABEL, 'l', "ltd"));
    assert_true(has(&v, VECTOR_TAG, 'G', "indie rock") && has(&v, VECTOR_TAG, 'g', "rock"));
    assert_true(has(&v, VECTOR_YEAR, 'Y', "1994") && has(&v, VECTOR_YEAR, 'Y', "199"));
    vector_drop_group(&v, VECTOR_TAG);
    assert_int_equal(v.tokens[VECTOR_TAG], 0);
}

static void test_long_texts_are_cut(void **state)
{
    (void)state;
    static struct vector v;
    static char text[100001];
    for (size_t i = 0; i < sizeof(text) - 1; i++) {
        text[i] = i % 3 == 2 ? ' ' : (char)('a' + i / 3 % 26);
    }
    struct song song = blank;
    song.name = song.artists = song.album = song.label = song.tags = text;
    vector_make(&song, &v);
    assert_int_equal(v.tokens[VECTOR_TITLE], VECTOR_TOKENS);
    memset(text, 'x', sizeof(text) - 1);
    vector_make(&song, &v);
    assert_int_equal(v.tokens[VECTOR_ARTIST], 1);
    memset(text, '\xff', sizeof(text) - 1);
    vector_make(&song, &v);
    assert_int_equal(v.tokens[VECTOR_ARTIST], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blank_song_is_all_unknown),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_long_texts_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
