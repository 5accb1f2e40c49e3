#include "classifier/audio/tuning.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "classifier/audio/stft.h"

#define LEAST_HZ  150.0
#define MOST_HZ   4000.0
#define THRESHOLD 0.1F
#define STEPS     100 /* of a semitone */
#define A0_HZ     27.5F

static void peak_add(struct tuning *t, float strength, float hz)
{
    if (t->n == t->cap) {
        t->cap = t->cap == 0 ? 4096 : t->cap + t->cap / 4;
        t->peaks = mem_resize(t->peaks, t->cap, sizeof(*t->peaks));
    }
    const float note = 12.0F * log2f(hz / A0_HZ);
    const float away = note - floorf(note);
    t->peaks[t->n++] = (struct tuning_peak){strength, away >= 0.5F ? away - 1.0F : away};
}

/* The parabola through bin k of lane l and its neighbours. */
static void peak_place(struct tuning *t, const float *power, size_t k, size_t l)
{
    const float before = power[(k - 1) * SIMD_N + l], at = power[k * SIMD_N + l];
    const float after = power[(k + 1) * SIMD_N + l];
    const float slope = 0.5F * (after - before), bend = 2.0F * at - after - before;
    /* A neighbour may be as high: then the top is half way, never further. */
    const float shift = fabsf(slope) >= fabsf(bend) ? 0.0F : slope / bend;
    const float hz = ((float)k + shift) * (float)STFT_RATE / (float)STFT_WINDOW;
    peak_add(t, at + 0.5F * slope * shift, hz);
}

/* ret: (STFT_BINS, 8) nonzero where a lane has a peak above its threshold. */
SIMD_INLINE void peaks_mark_body(const float *power, size_t first, size_t end, lanes_int *ret)
{
    const lanes *row = (const lanes *)power;
    lanes most = {0};
    for (size_t k = 0; k < STFT_BINS; k++) {
        simd_max(&row[k], &most, &most);
    }
    most *= THRESHOLD;
    for (size_t k = first; k < end; k++) {
        ret[k] = (row[k] > most) & (row[k] > row[k - 1]) & (row[k] >= row[k + 1]);
    }
}
SIMD_STATIC(peaks_mark, (const float *power, size_t first, size_t end, lanes_int *ret),
            (power, first, end, ret))

void tuning_add(struct tuning *t, const float *power)
{
    const size_t first = (size_t)ceil(LEAST_HZ / stft_hz(1));
    const size_t end = (size_t)ceil(MOST_HZ / stft_hz(1));
    lanes_int marks[STFT_BINS];
    peaks_mark(power, first, end, marks);
    for (size_t k = first; k < end; k++) {
        for (size_t l = 0; l < SIMD_N; l++) {
            if (marks[k][l] != 0) {
                peak_place(t, power, k, l);
            }
        }
    }
}

static int by_value(const void *x, const void *y)
{
    const float a = *(const float *)x, b = *(const float *)y;
    return (a > b) - (a < b);
}

static float median_strength(const struct tuning *t)
{
    float *sorted = mem_array(t->n, sizeof(*sorted));
    for (size_t i = 0; i < t->n; i++) {
        sorted[i] = t->peaks[i].strength;
    }
    qsort(sorted, t->n, sizeof(*sorted), by_value);
    const float median = 0.5F * (sorted[(t->n - 1) / 2] + sorted[t->n / 2]);
    free(sorted);
    return median;
}

double tuning_semitones(const struct tuning *t)
{
    size_t counts[STEPS] = {0}, best = 0;
    if (t->n == 0) {
        return 0.0;
    }
    const float median = median_strength(t);
    for (size_t i = 0; i < t->n; i++) {
        if (t->peaks[i].strength >= median) {
            const double step = floor(((double)t->peaks[i].away + 0.5) * STEPS);
            counts[(size_t)fmax(0.0, fmin(STEPS - 1, step))]++;
        }
    }
    for (size_t i = 1; i < STEPS; i++) {
        best = counts[i] > counts[best] ? i : best;
    }
    return (double)best / STEPS - 0.5;
}

void tuning_free(struct tuning *t)
{
    free(t->peaks);
    *t = (struct tuning){.peaks = NULL};
}
