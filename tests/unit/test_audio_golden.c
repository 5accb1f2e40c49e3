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

#include "base/file.h"
#include "base/json.h"
#include "classifier/audio/analysis.h"
#include "classifier/audio/stft.h"
#include "tests/golden/audio_golden.h"
#include "tests/unit/made_sound.h"

#define PIECE 999 /* samples at a time: no multiple of anything */

static void analyse(const char *name, struct summary *ret)
{
    static float x[MADE_N];
    struct analysis *a = analysis_new();
    assert_true(made_sound(name, x));
    for (size_t i = 0; i < MADE_N; i += PIECE) {
        analysis_add(a, x + i, MADE_N - i < PIECE ? MADE_N - i : PIECE);
    }
    analysis_end(a, ret);
    analysis_free(a);
}

static void near(const char *signal, const char *name, size_t i, double value, double wanted,
                 double share)
{
    const double most = fmax(1e-4, share * fabs(wanted));
    if (!(fabs(value - wanted) <= most)) {
        fail_msg("%s %s %zu: %.9g is not librosa's %.9g", signal, name, i, value, wanted);
    }
}

static void moment_near(const char *signal, const struct summary_row *row, size_t i,
                        const struct moment *m, const double *wanted)
{
    near(signal, row->name, i, m->mean, wanted[0], 1e-3);
    near(signal, row->name, i, moment_var(m), wanted[1], 1e-2);
}

static double energy(const struct moment *m)
{
    return sqrt(moment_var(m) + m->mean * m->mean);
}

static void hold(const struct summary *s, const struct golden *g)
{
    const struct moment *harmonic = summary_of(s, SUMMARY_HARMONIC);
    const struct moment *percussive = summary_of(s, SUMMARY_PERCUSSIVE);
    for (size_t r = 0; r < SUMMARY_N; r++) {
        const struct summary_row *row = &summary_rows[r];
        for (size_t i = 0; i < row->n; i++) {
            moment_near(g->signal, row, i, s->at + row->first + i, g->at[row->first + i]);
        }
    }
    near(g->signal, "harmonic_rms", 0, energy(harmonic), g->harmonic_rms, 1e-2);
    near(g->signal, "percussive_rms", 0, energy(percussive), g->percussive_rms, 1e-2);
    near(g->signal, "tempo", 0, s->tempo, g->tempo, 1e-9);
    assert_int_equal(s->frames, 173);
}

static void test_kept_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
        struct summary s;
        analyse(golden[i].signal, &s);
        hold(&s, &golden[i]);
    }
}

/* A member of the file: one {mean, var} or a list of them. */
static void row_read(const struct json *signal, const struct summary_row *row, struct golden *g)
{
    const struct json *member = json_get(signal, row->name);
    const struct json *at = json_is_array(member) ? json_first(member) : member;
    assert_int_equal(json_is_array(member) ? json_size(member) : 1, row->n);
    for (size_t i = 0; i < row->n; i++) {
        g->at[row->first + i][0] = json_get_num(at, "mean", (double)NAN);
        g->at[row->first + i][1] = json_get_num(at, "var", (double)NAN);
        at = json_next(at);
    }
}

static void test_all_of_the_file(void **state)
{
    (void)state;
    const char *path = getenv("GENRED_GOLDEN");
    struct buf text = {0};
    struct err e = {0};
    struct json *file = NULL;
    size_t n = 0;
    if (path == NULL) {
        skip();
    }
    assert_int_equal(file_read(path, &text, &e), ERR_OK);
    assert_int_equal(json_parse(buf_str(&text), text.len, &file, &e), ERR_OK);
    const struct json *at = json_first(json_get(file, "out"));
    for (; at != NULL; at = json_next(at)) {
        struct golden g = {.signal = json_key(at),
                           .tempo = json_get_num(at, "tempo", 0.0),
                           .harmonic_rms = json_get_num(at, "harmonic_rms", 0.0),
                           .percussive_rms = json_get_num(at, "percussive_rms", 0.0)};
        struct summary s;
        for (size_t r = 0; r < SUMMARY_N; r++) {
            row_read(at, &summary_rows[r], &g);
        }
        analyse(g.signal, &s);
        hold(&s, &g);
        n++;
    }
    assert_int_equal(n, 5);
    json_free(file);
    buf_free(&text);
}

/* Root mean square of the frame at `centre`, beyond the signal zeros. */
static double naive_rms(const float *x, size_t n, size_t centre)
{
    double sum = 0.0;
    for (size_t k = 0; k < STFT_WINDOW; k++) {
        const size_t at = centre + k;
        if (at >= STFT_WINDOW / 2 && at - STFT_WINDOW / 2 < n) {
            const double value = (double)x[at - STFT_WINDOW / 2];
            sum += value * value;
        }
    }
    return sqrt(sum / (double)STFT_WINDOW);
}

/* However many samples the last frames have of their own. */
static void test_every_length_has_all_its_frames(void **state)
{
    (void)state;
    static float x[MADE_N];
    assert_true(made_sound("mix", x));
    for (size_t n = 4 * STFT_STEP - 200; n < 5 * STFT_STEP + 700; n += 171) {
        struct summary s;
        double sum = 0.0;
        struct analysis *a = analysis_new();
        analysis_add(a, x, n);
        analysis_end(a, &s);
        analysis_free(a);
        assert_int_equal(s.frames, 1 + n / STFT_HOP);
        for (size_t f = 0; f < s.frames; f++) {
            sum += naive_rms(x, n, f * STFT_HOP);
        }
        for (size_t r = 0; r < SUMMARY_N; r++) {
            const struct moment *m = s.at + summary_rows[r].first;
            assert_true(m->n == (double)s.frames || r == SUMMARY_MEL || r == SUMMARY_HARMONIC ||
                        r == SUMMARY_PERCUSSIVE);
        }
        near("mix", "rms", n, summary_of(&s, SUMMARY_RMS)->mean, sum / (double)s.frames, 1e-5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_length_has_all_its_frames),
        cmocka_unit_test(test_kept_numbers),
        cmocka_unit_test(test_all_of_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
