#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/rand.h"
#include "spotify/diff.h"

#define MAX 40

static int by_track(const void *a, const void *b)
{
    const struct diff_item *x = a;
    const struct diff_item *y = b;
    return (x->track > y->track) - (x->track < y->track);
}

static const struct diff_item *find(const struct diff_item *items, size_t n, int64_t track)
{
    for (size_t i = 0; i < n; i++) {
        if (items[i].track == track)
            return &items[i];
    }
    return NULL;
}

/* Said again, the slow way: what each rule asks for, song by song. */
static void check(const struct diff_song *songs, size_t n_songs, const struct diff_item *items,
                  size_t n_items, const struct diff_volume *v)
{
    size_t added = 0;
    size_t removed = 0;
    for (size_t i = 0; i < n_songs; i++) {
        if (!songs[i].enters || find(items, n_items, songs[i].track))
            continue;
        assert_true(added < v->n_add);
        assert_int_equal(v->add[added++], songs[i].track);
    }
    for (size_t i = 0; i < n_items; i++) {
        bool stays = items[i].by != DIFF_BY_GENRED;
        for (size_t k = 0; k < n_songs; k++)
            stays = stays || (songs[k].track == items[i].track && songs[k].stays);
        if (stays)
            continue;
        assert_true(removed < v->n_remove);
        assert_int_equal(v->remove[removed++], items[i].track);
    }
    assert_int_equal(added, v->n_add);
    assert_int_equal(removed, v->n_remove);
}

static void test_against_the_naive_twin(void **state)
{
    struct rand_seq r = {11};
    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct diff_song songs[MAX + 1];
        struct diff_item items[MAX + 1];
        int64_t add[MAX + 1];
        int64_t remove[MAX + 1];
        struct diff_volume v = {.playlist = 9, .add = add, .remove = remove};
        size_t n_songs = rand_below(&r, MAX);
        size_t n_items = 0;
        size_t overflow = 0;
        for (size_t i = 0; i < n_songs; i++) {
            bool enters = rand_below(&r, 2);
            songs[i] = (struct diff_song){(int64_t)i * 3, enters, enters || rand_below(&r, 2)};
        }
        for (int64_t track = 0; track < MAX; track++) {
            if (rand_below(&r, 3) == 0)
                items[n_items++] =
                    (struct diff_item){track, 9, (enum diff_by)rand_below(&r, 3), false};
        }
        qsort(items, n_items, sizeof(items[0]), by_track);
        diff_plan(songs, n_songs, items, n_items, &v, 1, 1000, &overflow);
        assert_int_equal(overflow, 0);
        check(songs, n_songs, items, n_items, &v);
    }
}

static void test_a_full_volume_leads_to_the_next(void **state)
{
    struct diff_song songs[30];
    struct diff_item none[1] = {{0}};
    int64_t add[2][30];
    int64_t remove[2][1];
    struct diff_volume v[2] = {
        {.playlist = 1, .total = 8, .add = add[0], .remove = remove[0]},
        {.playlist = 2, .total = 0, .add = add[1], .remove = remove[1]},
    };
    size_t overflow = 0;
    (void)state;
    for (int i = 0; i < 30; i++)
        songs[i] = (struct diff_song){i + 1, true, true};
    diff_plan(songs, 30, none, 0, v, 2, 10, &overflow);
    assert_int_equal(v[0].n_add, 2);
    assert_int_equal(v[1].n_add, 10);
    assert_int_equal(overflow, 18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_the_naive_twin),
        cmocka_unit_test(test_a_full_volume_leads_to_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
