/* Songs as training reads them: encoded numbers, slots of known tokens, labels. */
#ifndef CLASSIFIER_EXAMPLE_H
#define CLASSIFIER_EXAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "classifier/corpus.h"
#include "classifier/mlp.h"
#include "classifier/vocab.h"

struct example {
    struct genre_set yes;            /* genres that are true of it */
    struct genre_set known;          /* those of which it is known whether they are */
    float doubt[GENRE_N];            /* of the families in yes: what their target lacks of 1 */
    float weight;                    /* of its loss; 1 on average */
    size_t first[VECTOR_GROUPS + 1]; /* group g's slots are [first[g], first[g + 1]) */
};

struct examples {
    struct example *at; /* (n) */
    size_t n;
    float *numbers; /* (n, 2 N + S * K) as mlp_encode_numbers writes them */
    size_t numbers_n;
    uint32_t *slots;
    size_t slots_n;
    size_t slots_cap;
};

/* Means, one over deviations, and knots at quantiles, of the numbers that are known in the corpus.
 * mean, scale: (N); knots: (S, pieces + 1). */
void example_scale(const struct corpus *c, size_t pieces, float *mean, float *scale, float *knots);
/* Examples of all rows, in their order. m: shape and scaling are read, nothing else. An artist's
 * songs weigh together as the root of their number. Caller: example_free. */
void example_make(struct examples *ret_examples, const struct corpus *c, const struct mlp *m,
                  const struct vocab *v);
void example_free(struct examples *e);

#endif
