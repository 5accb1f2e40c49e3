#include "classifier/audio/analysis.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "classifier/audio/bandwidth.h"
#include "classifier/audio/centroid.h"
#include "classifier/audio/chroma.h"
#include "classifier/audio/contrast.h"
#include "classifier/audio/crossing.h"
#include "classifier/audio/decibel.h"
#include "classifier/audio/hpss.h"
#include "classifier/audio/mel.h"
#include "classifier/audio/mfcc.h"
#include "classifier/audio/onset.h"
#include "classifier/audio/rms.h"
#include "classifier/audio/rolloff.h"
#include "classifier/audio/stft.h"
#include "classifier/audio/tempo.h"
#include "classifier/audio/tonnetz.h"
#include "classifier/audio/tuning.h"

#define CENTRE    (STFT_WINDOW / 2)
#define KEPT_MOST ((size_t)ANALYSIS_KEPT_S * STFT_RATE)

/* Floats that grow by blocks of one size. */
struct heap {
    float *at;
    size_t blocks;
    size_t cap;
    size_t size; /* of a block */
};

struct analysis {
    struct stft *stft;
    struct hpss *hpss;
    struct mel *mel;
    struct tuning tuning;
    struct summary summary;
    size_t samples;
    size_t blocks;
    float window[STFT_SPAN]; /* samples that the next block sees */
    size_t filled;           /* of them */
    float *kept;             /* the signal's first KEPT_MOST samples */
    size_t kept_cap;
    struct heap mels;    /* (MEL_N, 8) powers, then decibels */
    struct heap peaks;   /* (CONTRAST_N, 8) */
    struct heap valleys; /* (CONTRAST_N, 8) */
    struct heap chromas; /* (CHROMA_N, 8) */
    float *spectrum;     /* (STFT_BINS, 2, 8) */
    float *power;        /* (STFT_BINS, 8) */
    float *magnitude;    /* (STFT_BINS, 8) */
};

/* The next block's place. */
static float *heap_next(struct heap *h)
{
    if (h->blocks == h->cap) {
        h->cap = h->cap == 0 ? 64 : h->cap + h->cap / 8;
        h->at = mem_resize(h->at, h->cap, h->size * sizeof(*h->at));
    }
    return h->at + h->blocks++ * h->size;
}

struct analysis *analysis_new(void)
{
    struct analysis *a = mem_alloc(sizeof(*a));
    a->stft = stft_new();
    a->hpss = hpss_new();
    a->mel = mel_new();
    a->filled = CENTRE;
    a->mels.size = MEL_N * SIMD_N;
    a->peaks.size = a->valleys.size = CONTRAST_N * SIMD_N;
    a->chromas.size = CHROMA_N * SIMD_N;
    a->spectrum = mem_array(STFT_BINS * 2 * SIMD_N, sizeof(float));
    a->power = mem_array(STFT_BINS * SIMD_N, sizeof(float));
    a->magnitude = mem_array(STFT_BINS * SIMD_N, sizeof(float));
    return a;
}

void analysis_free(struct analysis *a)
{
    if (a == NULL) {
        return;
    }
    stft_free(a->stft);
    hpss_free(a->hpss);
    mel_free(a->mel);
    tuning_free(&a->tuning);
    free(a->kept);
    free(a->mels.at);
    free(a->peaks.at);
    free(a->valleys.at);
    free(a->chromas.at);
    free(a->spectrum);
    free(a->power);
    free(a->magnitude);
    free(a);
}

/* --- block by block ----------------------------------------------------------------------------
 */

/* x: (rows, 8); row i's first n lanes go to the moments at[i]. */
static void moments_add(struct moment *at, const float *x, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++) {
        moment_add(at + i, x + i * SIMD_N, n, 1);
    }
}

static void time_add(struct analysis *a, size_t end, size_t n)
{
    float value[SIMD_N];
    rms_block(a->window, value);
    moments_add(summary_at(&a->summary, SUMMARY_RMS), value, 1, n);
    crossing_block(a->window, a->blocks == 0 ? CENTRE : 0, end, value);
    moments_add(summary_at(&a->summary, SUMMARY_CROSSING), value, 1, n);
}

