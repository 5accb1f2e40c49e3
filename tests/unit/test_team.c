/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdatomic.h>

#include "base/team.h"

#define PARTS  37
#define ROUNDS 500

struct counts {
    atomic_int of_part[PARTS];
    atomic_int in_all;
};

static void part_count(void *context, size_t part)
{
    struct counts *c = context;
    atomic_fetch_add(&c->of_part[part], 1);
    atomic_fetch_add(&c->in_all, 1);
}

static void test_each_part_once(void **state)
{
    (void)state;
    static const size_t threads[] = {0, 1, 2, 5, 100};
    for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
        struct counts c = {0};
        struct team *t = team_new(threads[i]);
        for (int round = 1; round <= ROUNDS; round++) {
            team_run(t, part_count, &c, PARTS);
            /* All are done on return. */
            assert_int_equal(atomic_load(&c.in_all), round * PARTS);
        }
        for (size_t part = 0; part < PARTS; part++) {
            assert_int_equal(atomic_load(&c.of_part[part]), ROUNDS);
        }
        team_free(t);
    }
}

static void test_nothing_to_do(void **state)
{
    (void)state;
    struct counts c = {0};
    struct team *t = team_new(3);
    team_run(t, part_count, &c, 0);
    assert_int_equal(atomic_load(&c.in_all), 0);
    team_run(t, part_count, &c, 1);
    assert_int_equal(atomic_load(&c.of_part[0]), 1);
    team_free(t);
    team_free(team_new(2)); /* nobody ever had work */
    team_free(NULL);
}

struct meeting {
    atomic_int here;
};

/* Returns only when two are in it at once. */
static void part_meet(void *context, size_t part)
{
    struct meeting *m = context;
    (void)part;
    atomic_fetch_add(&m->here, 1);
    while (atomic_load(&m->here) < 2) {
    }
}

static void test_parts_run_together(void **state)
{
    (void)state;
    struct meeting m = {0};
    struct team *t = team_new(2);
    team_run(t, part_meet, &m, 2);
    assert_int_equal(atomic_load(&m.here), 2);
    team_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_part_once),
        cmocka_unit_test(test_nothing_to_do),
        cmocka_unit_test(test_parts_run_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
