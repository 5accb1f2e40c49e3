#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "classifier/genre.h"
#include "classifier/tree.h"
#include "classifier/tree_edit.h"

static const char name_of_edits[] = "the page's edits";

static enum err_code lay(const char *file, const char *page, struct tree **t, struct err *e)
{
    const struct tree_text texts[] = {
        {.name = "genres.conf", .text = file, .n = strlen(file)},
        {.name = name_of_edits, .text = page, .n = strlen(page), .made = true},
    };
    return tree_layers(texts, 2, t, e);
}

static struct tree *laid(const char *file, const char *page)
{
    struct tree *t = NULL;
    struct err e = {0};
    if (lay(file, page, &t, &e) != ERR_OK)
        fail_msg("%s", e.text);
    return t;
}

static const struct tree_genre *at(const struct tree *t, const char *name)
{
    size_t i = tree_find(t, name);
    if (i == TREE_NONE)
        fail_msg("no genre %s", name);
    return tree_at(t, i);
}

static void test_the_last_text_counts(void **state)
{
    (void)state;
    struct tree *t = laid("[rename]\nrock = Stone\n[merge]\nhouse = pop\ntechno = pop\n"
                          "[threshold]\njazz = 0.8\nsoul = 0.3\n[hide]\nspoken = yes\n"
                          "[own]\nmine = rock\ncalm = energy < 0.2\n",
                          "[rename]\nrock = Guitars\n[merge]\nhouse =\n"
                          "[threshold]\njazz =\n[hide]\nspoken = no\n[own]\nmine = pop and rock\n");
    assert_string_equal(at(t, "rock")->title, "Guitars");
    assert_true(tree_find(t, "Stone") == TREE_NONE);
    assert_true(at(t, "house")->merged_into == TREE_NONE);
    assert_int_equal(at(t, "techno")->merged_into, genre_find("pop"));
    assert_true(isnan(at(t, "jazz")->threshold) && !isnan(at(t, "soul")->threshold));
    assert_false(at(t, "spoken")->hidden);
    assert_string_equal(at(t, "mine")->rule_text, "pop and rock");
    assert_string_equal(at(t, "calm")->rule_text, "energy < 0.2");
    assert_null(at(t, "rock")->rule_text);
    assert_int_equal(at(t, "rock")->said, 1U << 1 | 1U << 2);
    assert_int_equal(at(t, "calm")->said, 1U << 1);
    assert_int_equal(at(t, "techno")->said & 6U, 1U << 1);
    assert_int_equal(at(t, "pop")->said & 6U, 0);
    assert_int_equal(tree_n(t), tree_given(t) + 2);
    tree_close(t);
}

