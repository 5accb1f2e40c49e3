/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <string.h>

#include "base/rand.h"
#include "spotify/undo.h"

#define ITEMS 40
#define ROOM  (8 * ITEMS)

static char names[ROOM][24];

static const char *name(size_t i)
{
    snprintf(names[i], sizeof(names[i]), "i%zu", i);
    return names[i];
}

struct list {
    const char *item[ROOM];
    size_t n;
};

static void insert(struct list *l, size_t at, const char *item)
{
    for (size_t i = l->n; i > at; i--) /* valgrind takes memmove for memcpy here */
        l->item[i] = l->item[i - 1];
    l->item[at] = item;
    l->n++;
}

static void erase(struct list *l, size_t at)
{
    l->n--;
    for (size_t i = at; i < l->n; i++)
        l->item[i] = l->item[i + 1];
}

static void assert_same(const struct list *a, const struct list *b)
{
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++)
        assert_string_equal(a->item[i], b->item[i]);
}

/* A run as genred makes it: removals anywhere, then additions at the top or at a place. */
static size_t run(struct list *l, struct rand_seq *r, size_t first_name, struct undo_step *steps)
{
    size_t n = 0;
    for (size_t k = rand_below(r, l->n + 1); k > 0; k--) {
        size_t at = rand_below(r, l->n);
        steps[n++] = (struct undo_step){l->item[at], false, (int64_t)at, at ? l->item[at - 1] : ""};
        erase(l, at);
    }
    for (size_t k = rand_below(r, ITEMS); k > 0; k--) {
        size_t at = rand_below(r, 3) ? 0 : rand_below(r, l->n + 1);
        insert(l, at, name(first_name++));
        steps[n++] = (struct undo_step){l->item[at], true, (int64_t)at, ""};
    }
    return n;
}

static struct list made(size_t n)
{
    struct list l = {.n = n};
    for (size_t i = 0; i < n; i++)
        l.item[i] = name(i);
    return l;
}

static void the_list_is_what_it_was(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        struct rand_seq r = {seed};
        struct undo_step steps[ROOM];
        struct list l = made(rand_below(&r, ITEMS));
        const struct list before = l;
        size_t n = run(&l, &r, ITEMS, steps);
        undo_list(l.item, &l.n, steps, n);
        assert_same(&l, &before);
    }
}

/* Whatever somebody else put in since stays, and all that was there before is there again, in the
 * same order. */
static void edits_since_stay(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        struct rand_seq r = {seed};
        struct undo_step steps[ROOM];
        struct list l = made(1 + rand_below(&r, ITEMS));
        const struct list before = l;
        size_t n = run(&l, &r, ITEMS, steps);
        for (size_t k = 0; k < 5; k++)
            insert(&l, rand_below(&r, l.n + 1), name(4 * ITEMS + k));
        undo_list(l.item, &l.n, steps, n);
        assert_int_equal(l.n, before.n + 5);
        size_t at = 0;
        for (size_t i = 0; i < l.n; i++)
            at += at < before.n && strcmp(l.item[i], before.item[at]) == 0;
        assert_int_equal(at, before.n);
    }
}

static void a_second_copy_is_somebody_elses(void **state)
{
    (void)state;
    const char *items[4] = {"a", "b", "a"};
    struct undo_step added = {"a", true, 0, ""};
    size_t n = 3;
    undo_list(items, &n, &added, 1);
    assert_int_equal(n, 3);
}

static void what_is_back_already_is_not_put_in_twice(void **state)
{
    (void)state;
    const char *items[4] = {"a", "b"};
    struct undo_step removed[] = {{"b", false, 7, "x"}, {"c", false, 9, "gone"}};
    size_t n = 2;
    undo_list(items, &n, removed, 2);
    assert_int_equal(n, 3);
    assert_string_equal(items[2], "c");
}

static void of_an_unknown_place_it_comes_to_the_top(void **state)
{
    (void)state;
    const char *items[4] = {"a", "b"};
    struct undo_step removed = {"c", false, -1, "gone"};
    size_t n = 2;
    undo_list(items, &n, &removed, 1);
    assert_string_equal(items[0], "c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_what_it_was),
        cmocka_unit_test(edits_since_stay),
        cmocka_unit_test(a_second_copy_is_somebody_elses),
        cmocka_unit_test(what_is_back_already_is_not_put_in_twice),
        cmocka_unit_test(of_an_unknown_place_it_comes_to_the_top),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
