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

#include "base/rand.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void test_bytes_differ(void **state)
{
    (void)state;
    unsigned char a[32] = {0};
    unsigned char b[32] = {0};
    rand_bytes(a, sizeof(a));
    rand_bytes(b, sizeof(b));
    assert_memory_not_equal(a, b, sizeof(a));
    rand_bytes(a, 0);
}

static void test_token(void **state)
{
    (void)state;
    char token[20001];
    bool seen[256] = {false};
    rand_token(token, 20000);
    assert_int_equal(strlen(token), 20000);
    assert_int_equal(strspn(token, alphabet), 20000);
    for (size_t i = 0; i < 20000; i++) {
        seen[(unsigned char)token[i]] = true;
    }
    for (size_t i = 0; i < 64; i++) {
        assert_true(seen[(unsigned char)alphabet[i]]);
    }
    rand_token(token, 0);
    assert_string_equal(token, "");
}

/* RFC 6234 section 8.5, and the empty message. */
static void test_sha256(void **state)
{
    (void)state;
    static const uint8_t abc[32] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
                                    0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
                                    0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
                                    0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
    static const uint8_t none[4] = {0xe3, 0xb0, 0xc4, 0x42};
    uint8_t out[32];
    rand_sha256("abc", 3, out);
    assert_memory_equal(out, abc, 32);
    rand_sha256("", 0, out);
    assert_memory_equal(out, none, 4);
}

/* RFC 4648 section 10, without padding; section 5's own two characters. */
static void test_base64url(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
    char out[64];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rand_base64url(cases[i][0], strlen(cases[i][0]), out);
        assert_string_equal(out, cases[i][1]);
    }
    rand_base64url("\xfb\xff\xbf", 3, out);
    assert_string_equal(out, "-_-_");
    /* RFC 7515 appendix C */
    rand_base64url("\x03\xec\xff\xe0\xc1", 5, out);
    assert_string_equal(out, "A-z_4ME");
}

static void test_base64url_needs_no_more_than_promised(void **state)
{
    (void)state;
    for (size_t n = 0; n < 40; n++) {
        char in[40] = {0};
        char out[64];
        rand_base64url(in, n, out);
        assert_true(strlen(out) + 1 <= 4 * n / 3 + 3);
    }
}

static void test_pkce_challenge(void **state)
{
    (void)state;
    static const char verifier[] = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"; /* RFC 7636 B */
    uint8_t hash[32];
    char challenge[46];
    rand_sha256(verifier, strlen(verifier), hash);
    rand_base64url(hash, sizeof(hash), challenge);
    assert_string_equal(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

static void test_equal(void **state)
{
    (void)state;
    assert_true(rand_equal("", ""));
    assert_true(rand_equal("abc", "abc"));
    assert_false(rand_equal("abc", "abd"));
    assert_false(rand_equal("abc", "ab"));
    assert_false(rand_equal("", "a"));
}

/* First numbers of the reference implementation (Vigna, splitmix64.c) for the seed 1234567. */
static void test_sequence_is_splitmix64(void **state)
{
    (void)state;
    struct rand_seq r = {.state = 1234567};
    assert_true(rand_next(&r) == 6457827717110365317u);
    assert_true(rand_next(&r) == 3203168211198807973u);
    assert_true(rand_next(&r) == 9817491932198370423u);
    assert_true(rand_next(&r) == 4593380528125082431u);
    assert_true(rand_next(&r) == 16408922859458223821u);
}

static void test_unit_and_below_stay_in_range(void **state)
{
    (void)state;
    struct rand_seq r = {.state = 1};
    size_t count[7] = {0};
    double sum = 0;
    for (int i = 0; i < 70000; i++) {
        double unit = rand_unit(&r);
        assert_true(unit >= 0 && unit < 1);
        sum += unit;
        size_t below = rand_below(&r, 7);
        assert_true(below < 7);
        count[below]++;
    }
    assert_true(fabs(sum / 70000 - 0.5) < 0.01);
    for (size_t i = 0; i < 7; i++) {
        assert_in_range(count[i], 9600, 10400);
    }
    assert_int_equal(rand_below(&r, 1), 0);
    assert_true(rand_below(&r, SIZE_MAX) < SIZE_MAX);
}

static void test_normal_has_mean_and_variance(void **state)
{
    (void)state;
    struct rand_seq r = {.state = 2};
    double sum = 0;
    double squares = 0;
    const int n = 100000;
    for (int i = 0; i < n; i++) {
        double x = rand_normal(&r);
        assert_true(isfinite(x) != 0);
        sum += x;
        squares += x * x;
    }
    assert_true(fabs(sum / n) < 0.02);
    assert_true(fabs(squares / n - 1) < 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_differ),
        cmocka_unit_test(test_token),
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_base64url),
        cmocka_unit_test(test_base64url_needs_no_more_than_promised),
        cmocka_unit_test(test_pkce_challenge),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_sequence_is_splitmix64),
        cmocka_unit_test(test_unit_and_below_stay_in_range),
        cmocka_unit_test(test_normal_has_mean_and_variance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
