/* The transforms against sums and sorts of the plainest kind. */
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
#include "classifier/audio/fft.h"
#include "classifier/audio/hpss.h"
#include "classifier/audio/median.h"
#include "classifier/audio/moment.h"
#include "classifier/audio/stft.h"
#include "classifier/audio/transpose.h"

static float *random_floats(size_t n, uint64_t seed)
{
    struct rand_seq r = {seed};
    float *x = mem_array(n, sizeof(*x));
    for (size_t i = 0; i < n; i++) {
        x[i] = (float)(2.0 * rand_unit(&r) - 1.0);
    }
    return x;
}

static void near(double value, double wanted, double most)
{
    if (!(fabs(value - wanted) <= most)) {
        fail_msg("%.9g is not %.9g", value, wanted);
    }
}

/* Bin k of the transform of x[i * stride] window[i], i < n. */
static void naive_bin(const float *x, size_t stride, const double *window, size_t n, size_t k,
                      double *ret_re, double *ret_im)
{
    *ret_re = *ret_im = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double angle = 2.0 * M_PI * (double)(i * k % n) / (double)n;
        const double v = (double)x[i * stride] * (window != NULL ? window[i] : 1.0);
        *ret_re += v * cos(angle);
        *ret_im -= v * sin(angle);
    }
}

static void fft_hold(size_t n)
{
    struct fft *f = fft_new(n);
    float *x = random_floats(n * SIMD_N, n), *back = mem_array(n * SIMD_N, sizeof(float));
    float *spectrum = mem_array((n / 2 + 1) * 2 * SIMD_N, sizeof(float));
    double *window = mem_array(n, sizeof(double)), re, im;
    for (size_t i = 0; i < n; i++) {
        window[i] = 0.5 + (double)i / (double)n;
    }
    fft_forward(f, x, window, spectrum);
    for (size_t k = 0; k <= n / 2; k++) {
        for (size_t l = 0; l < SIMD_N; l++) {
            naive_bin(x + l, SIMD_N, window, n, k, &re, &im);
            near((double)spectrum[2 * k * SIMD_N + l], re, 1e-5);
            near((double)spectrum[(2 * k + 1) * SIMD_N + l], im, 1e-5);
        }
    }
    fft_forward(f, x, NULL, spectrum);
    fft_inverse(f, spectrum, window, back);
    for (size_t i = 0; i < n * SIMD_N; i++) {
        near((double)back[i], (double)x[i] * window[i / SIMD_N] * (double)n / 2.0,
             1e-6 * (double)n);
    }
    fft_free(f);
    free(x);
    free(back);
    free(spectrum);
    free(window);
}

static void test_fft_is_the_sum(void **state)
{
    (void)state;
    for (size_t n = 8; n <= 512; n *= 2) { /* with and without a last pass of two */
        fft_hold(n);
    }
}

static void test_stft_sees_each_frame(void **state)
{
    (void)state;
    static float spectrum[STFT_BINS * 2 * SIMD_N], power[STFT_BINS * SIMD_N];
    static float magnitude[STFT_BINS * SIMD_N];
    float *x = random_floats(STFT_SPAN, 3);
    struct stft *s = stft_new();
    stft_forward(s, x, spectrum);
    stft_power(spectrum, power, magnitude);
    static const size_t bins[] = {0, 1, 13, 512, 1023, 1024};
    for (size_t i = 0; i < sizeof(bins) / sizeof(bins[0]); i++) {
        for (size_t l = 0; l < SIMD_N; l++) {
            double re, im;
            const size_t at = bins[i] * SIMD_N + l;
            naive_bin(x + l * STFT_HOP, 1, stft_hann(s), STFT_WINDOW, bins[i], &re, &im);
            near((double)power[at], re * re + im * im, 1e-4 * (1.0 + re * re + im * im));
            near((double)magnitude[at], sqrt(re * re + im * im), 1e-4);
        }
    }
    assert_int_equal(stft_frames(1), 1);
    assert_int_equal(stft_frames(511), 1);
    assert_int_equal(stft_frames(512), 2);
    near(stft_hz(1024), 11025.0, 0.0);
    stft_free(s);
    free(x);
}