static void spectrum_add(struct analysis *a, size_t n)
{
    float centroid[SIMD_N], value[SIMD_N];
    struct summary *s = &a->summary;
    centroid_block(a->magnitude, centroid);
    moments_add(summary_at(s, SUMMARY_CENTROID), centroid, 1, n);
    bandwidth_block(a->magnitude, centroid, value);
    moments_add(summary_at(s, SUMMARY_BANDWIDTH), value, 1, n);
    rolloff_block(a->magnitude, value);
    moments_add(summary_at(s, SUMMARY_ROLLOFF), value, 1, n);
    contrast_block(a->magnitude, heap_next(&a->peaks), heap_next(&a->valleys));
    float *mel = heap_next(&a->mels);
    mel_block(a->mel, a->power, mel);
    for (size_t l = 0; l < n; l++) {
        moment_add(summary_at(s, SUMMARY_MEL), mel + l, MEL_N, SIMD_N);
    }
    if (a->blocks * STFT_STEP < KEPT_MOST) {
        tuning_add(&a->tuning, a->power);
    }
    hpss_add(a->hpss, a->spectrum, a->magnitude);
}

/* Of the spectrum, lanes from n on are no frames. */
static void lanes_clear(float *spectrum, size_t n)
{
    for (size_t i = 0; i < STFT_BINS * 2; i++) {
        for (size_t l = n; l < SIMD_N; l++) {
            spectrum[i * SIMD_N + l] = 0.0F;
        }
    }
}

/* The n frames of the window, of which samples up to `end` are signal. */
static void block_add(struct analysis *a, size_t end, size_t n)
{
    time_add(a, end, n);
    stft_forward(a->stft, a->window, a->spectrum);
    if (n < SIMD_N) {
        lanes_clear(a->spectrum, n);
    }
    stft_power(a->spectrum, a->power, a->magnitude);
    spectrum_add(a, n);
    a->blocks++;
}

/* On to the samples of the next block. */
static void window_move(struct analysis *a)
{
    memmove(a->window, a->window + STFT_STEP, (STFT_SPAN - STFT_STEP) * sizeof(*a->window));
    a->filled -= STFT_STEP;
}

static void keep(struct analysis *a, const float *x, size_t n)
{
    const size_t room = a->samples < KEPT_MOST ? KEPT_MOST - a->samples : 0;
    const size_t taken = n < room ? n : room;
    if (a->samples + taken > a->kept_cap && taken > 0) {
        a->kept_cap += a->kept_cap / 4 + taken;
        a->kept = mem_resize(a->kept, a->kept_cap, sizeof(*a->kept));
    }
    if (taken > 0) {
        memcpy(a->kept + a->samples, x, taken * sizeof(*x));
    }
}

void analysis_add(struct analysis *a, const float *x, size_t n)
{
    keep(a, x, n);
    a->samples += n;
    assert(a->samples <= (size_t)ANALYSIS_MOST_S * STFT_RATE);
    while (n > 0) {
        const size_t room = STFT_SPAN - a->filled, taken = n < room ? n : room;
        memcpy(a->window + a->filled, x, taken * sizeof(*x));
        a->filled += taken;
        x += taken;
        n -= taken;
        if (a->filled == STFT_SPAN) {
            block_add(a, STFT_SPAN, SIMD_N);
            window_move(a);
        }
    }
}

size_t analysis_samples(const struct analysis *a)
{
    return a->samples;
}

/* --- the whole ---------------------------------------------------------------------------------
 */

