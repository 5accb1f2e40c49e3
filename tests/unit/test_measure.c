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

#include "classifier/measure.h"

#define MOST 60

static void assert_near(double value, double wanted)
{
    if (!(fabs(value - wanted) < 1e-6)) {
        fail_msg("%g is not %g", value, wanted);
    }
}

/* Songs whose family 0 alone is of interest, added one by one. */
struct made {
    float probs[MOST * GENRE_N];
    uint32_t labels[MOST];
    unsigned char half[MOST];
    double threshold[GENRE_N];
    size_t n;
};

static void add(struct made *m, float p, uint32_t families, unsigned char half)
{
    assert_true(m->n < MOST);
    m->probs[m->n * GENRE_N] = p;
    m->labels[m->n] = families;
    m->half[m->n++] = half;
}

static void measured(const struct made *m, struct measure *ret)
{
    measure_songs(&(struct measure_songs){.probs = m->probs,
                                          .labels = m->labels,
                                          .half = m->half,
                                          .threshold = m->threshold,
                                          .n = m->n},
                  ret);
}

static void test_calibration_error(void **state)
{
    (void)state;
    static struct made m;
    static struct measure r;
    memset(&m, 0, sizeof(m));
    /* Bin 9: mean 0.95, 1 of 2 right: 0.45 off. Bin 2: mean 0.25, 1 of 2: 0.25 off; on the edge of
     * bin 5: 0.5, right: 0.5 off. 1.0 belongs to the last bin. */
    add(&m, 0.9F, 1, 0);
    add(&m, 1.0F, 0, 0);
    add(&m, 0.2F, 1, 0);
    add(&m, 0.3F - 1e-7F, 0, 1);
    add(&m, 0.5F, 1, 1);
    measured(&m, &r);
    const struct measure_family *f = &r.family[0];
    assert_near(f->ece, (2 * 0.45 + 2 * 0.25 + 0.5) / 5.0);
    assert_int_equal(f->n[9], 2);
    assert_int_equal(f->n[5], 1);
    assert_int_equal(f->n[2], 2);
    assert_near(f->p[9], 0.95);
    assert_near(f->right[2], 0.5);
    assert_true(isnan(f->p[0]));
    assert_near(r.ece_worst, f->ece);
    assert_int_equal(r.ece_worst_family, 0);
    assert_near(r.ece_mean, f->ece / GENRE_N);
}

static void test_smallest_precise_threshold(void **state)
{
    (void)state;
    static struct made m;
    static struct measure r;
    memset(&m, 0, sizeof(m));
    m.threshold[0] = 0.6;
    /* 9 right at 0.9, one wrong at 0.7: 0.9 of 10. Then right and wrong at 0.6 in a tie: 10 of 12.
     * One wrong at 0.5: 10 of 13, too few. One right at 0.1. */
    for (int i = 0; i < 9; i++) {
        add(&m, 0.9F, 1, 0);
    }
    add(&m, 0.7F, 0, 0);
    add(&m, 0.6F, 1, 0);
    add(&m, 0.6F, 0, 0);
    add(&m, 0.5F, 0, 0);
    add(&m, 0.1F, 1, 0);
    measured(&m, &r);
    const struct measure_family *f = &r.family[0];
    assert_near(f->reach.threshold, (double)0.6F);
    assert_near(f->reach.precision, 10.0 / 12.0);
    assert_near(f->reach.coverage, 10.0 / 11.0);
    assert_near(f->reach.share, 12.0 / 14.0);
    assert_near(f->precision, 10.0 / 12.0);
    assert_near(f->coverage, 10.0 / 11.0);
    /* Nine songs are too few to say anything of, so the curve begins without a precision. */
    assert_true(isnan(f->curve[0].precision));
    assert_near(f->curve[0].coverage, 9.0 / 11.0);
    assert_near(f->curve[MEASURE_POINTS - 1].coverage, 1.0);
    assert_near(f->curve[MEASURE_POINTS - 1].precision, 11.0 / 14.0);
    assert_near(f->curve[34].precision, 10.0 / 12.0);
    m.n = 9;
    measured(&m, &r);
    assert_true(isnan(r.family[0].reach.threshold));
    assert_near(r.family[0].reach.coverage, 0.0);
}

static void test_f1_is_crossed(void **state)
{
    (void)state;
    static struct made m;
    static struct measure r;
    memset(&m, 0, sizeof(m));
    /* Half 0 is best told apart between 0.31 and 0.55, half 1 between 0.71 and 0.85; the lowest of
     * the steps is taken. */
    add(&m, 0.55F, 1, 0);
    add(&m, 0.31F, 0, 0);
    add(&m, 0.85F, 1, 1);
    add(&m, 0.71F, 0, 1);
    measured(&m, &r);
    const struct measure_family *f = &r.family[0];
    assert_near(f->f1_threshold[0], 0.32);
    assert_near(f->f1_threshold[1], 0.72);
    /* At 0.72 nothing of half 0 is called, at 0.32 both of half 1: 1 right of 2 calls, 2 true. */
    assert_near(f->f1, 0.5);
    assert_near(r.macro_f1, 0.5);
    assert_true(isnan(r.family[1].f1_threshold[0]));
}

static void test_confusion(void **state)
{
    (void)state;
    static struct made m;
    static struct measure r;
    memset(&m, 0, sizeof(m));
    for (size_t g = 0; g < GENRE_N; g++) {
        m.threshold[g] = 0.5;
    }
    m.threshold[2] = 2.0;
    add(&m, 0.9F, 1, 0);     /* 0 taken for 0 */
    add(&m, 0.0F, 1 | 2, 0); /* 0 and 1 taken for 2, a half each */
    m.probs[1 * GENRE_N + 2] = 0.8F;
    add(&m, 0.7F, 1 | 2, 0); /* taken for 0: right for both */
    measured(&m, &r);
    assert_near(r.confusion[0][0], 1.5 / 2.0);
    assert_near(r.confusion[0][2], 0.5 / 2.0);
    assert_near(r.confusion[1][1], 0.5);
    assert_near(r.confusion[1][2], 0.5);
    assert_near(r.confusion[2][2], 0.0);
    assert_near(r.sorted, 2.0 / 3.0);
    assert_near(r.precision, 1.0);
    assert_near(r.metric.best_right, 2.0 / 3.0);
}

static void test_no_songs(void **state)
{
    (void)state;
    static struct made m;
    static struct measure r;
    memset(&m, 0, sizeof(m));
    measured(&m, &r);
    assert_near(r.family[0].ece, 0.0);
    assert_near(r.family[0].f1, 0.0);
    assert_near(r.macro_f1, 0.0);
    assert_true(isnan(r.precision));
    assert_true(isnan(r.family[0].curve[0].precision));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calibration_error), cmocka_unit_test(test_smallest_precise_threshold),
        cmocka_unit_test(test_f1_is_crossed),     cmocka_unit_test(test_confusion),
        cmocka_unit_test(test_no_songs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
