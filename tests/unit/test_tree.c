/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "classifier/genre.h"
#include "classifier/tree.h"
#include "tests/unit/temp.h"

static struct tree *tree_of(const char *text)
{
    struct tree *t = NULL;
    struct err e = {0};
    if (tree_read(text, strlen(text), &t, &e) != ERR_OK) {
        fail_msg("%s", e.text);
    }
    return t;
}

static size_t found(const struct tree *t, const char *name)
{
    size_t i = tree_find(t, name);
    if (i == TREE_NONE) {
        fail_msg("no genre %s", name);
    }
    return i;
}

static bool speaks(const struct tree *t, const char *tags, const char *genre)
{
    unsigned char hit[TREE_MAX];
    tree_tags(t, tags, hit);
    return hit[found(t, genre)] == 1;
}

static void test_the_shipped_tree(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "house",         "deep-house",  "techno",         "trance",        "dubstep",
        "drum-and-bass", "death-metal", "black-metal",    "thrash-metal",  "bossa-nova",
        "samba",         "reggaeton",   "salsa",          "bachata",       "k-pop",
        "j-pop",         "trap",        "drill",          "boom-bap",      "neo-soul",
        "big-room",      "album-rock",  "permanent-wave", "latin-hip-hop", "new-jack-swing"};
    struct tree *t = NULL;
    struct err e = {0};
    assert_int_equal(tree_open(NULL, &t, &e), ERR_OK);
    assert_true(tree_given(t) >= GENRE_N + 110);
    assert_int_equal(tree_n(t), tree_given(t));
    for (size_t i = 0; i < tree_n(t); i++) {
        const struct tree_genre *g = tree_at(t, i);
        assert_true(i < GENRE_N ? g->parents == 0 : g->parents > 0 && g->parents >> GENRE_N == 0);
        assert_string_equal(g->name, i < GENRE_N ? genre_name[i] : g->name);
        assert_true(g->merged_into == TREE_NONE && g->rule == NULL && isnan(g->threshold));
        assert_int_equal(tree_find(t, g->name), i);
        assert_int_equal(tree_find(t, g->title), i);
        assert_true(i < GENRE_N || speaks(t, g->name, g->name));
    }
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        assert_true(found(t, wanted[i]) >= GENRE_N);
    }
    assert_true(tree_at(t, found(t, "death-metal"))->parents == 1U << genre_find("metal"));
    tree_close(t);
}

static void test_names_are_found(void **state)
{
    (void)state;
    struct tree *t = tree_of("[rename]\nrock = Rock & Roll\n[alias]\nmy metal = death metal\n");
    size_t rock = genre_find("rock"), near[3];
    assert_int_equal(tree_find(t, "ROCK"), rock);
    assert_int_equal(tree_find(t, "rock_&  roll"), rock);
    assert_string_equal(tree_at(t, rock)->title, "Rock & Roll");
    assert_int_equal(tree_find(t, " Death Metal "), found(t, "death-metal"));
    assert_int_equal(tree_find(t, "MY-METAL"), found(t, "death-metal"));
    assert_int_equal(tree_find(t, "D&B"), found(t, "drum-and-bass"));
    assert_int_equal(tree_find(t, "r&b"), found(t, "r-and-b"));
    assert_true(tree_find(t, "") == TREE_NONE && tree_find(t, "deathmetal") == TREE_NONE);
    assert_true(tree_nearest(t, "deathmetal", near) >= 1);
    assert_int_equal(near[0], found(t, "death-metal"));
    assert_true(tree_nearest(t, "bossa", near) >= 1);
    assert_int_equal(near[0], found(t, "bossa-nova"));
    assert_int_equal(tree_nearest(t, "xyzzyxyzzyxyzzy", near), 0);
    assert_true(near[0] < tree_n(t) && near[1] < tree_n(t) && near[2] < tree_n(t));
    assert_true(near[0] != near[1] && near[1] != near[2] && near[0] != near[2]);
    tree_close(t);
}

static void test_tags(void **state)
{
    (void)state;
    struct tree *t = tree_of("[genres]\nmine = rock, pop : very odd phrase, not plain odd\n");
    assert_true(speaks(t, "jazz; Swedish Death Metal", "death-metal"));
    assert_true(speaks(t, "melodic death-metal", "death-metal"));
    assert_false(speaks(t, "death; metal", "death-metal"));
    assert_false(speaks(t, "deathmetal", "death-metal"));
    assert_false(speaks(t, "death metals", "death-metal"));
    assert_true(speaks(t, "grunge", "grunge") && !speaks(t, "post-grunge", "grunge"));
    assert_true(speaks(t, "post-grunge; grunge", "grunge"));
    static const char *const bass[] = {"drum and bass", "Drum & Bass", "drum 'n' bass",
                                       "drum-n-bass",   "d&b",         "dnb",
                                       "liquid funk"};
    for (size_t i = 0; i < sizeof(bass) / sizeof(bass[0]); i++) {
        assert_true(speaks(t, bass[i], "drum-and-bass"));
    }
    assert_true(speaks(t, "canadian contemporary r&b", "r-and-b"));
    assert_true(speaks(t, "uk R & B", "r-and-b") && !speaks(t, "b r", "r-and-b"));
    assert_true(speaks(t, "a very odd phrase", "mine") && speaks(t, "MINE", "mine"));
    assert_false(speaks(t, "plain odd very odd phrase", "mine"));
    unsigned char hit[TREE_MAX];
    tree_tags(t, "rock; pop; ; ;;", hit);
    for (size_t i = 0; i < tree_n(t); i++) {
        assert_int_equal(hit[i], 0);
    }
    tree_close(t);
}

