/* How far a model's probabilities can be relied on, family by family, and what they rest on. */
#ifndef CLASSIFIER_MEASURE_H
#define CLASSIFIER_MEASURE_H

#include <stddef.h>
#include <stdint.h>

#include "classifier/corpus.h"
#include "classifier/eval.h"
#include "classifier/genre.h"
#include "classifier/metric.h"
#include "classifier/model.h"

#define MEASURE_BINS   10
#define MEASURE_POINTS 40 /* of a curve */
#define MEASURE_INPUTS ((size_t)VECTOR_NUMBERS + VECTOR_GROUPS)

struct measure_family {
    /* Songs by probability in MEASURE_BINS equal steps. */
    size_t n[MEASURE_BINS];
    double p[MEASURE_BINS];     /* mean probability; NaN in an empty one */
    double right[MEASURE_BINS]; /* share of which the family is true; likewise */
    double ece;       /* expected calibration error: mean of |p - right|, each bin by its songs */
    double ece_cross; /* the same of one half of the artists after the other half set it right */
    double threshold; /* the model's; above 1: never */
    double precision; /* of what is above it; NaN if nothing is */
    double coverage;  /* share of the family's songs that are */
    double curve_coverage[MEASURE_POINTS];
    double curve_precision[MEASURE_POINTS];
    double f1; /* at the threshold that is best on the other half of the artists */
};

struct measure {
    struct metric metric;
    struct measure_family family[GENRE_N];
    double macro_f1;                    /* mean of the families' f1 */
    double precision;                   /* of all calls above their thresholds together */
    double sorted;                      /* share of songs with a family above its threshold */
    double confusion[GENRE_N][GENRE_N]; /* row: true, column: best guess; rows sum to 1 */
};

/* Songs seen with `inputs`. The model must have passed eval_measure. */
void measure_make(const struct model *m, const struct corpus *c, enum eval_inputs inputs,
                  struct measure *ret_measure);

/* Permutation importance (Breiman 2001): how much macro AUC falls when one input is dealt out anew
 * among the songs. drop: (MEASURE_INPUTS) numbers of vector.h, then its groups. */
void measure_importance(const struct model *m, const struct corpus *c, enum eval_inputs inputs,
                        double *drop);
/* What such an input is called. */
const char *measure_input_name(size_t input);

#endif
