/* Principal components: the directions in which places differ most. */
#ifndef CLASSIFIER_PRINCIPAL_H
#define CLASSIFIER_PRINCIPAL_H

#include <stddef.h>

#define PRINCIPAL_DIM_MAX 64

/* The mean (dim) of x (n, dim), row-major, and its first k <= dim <= PRINCIPAL_DIM_MAX components:
 * axes (k, dim) of unit length, variances (k), the greatest first. The greatest part of each axis
 * is positive, so that the same places give the same axes. With n < 2 all variances are 0. The
 * eigenvectors of the covariance by cyclic Jacobi rotations (Golub and Van Loan, Matrix
 * Computations, 8.5), in double. Any thread. */
void principal_fit(const float *x, size_t n, size_t dim, size_t k, double *mean, double *axes,
                   double *variances);

#endif