static void test_a_file_laid_over(void **state)
{
    (void)state;
    struct tree *shipped = tree_of("");
    struct tree *t = tree_of("[own]\nChill Rock = rock and energy < 0.4\n"
                             "[genres]\ndeath-metal = rock : loud\nmine = pop\n"
                             "[hide]\nspoken = yes\nchill rock = on\n[threshold]\nrock = 0.6\n"
                             "[merge]\ndark ambient = drone\ndrone = ambient\n");
    size_t death = found(shipped, "death-metal"), own = tree_given(t);
    assert_int_equal(found(t, "death-metal"), death);
    assert_true(tree_at(t, death)->parents == 1U << genre_find("rock"));
    assert_true(speaks(t, "loud", "death-metal") && !speaks(shipped, "loud", "death-metal"));
    assert_false(speaks(t, "deathcore", "death-metal"));
    assert_int_equal(found(t, "mine"), tree_given(shipped));
    assert_int_equal(own, tree_given(shipped) + 1);
    assert_int_equal(tree_n(t), own + 1);
    assert_string_equal(tree_at(t, own)->name, "chill-rock");
    assert_string_equal(tree_at(t, own)->title, "Chill Rock");
    assert_true(tree_at(t, own)->rule != NULL && tree_at(t, own)->hidden);
    assert_true(tree_at(t, genre_find("spoken"))->hidden && !tree_at(t, 0)->hidden);
    assert_true(fabsf(tree_at(t, genre_find("rock"))->threshold - 0.6F) < 1e-6F);
    assert_int_equal(tree_at(t, found(t, "drone"))->merged_into, genre_find("ambient"));
    assert_int_equal(tree_at(t, found(t, "dark-ambient"))->merged_into, genre_find("ambient"));
    tree_close(t);
    tree_close(shipped);
}

static void test_songs(void **state)
{
    (void)state;
    struct tree *t = tree_of("[own]\nchill = ambient and energy < 0.4\nnot-odd = not odd\n"
                             "[genres]\nodd = pop\n[threshold]\nrock = 0.6\nchill = 0.7\n"
                             "[merge]\ndark-ambient = drone\ndrone = ambient\n");
    struct song song = {.id = "1", .name = "", .artists = "", .album = "", .label = "", .tags = ""};
    float p[TREE_MAX] = {0}, threshold[TREE_MAX], out[TREE_MAX], at[TREE_MAX];
    size_t ambient = genre_find("ambient"), rock = genre_find("rock"), drone = found(t, "drone");
    for (size_t i = 0; i < tree_given(t); i++) {
        threshold[i] = 0.5F;
    }
    threshold[ambient] = 0.4F;
    threshold[drone] = 0.8F;
    p[ambient] = 0.3F;
    p[drone] = 0.9F;
    p[rock] = 0.55F;
    p[found(t, "odd")] = NAN;
    song.stat[SONG_ENERGY] = 0.3F;
    song.stat_mask = 1U << SONG_ENERGY;
    tree_song(t, &song, p, threshold, out, at);
    assert_true(fabsf(out[ambient] - 0.5F) < 1e-6F && fabsf(at[ambient] - 0.4F) < 1e-6F);
    assert_true(out[drone] < at[drone] && out[found(t, "dark-ambient")] < 1e-6F);
    assert_true(fabsf(out[rock] - 0.55F) < 1e-6F && fabsf(at[rock] - 0.6F) < 1e-6F);
    assert_true(isnan(out[found(t, "odd")]));
    assert_true(fabsf(out[found(t, "chill")] - 0.6F) < 1e-6F);
    assert_true(fabsf(at[found(t, "chill")] - 0.7F) < 1e-6F);
    assert_true(fabsf(out[found(t, "not-odd")]) < 1e-6F && at[found(t, "not-odd")] > 0.4F);
    /* The greatest margin, not the last one. */
    p[ambient] = 0.9F;
    tree_song(t, &song, p, threshold, out, at);
    assert_true(fabsf(out[ambient] - 0.9F) < 1e-6F);
    tree_close(t);
}