static void test_errors_name_the_text(void **state)
{
    (void)state;
    static const struct {
        const char *file, *page, *says;
    } cases[] = {
        {"[own]\na = rok", "", "genres.conf: line 2: there is no genre \"rok\""},
        {"[own", "", "genres.conf: line 1: a section is written [name]"},
        {"", "[own]\na = rok", "the page's edits: there is no genre \"rok\""},
        {"", "[rename]\nrock = Metal", "the page's edits: \"Metal\" is the name of \"metal\""},
        {"[merge]\npop = rock", "[merge]\nrock = pop", "is merged into itself in the end"},
        {"[alias]\nmine = rock", "[own]\nmine = pop",
         "genres.conf: line 2: \"mine\" names a genre"},
        {"", "[own]\nrock = pop", "the page's edits: there is a genre \"rock\" already"},
        {"", "[hide]\nnone = yes", "the page's edits: there is no genre \"none\""},
        {"", "[own]\nnone = pop", "\"none\" is a word of rules"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tree *t = NULL;
        struct err e = {0};
        assert_int_equal(lay(cases[i].file, cases[i].page, &t, &e), ERR_CONFIG);
        assert_null(t);
        if (strncmp(e.text, cases[i].says, strlen(cases[i].says)) != 0 &&
            strstr(e.text, cases[i].says) == NULL)
            fail_msg("\"%s\", not \"%s\"", e.text, cases[i].says);
    }
}

static void test_none_is_no_song(void **state)
{
    (void)state;
    struct tree *t = laid("", "[own]\npicked = none\nall = not none\n[threshold]\npicked = 0\n");
    struct song song = {.id = "1", .name = "", .artists = "", .album = "", .label = "", .tags = ""};
    float p[TREE_MAX] = {0}, threshold[TREE_MAX] = {0}, ret_p[TREE_MAX], ret_threshold[TREE_MAX];
    tree_song(t, &song, p, threshold, ret_p, ret_threshold);
    size_t picked = tree_find(t, "picked"), all = tree_find(t, "all");
    assert_true(ret_p[picked] < ret_threshold[picked] - 0.5F);
    assert_true(ret_p[all] >= ret_threshold[all]);
    assert_true(rule_is_none(tree_at(t, picked)->rule));
    assert_false(rule_is_none(tree_at(t, all)->rule));
    tree_close(t);
}

/* --- the text --------------------------------------------------------------------------------- */

static void edit(struct buf *text, enum tree_section section, const char *key, const char *value)
{
    struct err e = {0};
    if (tree_edit_set(text, section, key, value, &e) != ERR_OK)
        fail_msg("%s", e.text);
}

static void test_lines_are_replaced(void **state)
{
    (void)state;
    struct buf text;
    struct err e = {0};
    bool has = true;
    buf_init(&text, 4096);
    edit(&text, TREE_THRESHOLD, "rock", "0.5");
    edit(&text, TREE_RENAME, "rock", " Guitars # 1 ");
    edit(&text, TREE_RENAME, "pop", "#1; of \xe6\x97\xa5");
    edit(&text, TREE_MERGE, "house", "");
    edit(&text, TREE_THRESHOLD, "Rock", "0.75");
    edit(&text, TREE_OWN, "a", "tag \"live\" or (\"deep-house\")");
    assert_string_equal(buf_str(&text), "[own]\na = tag \"live\" or (\"deep-house\")\n"
                                        "[rename]\nrock = \"Guitars # 1\"\n"
                                        "pop = \"#1; of \xe6\x97\xa5\"\n"
                                        "[merge]\nhouse = \n[threshold]\nRock = 0.75\n");
    struct tree *t = laid("", buf_str(&text));
    assert_string_equal(at(t, "rock")->title, "Guitars # 1");
    assert_string_equal(at(t, "pop")->title, "#1; of \xe6\x97\xa5");
    assert_string_equal(at(t, "a")->rule_text, "tag \"live\" or (\"deep-house\")");
    tree_close(t);
    edit(&text, TREE_RENAME, "metal", NULL);
    assert_int_equal(tree_edit_has(&text, TREE_RENAME, "ROCK", &has, &e), ERR_OK);
    assert_true(has);
    assert_int_equal(tree_edit_forget(&text, "rock", &e), ERR_OK);
    assert_int_equal(tree_edit_has(&text, TREE_RENAME, "rock", &has, &e), ERR_OK);
    assert_false(has);
    edit(&text, TREE_OWN, "a", NULL);
    edit(&text, TREE_RENAME, "pop", NULL);
    edit(&text, TREE_MERGE, "house", NULL);
    assert_int_equal(text.len, 0);
    buf_free(&text);
}

static void test_what_cannot_be_written(void **state)
{
    (void)state;
    static const char *const bad[] = {"a\nb", "a\rb", "a\x01", "\"a\"", "\"", "a \" # b", "#\""};
    struct buf text;
    struct err e = {0};
    bool has;
    buf_init(&text, 64);
    buf_add_str(&text, "[rename]\nrock = x\n");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(tree_edit_set(&text, TREE_RENAME, "rock", bad[i], &e), ERR_CONFIG);
        assert_string_equal(buf_str(&text), "[rename]\nrock = x\n");
    }
    const char *long_one = "0123456789012345678901234567890123456789012345678901234567890";
    assert_int_equal(tree_edit_set(&text, TREE_RENAME, "pop", long_one, &e), ERR_CONFIG);
    assert_non_null(strstr(e.text, "too many changes"));
    assert_string_equal(buf_str(&text), "[rename]\nrock = x\n");
    buf_clear(&text);
    buf_add_str(&text, "rubbish");
    assert_int_equal(tree_edit_set(&text, TREE_RENAME, "rock", "x", &e), ERR_CONFIG);
    assert_int_equal(tree_edit_has(&text, TREE_RENAME, "rock", &has, &e), ERR_CONFIG);
    assert_string_equal(buf_str(&text), "rubbish");
    buf_free(&text);
}

static bool fits(void *ctx, const struct buf *text)
{
    struct tree *t = NULL;
    struct err e = {0};
    bool fit = lay(ctx, buf_str(text), &t, &e) == ERR_OK;
    tree_close(t);
    return fit;
}

static void test_mending_keeps_what_fits(void **state)
{
    (void)state;
    char file[] = "[merge]\ntrance = techno\n";
    struct buf text;
    struct err e = {0};
    buf_init(&text, 4096);
    buf_add_str(&text, "[rename]\nrock = Guitars\ngone = Metal\n[merge]\ntechno = trance\n"
                       "house = techno\n[hide]\npop = yes\n");
    assert_int_equal(tree_edit_mend(&text, fits, file, &e), ERR_OK);
    assert_string_equal(buf_str(&text), "[rename]\nrock = Guitars\n[merge]\nhouse = techno\n"
                                        "[hide]\npop = yes\n");
    buf_free(&text);
}

