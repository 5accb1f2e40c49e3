/* The product of two matrices on processors with AVX-512. OpenBLAS up to 0.3.21, Debian 12's, does
 * not know that AMD's have it and takes half as many lanes there. The design is that of Goto and
 * van de Geijn 2008 ("Anatomy of High-Performance Matrix Multiplication"), but A is read in place.
 * One thread; the sums' order depends on the shape only. */
#ifndef CLASSIFIER_GEMM_H
#define CLASSIFIER_GEMM_H

#include <stdbool.h>
#include <stddef.h>

/* c (m, n), c_row apart, = a (m, k) b (k, n), or += with `add`. Element (i, j) of a lies at
 * a[i * a_row + j * a_column], so that either may be transposed. */
struct gemm {
    size_t m;
    size_t n;
    size_t k;
    size_t a_row;
    size_t a_column;
    size_t b_row;
    size_t b_column;
    size_t c_row;
    bool add;
};

/* Whether this processor can. */
bool gemm_supported(void);
/* Only where it can. 140 KiB of stack. */
void gemm_run(const struct gemm *g, const float *a, const float *b, float *c);

#endif
