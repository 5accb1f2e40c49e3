/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "classifier/word.h"

static void assert_lower(const char *s, const char *wanted)
{
    char out[128];
    assert_int_equal(word_lower(s, out, sizeof(out)), strlen(wanted));
    assert_string_equal(out, wanted);
}

static void test_lower(void **state)
{
    (void)state;
    assert_lower("", "");
    assert_lower("AbC 12 é", "abc 12 é");
    assert_lower("MOTÖRHEAD Łódź ŠÍLENÝ", "motörhead łódź šílený");
    assert_lower("КИНО ΑΒΓ Ա", "кино αβγ ա");
    assert_lower("ΟΔΟΣ ΟΔΟΣ", "οδος οδος");
    assert_lower("ΣΑ Σ", "σα σ");
    assert_lower("ẞ Ω ＡＢ 𐐀", "ß ω ａｂ 𐐨");
    assert_lower("İ", "i\xcc\x87");
    assert_lower("日本 한국", "日本 한국");
    char out[4];
    assert_int_equal(word_lower("AÉÉ", out, sizeof(out)), 3);
    assert_string_equal(out, "aé");
}

static void test_decode_of_bad_bytes(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80",     "\xc3", "\xc0\x80",        "\xed\xa0\x80", "\xf5\x80\x80\x80",
        "\xe2\x82", "\xff", "\xf4\x90\x80\x80"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *s = bad[i];
        assert_int_equal(word_decode(&s), 0xfffd);
        assert_ptr_equal(s, bad[i] + 1);
    }
    const char *end = "";
    assert_int_equal(word_decode(&end), 0);
}

static void test_every_character_comes_back(void **state)
{
    (void)state;
    for (uint32_t c = 1; c < 0x110000; c++) {
        if (c >= 0xd800 && c < 0xe000) {
            continue;
        }
        char bytes[5] = {0};
        size_t n = word_encode(c, bytes);
        const char *s = bytes;
        assert_int_equal(word_decode(&s), c);
        assert_ptr_equal(s, bytes + n);
        uint32_t lower = word_lower_char(c);
        assert_int_equal(word_lower_char(lower), lower);
    }
}

static void assert_words(const char *text, const char *wanted)
{
    char out[128] = "";
    size_t n, at = 0;
    for (const char *w; (w = word_next(&text, &n));) {
        memcpy(out + at, w, n);
        at += n;
        out[at++] = '|';
    }
    out[at] = '\0';
    assert_string_equal(out, wanted);
}

static void test_words(void **state)
{
    (void)state;
    assert_words("", "");
    assert_words(" - ! ", "");
    assert_words("don't stop (live) 99", "don|t|stop|live|99|");
    assert_words("ünïcödé—x", "ünïcödé|x|");
    assert_words("東京go 한국어", "東|京|go|한국어|");
    assert_words("e\xcc\x81t", "e\xcc\x81t|");
}

static void test_scripts(void **state)
{
    (void)state;
    assert_int_equal(word_script('a'), WORD_LATIN);
    assert_int_equal(word_script('1'), WORD_NONE);
    assert_int_equal(word_script(0xe9), WORD_LATIN);
    assert_int_equal(word_script(0xd7), WORD_NONE);
    assert_int_equal(word_script(0x416), WORD_CYRILLIC);
    assert_int_equal(word_script(0x3042), WORD_KANA);
    assert_int_equal(word_script(0x6771), WORD_HAN);
    assert_int_equal(word_script(0xd55c), WORD_HANGUL);
    assert_int_equal(word_script(0x2014), WORD_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lower),
        cmocka_unit_test(test_decode_of_bad_bytes),
        cmocka_unit_test(test_every_character_comes_back),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_scripts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
