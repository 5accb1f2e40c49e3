#include "classifier/audio/chroma.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "classifier/audio/stft.h"

#define CENTRE_OCTAVE 5.0 /* above 27.5 Hz */
#define OCTAVE_WIDTH  2.0

struct chroma {
    float weight[STFT_BINS][CHROMA_N];
};

/* A bin's place in semitones above the lowest A. Bin 0 has none: one and a half octaves below
 * bin 1.
 */
static double note_of(size_t bin, double tuning)
{
    const double a = 27.5 * exp2(tuning / 12.0);
    return bin > 0 ? 12.0 * log2(stft_hz(bin) / a) : note_of(1, tuning) - 18.0;
}

static void bin_fill(struct chroma *c, size_t bin, double tuning)
{
    const double note = note_of(bin, tuning), width = fmax(1.0, note_of(bin + 1, tuning) - note);
    const double octave = (note / 12.0 - CENTRE_OCTAVE) / OCTAVE_WIDTH;
    double bump[CHROMA_N], squares = 0.0;
    for (size_t i = 0; i < CHROMA_N; i++) {
        const double away = fmod(note - (double)i + 6.0 + 120.0, 12.0) - 6.0;
        bump[i] = exp(-0.5 * (2.0 * away / width) * (2.0 * away / width));
        squares += bump[i] * bump[i];
    }
    const double scale = exp(-0.5 * octave * octave) / sqrt(squares);
    for (size_t i = 0; i < CHROMA_N; i++) { /* counted from C, not from A */
        c->weight[bin][i] = (float)(bump[(i + 3) % CHROMA_N] * scale);
    }
}

struct chroma *chroma_new(double tuning_semitones)
{
    struct chroma *c = mem_alloc(sizeof(*c));
    for (size_t bin = 0; bin < STFT_BINS; bin++) {
        bin_fill(c, bin, tuning_semitones);
    }
    return c;
}

void chroma_free(struct chroma *c)
{
    free(c);
}

SIMD_INLINE void chroma_block_body(const struct chroma *c, const float *power, float *ret)
{
    lanes sum[CHROMA_N] = {{0}}, most = {0};
    for (size_t k = 0; k < STFT_BINS; k++) {
        const lanes row = *(const lanes *)(power + k * SIMD_N);
        for (size_t i = 0; i < CHROMA_N; i++) {
            sum[i] += row * c->weight[k][i];
        }
    }
    for (size_t i = 0; i < CHROMA_N; i++) {
        simd_max(&sum[i], &most, &most);
    }
    const lanes one = (lanes){0} + 1.0F;
    const lanes_int silent = most < FLT_MIN;
    simd_choose(&silent, &one, &most, &most);
    for (size_t i = 0; i < CHROMA_N; i++) {
        *(lanes *)(ret + i * SIMD_N) = sum[i] / most;
    }
}
SIMD_FUNCTION(chroma_block, (const struct chroma *c, const float *power, float *ret),
              (c, power, ret))
