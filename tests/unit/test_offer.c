/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>
#include <string.h>

#include "base/rand.h"
#include "classifier/offer.h"

#define SONGS 600

struct library {
    struct tree *tree;
    struct song song[SONGS];
    float p[SONGS][TREE_MAX];
    float threshold[TREE_MAX];
    struct offer_song offered[SONGS];
};

/* Half of them rock, a third tagged "shoegaze", energy and year at random. */
static int set_up(void **state)
{
    struct library *l = calloc(1, sizeof(*l));
    struct err e = {0};
    struct rand_seq r = {7};
    assert_int_equal(tree_open(NULL, &l->tree, &e), ERR_OK);
    size_t rock = tree_find(l->tree, "rock");
    for (size_t g = 0; g < TREE_MAX; g++)
        l->threshold[g] = 0.5F;
    for (size_t i = 0; i < SONGS; i++) {
        struct song *s = &l->song[i];
        *s = (struct song){.id = "x", .name = "", .artists = "", .album = "", .label = ""};
        s->tags = rand_below(&r, 3) ? "indie rock; noise" : "dream pop; shoegaze";
        s->year = 1960 + (int)rand_below(&r, 60);
        s->is_explicit = -1;
        s->stat_mask = 1U << SONG_ENERGY;
        s->stat[SONG_ENERGY] = (float)rand_unit(&r);
        l->p[i][rock] = rand_below(&r, 2) ? 0.9F : 0.1F;
        l->offered[i] = (struct offer_song){s, l->p[i], l->threshold, false};
    }
    *state = l;
    return 0;
}

static int tear_down(void **state)
{
    struct library *l = *state;
    tree_close(l->tree);
    free(l);
    return 0;
}

static void what_was_meant_is_found(void **state)
{
    struct library *l = *state;
    struct offer offer;
    size_t rock = tree_find(l->tree, "rock");
    for (size_t i = 0; i < SONGS; i++)
        l->offered[i].in = l->p[i][rock] >= 0.5F && l->song[i].stat[SONG_ENERGY] < 0.4F;
    assert_true(offer_make(l->tree, l->offered, SONGS, &offer));
    assert_non_null(strstr(offer.rule, "\"rock\""));
    assert_non_null(strstr(offer.rule, "energy <= 0."));
    assert_true(offer.precision > 0.9);
    assert_true(offer.recall > 0.85);
}

static void a_tag_is_enough(void **state)
{
    struct library *l = *state;
    struct offer offer;
    for (size_t i = 0; i < SONGS; i++)
        l->offered[i].in = strstr(l->song[i].tags, "shoegaze") != NULL;
    assert_true(offer_make(l->tree, l->offered, SONGS, &offer));
    assert_true(strstr(offer.rule, "shoegaze") || strstr(offer.rule, "dream pop"));
    assert_null(strstr(offer.rule, " and "));
    assert_true(offer.precision > 0.99 && offer.recall > 0.99);
}

/* What cannot be told apart is not claimed to be: measured on songs that were not learned from. */
static void chance_is_called_chance(void **state)
{
    struct library *l = *state;
    struct offer offer;
    struct rand_seq r = {3};
    for (size_t i = 0; i < SONGS; i++)
        l->offered[i].in = rand_below(&r, 5) == 0;
    if (offer_make(l->tree, l->offered, SONGS, &offer))
        assert_true(offer.precision < 0.35);
}

static void a_few_tell_nothing(void **state)
{
    struct library *l = *state;
    struct offer offer;
    for (size_t i = 0; i < OFFER_LEAST - 1; i++)
        l->offered[i].in = true;
    assert_false(offer_make(l->tree, l->offered, SONGS, &offer));
    assert_false(offer_make(l->tree, l->offered, 0, &offer));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_meant_is_found),
        TEST(a_tag_is_enough),
        TEST(chance_is_called_chance),
        TEST(a_few_tell_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