static void test_rows_and_lanes(void **state)
{
    (void)state;
    enum { ROWS_N = 21 }; /* no multiple of eight */
    float *x = random_floats(SIMD_N * ROWS_N, 5), columns[ROWS_N * 8], back[8 * ROWS_N];
    transpose_to_lanes(x, ROWS_N, ROWS_N, columns);
    transpose_from_lanes(columns, ROWS_N, ROWS_N, back);
    for (size_t l = 0; l < SIMD_N; l++) {
        for (size_t i = 0; i < ROWS_N; i++) {
            near((double)columns[i * SIMD_N + l], (double)x[l * ROWS_N + i], 0.0);
        }
    }
    assert_memory_equal(x, back, sizeof(back));
    free(x);
}

/* --- medians -----------------------------------------------------------------------------------
 */

static int by_value(const void *x, const void *y)
{
    const float a = *(const float *)x, b = *(const float *)y;
    return (a > b) - (a < b);
}

static float naive_median(const float *x, size_t n)
{
    float sorted[MEDIAN_N];
    assert_true(n <= MEDIAN_N);
    memcpy(sorted, x, n * sizeof(*x));
    qsort(sorted, n, sizeof(*sorted), by_value);
    return sorted[n / 2];
}

static void median_hold(const struct median *m, uint64_t seed, bool coarse)
{
    float *x = random_floats(MEDIAN_ROWS * SIMD_N + 3, seed), ret[SIMD_N * SIMD_N],
          column[MEDIAN_N];
    const float *rows[MEDIAN_ROWS];
    for (size_t i = 0; i < MEDIAN_ROWS * SIMD_N + 3 && coarse; i++) {
        x[i] = rintf(2.0F * x[i]); /* many equal ones */
    }
    for (size_t i = 0; i < MEDIAN_ROWS; i++) {
        rows[i] = x + i * SIMD_N;
    }
    median_block(m, rows, 3, ret, SIMD_N);
    for (size_t w = 0; w < SIMD_N; w++) {
        for (size_t l = 0; l < SIMD_N; l++) {
            for (size_t i = 0; i < MEDIAN_N; i++) {
                column[i] = x[(w + i) * SIMD_N + l + 3];
            }
            near((double)ret[w * SIMD_N + l], (double)naive_median(column, MEDIAN_N), 0.0);
        }
    }
    free(x);
}

static void test_medians_are_exact(void **state)
{
    (void)state;
    struct median *m = median_new();
    for (uint64_t seed = 1; seed <= 200; seed++) {
        median_hold(m, seed, seed % 4 == 0);
    }
    median_free(m);
}

/* --- harmonic and percussive -------------------------------------------------------------------
 */

/* Whole spectra of a signal, row by row: re, im (frames, STFT_BINS). */
struct naive {
    size_t n;
    size_t frames;
    double *window;
    double *cosine; /* (STFT_WINDOW) */
    double *re;
    double *im;
    float *magnitude;
    double *harmonic;   /* (n) */
    double *percussive; /* (n) */
};

static double turned(const struct naive *v, size_t i, size_t quarter)
{
    return v->cosine[(i + quarter * STFT_WINDOW / 4) % STFT_WINDOW];
}

static void naive_forward(struct naive *v, const float *x)
{
    for (size_t f = 0; f < v->frames; f++) {
        for (size_t k = 0; k < STFT_BINS; k++) {
            double re = 0.0, im = 0.0;
            for (size_t i = 0; i < STFT_WINDOW; i++) {
                const size_t at = f * STFT_HOP + i - STFT_WINDOW / 2; /* wraps before the start */
                if (at < v->n) {
                    re += (double)x[at] * v->window[i] * turned(v, i * k, 0);
                    im += (double)x[at] * v->window[i] * turned(v, i * k, 1);
                }
            }
            v->re[f * STFT_BINS + k] = re;
            v->im[f * STFT_BINS + k] = im;
            v->magnitude[f * STFT_BINS + k] = (float)hypot(re, im);
        }
    }
}

static size_t mirrored(long i, size_t n)
{
    while (i < 0 || i >= (long)n) {
        i = i < 0 ? -1 - i : 2 * (long)n - 1 - i;
    }
    return (size_t)i;
}