static bool lacks_bad(void *ctx, const struct buf *text)
{
    size_t *trials = ctx;
    ++*trials;
    return strstr(buf_str(text), "= bad") == NULL;
}

static void test_mending_takes_few_trials(void **state)
{
    (void)state;
    enum { N = 200 };
    for (size_t each = 1; each <= 2 * N; each *= 2) { /* so many-th entry does not fit */
        struct buf text, good;
        struct err e = {0};
        size_t trials = 0, bad = 0;
        buf_init(&text, 1 << 14);
        buf_init(&good, 1 << 14);
        buf_add_str(&text, "[hide]\n");
        for (size_t i = 1; i <= N; i++) {
            bool fitting = i % each != 0;
            bad += !fitting;
            buf_printf(&text, "g%zu = %s\n", i, fitting ? "yes" : "bad");
            if (fitting)
                buf_printf(&good, "%sg%zu = yes\n", good.len ? "" : "[hide]\n", i);
        }
        assert_int_equal(tree_edit_mend(&text, lacks_bad, &trials, &e), ERR_OK);
        assert_string_equal(buf_str(&text), buf_str(&good));
        assert_true(trials <= 2 * N + 20 && trials <= 32 * bad + 1);
        buf_free(&text);
        buf_free(&good);
    }
}

static void test_merging_adds_what_is_missing(void **state)
{
    (void)state;
    char file[] = "[rename]\njazz = Cool\n";
    static const char more[] = "[own]\nmine = rock\nother = pop\n[rename]\nROCK = Stone\n"
                               "pop = Hits\nsoul = Guitars\n[merge]\ntechno = house\n";
    struct buf text, from;
    struct err e = {0};
    buf_init(&text, 4096);
    buf_init(&from, 4096);
    buf_add_str(&text, "[own]\nmine = jazz\n[rename]\nrock = Guitars\n[merge]\n"
                       "house = techno\n");
    buf_add_str(&from, more);
    assert_int_equal(tree_edit_merge(&text, &from, fits, file, &e), ERR_OK);
    static const char merged[] = "[own]\nmine = jazz\nother = pop\n[rename]\nrock = Guitars\n"
                                 "pop = Hits\n[merge]\nhouse = techno\n";
    assert_string_equal(buf_str(&text), merged);
    assert_int_equal(tree_edit_merge(&text, &from, fits, file, &e), ERR_OK);
    assert_string_equal(buf_str(&text), merged);
    text.max = strlen(merged) + 5; /* no room for more */
    buf_clear(&from);
    buf_add_str(&from, "[hide]\nspoken = yes\n");
    assert_int_equal(tree_edit_merge(&text, &from, fits, file, &e), ERR_OK);
    assert_string_equal(buf_str(&text), merged);
    buf_clear(&from);
    buf_add_str(&from, "rubbish");
    assert_int_equal(tree_edit_merge(&text, &from, fits, file, &e), ERR_CONFIG);
    assert_string_equal(buf_str(&text), merged);
    buf_free(&text);
    buf_free(&from);
}

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *title, *name;
        unsigned n;
    } cases[] = {
        {"Chill Rock", "chill-rock", 1},
        {"  a -- b!  ", "a-b", 1},
        {"energy", "my-energy", 1},
        {"None", "my-none", 1},
        {"A?", "a-2", 2},
        {"abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghijklmnopqrstuvwxyz01234", 1},
        {"abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghijklmnopqrstuvwxyz012-7", 7},
        {"time signature", "time-signature", 1},
    };
    char name[TREE_NAME_SIZE];
    char other[TREE_NAME_SIZE];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        tree_edit_name(cases[i].title, cases[i].n, name);
        assert_string_equal(name, cases[i].name);
    }
    tree_edit_name("\xe6\x97\xa5", 1, name);
    tree_edit_name("\xe6\x9c\xac", 1, other);
    assert_int_equal(strlen(name), 12);
    assert_memory_equal(name, "own-", 4);
    assert_string_not_equal(name, other);
    tree_edit_name("", 1, name);
    assert_memory_equal(name, "own-", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_last_text_counts),
        cmocka_unit_test(test_errors_name_the_text),
        cmocka_unit_test(test_none_is_no_song),
        cmocka_unit_test(test_lines_are_replaced),
        cmocka_unit_test(test_what_cannot_be_written),
        cmocka_unit_test(test_mending_keeps_what_fits),
        cmocka_unit_test(test_mending_takes_few_trials),
        cmocka_unit_test(test_merging_adds_what_is_missing),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