static void test_bad_files(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *says;
    } cases[] = {
        {"rock = x", "line 1: \"rock\" stands before the first section"},
        {"\n[genre]\na = b", "line 3: there is no section [genre]; did you mean [genres]?"},
        {"[genres]\nx = rok", "line 2: there is no family \"rok\"; did you mean \"rock\"?"},
        {"[genres]\nx =", "line 2: there is no family \"\""},
        {"[genres]\nx = rock,", "line 2: there is no family \"\""},
        {"[genres]\nrock = pop", "line 2: \"rock\" is a family"},
        {"[genres]\nx = rock : a,, b", "line 2: the phrase \"\" needs one to 5 words"},
        {"[genres]\nx = rock : a b c d e f", "line 2: the phrase \"a b c d e f\" needs one to 5"},
        {"[genres]\nX Y = rock\nx-y = pop", "line 3: \"x-y\" stands in [genres] on line 2 already"},
        {"[genres]\n\xc3\xa9 = rock", "line 2: \"\xc3\xa9\" cannot name a genre"},
        {"[genres]\nenergy = rock", "line 2: \"energy\" is a word of rules"},
        {"[own]\nrock = pop", "line 2: there is a genre \"rock\" already"},
        {"[own]\na = rock\nb = a", "line 3: a rule cannot use the own genre \"a\""},
        {"[own]\na = rock nad pop", "line 2: \"and\" or \"or\" is missing before \"nad\""},
        {"[own]\na = bosa-nova",
         "line 2: there is no genre \"bosa-nova\"; did you mean \"bossa-nova\""},
        {"[merge]\nx = rock", "line 2: there is no genre \"x\""},
        {"[merge]\nrock = rock", "line 2: \"rock\" is merged into itself in the end"},
        {"[merge]\nrock = pop\npop = soul\nsoul = rock", "line "},
        {"[own]\na = rock\n[merge]\na = rock", "line 4: the own genre \"a\" cannot be merged"},
        {"[alias]\nrock = pop", "line 2: \"rock\" names a genre already"},
        {"[alias]\nmy rock = qqqqqqqq", "line 2: there is no genre \"qqqqqqqq\""},
        {"[rename]\nrock = Metal", "line 2: \"Metal\" is the name of \"metal\" already"},
        {"[rename]\nrock = Z\npop = z", "is the name of"},
        {"[rename]\nrock =", "line 2: the name of \"rock\" needs 1 to 60 bytes"},
        {"[rename]\nrock = a\x01", "line 2: the name of \"rock\""},
        {"[hide]\nrock = maybe", "line 2: \"rock\" is hidden or not: yes or no"},
        {"[threshold]\nrock = 1.5", "line 2: the threshold of \"rock\" is no number from 0 to 1"},
        {"[threshold]\nrock = nan", "line 2: the threshold"},
        {"[own", "line 1: a section is written [name]"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tree *t = NULL;
        struct err e = {0};
        if (tree_read(cases[i].text, strlen(cases[i].text), &t, &e) != ERR_CONFIG) {
            fail_msg("accepted: %s", cases[i].text);
        }
        assert_null(t);
        if (strstr(e.text, cases[i].says) == NULL) {
            fail_msg("\"%s\" says \"%s\", not \"%s\"", cases[i].text, e.text, cases[i].says);
        }
    }
}

static void test_too_many(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_add_str(&b, "[genres]\n");
    for (int i = 0; i < TREE_MAX; i++) {
        buf_printf(&b, "x%d = rock\n", i);
    }
    struct tree *t = NULL;
    struct err e = {0};
    assert_int_equal(tree_read(buf_str(&b), b.len, &t, &e), ERR_CONFIG);
    assert_non_null(strstr(e.text, "there are more than 256 genres"));
    buf_free(&b);
}

static void test_a_shipped_alias_gives_way(void **state)
{
    (void)state;
    struct tree *t = tree_of("[own]\nkpop = pop and language = ko\n[alias]\nrap = pop-rap\n");
    assert_int_equal(found(t, "kpop"), tree_given(t));
    assert_int_equal(found(t, "rap"), found(t, "pop-rap"));
    tree_close(t);
    t = tree_of("[rename]\nDrum & Bass = Breaks\nfunk = soul music\nhouse = Funk Music\n");
    assert_string_equal(tree_at(t, found(t, "drum-and-bass"))->title, "Breaks");
    tree_close(t);
}

static void test_files(void **state)
{
    struct tree *t = NULL;
    struct err e = {0};
    const char *path = temp_path(state, "genres.conf");
    assert_int_equal(tree_open(path, &t, &e), ERR_IO);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("[hide]\nrock = yes\n", f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(tree_open(path, &t, &e), ERR_OK);
    assert_true(tree_at(t, genre_find("rock"))->hidden);
    tree_close(t);
    t = NULL;
    f = fopen(path, "a");
    assert_non_null(f);
    fputs("pop = what\n", f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(tree_open(path, &t, &e), ERR_CONFIG);
    assert_non_null(strstr(e.text, "genres.conf: line 3: \"pop\" is hidden or not"));
    assert_null(t);
    tree_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_shipped_tree),
        cmocka_unit_test(test_names_are_found),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_a_file_laid_over),
        cmocka_unit_test(test_songs),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_a_shipped_alias_gives_way),
        cmocka_unit_test_setup_teardown(test_files, temp_setup, temp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
