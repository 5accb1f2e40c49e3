#include "classifier/audio/vocoder.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "classifier/audio/resample.h"
#include "classifier/audio/stft.h"

#define CENTRE (STFT_WINDOW / 2)

/* --- frames in ---------------------------------------------------------------------------------
 */

/* A signal's spectra, and behind the last a silent one. */
struct polar {
    size_t frames;
    float *magnitude; /* (frames + 1, STFT_BINS) */
    float *angle;     /* likewise */
};

static void polar_block(struct polar *p, const float *spectrum, size_t first)
{
    for (size_t l = 0; l < SIMD_N && first + l < p->frames; l++) {
        const size_t row = (first + l) * STFT_BINS;
        for (size_t k = 0; k < STFT_BINS; k++) {
            const float re = spectrum[2 * k * SIMD_N + l], im = spectrum[(2 * k + 1) * SIMD_N + l];
            p->magnitude[row + k] = hypotf(re, im);
            p->angle[row + k] = atan2f(im, re);
        }
    }
}

static struct polar polar_make(struct stft *stft, const float *x, size_t n)
{
    const size_t frames = stft_frames(n), size = sizeof(float);
    struct polar p = {.frames = frames,
                      .magnitude = mem_array((frames + 1) * STFT_BINS, size),
                      .angle = mem_array((frames + 1) * STFT_BINS, size)};
    float *padded = mem_array(frames * STFT_HOP + STFT_SPAN, size);
    float *spectrum = mem_array(STFT_BINS * 2 * SIMD_N, size);
    memcpy(padded + CENTRE, x, n * size);
    for (size_t f = 0; f < frames; f += SIMD_N) {
        stft_forward(stft, padded + f * STFT_HOP, spectrum);
        polar_block(&p, spectrum, f);
    }
    free(padded);
    free(spectrum);
    return p;
}

/* --- frames out --------------------------------------------------------------------------------
 */

static double turn_less(double angle)
{
    return angle - 2.0 * M_PI * rint(angle / (2.0 * M_PI));
}

/* Lane `lane` of the spectrum: between the two frames at `step`, with the phases (STFT_BINS) that
 * are due, which move on by what the bins turn from one of the two to the other. */
static void frame_make(const struct polar *p, double step, double *phase, float *spectrum,
                       size_t lane)
{
    const size_t row = (size_t)step * STFT_BINS;
    const float *magnitude = p->magnitude + row, *angle = p->angle + row;
    const float share = (float)(step - floor(step));
    for (size_t k = 0; k < STFT_BINS; k++) {
        const size_t next = k + STFT_BINS;
        const float level = (1.0F - share) * magnitude[k] + share * magnitude[next];
        const bool real = k == 0 || k == STFT_BINS - 1; /* numpy's inverse takes them for that */
        const double advance = 2.0 * M_PI * (double)(STFT_HOP * k) / (double)STFT_WINDOW;
        spectrum[2 * k * SIMD_N + lane] = level * cosf((float)phase[k]);
        spectrum[(2 * k + 1) * SIMD_N + lane] = real ? 0.0F : level * sinf((float)phase[k]);
        const double beyond = turn_less((double)angle[next] - (double)angle[k] - advance);
        phase[k] = turn_less(phase[k] + advance + beyond);
    }
}

/* Adds eight frames, each STFT_HOP behind the other, of which n are there. */
static void block_add(const float *frames, size_t n, const double *window, float *sum,
                      float *squares)
{
    /* As large as the inverse transform, which does not divide, makes the samples. */
    const double scale = (double)STFT_WINDOW / 2.0;
    for (size_t l = 0; l < n; l++) {
        for (size_t i = 0; i < STFT_WINDOW; i++) {
            sum[l * STFT_HOP + i] += frames[l * STFT_WINDOW + i];
            squares[l * STFT_HOP + i] += (float)(scale * window[i] * window[i]);
        }
    }
}

