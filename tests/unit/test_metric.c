/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>

#include "base/rand.h"
#include "classifier/metric.h"

/* All pairs, one by one. */
static double naive_auc(const float *score, const uint32_t *labels, size_t n)
{
    double right = 0.0, pairs = 0.0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            if ((labels[i] & 1) && !(labels[k] & 1)) {
                pairs += 1.0;
                right += score[i] > score[k] ? 1.0 : score[i] < score[k] ? 0.0 : 0.5;
            }
        }
    }
    return right / pairs;
}

static void test_auc_with_ties(void **state)
{
    (void)state;
    struct rand_seq r = {5};
    for (size_t levels = 1; levels < 40; levels += 3) {
        float score[200];
        uint32_t labels[200];
        for (size_t i = 0; i < 200; i++) {
            score[i] = (float)rand_below(&r, levels) / 7.0F;
            labels[i] = i == 0 || (i > 1 && rand_below(&r, 3) == 0);
        }
        assert_true(fabs(metric_auc(score, 1, labels, 0, 200) - naive_auc(score, labels, 200)) <
                    1e-12);
    }
    float same[] = {1.0F, 1.0F};
    uint32_t both[] = {1, 1};
    assert_true(metric_auc(same, 1, both, 0, 2) < 0.0);
    assert_true(metric_auc(same, 1, both, 1, 2) < 0.0);
    assert_true(metric_auc(same, 1, both, 0, 0) < 0.0);
}

static void test_table(void **state)
{
    (void)state;
    float probs[4 * GENRE_N] = {0};
    uint32_t labels[4] = {1, 1, 2, 2};
    probs[0 * GENRE_N + 0] = 0.9F; /* right */
    probs[1 * GENRE_N + 1] = 0.6F; /* wrong: it is family 0 */
    probs[2 * GENRE_N + 1] = 0.8F; /* right */
    probs[3 * GENRE_N + 1] = 0.4F; /* right, but not at 0.5 */
    struct metric m;
    metric_make(probs, labels, 4, &m);
    assert_true(fabs(m.best_right - 0.75) < 1e-12);
    assert_true(fabs(m.family[0].auc - 0.75) < 1e-12);
    assert_true(fabs(m.family[1].auc - 0.75) < 1e-12);
    assert_true(m.family[2].auc < 0.0);
    assert_true(fabs(m.macro_auc - 0.75) < 1e-12);
    assert_true(fabs(m.family[0].f1 - 2.0 / 3.0) < 1e-12);
    assert_true(fabs(m.family[1].precision - 0.5) < 1e-12);
    assert_true(fabs(m.family[1].recall - 0.5) < 1e-12);
    assert_true(fabs(m.macro_f1 - (2.0 / 3.0 + 0.5) / 2.0) < 1e-12);
    metric_make(probs, labels, 0, &m);
    assert_true(m.macro_auc < 1e-12 && m.best_right < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_auc_with_ties),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
