/* The call budget against a plain list of all calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/rand.h"
#include "spotify/budget.h"

#define NOW   INT64_C(1800000000)
#define CALLS 6000
#define DAY_S 86400

static int64_t naive(const int64_t *at, size_t n, int64_t span_s, int64_t now_s)
{
    int64_t calls = 0;
    for (size_t i = 0; i < n; i++)
        calls += at[i] > now_s - span_s && at[i] <= now_s;
    return calls;
}

static void test_counts_as_a_list_of_calls_would(void **state)
{
    static int64_t at[CALLS];
    struct budget b = {0};
    struct rand_seq seq = {.state = 7};
    int64_t now = NOW;
    (void)state;
    for (size_t i = 0; i < CALLS; i++) {
        now += rand_unit(&seq) < 0.9 ? (int64_t)(rand_unit(&seq) * 3)
                                     : (int64_t)(rand_unit(&seq) * 3000);
        at[i] = now;
        budget_count(&b, now);
        assert_int_equal(budget_in_30_s(&b, now), naive(at, i + 1, 30, now));
        /* To a quarter of an hour, and never too few. */
        assert_in_range(budget_in_day(&b, now), naive(at, i + 1, DAY_S, now),
                        naive(at, i + 1, DAY_S + 900, now));
    }
}

static void test_room_comes_when_the_oldest_run_out(void **state)
{
    struct budget b = {0};
    (void)state;
    for (int i = 0; i < 10; i++)
        budget_count(&b, NOW + i * 3600);
    int64_t now = NOW + 9 * 3600;
    assert_int_equal(budget_room_at(&b, 0, now), now);
    assert_int_equal(budget_room_at(&b, 11, now), now);
    int64_t room = budget_room_at(&b, 10, now);
    assert_in_range(room, NOW + DAY_S, NOW + DAY_S + 900);
    assert_int_equal(budget_in_day(&b, room), 9);
    assert_int_equal(budget_in_day(&b, room - 1), 10);
    room = budget_room_at(&b, 1, now);
    assert_int_equal(budget_in_day(&b, room), 0);
    assert_true(room <= now + DAY_S + 900);
}

static void test_a_clock_that_jumps(void **state)
{
    struct budget b = {0};
    (void)state;
    for (int i = 0; i < 5; i++)
        budget_count(&b, NOW);
    /* An hour back: they were sent a moment ago, and count. */
    assert_int_equal(budget_in_day(&b, NOW - 3600), 5);
    assert_true(budget_room_at(&b, 5, NOW - 3600) <= NOW + DAY_S + 900);
    /* Years back or ahead: they do not stop anything. */
    assert_int_equal(budget_in_day(&b, NOW - 400 * DAY_S), 0);
    assert_int_equal(budget_room_at(&b, 5, NOW - 400 * DAY_S), NOW - 400 * DAY_S);
    assert_int_equal(budget_in_day(&b, NOW + 400 * DAY_S), 0);
}

static void test_there_and_back_as_text(void **state)
{
    struct budget b = {.cooldown_until_s = NOW + 77};
    struct budget again;
    struct buf text;
    (void)state;
    buf_init(&text, 1 << 16);
    for (int i = 0; i < 500; i++)
        budget_count(&b, NOW + i * 60);
    budget_write(&b, &text);
    budget_read(&again, buf_str(&text));
    assert_int_equal(again.cooldown_until_s, NOW + 77);
    assert_int_equal(budget_in_day(&again, NOW + 30000), budget_in_day(&b, NOW + 30000));
    assert_int_equal(budget_in_30_s(&again, NOW + 29940), budget_in_30_s(&b, NOW + 29940));
    budget_read(&again,
                "quarter\nquarter x y\nsecond 1\ncooldown -1 0\nquarter 99999999999999999 1\n"
                "noise 1 2\nquarter 2000000 3");
    assert_int_equal(again.cooldown_until_s, 0);
    assert_int_equal(budget_in_day(&again, NOW), 3);
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_as_a_list_of_calls_would),
        cmocka_unit_test(test_room_comes_when_the_oldest_run_out),
        cmocka_unit_test(test_a_clock_that_jumps),
        cmocka_unit_test(test_there_and_back_as_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
