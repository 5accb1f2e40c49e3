/* Songs as plain tables: numbers in a dense matrix, hashed texts in a sparse one. What the
 * baselines learn from. */
#ifndef CLASSIFIER_MATRIX_H
#define CLASSIFIER_MATRIX_H

#include <stddef.h>
#include <stdint.h>

#include "classifier/corpus.h"
#include "classifier/vector.h"

/* Which numbers of vector.h become columns, and how; made from the training rows alone. */
struct matrix_rule {
    float mean[VECTOR_NUMBERS];
    float scale[VECTOR_NUMBERS]; /* one over the deviation */
    uint32_t numbers;            /* bit i: number i has a column */
    uint32_t masked;             /* bit i: it also has a mask column */
    size_t columns;              /* F */
};

struct matrix {
    float *x;         /* (n, F) row-major */
    uint32_t *labels; /* (n), bit i for family i */
    size_t n;
    size_t columns; /* F */
};

/* Rows of values at places (CSR): row i has [first[i], first[i + 1]). */
struct matrix_sparse {
    size_t *first;   /* (n + 1) */
    uint32_t *place; /* below `width` */
    float *value;
    size_t n;
    size_t width;
};

/* A column for each number in `numbers` (bits of enum vector_number) that varies in c, in their
 * order; then a mask column for each of those that is unknown in some row of c, in their order. */
void matrix_rule_make(struct matrix_rule *ret_rule, const struct corpus *c, uint32_t numbers);
/* Values are (number - mean) * scale, 0 where not known; masks are 1 where known. Caller:
 * matrix_free. */
void matrix_make(struct matrix *ret_matrix, const struct matrix_rule *rule, const struct corpus *c);
void matrix_free(struct matrix *m);

/* The tokens of the groups in `groups` (bits of enum vector_group), hashed to 2^bits places (bits 1
 * to 24). Each of the n tokens of a song's group has the value 1 / sqrt(n), as in the bags of
 * mlp.h. Caller: matrix_sparse_free. */
void matrix_sparse_make(struct matrix_sparse *ret_sparse, const struct corpus *c, uint32_t groups,
                        unsigned bits);
void matrix_sparse_free(struct matrix_sparse *s);

#endif
