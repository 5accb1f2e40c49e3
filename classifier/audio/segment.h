/* A sound cut into pieces that follow one another, each analysed as if there were no other. */
#ifndef CLASSIFIER_AUDIO_SEGMENT_H
#define CLASSIFIER_AUDIO_SEGMENT_H

#include <stddef.h>

#include "classifier/audio/summary.h"

#define SEGMENT_MOST    ((size_t)100) /* pieces */
#define SEGMENT_LEAST_S 0.5

/* Pieces of a signal of n samples: the last one counts if it is half as long at least, and a signal
 * that is shorter is one all the same. 1 to SEGMENT_MOST for n > 0. */
size_t segment_count(size_t n, double segment_s);
/* x: (n) as analysis_add has it, n > 0. ret: (segment_count); segment_s below SEGMENT_LEAST_S is
 * taken for that. Costs what the analysis of x costs. Any thread. */
void segment_summaries(const float *x, size_t n, double segment_s, struct summary *ret);

#endif
