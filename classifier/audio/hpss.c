#include "classifier/audio/hpss.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "classifier/audio/median.h"
#include "classifier/audio/stft.h"
#include "classifier/audio/transpose.h"

#define GROUPS   ((STFT_BINS + SIMD_N - 1) / SIMD_N)
#define ROW      (GROUPS * SIMD_N)
#define BLOCKS   ((size_t)6)       /* kept: a block needs 15 frames before and after */
#define RING     (BLOCKS * SIMD_N) /* frames kept */
#define BEHIND   ((size_t)3)       /* blocks that a median must wait for */
#define SPECTRUM (STFT_BINS * 2 * SIMD_N)
#define UNPLAYED (STFT_SPAN - STFT_STEP) /* samples that the next block still adds to */

/* A signal as it is put together. */
struct part {
    float sum[STFT_SPAN];
    struct moment moment;
};

struct hpss {
    struct stft *stft;
    struct median *median;
    size_t blocks;            /* that came */
    size_t played;            /* that went */
    float *rows;              /* (RING, ROW) magnitudes of frame f at row f % RING */
    float *spectra;           /* (BLOCKS, STFT_BINS, 2, 8) */
    float *mirrored;          /* (MEDIAN_SIDE + ROW + MEDIAN_SIDE, 8) one block's magnitudes */
    float *along_time;        /* (8, ROW) */
    float *harmonic;          /* (STFT_BINS, 8) */
    float *percussive;        /* (ROW, 8) */
    float *masked;            /* (STFT_BINS, 2, 8) */
    float *frames;            /* (8, STFT_WINDOW) */
    float squares[STFT_SPAN]; /* sum of squared windows */
    struct part part[2];      /* harmonic, percussive */
};

struct hpss *hpss_new(void)
{
    struct hpss *h = mem_alloc(sizeof(*h));
    const size_t size = sizeof(float);
    h->stft = stft_new();
    h->median = median_new();
    h->rows = mem_array(RING * ROW, size);
    h->spectra = mem_array(BLOCKS * SPECTRUM, size);
    h->mirrored = mem_array((ROW + 2 * MEDIAN_SIDE) * SIMD_N, size);
    h->along_time = mem_array(SIMD_N * ROW, size);
    h->harmonic = mem_array(STFT_BINS * SIMD_N, size);
    h->percussive = mem_array(ROW * SIMD_N, size);
    h->masked = mem_array(SPECTRUM, size);
    h->frames = mem_array(SIMD_N * STFT_WINDOW, size);
    return h;
}

void hpss_free(struct hpss *h)
{
    if (h == NULL) {
        return;
    }
    stft_free(h->stft);
    median_free(h->median);
    free(h->rows);
    free(h->spectra);
    free(h->mirrored);
    free(h->along_time);
    free(h->harmonic);
    free(h->percussive);
    free(h->masked);
    free(h->frames);
    free(h);
}

/* --- medians -----------------------------------------------------------------------------------
 */

/* The place that i stands for among 0 ... n - 1 when both ends are mirrored: d c b a | a b c d. */
static size_t mirror(ptrdiff_t i, size_t n)
{
    const ptrdiff_t period = 2 * (ptrdiff_t)n;
    const size_t at = (size_t)(((i % period) + period) % period);
    return at < n ? at : 2 * n - 1 - at;
}

static void filter_time(struct hpss *h, size_t first, size_t frames)
{
    const float *rows[MEDIAN_ROWS];
    for (size_t i = 0; i < MEDIAN_ROWS; i++) {
        const ptrdiff_t frame = (ptrdiff_t)(first + i) - (ptrdiff_t)MEDIAN_SIDE;
        rows[i] = h->rows + mirror(frame, frames) % RING * ROW;
    }
    for (size_t g = 0; g < GROUPS; g++) {
        median_block(h->median, rows, g * SIMD_N, h->along_time + g * SIMD_N, ROW);
    }
    transpose_to_lanes(h->along_time, ROW, STFT_BINS, h->harmonic);
}

static void filter_frequency(struct hpss *h, size_t first)
{
    const float *rows[MEDIAN_ROWS];
    float *inside = h->mirrored + MEDIAN_SIDE * SIMD_N;
    const size_t row = sizeof(*inside) * SIMD_N;
    transpose_to_lanes(h->rows + first % RING * ROW, ROW, STFT_BINS, inside);
    for (size_t i = 0; i < MEDIAN_SIDE; i++) {
        memcpy(inside - (i + 1) * SIMD_N, inside + i * SIMD_N, row);
        memcpy(inside + (STFT_BINS + i) * SIMD_N, inside + (STFT_BINS - 1 - i) * SIMD_N, row);
    }
    for (size_t i = 0; i < MEDIAN_ROWS; i++) {
        rows[i] = h->mirrored + i * SIMD_N;
    }
    for (size_t g = 0; g < GROUPS; g++) {
        median_block(h->median, rows, g * SIMD_N * SIMD_N, h->percussive + g * SIMD_N * SIMD_N,
                     SIMD_N);
    }
}

