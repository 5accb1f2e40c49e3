/* Recordings that are changed on purpose. */
/* cmocka.h needs these four before it. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "classifier/audio/augment.h"
#include "classifier/audio/stft.h"
#include "classifier/audio/vocoder.h"

static void near(double value, double wanted, double most)
{
    if (!(fabs(value - wanted) <= most)) {
        fail_msg("%.9g is not %.9g", value, wanted);
    }
}

static float *tone(size_t n, double hz)
{
    float *x = mem_array(n, sizeof(*x));
    for (size_t i = 0; i < n; i++) {
        x[i] = 0.5F * (float)sin(2.0 * M_PI * hz * (double)i / STFT_RATE);
    }
    return x;
}

static float *noise(size_t n, uint64_t seed)
{
    struct rand_seq r = {seed};
    float *x = mem_array(n, sizeof(*x));
    for (size_t i = 0; i < n; i++) {
        x[i] = (float)(0.2 * rand_normal(&r));
    }
    return x;
}

static double power(const float *x, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)x[i] * (double)x[i];
    }
    return sum / (double)n;
}

/* Of the middle half, by the times at which the signal rises through zero. */
static double frequency(const float *x, size_t n)
{
    double first = 0.0, last = 0.0, turns = -1.0;
    for (size_t i = n / 4; i < 3 * n / 4; i++) {
        if (x[i - 1] < 0.0F && x[i] >= 0.0F) {
            last = (double)i - (double)x[i] / ((double)x[i] - (double)x[i - 1]);
            first = turns < 0.0 ? last : first;
            turns += 1.0;
        }
    }
    return turns / (last - first) * STFT_RATE;
}

static float *changed(const float *x, size_t n, double rate, double semitones, size_t *ret_n)
{
    const struct vocoder_change by = {rate, semitones};
    struct err e = {0};
    float *y = NULL;
    assert_int_equal(vocoder_apply(x, n, &by, &y, ret_n, &e), ERR_OK);
    return y;
}

/* --- the vocoder -------------------------------------------------------------------------------
 */

static void test_pitch_moves_and_length_stays(void **state)
{
    (void)state;
    static const double steps[] = {-2.0, -0.7, 0.0, 1.0, 2.0};
    const size_t n = 2 * (size_t)STFT_RATE;
    float *x = tone(n, 440.0);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        size_t m = 0;
        float *y = changed(x, n, 1.0, steps[i], &m);
        assert_int_equal(m, n);
        near(frequency(y, m), 440.0 * exp2(steps[i] / 12.0), 0.3);
        near(power(y + n / 4, n / 2), 0.125, 0.04); /* without phase locking some is lost */
        free(y);
    }
    free(x);
}

static void test_length_moves_and_pitch_stays(void **state)
{
    (void)state;
    static const double rates[] = {0.8, 0.9, 1.25, 2.0};
    const size_t n = 2 * (size_t)STFT_RATE + 77;
    float *x = tone(n, 330.0);
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        size_t m = 0;
        float *y = changed(x, n, rates[i], 0.0, &m);
        assert_int_equal(m, (size_t)rint((double)n / rates[i]));
        near(frequency(y, m), 330.0, 0.2);
        near(power(y + m / 4, m / 2), 0.125, 0.04);
        free(y);
        y = changed(x, n, rates[i], 1.5, &m);
        assert_int_equal(m, (size_t)rint((double)n / rates[i]));
        near(frequency(y, m), 330.0 * exp2(1.5 / 12.0), 0.3);
        free(y);
    }
    free(x);
}

static void test_unchanged_at_rate_one(void **state)
{
    (void)state;
    const size_t n = 9000;
    size_t m = 0;
    float *x = noise(n, 4), *y = changed(x, n, 1.0, 0.0, &m);
    assert_int_equal(m, n);
    for (size_t i = 0; i < n; i++) {
        near((double)y[i], (double)x[i], 1e-4);
    }
    free(x);
    free(y);
}

static void test_the_shortest(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 2, 511, 512, 513, 4097};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        size_t m = 0;
        float *x = noise(lengths[i], 9), *y = changed(x, lengths[i], 1.25, -2.0, &m);
        assert_int_equal(m, (size_t)fmax(1.0, rint((double)lengths[i] / 1.25)));
        for (size_t k = 0; k < m; k++) {
            assert_true(fabs((double)y[k]) < 10.0);
        }
        free(x);
        free(y);
    }
}

/* --- its plainest twin -------------------------------------------------------------------------
 */

enum { BINS = 1025, WINDOW = 2048, HOP = 512 };

struct twin {
    double cosine[WINDOW]; /* of a turn's 2048th parts */
    size_t frames;
    double *re; /* (frames, BINS) */
    double *im;
};

static double turned(const struct twin *t, size_t i, int quarter)
{
    return t->cosine[(i + (quarter != 0 ? 3 * WINDOW / 4 : 0)) % WINDOW]; /* sin x = cos(x - 90) */
}

