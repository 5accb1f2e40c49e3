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

#include "base/buf.h"
#include "classifier/rule.h"

/* Three genres: rock, pop and hip-hop. */
static enum err_code genre(void *ctx, const char *name, size_t *ret_genre, struct err *e)
{
    static const char *const names[] = {"rock", "pop", "hip-hop"};
    (void)ctx;
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(name, names[i]) == 0) {
            *ret_genre = i;
            return ERR_OK;
        }
    }
    return err_set(e, ERR_CONFIG, "there is no genre \"%s\"", name);
}

static struct song known(void)
{
    struct song s = {.id = "1",
                     .name = "El coraz\xc3\xb3n de la noche",
                     .artists = "",
                     .album = "",
                     .label = "",
                     .tags = "Drum & Bass; swedish metal",
                     .year = 1994,
                     .duration_ms = 180000,
                     .is_explicit = 1,
                     .stat_mask = (1U << SONG_STATS) - 1};
    s.stat[SONG_ENERGY] = 0.4F;
    s.stat[SONG_TEMPO] = 120.0F;
    s.stat[SONG_LOUDNESS] = -8.5F;
    s.stat[SONG_MODE] = 1.0F;
    s.stat[SONG_KEY] = -1.0F;
    return s;
}

static const struct song unknown = {
    .id = "1", .name = "", .artists = "", .album = "", .label = "", .tags = "", .is_explicit = -1};

static float margin_in(const char *text, const struct song *song, const float p[3])
{
    static const float threshold[3] = {0.5F, 0.3F, 0.5F};
    struct rule *r = NULL;
    struct err e = {0};
    if (rule_parse(text, genre, NULL, &r, &e) != ERR_OK) {
        fail_msg("%s: %s", text, e.text);
    }
    float m = rule_margin(r, song, p, threshold);
    rule_free(r);
    return m;
}

static void assert_margin(const char *text, double wanted)
{
    static const float p[3] = {0.7F, 0.1F, 0.5F}; /* margins 0.2, -0.2, 0 */
    struct song song = known();
    double m = (double)margin_in(text, &song, p);
    if (fabs(m - wanted) > 1e-6) {
        fail_msg("%s: %f, not %f", text, m, wanted);
    }
}

static void test_terms(void **state)
{
    (void)state;
    assert_margin("rock", 0.2);
    assert_margin("\"hip-hop\"", 0.0);
    assert_margin("energy < 0.4", -0.5);
    assert_margin("energy <= 0.4", 0.5);
    assert_margin("energy = 0.4", 0.5);
    assert_margin("ENERGY!=0.4", -0.5);
    assert_margin("energy >= 0.4", 0.5);
    assert_margin("energy > 0.4", -0.5);
    assert_margin("loudness > -9", 0.5);
    assert_margin("tempo > 1.3e2", -0.5);
    assert_margin("mode = major", 0.5);
    assert_margin("mode = minor", -0.5);
    assert_margin("year >= 1994 and year < 1995", 0.5);
    assert_margin("decade = 90s", 0.5);
    assert_margin("decade = 1990s", 0.5);
    assert_margin("decade > 1980", 0.5);
    assert_margin("decade = 10s", -0.5);
    assert_margin("decade < 10s", 0.5);
    assert_margin("duration = 180", 0.5);
    assert_margin("duration > 2m", 0.5);
    assert_margin("explicit", 0.5);
    assert_margin("language = es", 0.5);
    assert_margin("language != ES", -0.5);
    assert_margin("tag \"drum and bass\"", 0.5);
    assert_margin("tag metal", 0.5);
    assert_margin("tag \"bass swedish\"", -0.5);
}

static void test_operators(void **state)
{
    (void)state;
    assert_margin("rock and pop", -0.2);
    assert_margin("rock or pop", 0.2);
    assert_margin("not rock", -0.2);
    assert_margin("not not rock", 0.2);
    assert_margin("pop and pop or rock", 0.2);
    assert_margin("rock or pop and pop", 0.2);
    assert_margin("(rock or pop) and pop", -0.2);
    assert_margin("not pop and rock", 0.2);
    assert_margin("not (pop and rock)", 0.2);
    assert_margin("not (rock or explicit)", -0.5);
    assert_margin("NOT pop AND((rock))OR pop", 0.2);
    assert_margin("rock and explicit and energy < 1", 0.2);
}

