/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "base/buf.h"
#include "classifier/language.h"

static void assert_told(const char *title, const char *album, const char *wanted)
{
    char code[3] = "??";
    language_tell(title, album, code);
    if (strcmp(code, wanted) != 0) {
        fail_msg("\"%s\" on \"%s\" is \"%s\", not \"%s\"", title, album, code, wanted);
    }
    assert_true(code[0] == '\0' || language_known(code));
}

static void test_scripts(void **state)
{
    (void)state;
    assert_told("봄날", "", "ko");
    assert_told("さくら", "", "ja");
    assert_told("夜に駆ける", "", "ja");
    assert_told("月亮代表我的心", "", "zh");
    assert_told("Группа крови", "", "ru");
    assert_told("Щедрик їй", "", "");
    assert_told("Η αγάπη", "", "el");
    assert_told("ירושלים של זהב", "", "he");
    assert_told("حبيبي يا نور العين", "", "ar");
    assert_told("ความรัก", "", "th");
    assert_told("तुम ही हो", "", "hi");
    assert_told("காதல்", "", "");
    assert_told("봄날 (Spring)", "", "ko");
}

static void test_latin(void **state)
{
    (void)state;
    assert_told("The House of the Rising Sun", "", "en");
    assert_told("Ich bin nicht mehr da", "", "de");
    assert_told("El corazón de la noche", "", "es");
    assert_told("Je ne regrette rien", "", "fr");
    assert_told("Con te partirò per sempre", "", "it");
    assert_told("Ik hou van jou", "", "nl");
    assert_told("Não quero mais saber de você", "", "pt");
    assert_told("Życie jest jak sen", "", "pl");
    assert_told("Bir aşk hikayesi gibi", "", "tr");
    assert_told("Jag vill inte vara ensam", "", "sv");
    assert_told("Minä en ole kuin sinä", "", "fi");
    assert_told("NIE MA CIĘ", "", "pl");
}

static void test_unsure(void **state)
{
    (void)state;
    assert_told("", "", "");
    assert_told("Xanadu", "Zyx", "");
    assert_told("2 + 2", "", "");
    assert_told("La", "", "");
    assert_told("Kødbyen og æbler", "", "");
    assert_told("Tere dil mein", "Ishq hai", "");
    assert_told("\xff\xfe", "", "");
}

static void test_versions_do_not_count(void **state)
{
    (void)state;
    assert_told("Xanadu (Live at the Olympic Hall)", "", "");
    assert_told("Xanadu - The 2011 Remaster of the Mix", "", "");
    assert_told("Xanadu (The Love of My Life)", "", "en");
    assert_told("Ich bin nicht mehr da [with The Other Ones]", "", "de");
}

static void test_the_album_helps(void **state)
{
    (void)state;
    assert_told("Xanadu", "Ich bin nicht mehr bei dir", "de");
    assert_told("Ich bin nicht mehr da", "The Love of My Life", ""); /* they disagree */
}

static void test_long_texts(void **state)
{
    (void)state;
    struct buf b = {0};
    for (int i = 0; i < 1000; i++) {
        buf_add_str(&b, "und nicht (live [ - ");
    }
    assert_told(buf_str(&b), buf_str(&b), "de");
    buf_free(&b);
}

static void test_known(void **state)
{
    (void)state;
    assert_true(language_known("en") && language_known("ZH") && language_known("th"));
    assert_false(language_known("") || language_known("e") || language_known("english"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scripts),         cmocka_unit_test(test_latin),
        cmocka_unit_test(test_unsure),          cmocka_unit_test(test_versions_do_not_count),
        cmocka_unit_test(test_the_album_helps), cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
