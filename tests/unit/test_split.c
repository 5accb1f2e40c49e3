/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classifier/split.h"

#define TRAIN    400
#define VALIDATE 100

static struct corpus_row rows[TRAIN + VALIDATE];
static char names[TRAIN + VALIDATE][32];
static const struct corpus train = {.rows = rows, .n = TRAIN};
static const struct corpus validate = {.rows = rows + TRAIN, .n = VALIDATE};

/* Five songs of each artist; every fifth song is the one before it again, in other letters. */
static void rows_make(void)
{
    for (size_t i = 0; i < TRAIN + VALIDATE; i++) {
        snprintf(names[i], sizeof(names[i]), "%s %zu", i % 5 == 4 ? "SONG" : "song",
                 i % 5 == 4 ? i - 1 : i);
        rows[i] = (struct corpus_row){
            .song = {.id = names[i], .name = names[i]}, .artist = 1000 + i / 5, .families = 1};
    }
}

static size_t both(const struct split *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->train.n; i++) {
        for (size_t k = 0; k < s->test.n; k++) {
            n += s->train.rows[i].song.id == s->test.rows[k].song.id;
        }
    }
    return n;
}

static bool artist_in(const struct corpus *c, uint64_t artist)
{
    for (size_t i = 0; i < c->n; i++) {
        if (c->rows[i].artist == artist) {
            return true;
        }
    }
    return false;
}

static void test_sizes_and_sides(void **state)
{
    (void)state;
    for (int way = 0; way < SPLIT_WAYS; way++) {
        struct split s;
        split_make(&s, (enum split_way)way, &train, &validate, 250, 1);
        assert_int_equal(s.train.n, 250);
        assert_int_equal(s.test.n, way == SPLIT_DISTINCT ? 80 : 100);
        assert_int_equal(s.dropped, way == SPLIT_DISTINCT ? 100 : 0);
        assert_int_equal(both(&s), 0);
        size_t seen = 0;
        for (size_t i = 0; i < s.test.n; i++) {
            assert_int_equal(s.seen[i], artist_in(&s.train, s.test.rows[i].artist));
            seen += s.seen[i];
        }
        if (way == SPLIT_BY_ARTIST) {
            assert_int_equal(seen, 0);
        } else {
            assert_true(seen > 0 && seen < s.test.n);
        }
        split_free(&s);
    }
}

static void test_no_song_twice(void **state)
{
    (void)state;
    struct split s;
    split_make(&s, SPLIT_DISTINCT, &train, &validate, 10000, 1);
    assert_int_equal(s.train.n + s.test.n, 400);
    for (size_t i = 0; i < s.test.n; i++) {
        assert_int_equal(strncmp(s.test.rows[i].song.name, "song", 4),
                         0); /* the first of the two */
    }
    split_free(&s);
}

static void test_seed_decides(void **state)
{
    (void)state;
    struct split a, b, c;
    split_make(&a, SPLIT_RANDOM, &train, &validate, 50, 1);
    split_make(&b, SPLIT_RANDOM, &train, &validate, 50, 1);
    split_make(&c, SPLIT_RANDOM, &train, &validate, 50, 2);
    size_t same = 0;
    for (size_t i = 0; i < 50; i++) {
        assert_ptr_equal(a.train.rows[i].song.id, b.train.rows[i].song.id);
        same += a.train.rows[i].song.id == c.train.rows[i].song.id;
    }
    assert_true(same < 10);
    split_free(&a);
    split_free(&b);
    split_free(&c);
}

static void test_nothing(void **state)
{
    (void)state;
    const struct corpus none = {0};
    for (int way = 0; way < SPLIT_WAYS; way++) {
        struct split s;
        split_make(&s, (enum split_way)way, &none, &none, 50, 1);
        assert_int_equal(s.train.n + s.test.n, 0);
        split_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes_and_sides),
        cmocka_unit_test(test_no_song_twice),
        cmocka_unit_test(test_seed_decides),
        cmocka_unit_test(test_nothing),
    };
    rows_make();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
