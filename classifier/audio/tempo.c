#include "classifier/audio/tempo.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "classifier/audio/fft.h"
#include "classifier/audio/stft.h"
#include "classifier/audio/transpose.h"

#define SECONDS  8.0
#define LAGS     ((size_t)(SECONDS * STFT_RATE / (double)STFT_HOP))
#define FFT_N    ((size_t)1024) /* 2 LAGS - 1 at least */
#define BPM      120.0
#define BPM_MOST 320.0

struct tempogram {
    struct fft *fft;
    float *padded;        /* (frames + LAGS) */
    double window[FFT_N]; /* Hann, zeros behind LAGS */
    float x[FFT_N * SIMD_N];
    float spectrum[(FFT_N + 2) * SIMD_N];
    double sum[FFT_N]; /* of LAGS lags */
};

/* The onsets with half a window before and after, falling off to zero in a straight line. */
static float *pad(const float *onset, size_t frames)
{
    const size_t half = LAGS / 2;
    float *padded = mem_array(frames + LAGS + SIMD_N + FFT_N, sizeof(*padded));
    memcpy(padded + half, onset, frames * sizeof(*onset));
    for (size_t i = 0; i < half; i++) {
        const float share = (float)i / (float)half;
        padded[i] = onset[0] * share;
        padded[half + frames + half - 1 - i] = onset[frames - 1] * share;
    }
    return padded;
}

/* Autocorrelations of the windows of frames f ... f + 7, each divided by its largest, are summed.
 */
static void windows_add(struct tempogram *t, size_t f, size_t n)
{
    transpose_to_lanes(t->padded + f, 1, FFT_N, t->x);
    fft_forward(t->fft, t->x, t->window, t->spectrum);
    for (size_t k = 0; k <= FFT_N / 2; k++) {
        float *re = t->spectrum + 2 * k * SIMD_N, *im = re + SIMD_N;
        for (size_t l = 0; l < SIMD_N; l++) {
            re[l] = re[l] * re[l] + im[l] * im[l];
            im[l] = 0.0F;
        }
    }
    fft_inverse(t->fft, t->spectrum, NULL, t->x);
    for (size_t l = 0; l < n; l++) {
        const float most = t->x[l] / ((float)FFT_N / 2.0F); /* lag 0 is the largest */
        const double scale = most > FLT_MIN ? 1.0 / (double)t->x[l] : 0.0;
        for (size_t i = 0; i < LAGS; i++) {
            t->sum[i] += (double)t->x[i * SIMD_N + l] * scale;
        }
    }
}

static double bpm_of(size_t lag)
{
    return 60.0 * STFT_RATE / ((double)STFT_HOP * (double)lag);
}

static double best_bpm(const double *sum, size_t frames)
{
    double best = -HUGE_VAL;
    size_t best_lag = 1;
    for (size_t lag = 1; lag < LAGS; lag++) {
        const double octaves = log2(bpm_of(lag) / BPM);
        const double mean = sum[lag] / (double)frames;
        const double score = log1p(1e6 * fmax(0.0, mean)) - 0.5 * octaves * octaves;
        if (bpm_of(lag) < BPM_MOST && score > best) {
            best = score;
            best_lag = lag;
        }
    }
    return bpm_of(best_lag);
}

double tempo_estimate(const float *onset, size_t frames)
{
    struct tempogram *t = mem_alloc(sizeof(*t));
    t->fft = fft_new(FFT_N);
    t->padded = pad(onset, frames);
    for (size_t i = 0; i < LAGS; i++) {
        t->window[i] = 0.5 - 0.5 * cos(2.0 * M_PI * (double)i / (double)LAGS);
    }
    for (size_t f = 0; f < frames; f += SIMD_N) {
        windows_add(t, f, frames - f < SIMD_N ? frames - f : SIMD_N);
    }
    const double bpm = best_bpm(t->sum, frames);
    fft_free(t->fft);
    free(t->padded);
    free(t);
    return bpm;
}
