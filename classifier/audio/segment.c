#include "classifier/audio/segment.h"

#include <math.h>

#include "classifier/audio/analysis.h"
#include "classifier/audio/stft.h"

/* Samples of a piece. */
static size_t size_of(double segment_s)
{
    const double most = ANALYSIS_MOST_S;
    return (size_t)lrint(fmin(most, fmax(SEGMENT_LEAST_S, segment_s)) * STFT_RATE);
}

size_t segment_count(size_t n, double segment_s)
{
    const size_t size = size_of(segment_s), count = (n + size / 2) / size;
    return count < 1 ? 1 : count < SEGMENT_MOST ? count : SEGMENT_MOST;
}

void segment_summaries(const float *x, size_t n, double segment_s, struct summary *ret)
{
    const size_t size = size_of(segment_s), count = segment_count(n, segment_s);
    for (size_t i = 0; i < count; i++) {
        const size_t left = n - i * size;
        struct analysis *a = analysis_new();
        analysis_add(a, x + i * size, left < size ? left : size);
        analysis_end(a, &ret[i]);
        analysis_free(a);
    }
}