/* --- masks and signals -------------------------------------------------------------------------
 */

/* own^2 / (own^2 + other^2) of the spectrum, a half where both are nothing. */
SIMD_INLINE void mask_body(const float *spectrum, const float *own, const float *other, float *ret)
{
    for (size_t k = 0; k < STFT_BINS; k++) {
        const lanes a = *(const lanes *)(own + k * SIMD_N);
        const lanes b = *(const lanes *)(other + k * SIMD_N);
        const lanes one = (lanes){0} + 1.0F;
        lanes most, x, y;
        simd_max(&a, &b, &most);
        const lanes_int none = most < FLT_MIN;
        simd_choose(&none, &one, &most, &most);
        x = a / most;
        y = b / most;
        simd_choose(&none, &one, &x, &x);
        simd_choose(&none, &one, &y, &y);
        const lanes share = x * x / (x * x + y * y);
        const lanes *in = (const lanes *)(spectrum + 2 * k * SIMD_N);
        lanes *out = (lanes *)(ret + 2 * k * SIMD_N);
        out[0] = in[0] * share;
        out[1] = in[1] * share;
    }
}
SIMD_STATIC(mask, (const float *spectrum, const float *own, const float *other, float *ret),
            (spectrum, own, other, ret))

/* Samples [from, to) of what the block's first sample starts are done. */
static void part_play(struct hpss *h, struct part *p, size_t from, size_t to)
{
    float done[STFT_SPAN];
    for (size_t i = from; i < to; i++) {
        done[i] = h->squares[i] > FLT_MIN ? p->sum[i] / h->squares[i] : p->sum[i];
    }
    if (from < to) {
        moment_add(&p->moment, done + from, to - from, 1);
    }
    memmove(p->sum, p->sum + STFT_STEP, UNPLAYED * sizeof(*p->sum));
    memset(p->sum + UNPLAYED, 0, STFT_STEP * sizeof(*p->sum));
}

static void part_add(struct hpss *h, struct part *p, const float *spectrum)
{
    stft_inverse(h->stft, spectrum, h->frames);
    for (size_t l = 0; l < SIMD_N; l++) {
        float *sum = p->sum + l * STFT_HOP;
        const float *frame = h->frames + l * STFT_WINDOW;
        for (size_t i = 0; i < STFT_WINDOW; i++) {
            sum[i] += frame[i];
        }
    }
}

static void squares_add(struct hpss *h, size_t n)
{
    /* As large as the inverse transform, which does not divide, makes the samples. */
    const double scale = (double)STFT_WINDOW / 2.0, *window = stft_hann(h->stft);
    memmove(h->squares, h->squares + STFT_STEP, UNPLAYED * sizeof(*h->squares));
    memset(h->squares + UNPLAYED, 0, STFT_STEP * sizeof(*h->squares));
    for (size_t l = 0; l < n; l++) {
        float *sum = h->squares + l * STFT_HOP;
        for (size_t i = 0; i < STFT_WINDOW; i++) {
            sum[i] += (float)(scale * window[i] * window[i]);
        }
    }
}

/* The oldest block that waits. samples: of the whole signal, as far as known. */
static void block_play(struct hpss *h, size_t frames, size_t samples)
{
    const size_t first = h->played * SIMD_N, start = first * STFT_HOP, centre = STFT_WINDOW / 2;
    const float *spectrum = h->spectra + h->played % BLOCKS * SPECTRUM;
    const size_t last = frames - first <= SIMD_N;
    const size_t left = samples + centre - start, span = last ? STFT_SPAN : STFT_STEP;
    const size_t from = start < centre ? centre : 0, to = left < span ? left : span;
    filter_time(h, first, frames);
    filter_frequency(h, first);
    squares_add(h, last ? frames - first : SIMD_N);
    mask(spectrum, h->harmonic, h->percussive, h->masked);
    part_add(h, &h->part[0], h->masked);
    mask(spectrum, h->percussive, h->harmonic, h->masked);
    part_add(h, &h->part[1], h->masked);
    part_play(h, &h->part[0], from, to);
    part_play(h, &h->part[1], from, to);
    h->played++;
}

void hpss_add(struct hpss *h, const float *spectrum, const float *magnitude)
{
    const size_t first = h->blocks * SIMD_N;
    transpose_from_lanes(magnitude, STFT_BINS, ROW, h->rows + first % RING * ROW);
    memcpy(h->spectra + h->blocks % BLOCKS * SPECTRUM, spectrum, SPECTRUM * sizeof(*spectrum));
    h->blocks++;
    if (h->blocks > BEHIND) {
        /* The newest block may lack frames; the medians of the one played see none of it. */
        block_play(h, h->blocks * SIMD_N, h->blocks * STFT_STEP);
    }
}

void hpss_end(struct hpss *h, size_t n, struct moment *ret_harmonic, struct moment *ret_percussive)
{
    while (h->played < h->blocks) {
        block_play(h, stft_frames(n), n);
    }
    *ret_harmonic = h->part[0].moment;
    *ret_percussive = h->part[1].moment;
}