static void twin_forward(struct twin *t, const float *x, size_t n)
{
    t->frames = 1 + n / HOP;
    t->re = mem_array((t->frames + 2) * BINS, sizeof(double));
    t->im = mem_array((t->frames + 2) * BINS, sizeof(double));
    for (size_t f = 0; f < t->frames; f++) {
        for (size_t i = 0; i < WINDOW; i++) {
            const size_t at = f * HOP + i - WINDOW / 2;
            const double v = at < n ? (double)x[at] * (0.5 - 0.5 * t->cosine[i]) : 0.0;
            for (size_t k = 0; k < BINS; k++) {
                t->re[f * BINS + k] += v * turned(t, i * k, 0);
                t->im[f * BINS + k] -= v * turned(t, i * k, 1);
            }
        }
    }
}

/* The spectra of the frames at 0, rate, 2 rate ...: as librosa's phase_vocoder is written. */
static struct twin twin_stretch(const struct twin *t, double rate)
{
    struct twin out = {.frames = (size_t)ceil((double)t->frames / rate)};
    memcpy(out.cosine, t->cosine, sizeof(out.cosine));
    out.re = mem_array(out.frames * BINS, sizeof(double));
    out.im = mem_array(out.frames * BINS, sizeof(double));
    for (size_t k = 0; k < BINS; k++) {
        double phase = atan2(t->im[k], t->re[k]);
        for (size_t f = 0; f < out.frames; f++) {
            const double step = (double)f * rate, share = fmod(step, 1.0);
            const size_t a = (size_t)step * BINS + k, b = a + BINS;
            const double level =
                (1.0 - share) * hypot(t->re[a], t->im[a]) + share * hypot(t->re[b], t->im[b]);
            const double due = M_PI * HOP * (double)k / (BINS - 1);
            const double turn = atan2(t->im[b], t->re[b]) - atan2(t->im[a], t->re[a]) - due;
            out.re[f * BINS + k] = level * cos(phase);
            out.im[f * BINS + k] = level * sin(phase);
            phase += due + turn - 2.0 * M_PI * rint(turn / (2.0 * M_PI));
        }
    }
    return out;
}

static double twin_sample(const struct twin *t, size_t f, size_t i)
{
    double sum = t->re[f * BINS] + (i % 2 == 0 ? 1.0 : -1.0) * t->re[f * BINS + BINS - 1];
    for (size_t k = 1; k + 1 < BINS; k++) {
        sum += 2.0 * (t->re[f * BINS + k] * turned(t, i * k, 0) -
                      t->im[f * BINS + k] * turned(t, i * k, 1));
    }
    return sum / WINDOW;
}

