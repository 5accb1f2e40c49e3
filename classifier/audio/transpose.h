/* Between rows, one per frame, and columns, one lane per frame. */
#ifndef CLASSIFIER_AUDIO_TRANSPOSE_H
#define CLASSIFIER_AUDIO_TRANSPOSE_H

#include <stddef.h>

/* ret: (n, 8) from eight rows x of n floats, `stride` apart, which may overlap. */
void transpose_to_lanes(const float *x, size_t stride, size_t n, float *ret);
/* ret: eight rows of n floats, `stride` apart, from x (n, 8). */
void transpose_from_lanes(const float *x, size_t n, size_t stride, float *ret);

#endif
