/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "classifier/title.h"

static void assert_plain(const char *name, const char *wanted)
{
    char out[256];
    size_t n = title_plain(name, out, sizeof(out));
    if (strcmp(out, wanted) != 0 || n != strlen(wanted)) {
        fail_msg("%s -> \"%s\", not \"%s\"", name, out, wanted);
    }
}

static void test_editions_go(void **state)
{
    (void)state;
    assert_plain("Iron Sky - Remastered 2011", "iron sky");
    assert_plain("Iron Sky - 2011 Remaster", "iron sky");
    assert_plain("IRON SKY (Remastered)", "iron sky");
    assert_plain("Iron Sky [2009 Stereo Mix]", "iron sky");
    assert_plain("Iron Sky (Mono) - Bonus Track", "iron sky");
    assert_plain("Iron Sky - Radio Edit", "iron sky");
    assert_plain("Iron Sky - Single Version - Remastered", "iron sky");
    assert_plain("Iron  Sky (Explicit) ", "iron sky");
    assert_plain("\xc3\x89t\xc3\x89 - Remasteris\xc3\xa9", "\xc3\xa9t\xc3\xa9");
}

static void test_guests_go(void **state)
{
    (void)state;
    assert_plain("Iron Sky (feat. Some One)", "iron sky");
    assert_plain("Iron Sky (ft. Some One) [Explicit]", "iron sky");
    assert_plain("Iron Sky feat. Some One", "iron sky");
    assert_plain("Iron Sky ft. Some One - Live", "iron sky - live");
    assert_plain("Iron Sky featuring Some One (Remix)", "iron sky (remix)");
    assert_plain("Iron Sky - feat. Some One", "iron sky");
    assert_plain("Iron Sky (with Some One)", "iron sky");
    assert_plain("Dance (With Me)", "dance (with me)");
    assert_plain("Feats of Ice", "feats of ice");
    assert_plain("Left Foot", "left foot");
}

static void test_other_recordings_stay(void **state)
{
    (void)state;
    assert_plain("Iron Sky - Live", "iron sky - live");
    assert_plain("Iron Sky (Live / Remastered)", "iron sky (live / remastered)");
    assert_plain("Iron Sky (Live) - Remastered 2011", "iron sky (live)");
    assert_plain("Iron Sky - Some One Remix", "iron sky - some one remix");
    assert_plain("Iron Sky - Acoustic Version", "iron sky - acoustic version");
    assert_plain("Monorail - Part 2", "monorail - part 2");
    assert_plain("Iron Sky (Part 1)", "iron sky (part 1)");
}

static void test_nothing_is_left_empty(void **state)
{
    (void)state;
    char out[4];
    assert_plain("(Remastered)", "(remastered)");
    assert_plain("", "");
    assert_plain("(", "(");
    assert_plain("Iron (Sky", "iron (sky");
    assert_plain(" - ", "-");
    assert_int_equal(title_plain("ab\xc3\xa9", out, 4), 2);
    assert_string_equal(out, "ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_editions_go),
        cmocka_unit_test(test_guests_go),
        cmocka_unit_test(test_other_recordings_stay),
        cmocka_unit_test(test_nothing_is_left_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