static void test_unknown_is_never_a_yes(void **state)
{
    (void)state;
    static const char *const terms[] = {"energy < 0.5",   "energy >= 0.5", "key = 3",
                                        "key != 3",       "year < 2000",   "decade = 90s",
                                        "duration > 10",  "explicit",      "language = en",
                                        "language != en", "tag \"a\"",     "pop"};
    static const float p[3] = {0.7F, NAN, 0.5F};
    for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
        struct buf b = {0};
        assert_true(margin_in(terms[i], &unknown, p) == -0.5F);
        buf_printf(&b, "not %s", terms[i]);
        assert_true(margin_in(buf_str(&b), &unknown, p) == -0.5F);
        buf_clear(&b);
        buf_printf(&b, "not (%s and not rock)", terms[i]);
        assert_true(fabsf(margin_in(buf_str(&b), &unknown, p) - 0.2F) < 1e-6F);
        buf_clear(&b);
        buf_printf(&b, "%s or not %s", terms[i], terms[i]);
        assert_true(margin_in(buf_str(&b), &unknown, p) == -0.5F);
        buf_free(&b);
    }
    struct song song = known(); /* whose key is not known although the statistic is there */
    assert_true(margin_in("not key = 3", &song, p) == -0.5F);
}

static void test_margins_are_clamped(void **state)
{
    (void)state;
    static const float p[3] = {0.0F, 1.0F, 0.0F};
    assert_true(margin_in("pop", &unknown, p) == 0.5F);
    assert_true(margin_in("not pop", &unknown, p) == -0.5F);
    assert_true(margin_in("rock", &unknown, p) == -0.5F);
}

static void assert_refused(const char *text, const char *says)
{
    struct rule *r = NULL;
    struct err e = {0};
    if (rule_parse(text, genre, NULL, &r, &e) != ERR_CONFIG) {
        fail_msg("accepted: %s", text);
    }
    assert_null(r);
    if (strstr(e.text, says) == NULL) {
        fail_msg("\"%s\" says \"%s\", not \"%s\"", text, e.text, says);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    assert_refused("", "a genre or a comparison is missing before the end");
    assert_refused("rock and", "missing before the end");
    assert_refused("and rock", "missing before \"and\"");
    assert_refused("rock pop", "\"and\" or \"or\" is missing before \"pop\"");
    assert_refused("rock (pop)", "\"and\" or \"or\" is missing before \"(\"");
    assert_refused("rock not pop", "missing before \"not\"");
    assert_refused("()", "missing before \")\"");
    assert_refused("(rock", "a \"(\" has no \")\" after it");
    assert_refused("rock)", "a \")\" has no \"(\" before it");
    assert_refused("jazz", "there is no genre \"jazz\"");
    assert_refused("0.4 > energy", "there is no genre \"0.4\"");
    assert_refused("rock > 0.5", "\"rock\" cannot be compared with \">\"");
    assert_refused("explicit = 1", "\"explicit\" cannot be compared with \"=\"");
    assert_refused("energy", "\"energy\" must be compared, as in: energy < 0.4");
    assert_refused("language", "as in: language = es");
    assert_refused("energy and rock", "\"energy\" must be compared");
    assert_refused("energy == 1", "\"==\" cannot compare \"energy\"");
    assert_refused("energy ! 1", "\"!\" cannot compare");
    assert_refused("energy <", "\"energy\" is compared with nothing");
    assert_refused("energy < high", "\"high\" is no number to compare energy with");
    assert_refused("energy < 1 < 2", "cannot be compared with \"<\"");
    assert_refused("year = nan", "\"nan\" is no number");
    assert_refused("decade = 1995", "\"1995\" is no decade");
    assert_refused("decade = 90", "\"90\" is no decade");
    assert_refused("language < es", "\"<\" cannot compare \"language\"");
    assert_refused("language = xx", "\"xx\" is no language");
    assert_refused("tag", "after tag comes a phrase in double quotes");
    assert_refused("tag \"\"", "needs one to 5 words");
    assert_refused("tag \"a b c d e f\"", "needs one to 5 words");
    assert_refused("tag \"a", "do not end");
    assert_refused("\"a", "do not end");
}

static void test_bounds(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_add_str(&b, "rock");
    for (int i = 0; i < 31; i++) {
        buf_add_str(&b, " and rock");
    }
    assert_margin(buf_str(&b), 0.2); /* 63 parts */
    buf_add_str(&b, " and rock");
    assert_refused(buf_str(&b), "more than 64 parts");
    buf_clear(&b);
    for (int i = 0; i < 100000; i++) {
        buf_add_str(&b, "(");
    }
    assert_refused(buf_str(&b), "more than 64 parts");
    buf_clear(&b);
    for (int i = 0; i < 100; i++) {
        buf_add_str(&b, "x");
    }
    assert_refused(buf_str(&b), "is too long for a rule");
    buf_free(&b);
    rule_free(NULL);
}

static void test_words_of_rules(void **state)
{
    (void)state;
    assert_true(rule_is_word("energy") && rule_is_word("Not") && rule_is_word("decade"));
    assert_true(rule_is_word("tag") && rule_is_word("time_signature"));
    assert_false(rule_is_word("rock") || rule_is_word("") || rule_is_word("energ"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terms),
        cmocka_unit_test(test_operators),
        cmocka_unit_test(test_unknown_is_never_a_yes),
        cmocka_unit_test(test_margins_are_clamped),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_words_of_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
