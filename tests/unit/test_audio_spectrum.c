/* Each feature of a frame against its definition, written down as plainly as it goes. */
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
#include "classifier/audio/bandwidth.h"
#include "classifier/audio/centroid.h"
#include "classifier/audio/chroma.h"
#include "classifier/audio/contrast.h"
#include "classifier/audio/crossing.h"
#include "classifier/audio/decibel.h"
#include "classifier/audio/mel.h"
#include "classifier/audio/mfcc.h"
#include "classifier/audio/onset.h"
#include "classifier/audio/rms.h"
#include "classifier/audio/rolloff.h"
#include "classifier/audio/stft.h"
#include "classifier/audio/tempo.h"
#include "classifier/audio/tonnetz.h"
#include "classifier/audio/tuning.h"

static void near(double value, double wanted, double most)
{
    if (!(fabs(value - wanted) <= most)) {
        fail_msg("%.9g is not %.9g", value, wanted);
    }
}

/* Spectra, (STFT_BINS, 8): lane 7 is silent, lane 6 one bin. */
static float spectra[STFT_BINS * SIMD_N];

static int spectra_make(void **state)
{
    struct rand_seq r = {17};
    (void)state;
    for (size_t i = 0; i < STFT_BINS * SIMD_N; i++) {
        const double fall = 1.0 / (1.0 + (double)(i / SIMD_N) / 50.0);
        spectra[i] = i % SIMD_N >= 6 ? 0.0F : (float)(rand_unit(&r) * rand_unit(&r) * fall);
    }
    spectra[100 * SIMD_N + 6] = 2.0F;
    return 0;
}

static double at(size_t k, size_t l)
{
    return (double)spectra[k * SIMD_N + l];
}

static double total(size_t l)
{
    double sum = 0.0;
    for (size_t k = 0; k < STFT_BINS; k++) {
        sum += at(k, l);
    }
    return sum;
}

/* --- shape -------------------------------------------------------------------------------------
 */

static double naive_centroid(size_t l)
{
    double sum = 0.0;
    for (size_t k = 0; k < STFT_BINS; k++) {
        sum += at(k, l) * stft_hz(k);
    }
    return total(l) > 0.0 ? sum / total(l) : 0.0;
}

static double naive_bandwidth(size_t l)
{
    double sum = 0.0;
    for (size_t k = 0; k < STFT_BINS; k++) {
        sum += at(k, l) * pow(stft_hz(k) - naive_centroid(l), 2.0);
    }
    return total(l) > 0.0 ? sqrt(sum / total(l)) : 0.0;
}

static double naive_rolloff(size_t l)
{
    double sum = 0.0;
    for (size_t k = 0; k < STFT_BINS; k++) {
        sum += at(k, l);
        if (sum >= 0.85 * total(l)) {
            return stft_hz(k);
        }
    }
    return -1.0;
}

static void test_centroid_bandwidth_rolloff(void **state)
{
    (void)state;
    float centroid[SIMD_N], bandwidth[SIMD_N], rolloff[SIMD_N];
    centroid_block(spectra, centroid);
    bandwidth_block(spectra, centroid, bandwidth);
    rolloff_block(spectra, rolloff);
    for (size_t l = 0; l < SIMD_N; l++) {
        near((double)centroid[l], naive_centroid(l), 0.05);
        near((double)bandwidth[l], naive_bandwidth(l), 0.05);
        near((double)rolloff[l], naive_rolloff(l), 0.01);
    }
    near((double)centroid[6], stft_hz(100), 0.01);
    near((double)bandwidth[6], 0.0, 0.01);
    near((double)rolloff[7], 0.0, 0.0);
}

