/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <string.h>

#include "classifier/net.h"
#include "tests/unit/tiny_model.h"

#define ROWS 3

/* Three songs over ten slots, of which slot 4 is in two groups of the first. */
static struct examples examples_make(const struct mlp_shape *shape, struct example *at,
                                     uint32_t *slots, float *numbers)
{
    struct rand_seq r = {11};
    struct examples e = {.at = at, .n = ROWS, .numbers = numbers, .slots = slots};
    e.numbers_n = 2 * (size_t)VECTOR_NUMBERS + (size_t)VECTOR_SMOOTH * shape->pieces;
    for (size_t i = 0; i < ROWS * e.numbers_n; i++) {
        numbers[i] = (float)rand_normal(&r);
    }
    for (size_t i = 0; i < ROWS; i++) {
        at[i] = (struct example){.weight = 0.5F + (float)i};
        at[i].yes = (struct genre_set){.bits = {rand_below(&r, 1u << shape->genres)}};
        /* Of the last genre of every other song nothing is known. */
        at[i].known = (struct genre_set){
            .bits = {i % 2 ? ~UINT64_C(0) : ~(UINT64_C(1) << (shape->genres - 1))}};
        for (size_t g = 0; g < VECTOR_GROUPS; g++) {
            at[i].first[g] = e.slots_n;
            for (size_t k = rand_below(&r, 4); k > 0; k--) {
                slots[e.slots_n++] = (uint32_t)rand_below(&r, 10);
            }
        }
        at[i].first[VECTOR_GROUPS] = e.slots_n;
    }
    return e;
}

static const struct mlp_shape shape = {
    .genres = 4, .towers = 2, .hidden1 = 5, .hidden2 = 4, .dim = 4, .pieces = 2, .slots = 10};
static const uint32_t which[ROWS] = {2, 0, 1};

/* The loss that the gradients belong to: weighted, summed over families, mean over rows and towers.
 */
static double loss_of(struct net *n, const struct examples *e)
{
    net_load(n, e, which, ROWS, NULL);
    double loss = net_gradient(n, e, which, ROWS, 0.0F) * shape.genres;
    return loss;
}

/* d loss / d params[i] by central difference. */
static double loss_difference(struct net *n, const struct examples *e, size_t i)
{
    const float h = 0.002F, was = n->params[i];
    n->params[i] = was + h;
    double up = loss_of(n, e);
    n->params[i] = was - h;
    double down = loss_of(n, e);
    n->params[i] = was;
    return (up - down) / (2.0 * (double)h);
}

static void test_gradients_of_the_whole(void **state)
{
    (void)state;
    struct example at[ROWS];
    uint32_t slots[ROWS * VECTOR_GROUPS * 4];
    float numbers[ROWS * 128];
    struct examples e = examples_make(&shape, at, slots, numbers);
    struct net *n = net_new(&shape, ROWS, 3);
    loss_of(n, &e);
    float *grads = calloc(n->layout.n, sizeof(float));
    memcpy(grads, n->grads, n->layout.n * sizeof(float));
    const struct net_layout *l = &n->layout;
    const size_t tensors[] = {l->w1, l->b1, l->w2, l->b2, l->w3, l->b3, l->table, l->n};
    for (size_t t = 0; t + 1 < sizeof(tensors) / sizeof(tensors[0]); t++) {
        const size_t size = tensors[t + 1] - tensors[t];
        size_t wrong = 0, moved = 0;
        for (size_t i = tensors[t]; i < tensors[t + 1]; i++) {
            double difference = loss_difference(n, &e, i);
            /* A unit of ReLU may bend within h: a few may be off, not many. */
            wrong += fabs(difference - (double)grads[i]) > 2e-3 + 0.02 * fabs(difference);
            moved += fabs(difference) > 1e-3;
        }
        assert_true(wrong <= size / 100);
        assert_true(moved > size / 4);
    }
    free(grads);
    net_free(n);
}

static void test_update_moves_touched_rows_only(void **state)
{
    (void)state;
    struct example at[ROWS];
    uint32_t slots[ROWS * VECTOR_GROUPS * 4];
    float numbers[ROWS * 128];
    struct examples e = examples_make(&shape, at, slots, numbers);
    for (size_t i = 0; i < e.slots_n; i++) {
        slots[i] = slots[i] == 7 ? 6 : slots[i];
    }
    struct net *n = net_new(&shape, ROWS, 3);
    float *before = calloc(n->layout.n, sizeof(float));
    memcpy(before, n->params, n->layout.n * sizeof(float));
    struct net_step step = {.rate = 0.01, .decay = 0.1, .table_decay = 0.1};
    double first = loss_of(n, &e);
    net_update(n, &step);
    size_t row7 = n->layout.table + 7 * shape.dim, row6 = n->layout.table + 6 * shape.dim;
    assert_memory_equal(before + row7, n->params + row7, shape.dim * sizeof(float));
    assert_memory_not_equal(before + row6, n->params + row6, shape.dim * sizeof(float));
    for (size_t i = 0; i < n->layout.n; i++) {
        assert_true(fabsf(n->grads[i]) < 1e-12F);
    }
    double last = 0.0;
    for (int i = 0; i < 100; i++) {
        last = loss_of(n, &e);
        net_update(n, &step);
    }
    assert_true(last < first / 2.0);
    free(before);
    net_free(n);
}