static void naive_masks(const struct naive *v, size_t f, size_t k, double *ret_harmonic)
{
    float time[MEDIAN_N], frequency[MEDIAN_N];
    for (long i = 0; i < (long)MEDIAN_N; i++) {
        const long away = i - (long)MEDIAN_SIDE;
        time[i] = v->magnitude[mirrored((long)f + away, v->frames) * STFT_BINS + k];
        frequency[i] = v->magnitude[f * STFT_BINS + mirrored((long)k + away, STFT_BINS)];
    }
    const double a = (double)naive_median(time, MEDIAN_N);
    const double b = (double)naive_median(frequency, MEDIAN_N);
    *ret_harmonic = fmax(a, b) > 0.0 ? a * a / (a * a + b * b) : 0.5;
}

/* Sample at of the inverse transform of frame f, both parts. */
static void naive_sample(const struct naive *v, size_t f, size_t i, const double *mask, double *h,
                         double *p)
{
    *h = *p = 0.0;
    for (size_t k = 0; k < STFT_BINS; k++) {
        const double twice = k == 0 || k == STFT_BINS - 1 ? 1.0 : 2.0;
        const double value = twice / (double)STFT_WINDOW *
                             (v->re[f * STFT_BINS + k] * turned(v, i * k, 0) +
                              v->im[f * STFT_BINS + k] * turned(v, i * k, 1));
        *h += mask[k] * value;
        *p += (1.0 - mask[k]) * value;
    }
}

static void naive_backward(struct naive *v)
{
    double *squares = mem_array(v->n, sizeof(double)), mask[STFT_BINS], h, p;
    for (size_t f = 0; f < v->frames; f++) {
        for (size_t k = 0; k < STFT_BINS; k++) {
            naive_masks(v, f, k, &mask[k]);
        }
        for (size_t i = 0; i < STFT_WINDOW; i++) {
            const size_t at = f * STFT_HOP + i - STFT_WINDOW / 2;
            if (at < v->n) {
                naive_sample(v, f, i, mask, &h, &p);
                v->harmonic[at] += h * v->window[i];
                v->percussive[at] += p * v->window[i];
                squares[at] += v->window[i] * v->window[i];
            }
        }
    }
    for (size_t i = 0; i < v->n; i++) {
        v->harmonic[i] /= squares[i];
        v->percussive[i] /= squares[i];
    }
    free(squares);
}

static struct naive naive_hpss(const float *x, size_t n)
{
    const size_t frames = stft_frames(n), cells = frames * STFT_BINS;
    struct naive v = {.n = n,
                      .frames = frames,
                      .window = mem_array(STFT_WINDOW, sizeof(double)),
                      .cosine = mem_array(STFT_WINDOW, sizeof(double)),
                      .re = mem_array(cells, sizeof(double)),
                      .im = mem_array(cells, sizeof(double)),
                      .magnitude = mem_array(cells, sizeof(float)),
                      .harmonic = mem_array(n, sizeof(double)),
                      .percussive = mem_array(n, sizeof(double))};
    for (size_t i = 0; i < STFT_WINDOW; i++) {
        v.cosine[i] = cos(2.0 * M_PI * (double)i / (double)STFT_WINDOW);
        v.window[i] = 0.5 - 0.5 * v.cosine[i];
    }
    naive_forward(&v, x);
    naive_backward(&v);
    return v;
}

static void naive_free(struct naive *v)
{
    free(v->window);
    free(v->cosine);
    free(v->re);
    free(v->im);
    free(v->magnitude);
    free(v->harmonic);
    free(v->percussive);
}