static int by_value(const void *x, const void *y)
{
    const double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

/* librosa's spectral_contrast for one band of one frame. */
static void naive_contrast(size_t b, size_t l, double *ret_peak, double *ret_valley)
{
    static const double edges[] = {0, 200, 400, 800, 1600, 3200, 6400, 12800};
    double band[STFT_BINS];
    size_t first = STFT_BINS, last = 0, n = 0;
    for (size_t k = 0; k < STFT_BINS; k++) {
        if (stft_hz(k) >= edges[b] && stft_hz(k) <= edges[b + 1]) {
            first = k < first ? k : first;
            last = k;
        }
    }
    first = b > 0 ? first - 1 : first;
    const double edge = fmax(1.0, rint(0.02 * (double)(last - first + 1)));
    for (size_t k = first; k < last + (b == CONTRAST_N - 1); k++) {
        band[n++] = at(k, l);
    }
    qsort(band, n, sizeof(*band), by_value);
    *ret_peak = *ret_valley = 0.0;
    for (size_t i = 0; i < (size_t)edge; i++) {
        *ret_valley += band[i] / edge;
        *ret_peak += band[n - 1 - i] / edge;
    }
}

static void test_contrast_sorts_each_band(void **state)
{
    (void)state;
    float peak[CONTRAST_N * SIMD_N], valley[CONTRAST_N * SIMD_N];
    contrast_block(spectra, peak, valley);
    for (size_t i = 0; i < CONTRAST_N * SIMD_N; i++) {
        double high, low;
        naive_contrast(i / SIMD_N, i % SIMD_N, &high, &low);
        near((double)peak[i], high, 1e-6);
        near((double)valley[i], low, 1e-6);
    }
}

/* --- banks of filters --------------------------------------------------------------------------
 */

static double slaney_hz(double mel)
{
    return mel < 15.0 ? 200.0 / 3.0 * mel : 1000.0 * pow(6.4, (mel - 15.0) / 27.0);
}

/* Energy of a band: its triangle drawn anew. */
static double naive_mel(size_t band, size_t l)
{
    const double top = 15.0 + 27.0 * log(11.025) / log(6.4), step = top / 129.0;
    const double low = slaney_hz((double)band * step),
                 middle = slaney_hz((double)(band + 1) * step);
    const double high = slaney_hz((double)(band + 2) * step);
    double sum = 0.0;
    for (size_t k = 0; k < STFT_BINS; k++) {
        const double hz = stft_hz(k);
        double height = 0.0;
        if (hz > low && hz <= middle) {
            height = (hz - low) / (middle - low);
        } else if (hz > middle && hz < high) {
            height = (high - hz) / (high - middle);
        }
        sum += at(k, l) * height * 2.0 / (high - low);
    }
    return sum;
}

static void test_mel_bands(void **state)
{
    (void)state;
    float bands[MEL_N * SIMD_N];
    struct mel *m = mel_new();
    mel_block(m, spectra, bands);
    for (size_t i = 0; i < MEL_N * SIMD_N; i++) {
        near((double)bands[i], naive_mel(i / SIMD_N, i % SIMD_N), 1e-6);
    }
    mel_free(m);
}

static void test_mfcc_is_the_transform(void **state)
{
    (void)state;
    float ret[MFCC_N * SIMD_N];
    struct mfcc *m = mfcc_new();
    mfcc_block(m, spectra, ret); /* any numbers do */
    for (size_t i = 0; i < MFCC_N * SIMD_N; i++) {
        const double k = (double)(i / SIMD_N);
        double sum = 0.0;
        for (size_t b = 0; b < MEL_N; b++) {
            sum += at(b, i % SIMD_N) * cos(M_PI * k * (2.0 * (double)b + 1.0) / 256.0);
        }
        near((double)ret[i], sum * sqrt((k > 0.0 ? 2.0 : 1.0) / 128.0), 1e-5);
    }
    mfcc_free(m);
}

/* Weight of a bin in a class, counted from A, before its normalisation. */
static double naive_bump(size_t k, double class, double tuning)
{
    const double a = 440.0 / 16.0 * pow(2.0, tuning / 12.0);
    const double one = 12.0 * log2(stft_hz(1) / a);
    const double note = k > 0 ? 12.0 * log2(stft_hz(k) / a) : one - 18.0;
    const double next = 12.0 * log2(stft_hz(k + 1) / a);
    const double away = remainder(note - class, 12.0), width = fmax(1.0, next - note);
    return exp(-2.0 * away * away / (width * width));
}

static double naive_octave(size_t k, double tuning)
{
    const double a = 440.0 / 16.0 * pow(2.0, tuning / 12.0);
    const double one = log2(stft_hz(1) / a), octave = k > 0 ? log2(stft_hz(k) / a) : one - 1.5;
    return exp(-0.5 * pow((octave - 5.0) / 2.0, 2.0));
}

static void naive_chroma(size_t l, double tuning, double *ret)
{
    double most = 0.0;
    memset(ret, 0, CHROMA_N * sizeof(*ret));
    for (size_t k = 0; k < STFT_BINS; k++) {
        double norm = 0.0;
        for (size_t i = 0; i < CHROMA_N; i++) {
            norm += pow(naive_bump(k, (double)i, tuning), 2.0);
        }
        for (size_t i = 0; i < CHROMA_N; i++) { /* C is three semitones above A */
            const double bump = naive_bump(k, (double)((i + 3) % 12), tuning);
            ret[i] += at(k, l) * bump / sqrt(norm) * naive_octave(k, tuning);
        }
    }
    for (size_t i = 0; i < CHROMA_N; i++) {
        most = fmax(most, ret[i]);
    }
    for (size_t i = 0; i < CHROMA_N; i++) {
        ret[i] /= most > 0.0 ? most : 1.0;
    }
}

static void test_chroma_and_tonnetz(void **state)
{
    (void)state;
    float ret[CHROMA_N * SIMD_N], tonal[TONNETZ_N * SIMD_N];
    struct chroma *c = chroma_new(-0.23);
    chroma_block(c, spectra, ret);
    tonnetz_block(ret, tonal);
    for (size_t l = 0; l < SIMD_N; l++) {
        double wanted[CHROMA_N], x = 0.0, y = 0.0, sum = 0.0;
        naive_chroma(l, -0.23, wanted);
        for (size_t i = 0; i < CHROMA_N; i++) {
            near((double)ret[i * SIMD_N + l], wanted[i], 1e-5);
            sum += wanted[i];
            x += wanted[i] * sin(M_PI * 7.0 / 6.0 * (double)i);
            y += 0.5 * wanted[i] * cos(M_PI * 2.0 / 3.0 * (double)i);
        }
        near((double)tonal[l], sum > 0.0 ? x / sum : 0.0, 1e-5);
        near((double)tonal[5 * SIMD_N + l], sum > 0.0 ? y / sum : 0.0, 1e-5);
    }
    chroma_free(c);
}

static void test_decibels(void **state)
{
    (void)state;
    float x[] = {1.0F, 100.0F, 0.0F, 1e-5F}, silence[] = {0.0F, 0.0F};
    decibel_of(x, 4);
    near((double)x[0], 0.0, 1e-6);
    near((double)x[1], 20.0, 1e-5);
    near((double)x[2], -60.0, 1e-5); /* 80 below the loudest */
    near((double)x[3], -50.0, 1e-5);
    decibel_of(silence, 2);
    near((double)silence[1], -100.0, 1e-5);
}

/* --- tuning ------------------------------------------------------------------------------------
 */

/* A tone's spectrum in all lanes, as a Hann window shapes it. */
static void tone(double hz, double power, float *ret)
{
    for (size_t k = 0; k < STFT_BINS; k++) {
        const double away = fabs((double)k - hz / stft_hz(1));
        const double height = away < 2.0 ? pow(cos(M_PI * away / 4.0), 4.0) : 0.0;
        for (size_t l = 0; l < SIMD_N; l++) {
            ret[k * SIMD_N + l] += (float)(power * height);
        }
    }
}

static void test_tuning_is_found(void **state)
{
    (void)state;
    static const double tunings[] = {-0.41, -0.2, 0.0, 0.13, 0.37};
    for (size_t i = 0; i < sizeof(tunings) / sizeof(tunings[0]); i++) {
        static float power[STFT_BINS * SIMD_N];
        struct tuning t = {0};
        memset(power, 0, sizeof(power));
        for (double note = 0.0; note < 12.0; note += 3.0) {
            tone(880.0 * exp2((note + tunings[i]) / 12.0), 4.0, power);
        }
        tone(445.0 * exp2(0.3), 0.1, power); /* too weak to count */
        tuning_add(&t, power);
        near(tuning_semitones(&t), tunings[i], 0.051);
        assert_int_equal(t.n, 4 * SIMD_N);
        tuning_free(&t);
    }
}

static void test_no_peaks_no_tuning(void **state)
{
    (void)state;
    static float power[STFT_BINS * SIMD_N];
    struct tuning t = {0};
    memset(power, 0, sizeof(power));
    tone(5000.0, 1.0, power); /* beyond what counts */
    tuning_add(&t, power);
    near(tuning_semitones(&t), 0.0, 0.0);
    tuning_free(&t);
}

/* --- time --------------------------------------------------------------------------------------
 */

static void test_rms_and_crossings(void **state)
{
    (void)state;
    struct rand_seq r = {23};
    static float x[STFT_SPAN];
    float rms[SIMD_N], rate[SIMD_N];
    const size_t first = STFT_WINDOW / 2, end = STFT_SPAN - 700;
    for (size_t i = first; i < end; i++) {
        const double v = rand_unit(&r);
        x[i] = v < 0.2 ? 0.0F : v < 0.3 ? -1e-11F : (float)(v - 0.6);
    }
    rms_block(x, rms);
    crossing_block(x, first, end, rate);
    for (size_t l = 0; l < SIMD_N; l++) {
        const float *frame = x + l * STFT_HOP;
        double squares = 0.0, crossings = 0.0;
        for (size_t i = 0; i < STFT_WINDOW; i++) {
            const size_t place = l * STFT_HOP + i;
            squares += (double)frame[i] * (double)frame[i];
            if (i > 0 && place > first && place < end) {
                crossings += (frame[i] < -1e-10F) != (frame[i - 1] < -1e-10F);
            }
        }
        near((double)rms[l], sqrt(squares / 2048.0), 1e-6);
        near((double)rate[l], crossings / 2048.0, 1e-9);
    }
}

static void test_onsets_are_rises(void **state)
{
    (void)state;
    enum { FRAMES = 21, BLOCKS = 3 };
    static float db[BLOCKS * MEL_N * SIMD_N];
    struct rand_seq r = {29};
    float onset[FRAMES];
    for (size_t i = 0; i < BLOCKS * MEL_N * SIMD_N; i++) {
        db[i] = (float)(80.0 * rand_unit(&r));
    }
    onset_strength(db, FRAMES, onset);
    for (size_t f = 0; f < FRAMES; f++) {
        double sum = 0.0;
        for (size_t b = 0; b < MEL_N && f >= 3; b++) {
            const size_t now = f - 2, before = f - 3;
            const float a = db[(before / SIMD_N * MEL_N + b) * SIMD_N + before % SIMD_N];
            sum += fmax(0.0, (double)(db[(now / SIMD_N * MEL_N + b) * SIMD_N + now % SIMD_N] - a));
        }
        near((double)onset[f], sum / 128.0, 1e-4);
    }
}

#define LAGS ((size_t)344)

/* Sums of products of every window with itself, its ends weighted down. */
static double naive_tempo(const float *onset, size_t frames)
{
    double *mean = mem_array(LAGS, sizeof(*mean)), *own = mem_array(LAGS, sizeof(*own));
    double window[LAGS], best = -HUGE_VAL, best_bpm = 0.0;
    for (size_t f = 0; f < frames; f++) {
        for (size_t i = 0; i < LAGS; i++) {
            const long place = (long)(f + i) - (long)LAGS / 2;
            const double ramp = place < 0 ? (double)(place + 172) / 172.0
                                          : (double)((long)frames + 171 - place) / 172.0;
            const size_t near_end = place < 0              ? 0
                                    : place < (long)frames ? (size_t)place
                                                           : frames - 1;
            const bool inside = place >= 0 && place < (long)frames;
            window[i] = (double)onset[near_end] * (inside ? 1.0 : fmax(0.0, ramp)) *
                        (0.5 - 0.5 * cos(2.0 * M_PI * (double)i / (double)LAGS));
        }
        for (size_t lag = 0; lag < LAGS; lag++) {
            own[lag] = 0.0;
            for (size_t i = 0; i + lag < LAGS; i++) {
                own[lag] += window[i] * window[i + lag];
            }
            mean[lag] += own[0] > 0.0 ? own[lag] / own[0] / (double)frames : 0.0;
        }
    }
    for (size_t lag = 9; lag < LAGS; lag++) { /* 8 would be 323 */
        const double bpm = 60.0 * 22050.0 / (512.0 * (double)lag);
        const double score = log1p(1e6 * mean[lag]) - 0.5 * pow(log2(bpm / 120.0), 2.0);
        best_bpm = score > best ? bpm : best_bpm;
        best = fmax(best, score);
    }
    free(mean);
    free(own);
    return best_bpm;
}

static void test_tempo_is_the_best_lag(void **state)
{
    (void)state;
    static const size_t periods[] = {16, 21, 29, 37};
    for (size_t p = 0; p < sizeof(periods) / sizeof(periods[0]); p++) {
        struct rand_seq r = {p + 1};
        float onset[301];
        for (size_t i = 0; i < 301; i++) {
            onset[i] = (float)(0.3 * rand_unit(&r)) + (i % periods[p] == 5 ? 3.0F : 0.0F);
        }
        const double bpm = tempo_estimate(onset, 301);
        near(bpm, naive_tempo(onset, 301), 1e-9);
        near(bpm, 60.0 * 22050.0 / (512.0 * (double)periods[p]), 1e-9);
    }
}

static void test_tempo_of_nothing(void **state)
{
    (void)state;
    const float silence[3] = {0.0F};
    near(tempo_estimate(silence, 3), 117.453835, 1e-5); /* the lag that is nearest to 120 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_centroid_bandwidth_rolloff),
        cmocka_unit_test(test_contrast_sorts_each_band),
        cmocka_unit_test(test_mel_bands),
        cmocka_unit_test(test_mfcc_is_the_transform),
        cmocka_unit_test(test_chroma_and_tonnetz),
        cmocka_unit_test(test_decibels),
        cmocka_unit_test(test_tuning_is_found),
        cmocka_unit_test(test_no_peaks_no_tuning),
        cmocka_unit_test(test_rms_and_crossings),
        cmocka_unit_test(test_onsets_are_rises),
        cmocka_unit_test(test_tempo_is_the_best_lag),
        cmocka_unit_test(test_tempo_of_nothing),
    };
    return cmocka_run_group_tests(tests, spectra_make, NULL);
}
