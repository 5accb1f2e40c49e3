/* Training: it learns, it goes on after an end as if there had been none, it ends in time. */
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

#include "base/file.h"
#include "classifier/sound/teach.h"
#include "tests/unit/temp.h"

#define INPUTS 6
#define ROWS   120
#define GENRES 2

static const struct stack_row layers[] = {{.kind = STACK_DENSE, .n = 12},
                                          {.kind = STACK_RELU},
                                          {.kind = STACK_DROP, .drop = 0.1F},
                                          {.kind = STACK_DENSE, .n = GENRES}};
static const struct teach_net net = {layers, 4, {1, 1, INPUTS}};

struct made {
    float x[ROWS][INPUTS];
    float target[ROWS][GENRES];
};

/* Which of two numbers is larger, and whether two have the same sign: the second is not linear. */
static void made_rows(struct made *m, uint64_t seed)
{
    struct rand_seq r = {seed};
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t k = 0; k < INPUTS; k++)
            m->x[i][k] = (float)rand_normal(&r);
        m->target[i][0] = m->x[i][0] > m->x[i][1] ? 1.0F : 0.0F;
        m->target[i][1] = m->x[i][2] * m->x[i][3] > 0.0F ? 1.0F : 0.0F;
    }
}

/* A little noise in training, so that the order of random numbers matters. */
static void row(const void *ctx, size_t i, struct rand_seq *r, float *x)
{
    const struct made *m = ctx;
    for (size_t k = 0; k < INPUTS; k++)
        x[k] = m->x[i][k] + (r ? 0.05F * (float)rand_normal(r) : 0.0F);
}

static struct teach_rows rows_of(const struct made *m)
{
    return (struct teach_rows){.row = row, .ctx = m, .target = &m->target[0][0], .n = ROWS};
}

static bool end_after_five(void *ctx, const struct teach_epoch *epoch)
{
    (void)ctx;
    return epoch->epoch < 5;
}

static const struct teach_options plain = {
    .epochs = 40, .batch = 16, .rate = 0.02, .decay = 0.01, .seed = 4};

static void test_learns_what_is_not_linear(void **state)
{
    (void)state;
    static struct made train, check;
    struct taught t;
    struct err e = {0};
    size_t right = 0;
    float probs[ROWS][GENRES];
    made_rows(&train, 1);
    made_rows(&check, 2);
    const struct teach_rows from = rows_of(&train), held = rows_of(&check);
    assert_int_equal(teach_run(&net, &from, &held, &plain, &t, &e), ERR_OK);
    assert_true(t.curve[t.best].check_loss < 0.6 * t.curve[0].check_loss);
    for (size_t i = 0; i < t.epochs; i++)
        assert_true(t.curve[t.best].check_loss <= t.curve[i].check_loss);
    teach_predict(t.stack, &held, &probs[0][0], NULL);
    for (size_t i = 0; i < ROWS; i++)
        right += (probs[i][1] > 0.5F) == (check.target[i][1] > 0.5F);
    assert_true(right > ROWS * 7 / 10);
    teach_free(&t);
}

static void test_goes_on_as_if_it_had_not_stopped(void **state)
{
    static struct made train;
    struct taught whole, halves;
    struct err e = {0};
    char path[512];
    snprintf(path, sizeof(path), "%s/checkpoint", (const char *)*state);
    made_rows(&train, 1);
    const struct teach_rows from = rows_of(&train), none = {0};
    assert_int_equal(teach_run(&net, &from, &none, &plain, &whole, &e), ERR_OK);
    struct teach_options o = plain;
    o.checkpoint = path;
    o.told = end_after_five;
    assert_int_equal(teach_run(&net, &from, &none, &o, &halves, &e), ERR_OK);
    assert_int_equal(halves.epochs, 5);
    teach_free(&halves);
    o.told = NULL;
    assert_int_equal(teach_run(&net, &from, &none, &o, &halves, &e), ERR_OK);
    assert_int_equal(halves.epochs, 40);
    const struct stack_state *a = stack_state(whole.stack), *b = stack_state(halves.stack);
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->params, b->params, a->n * sizeof(float));
    teach_free(&whole);
    teach_free(&halves);
}

static void test_refuses_another_checkpoint(void **state)
{
    static struct made train;
    struct taught t;
    struct err e = {0};
    struct buf was = {0};
    char path[512];
    snprintf(path, sizeof(path), "%s/checkpoint", (const char *)*state);
    made_rows(&train, 1);
    const struct teach_rows from = rows_of(&train), none = {0};
    struct teach_options o = plain;
    o.checkpoint = path;
    o.epochs = 3;
    assert_int_equal(teach_run(&net, &from, &none, &o, &t, &e), ERR_OK);
    teach_free(&t);
    o.seed = 5;
    assert_int_equal(teach_run(&net, &from, &none, &o, &t, &e), ERR_FORMAT);
    o.seed = 4;
    buf_init(&was, (size_t)1 << 20);
    assert_int_equal(file_read(path, &was, &e), ERR_OK);
    assert_int_equal(file_write(path, was.data, was.len - 1, 0644, &e), ERR_OK);
    assert_int_equal(teach_run(&net, &from, &none, &o, &t, &e), ERR_FORMAT);
    assert_int_equal(file_write(path, "", 0, 0644, &e), ERR_OK);
    assert_int_equal(teach_run(&net, &from, &none, &o, &t, &e), ERR_FORMAT);
    buf_free(&was);
}

static void test_ends_when_nothing_gets_better(void **state)
{
    (void)state;
    static struct made train, check;
    struct taught t;
    struct err e = {0};
    struct rand_seq r = {8};
    made_rows(&train, 1);
    made_rows(&check, 2);
    for (size_t i = 0; i < ROWS * GENRES; i++)
        (&check.target[0][0])[i] = rand_unit(&r) < 0.5 ? 1.0F : 0.0F; /* nothing to be learned */
    const struct teach_rows from = rows_of(&train), held = rows_of(&check);
    struct teach_options o = plain;
    o.epochs = 1000;
    o.patience = 4;
    assert_int_equal(teach_run(&net, &from, &held, &o, &t, &e), ERR_OK);
    assert_true(t.epochs < 60);
    assert_int_equal(t.epochs, t.best + 1 + 4);
    teach_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learns_what_is_not_linear),
        cmocka_unit_test_setup_teardown(test_goes_on_as_if_it_had_not_stopped, temp_setup,
                                        temp_teardown),
        cmocka_unit_test_setup_teardown(test_refuses_another_checkpoint, temp_setup, temp_teardown),
        cmocka_unit_test(test_ends_when_nothing_gets_better),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