/* ret: (n) samples. */
static void frames_play(struct stft *stft, const struct polar *p, double rate, float *ret, size_t n)
{
    const size_t frames = (size_t)ceil((double)p->frames / rate), size = sizeof(float);
    const size_t samples = (frames + SIMD_N) * STFT_HOP + STFT_WINDOW;
    const double last = nextafter((double)p->frames, 0.0);
    double *phase = mem_array(STFT_BINS, sizeof(*phase));
    float *spectrum = mem_array(STFT_BINS * 2 * SIMD_N, size);
    float *out = mem_array(SIMD_N * STFT_WINDOW, size);
    float *sum = mem_array(samples, size), *squares = mem_array(samples, size);
    for (size_t k = 0; k < STFT_BINS; k++) {
        phase[k] = (double)p->angle[k];
    }
    for (size_t f = 0; f < frames; f += SIMD_N) {
        const size_t there = frames - f < SIMD_N ? frames - f : SIMD_N;
        for (size_t l = 0; l < there; l++) {
            frame_make(p, fmin((double)(f + l) * rate, last), phase, spectrum, l);
        }
        stft_inverse(stft, spectrum, out);
        block_add(out, there, stft_hann(stft), sum + f * STFT_HOP, squares + f * STFT_HOP);
    }
    for (size_t i = 0; i < n && CENTRE + i < samples; i++) {
        ret[i] = squares[CENTRE + i] > FLT_MIN ? sum[CENTRE + i] / squares[CENTRE + i] : 0.0F;
    }
    free(phase);
    free(spectrum);
    free(out);
    free(sum);
    free(squares);
}

/* --- the whole ---------------------------------------------------------------------------------
 */

static size_t length(size_t n, double rate)
{
    const double wanted = rint((double)n / rate);
    return wanted < 1.0 ? 1 : (size_t)wanted;
}

/* What still fits goes to the end of a signal. */
struct signal {
    float *x;
    size_t n;
    size_t room;
};

static void sink(void *context, const float *x, size_t n)
{
    struct signal *s = context;
    const size_t left = s->room - s->n, taken = n < left ? n : left;
    memcpy(s->x + s->n, x, taken * sizeof(*x));
    s->n += taken;
}

/* x is taken for one of STFT_RATE / ratio. */
static enum err_code resample_all(const float *x, size_t n, double ratio, struct signal *to,
                                  struct err *e)
{
    struct resample *r = NULL;
    enum err_code code = resample_new(STFT_RATE / ratio, sink, to, &r, e);
    if (code == ERR_OK) {
        code = resample_add(r, x, n, e);
    }
    if (code == ERR_OK) {
        code = resample_add(r, x, 0, e);
    }
    resample_free(r);
    return code;
}

enum err_code vocoder_apply(const float *x, size_t n, const struct vocoder_change *by, float **ret,
                            size_t *ret_n, struct err *e)
{
    const double ratio = exp2(-by->semitones / 12.0), rate = by->rate * ratio;
    const size_t stretched_n = length(n, rate), out_n = length(n, by->rate);
    assert(n > 0 && by->rate >= VOCODER_RATE_LEAST && by->rate <= VOCODER_RATE_MOST &&
           fabs(by->semitones) <= VOCODER_SEMITONES);
    struct stft *stft = stft_new();
    struct polar p = polar_make(stft, x, n);
    float *stretched = mem_array(stretched_n, sizeof(float));
    struct signal out = {.x = mem_array(out_n, sizeof(float)), .room = out_n};
    frames_play(stft, &p, rate, stretched, stretched_n);
    const enum err_code code = resample_all(stretched, stretched_n, ratio, &out, e);
    stft_free(stft);
    free(p.magnitude);
    free(p.angle);
    free(stretched);
    if (code != ERR_OK) {
        free(out.x);
        return code;
    }
    *ret = out.x;
    *ret_n = out_n;
    return ERR_OK;
}