static double *twin_backward(const struct twin *t, size_t n)
{
    double *sum = mem_array(n, sizeof(*sum)), *squares = mem_array(n, sizeof(*sum));
    for (size_t f = 0; f < t->frames; f++) {
        for (size_t i = 0; i < WINDOW; i++) {
            const size_t at = f * HOP + i - WINDOW / 2;
            const double window = 0.5 - 0.5 * t->cosine[i];
            if (at < n) {
                sum[at] += window * twin_sample(t, f, i);
                squares[at] += window * window;
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        sum[i] = squares[i] > 1e-30 ? sum[i] / squares[i] : 0.0;
    }
    free(squares);
    return sum;
}

static void twin_holds(const float *x, size_t n, double rate)
{
    struct twin t = {0};
    size_t m = 0;
    float *y = changed(x, n, rate, 0.0, &m);
    for (size_t i = 0; i < WINDOW; i++) {
        t.cosine[i] = cos(2.0 * M_PI * (double)i / WINDOW);
    }
    twin_forward(&t, x, n);
    struct twin out = twin_stretch(&t, rate);
    double *wanted = twin_backward(&out, m);
    for (size_t i = 0; i < m; i++) {
        near((double)y[i], wanted[i], 2e-4);
    }
    free(y);
    free(wanted);
    free(t.re);
    free(t.im);
    free(out.re);
    free(out.im);
}

static void test_vocoder_is_its_twin(void **state)
{
    (void)state;
    const size_t n = 5000;
    float *x = noise(n, 11), *low = tone(n, 123.0);
    for (size_t i = 0; i < n; i++) {
        x[i] += low[i];
    }
    twin_holds(x, n, 1.3);
    twin_holds(x, n, 0.7);
    free(x);
    free(low);
}

/* --- augmentation ------------------------------------------------------------------------------
 */

static float *applied(const struct augment_plan *plan, const float *x, size_t n, size_t *ret_n)
{
    struct err e = {0};
    float *y = NULL;
    assert_int_equal(augment_apply(plan, x, n, &y, ret_n, &e), ERR_OK);
    return y;
}

static void test_noise_is_as_loud_as_told(void **state)
{
    (void)state;
    const size_t n = 100000;
    float *x = tone(n, 440.0);
    for (double db = 20.0; db <= 40.0; db += 10.0) {
        const struct augment_plan plan = {.kept = 1.0, .rate = 1.0, .noise_db = db, .seed = 3};
        size_t m = 0;
        float *y = applied(&plan, x, n, &m);
        assert_int_equal(m, n);
        for (size_t i = 0; i < n; i++) {
            y[i] -= x[i];
        }
        near(10.0 * log10(power(x, n) / power(y, n)), db, 0.1);
        free(y);
    }
    free(x);
}

static void test_gain_and_crop(void **state)
{
    (void)state;
    const size_t n = 1000;
    float *x = noise(n, 5);
    const struct augment_plan plan = {.kept = 0.75, .place = 0.5, .rate = 1.0, .gain_db = 6.0};
    size_t m = 0;
    float *y = applied(&plan, x, n, &m);
    assert_int_equal(m, 750);
    for (size_t i = 0; i < m; i++) {
        near((double)y[i], (double)x[125 + i] * pow(10.0, 0.3), 1e-6);
    }
    free(y);
    free(x);
}

static void test_silence_stays_silent(void **state)
{
    (void)state;
    static const float x[700];
    const struct augment all = {.seed = 1, .kinds = AUGMENT_ALL};
    const struct augment_plan plan = augment_plan(&all);
    size_t m = 0;
    float *y = applied(&plan, x, 700, &m);
    assert_in_range(m, 300, 900);
    near(power(y, m), 0.0, 0.0);
    free(y);
}

static void test_plans_are_in_range(void **state)
{
    (void)state;
    double least = 1.0, most = 1.0;
    for (uint64_t seed = 0; seed < 500; seed++) {
        const struct augment all = {.seed = seed, .kinds = AUGMENT_ALL};
        const struct augment_plan p = augment_plan(&all);
        assert_true(p.kept >= 0.7 && p.kept <= 1.0 && p.place >= 0.0 && p.place < 1.0);
        assert_true(p.rate >= 0.8 && p.rate <= 1.25 && fabs(p.semitones) <= 2.0);
        assert_true(p.noise_db >= 20.0 && p.noise_db <= 40.0 && fabs(p.gain_db) <= 6.0);
        least = fmin(least, p.rate);
        most = fmax(most, p.rate);
        const struct augment half = {.seed = seed, .kinds = AUGMENT_ALL, .strength = 0.5};
        const struct augment_plan h = augment_plan(&half);
        near(h.semitones, p.semitones / 2.0, 1e-12);
        near(h.gain_db, p.gain_db / 2.0, 1e-12);
    }
    assert_true(least < 0.82 && most > 1.22);
}

static void test_a_kind_that_is_off_changes_no_other(void **state)
{
    (void)state;
    const struct augment all = {.seed = 42, .kinds = AUGMENT_ALL};
    const struct augment_plan p = augment_plan(&all);
    for (uint32_t kind = 0; kind < AUGMENT_N; kind++) {
        const struct augment one = {.seed = 42, .kinds = AUGMENT_BIT(kind)};
        const struct augment_plan q = augment_plan(&one);
        near(q.kept, kind == AUGMENT_CROP ? p.kept : 1.0, 0.0);
        near(q.rate, kind == AUGMENT_STRETCH ? p.rate : 1.0, 0.0);
        near(q.semitones, kind == AUGMENT_PITCH ? p.semitones : 0.0, 0.0);
        near(q.noise_db, kind == AUGMENT_NOISE ? p.noise_db : 0.0, 0.0);
        near(q.gain_db, kind == AUGMENT_GAIN ? p.gain_db : 0.0, 0.0);
    }
}

static void test_the_same_seed_the_same_sound(void **state)
{
    (void)state;
    const size_t n = 20000;
    const struct augment one = {.seed = 7, .kinds = AUGMENT_ALL},
                         two = {.seed = 8, .kinds = AUGMENT_ALL};
    const struct augment_plan p = augment_plan(&one), q = augment_plan(&two);
    size_t m[3] = {0};
    float *x = noise(n, 6),
          *y[3] = {applied(&p, x, n, &m[0]), applied(&p, x, n, &m[1]), applied(&q, x, n, &m[2])};
    assert_int_equal(m[0], m[1]);
    assert_memory_equal(y[0], y[1], m[0] * sizeof(float));
    assert_true(m[0] != m[2] || memcmp(y[0], y[2], m[0] * sizeof(float)) != 0);
    free(x);
    free(y[0]);
    free(y[1]);
    free(y[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pitch_moves_and_length_stays),
        cmocka_unit_test(test_length_moves_and_pitch_stays),
        cmocka_unit_test(test_unchanged_at_rate_one),
        cmocka_unit_test(test_the_shortest),
        cmocka_unit_test(test_vocoder_is_its_twin),
        cmocka_unit_test(test_noise_is_as_loud_as_told),
        cmocka_unit_test(test_gain_and_crop),
        cmocka_unit_test(test_silence_stays_silent),
        cmocka_unit_test(test_plans_are_in_range),
        cmocka_unit_test(test_a_kind_that_is_off_changes_no_other),
        cmocka_unit_test(test_the_same_seed_the_same_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
