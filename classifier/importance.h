/* What a model's judgement rests on. */
#ifndef CLASSIFIER_IMPORTANCE_H
#define CLASSIFIER_IMPORTANCE_H

#include <stddef.h>

#include "classifier/corpus.h"
#include "classifier/eval.h"
#include "classifier/model.h"

#define IMPORTANCE_INPUTS 24
#define IMPORTANCE_TAGS   20
#define IMPORTANCE_SINGLE 21 /* from here on: several of those before, together */

struct importance {
    double shuffled; /* fall of macro AUC when the input is dealt out anew among the songs */
    double left_out; /* and when no song has it */
};

/* "danceability" ...; those that belong together (the key's two numbers, the year as number and as
 * token) are one input. */
const char *importance_name(size_t input);
/* Permutation importance (Breiman 2001, "Random Forests", section 10) on the songs of c seen with
 * `inputs`, one shuffle of a fixed seed, and the fall when the input is left out. ret: (
 * IMPORTANCE_INPUTS). The model must have passed eval_measure. */
void importance_make(const struct model *m, const struct corpus *c, enum eval_inputs inputs,
                     struct importance *ret);

#endif
