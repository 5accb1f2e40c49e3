#include "classifier/audio/mel.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define LINEAR_HZ (200.0 / 3.0) /* per mel below BREAK_HZ */
#define BREAK_HZ  1000.0
#define BREAK_MEL (BREAK_HZ / LINEAR_HZ)

struct band {
    size_t first; /* bin */
    size_t n;
    size_t weight; /* the first of n */
};

struct mel {
    struct band band[MEL_N];
    float *weight; /* all bands' one after another: a bin is in two of them at most */
};

static double to_mel(double hz)
{
    return hz < BREAK_HZ ? hz / LINEAR_HZ : BREAK_MEL + log(hz / BREAK_HZ) * 27.0 / log(6.4);
}

static double to_hz(double mel)
{
    return mel < BREAK_MEL ? mel * LINEAR_HZ : BREAK_HZ * exp((mel - BREAK_MEL) * log(6.4) / 27.0);
}

static double edge_hz(size_t i)
{
    return to_hz(to_mel(STFT_RATE / 2.0) * (double)i / (double)(MEL_N + 1));
}

double mel_weight(size_t band, size_t bin)
{
    const double low = edge_hz(band), middle = edge_hz(band + 1), high = edge_hz(band + 2);
    const double hz = stft_hz(bin);
    const double up = (hz - low) / (middle - low), down = (high - hz) / (high - middle);
    return fmax(0.0, fmin(up, down)) * 2.0 / (high - low);
}

struct mel *mel_new(void)
{
    struct mel *m = mem_alloc(sizeof(*m));
    size_t used = 0;
    m->weight = mem_array(2 * STFT_BINS, sizeof(*m->weight));
    for (size_t b = 0; b < MEL_N; b++) {
        struct band *band = &m->band[b];
        band->weight = used;
        band->first = (size_t)ceil(edge_hz(b) / stft_hz(1));
        for (size_t k = band->first; k < STFT_BINS && stft_hz(k) < edge_hz(b + 2); k++) {
            m->weight[used++] = (float)mel_weight(b, k);
        }
        band->n = used - band->weight;
    }
    return m;
}

void mel_free(struct mel *m)
{
    if (m != NULL) {
        free(m->weight);
        free(m);
    }
}

SIMD_INLINE void mel_block_body(const struct mel *m, const float *power, float *ret)
{
    for (size_t b = 0; b < MEL_N; b++) {
        const struct band *band = &m->band[b];
        const float *weight = m->weight + band->weight;
        const lanes *row = (const lanes *)(power + band->first * SIMD_N);
        lanes sum = {0};
        for (size_t i = 0; i < band->n; i++) {
            sum += row[i] * weight[i];
        }
        *(lanes *)(ret + b * SIMD_N) = sum;
    }
}
SIMD_FUNCTION(mel_block, (const struct mel *m, const float *power, float *ret), (m, power, ret))
