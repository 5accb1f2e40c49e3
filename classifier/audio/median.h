/* Medians of 31 numbers in eight windows that follow one another, in each of eight lanes. The
 * windows have 24 rows in common, which are sorted once; the rest is let in while what can no
 * longer be the median falls out (after Adams 2021, "Fast median filters using separable sorting
 * networks"). The result is exact. */
#ifndef CLASSIFIER_AUDIO_MEDIAN_H
#define CLASSIFIER_AUDIO_MEDIAN_H

#include <stddef.h>

#include "classifier/audio/simd.h"

#define MEDIAN_N    ((size_t)31)
#define MEDIAN_SIDE (MEDIAN_N / 2)          /* rows on either side of the middle one */
#define MEDIAN_ROWS (MEDIAN_N + SIMD_N - 1) /* that eight windows see */

struct median;

struct median *median_new(void); /* Caller: median_free. */
void median_free(struct median *m);

/* ret[i * stride ...] (8): the medians of rows[i] to rows[i + 30], each read at `offset`. No number
 * may be NaN. Any thread. */
void median_block(const struct median *m, const float *const *rows, size_t offset, float *ret,
                  size_t stride);

#endif