/* The same by the stream of blocks. */
static void our_hpss(const float *x, size_t n, struct moment *ret_harmonic,
                     struct moment *ret_percussive)
{
    static float window[STFT_SPAN], spectrum[STFT_BINS * 2 * SIMD_N];
    static float power[STFT_BINS * SIMD_N], magnitude[STFT_BINS * SIMD_N];
    struct stft *s = stft_new();
    struct hpss *h = hpss_new();
    const size_t frames = stft_frames(n);
    for (size_t f = 0; f < frames; f += SIMD_N) {
        for (size_t i = 0; i < STFT_SPAN; i++) {
            const size_t at = f * STFT_HOP + i - STFT_WINDOW / 2;
            window[i] = at < n ? x[at] : 0.0F;
        }
        stft_forward(s, window, spectrum);
        for (size_t i = 0; i < STFT_BINS * 2 * SIMD_N; i++) {
            spectrum[i] = f + i % SIMD_N < frames ? spectrum[i] : 0.0F;
        }
        stft_power(spectrum, power, magnitude);
        hpss_add(h, spectrum, magnitude);
    }
    hpss_end(h, n, ret_harmonic, ret_percussive);
    hpss_free(h);
    stft_free(s);
}

static double mean_square(const double *x, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i] * x[i];
    }
    return sum / (double)n;
}

static void range_holds(const struct moment *m, const double *x, size_t n)
{
    double min = x[0], max = x[0];
    for (size_t i = 1; i < n; i++) {
        min = fmin(min, x[i]);
        max = fmax(max, x[i]);
    }
    near(m->min, min, 1e-4);
    near(m->max, max, 1e-4);
}

static void parts_hold(size_t n)
{
    struct moment harmonic, percussive;
    float *x = random_floats(n, n);
    for (size_t i = 0; i < n; i++) {
        x[i] = 0.2F * x[i] + 0.5F * sinf(0.06F * (float)i) + (i % 5000 == 2500 ? 0.9F : 0.0F);
    }
    struct naive v = naive_hpss(x, n);
    our_hpss(x, n, &harmonic, &percussive);
    const double h = mean_square(v.harmonic, n), p = mean_square(v.percussive, n);
    near(harmonic.n, (double)n, 0.0);
    near(percussive.n, (double)n, 0.0);
    near(moment_var(&harmonic) + harmonic.mean * harmonic.mean, h, 1e-4 * h);
    near(moment_var(&percussive) + percussive.mean * percussive.mean, p, 1e-4 * p);
    range_holds(&harmonic, v.harmonic, n);
    range_holds(&percussive, v.percussive, n);
    naive_free(&v);
    free(x);
}

static void test_harmonic_and_percussive_parts(void **state)
{
    (void)state;
    parts_hold(300);          /* one frame: mirrored many times */
    parts_hold(9 * 512);      /* ten frames: fewer than a median sees */
    parts_hold(33 * 512 + 7); /* blocks that wait for others, and a last one of two frames */
}

static void test_moments(void **state)
{
    (void)state;
    static const float x[] = {1000.0F, 9.0F, 1001.0F, 9.0F, 1002.0F, 9.0F, 1003.0F};
    struct moment m = {0}, none = {0};
    moment_add(&m, x, 1, 2);
    moment_add(&m, x, 0, 2);
    moment_add(&m, x + 2, 3, 2);
    near(m.mean, 1001.5, 1e-12);
    near(moment_var(&m), 1.25, 1e-12);
    near(m.n, 4.0, 0.0);
    near(moment_var(&none), 0.0, 0.0);
    near(m.min, 1000.0, 0.0);
    near(m.max, 1003.0, 0.0);
    near(none.min, 0.0, 0.0);
    near(none.max, 0.0, 0.0);
}

static void test_range_on_either_side_of_nothing(void **state)
{
    (void)state;
    static const float below[] = {-3.0F, -2.0F, -5.0F}, above[] = {4.0F, 7.0F, 6.0F};
    struct moment m = {0}, low = {0}, high = {0};
    moment_add(&low, below, 3, 1);
    near(low.max, -2.0, 0.0);
    moment_add(&high, above, 3, 1);
    near(high.min, 4.0, 0.0);
    moment_add(&m, above, 3, 1);
    moment_add(&m, below, 3, 1);
    near(m.min, -5.0, 0.0);
    near(m.max, 7.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fft_is_the_sum),
        cmocka_unit_test(test_stft_sees_each_frame),
        cmocka_unit_test(test_rows_and_lanes),
        cmocka_unit_test(test_medians_are_exact),
        cmocka_unit_test(test_harmonic_and_percussive_parts),
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_range_on_either_side_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
