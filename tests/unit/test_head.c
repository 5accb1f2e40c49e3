/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>

#include "classifier/head.h"

#define DIM 2

static const float east[DIM] = {1.0F, 0.0F}, north[DIM] = {0.0F, 1.0F};

/* The change of the logit of genre 0 of two at a place by an artist. */
static float change(const struct head *h, const float *place, uint64_t artist)
{
    float logits[2] = {0.0F, 0.0F};
    head_apply(h, place, &artist, 1, logits);
    assert_true(logits[1] == 0.0F);
    return logits[0];
}

static struct head_example said(const float *place, uint64_t artist, float logit, bool is)
{
    return (struct head_example){
        .place = place, .artist = artist, .genre = 0, .logit = logit, .is = is};
}

static void test_near_songs_and_the_artists_move(void **state)
{
    (void)state;
    const struct head_example x = said(east, 7, -1.0F, true);
    struct head *h = head_fit(&x, 1, DIM, 2);
    float same = change(h, east, 9), artist = change(h, north, 7), far = change(h, north, 9);
    assert_true(same > 0.5F);
    assert_true(artist > 0.5F);
    assert_true(far > 0.0F && far < 0.2F);
    assert_true(change(h, east, 7) > same && change(h, east, 7) > artist);
    assert_true(change(h, north, 0) == far); /* no artist is nobody's */
    head_free(h);
}

static void test_what_was_known_changes_little(void **state)
{
    (void)state;
    const struct head_example known = said(east, 7, 6.0F, true), news = said(east, 7, -6.0F, true);
    struct head *a = head_fit(&known, 1, DIM, 2), *b = head_fit(&news, 1, DIM, 2);
    assert_true(change(a, east, 7) < 0.1F);
    assert_true(change(b, east, 7) > 2.0F);
    head_free(a);
    head_free(b);
}

static void test_contradictions_cancel(void **state)
{
    (void)state;
    const struct head_example both[2] = {said(east, 7, 0.0F, true), said(east, 7, 0.0F, false)};
    struct head *h = head_fit(both, 2, DIM, 2);
    assert_true(fabsf(change(h, east, 7)) < 1e-3F);
    head_free(h);
}

/* At the minimum the loss of any weights nearby is greater; the weights are told by what they do at
 * the examples. Here: the penalty's slope and the loss's slope cancel. */
static void test_the_minimum_is_one(void **state)
{
    (void)state;
    float places[12][DIM];
    struct head_example x[12];
    for (size_t i = 0; i < 12; i++) {
        places[i][0] = cosf((float)i);
        places[i][1] = sinf((float)i);
        x[i] = said(places[i], i % 4, sinf(3.0F * (float)i), i % 3 != 0);
    }
    struct head *h = head_fit(x, 12, DIM, 2);
    /* A correction of a song that behaves as fitted moves nothing: its residual over the penalty
     * is its weight, whose sign is that of what was said. */
    for (size_t i = 0; i < 12; i++) {
        float fitted = x[i].logit + change(h, places[i], i % 4);
        float residual = (x[i].is ? 1.0F : 0.0F) - 1.0F / (1.0F + expf(-fitted));
        assert_true(x[i].is ? residual > 0.0F : residual < 0.0F);
        assert_true(fabsf(residual) < 0.6F);
    }
    head_free(h);
}

static void test_nothing_said_and_nonsense_change_nothing(void **state)
{
    (void)state;
    const float broken[DIM] = {NAN, 0.0F};
    const struct head_example bad[2] = {said(broken, 7, 0.0F, true), said(east, 7, INFINITY, true)};
    struct head *none = head_fit(NULL, 0, DIM, 2), *nonsense = head_fit(bad, 2, DIM, 2);
    assert_true(change(none, east, 7) == 0.0F);
    assert_true(change(nonsense, east, 7) == 0.0F);
    head_free(none);
    head_free(nonsense);
    head_free(NULL);
}

static void test_of_too_many_the_last_count(void **state)
{
    (void)state;
    static struct head_example x[HEAD_EXAMPLES + 20];
    for (size_t i = 0; i < HEAD_EXAMPLES + 20; i++) {
        x[i] = i < 20 ? said(north, 3, 0.0F, true) : said(east, 7, 5.0F, true);
    }
    struct head *h = head_fit(x, HEAD_EXAMPLES + 20, DIM, 2);
    assert_true(change(h, north, 3) < 0.5F);
    head_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_near_songs_and_the_artists_move),
        cmocka_unit_test(test_what_was_known_changes_little),
        cmocka_unit_test(test_contradictions_cancel),
        cmocka_unit_test(test_the_minimum_is_one),
        cmocka_unit_test(test_nothing_said_and_nonsense_change_nothing),
        cmocka_unit_test(test_of_too_many_the_last_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