/* The quantised network of mlp.h says nearly the same as the one that was trained. */
static void test_quantised_is_near(void **state)
{
    (void)state;
    struct vocab v = {.slots = 10, .token = calloc(10, sizeof(uint64_t))};
    for (size_t i = 0; i < 10; i++) {
        v.token[i] = (i + 1) << 33;
    }
    float scaling[2 * VECTOR_NUMBERS + VECTOR_SMOOTH * 3] = {0};
    struct net *n = net_new(&shape, ROWS, 5);
    struct mlp m = {.mean = scaling, .scale = scaling, .knots = scaling};
    unsigned char *table = calloc(shape.slots, mlp_slot_bytes(&shape));
    struct example at[ROWS];
    uint32_t slots[ROWS * VECTOR_GROUPS * 4];
    float numbers[ROWS * 128], mine[ROWS * 4], theirs[ROWS * 4];
    struct examples e = examples_make(&shape, at, slots, numbers);
    net_load(n, &e, which, ROWS, NULL);
    net_predict(n, ROWS, mine);
    net_quantise(n, &v, table, &m);
    mlp_forward(&m, n->x, ROWS, theirs, NULL);
    for (size_t i = 0; i < ROWS * 4; i++) {
        assert_true(fabsf(mine[i] - mlp_probability(theirs[i])) < 1e-5F);
    }
    for (size_t s = 0; s < shape.slots; s++) {
        struct mlp_slot slot;
        memcpy(&slot, table + s * mlp_slot_bytes(&shape), sizeof(slot));
        for (size_t d = 0; d < shape.dim; d++) {
            signed char q = (signed char)table[s * mlp_slot_bytes(&shape) + sizeof(slot) + d];
            float exact = n->params[n->layout.table + s * shape.dim + d];
            assert_true(fabsf(slot.scale * (float)q - exact) <= 0.51F * slot.scale);
        }
    }
    free(table);
    free(v.token);
    net_free(n);
}

static void test_dropped_groups_are_gone(void **state)
{
    (void)state;
    struct example at[ROWS];
    uint32_t slots[ROWS * VECTOR_GROUPS * 4];
    float numbers[ROWS * 128];
    struct examples e = examples_make(&shape, at, slots, numbers);
    struct net_drop drop = {.statistics = 1.0F, .group = {[VECTOR_TITLE] = 1.0F}};
    struct net *n = net_new(&shape, ROWS, 3);
    net_load(n, &e, which, ROWS, &drop);
    for (size_t row = 0; row < ROWS; row++) {
        const float *x = n->x + row * mlp_input(&shape);
        const float *title = x + e.numbers_n + VECTOR_TITLE * (shape.dim + 1);
        for (size_t d = 0; d <= shape.dim; d++) {
            assert_true(fabsf(title[d]) < 1e-12F);
        }
        assert_true(fabsf(x[2 * VECTOR_ENERGY + 1]) < 1e-12F);
        assert_true(fabsf(x[2 * VECTOR_NUMBERS + VECTOR_ENERGY * shape.pieces]) < 1e-12F);
        assert_true(fabsf(x[2 * VECTOR_DURATION]) > 1e-12F);
    }
    net_free(n);
}

#define MANY 300 /* rows: more than one task has */

/* Some steps of training by that many threads; params: what they made. */
static struct net *threads_train(size_t threads, const struct examples *e, const uint32_t *rows)
{
    const struct net_drop drop = {
        .statistics = 0.3F, .group = {[VECTOR_TITLE] = 0.5F}, .token = {[VECTOR_ALBUM] = 0.5F}};
    const struct net_step step = {.rate = 0.01, .decay = 0.1, .table_decay = 0.1};
    struct net *n = net_new(&shape, MANY, 3);
    team_free(n->team);
    n->team = team_new(threads);
    for (int i = 0; i < 5; i++) {
        net_load(n, e, rows, MANY, &drop);
        (void)net_gradient(n, e, rows, MANY, 0.3F);
        net_update(n, &step);
    }
    return n;
}

static void test_threads_make_no_difference(void **state)
{
    (void)state;
    struct example at[ROWS];
    uint32_t slots[ROWS * VECTOR_GROUPS * 4], rows[MANY];
    float numbers[ROWS * 128];
    struct examples e = examples_make(&shape, at, slots, numbers);
    for (uint32_t i = 0; i < MANY; i++) {
        rows[i] = i % ROWS;
    }
    struct net *one = threads_train(1, &e, rows), *untrained = net_new(&shape, MANY, 3);
    assert_memory_not_equal(one->params, untrained->params, one->layout.n * sizeof(float));
    for (size_t threads = 2; threads <= 5; threads++) {
        struct net *more = threads_train(threads, &e, rows);
        assert_memory_equal(one->params, more->params, one->layout.n * sizeof(float));
        net_free(more);
    }
    net_free(untrained);
    net_free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients_of_the_whole),
        cmocka_unit_test(test_update_moves_touched_rows_only),
        cmocka_unit_test(test_quantised_is_near),
        cmocka_unit_test(test_dropped_groups_are_gone),
        cmocka_unit_test(test_threads_make_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
