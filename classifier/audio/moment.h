/* Mean, variance and range of numbers that come one after another. */
#ifndef CLASSIFIER_AUDIO_MOMENT_H
#define CLASSIFIER_AUDIO_MOMENT_H

#include <stddef.h>

struct moment {
    double n;
    double mean;
    double squares; /* sum of squared distances from the mean */
    double min;     /* of nothing: 0 */
    double max;     /* likewise */
};

/* The parallel rule of Chan, Golub and LeVeque 1983, so that a small variance beside a large mean
 * keeps its digits. x: (n), `stride` apart; sums in double. */
void moment_add(struct moment *m, const float *x, size_t n, size_t stride);
/* Of the whole population, as numpy's var; 0 of nothing. */
double moment_var(const struct moment *m);

#endif