/* The pitch classes of what was kept, once the tuning is known. */
static void chroma_all(struct analysis *a)
{
    const size_t kept = a->samples < KEPT_MOST ? a->samples : KEPT_MOST;
    const size_t frames = stft_frames(kept);
    struct chroma *chroma = chroma_new(a->summary.tuning);
    float tonnetz[TONNETZ_N * SIMD_N];
    for (size_t f = 0; f < frames; f += SIMD_N) {
        const size_t n = frames - f < SIMD_N ? frames - f : SIMD_N;
        const size_t start = f * STFT_HOP, before = f == 0 ? CENTRE : 0;
        const size_t from = start + before - CENTRE, left = kept - from;
        const size_t taken = left < STFT_SPAN - before ? left : STFT_SPAN - before;
        memset(a->window, 0, sizeof(a->window));
        memcpy(a->window + before, a->kept + from, taken * sizeof(*a->kept));
        stft_forward(a->stft, a->window, a->spectrum);
        stft_power(a->spectrum, a->power, a->magnitude);
        float *classes = heap_next(&a->chromas);
        chroma_block(chroma, a->power, classes);
        moments_add(summary_at(&a->summary, SUMMARY_CHROMA), classes, CHROMA_N, n);
        tonnetz_block(classes, tonnetz);
        moments_add(summary_at(&a->summary, SUMMARY_TONNETZ), tonnetz, TONNETZ_N, n);
    }
    chroma_free(chroma);
}

static size_t block_frames(const struct analysis *a, size_t block)
{
    const size_t left = a->summary.frames - block * SIMD_N;
    return left < SIMD_N ? left : SIMD_N;
}

static void contrast_all(struct analysis *a)
{
    float *peak = a->peaks.at, *valley = a->valleys.at;
    const size_t size = a->peaks.size;
    decibel_of(peak, a->blocks * size);
    decibel_of(valley, a->blocks * size);
    for (size_t b = 0; b < a->blocks; b++) {
        for (size_t i = 0; i < size; i++) {
            peak[b * size + i] -= valley[b * size + i];
        }
        moments_add(summary_at(&a->summary, SUMMARY_CONTRAST), peak + b * size, CONTRAST_N,
                    block_frames(a, b));
    }
}

static void mfcc_all(struct analysis *a)
{
    struct mfcc *mfcc = mfcc_new();
    float value[MFCC_N * SIMD_N];
    for (size_t b = 0; b < a->blocks; b++) {
        mfcc_block(mfcc, a->mels.at + b * a->mels.size, value);
        moments_add(summary_at(&a->summary, SUMMARY_MFCC), value, MFCC_N, block_frames(a, b));
    }
    mfcc_free(mfcc);
}

static void tempo_all(struct analysis *a)
{
    const size_t frames = a->summary.frames;
    float *onset = mem_array(frames, sizeof(*onset));
    onset_strength(a->mels.at, frames, onset);
    moment_add(summary_at(&a->summary, SUMMARY_ONSET), onset, frames, 1);
    a->summary.tempo = tempo_estimate(onset, frames);
    free(onset);
}

/* The frames that are left, up to nine, of which the last ones reach beyond the signal's end. */
static void rest_add(struct analysis *a, size_t frames)
{
    memset(a->window + a->filled, 0, (STFT_SPAN - a->filled) * sizeof(*a->window));
    if (frames > (a->blocks + 1) * SIMD_N) {
        block_add(a, a->filled, SIMD_N);
        window_move(a);
        memset(a->window + a->filled, 0, (STFT_SPAN - a->filled) * sizeof(*a->window));
    }
    if (frames > a->blocks * SIMD_N) {
        block_add(a, a->filled, frames - a->blocks * SIMD_N);
    }
}

void analysis_end(struct analysis *a, struct summary *ret)
{
    struct summary *s = &a->summary;
    const size_t frames = stft_frames(a->samples);
    assert(a->samples > 0);
    rest_add(a, frames);
    s->frames = frames;
    s->duration_s = (double)a->samples / STFT_RATE;
    hpss_end(a->hpss, a->samples, summary_at(s, SUMMARY_HARMONIC),
             summary_at(s, SUMMARY_PERCUSSIVE));
    contrast_all(a);
    decibel_of(a->mels.at, a->blocks * a->mels.size);
    mfcc_all(a);
    tempo_all(a);
    s->tuning = tuning_semitones(&a->tuning);
    chroma_all(a);
    *ret = *s;
}

void analysis_look(const struct analysis *a, struct analysis_view *ret)
{
    const size_t kept = a->samples < KEPT_MOST ? a->samples : KEPT_MOST;
    *ret = (struct analysis_view){.signal = a->kept,
                                  .samples = kept,
                                  .frames = stft_frames(kept),
                                  .mel = a->mels.at,
                                  .chroma = a->chromas.at};
}
