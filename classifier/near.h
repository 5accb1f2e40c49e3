/* The nearest of many places: an exact scan over places of 8 bits a dimension. */
#ifndef CLASSIFIER_NEAR_H
#define CLASSIFIER_NEAR_H

#include <stddef.h>
#include <stdint.h>

#define NEAR_DIM_MAX 64

struct near;

struct near_hit {
    size_t item; /* in the order of adding */
    float cosine;
};

/* For places of `dim` (even, at most NEAR_DIM_MAX) dimensions. Caller: near_free. */
struct near *near_new(size_t dim);
void near_free(struct near *n);
/* place: (dim) of unit length; kept as whole numbers of 1/127. */
void near_add(struct near *n, const float *place);
size_t near_n(const struct near *n);
/* The k items with the greatest cosine to query (dim, of unit length), the greatest first, of equal
 * ones the one added first. Returns how many there are. The cosines are off by at most dim / 127 of
 * rounding, in practice by less than 0.01. Any thread. */
size_t near_search(const struct near *n, const float *query, size_t k, struct near_hit *ret_hits);

#endif
