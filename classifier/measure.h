/* How far a model's probabilities can be relied on, family by family. */
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

/* What lies at or above a threshold. */
struct measure_cut {
    double threshold; /* NaN or above 1: there is none */
    double precision; /* NaN if nothing lies above it */
    double coverage;  /* share of the family's songs that does (recall) */
    double share;     /* of all songs */
};

struct measure_family {
    /* Songs by probability in MEASURE_BINS equal steps. */
    size_t n[MEASURE_BINS];
    double p[MEASURE_BINS];     /* mean probability; NaN in an empty one */
    double right[MEASURE_BINS]; /* share of which the family is true; likewise */
    /* Expected calibration error (Naeini et al. 2015): sum over bins of n / all |p - right|. */
    double ece;
    double ece_cross; /* the same of one half of the artists after the other half set it right */
    double threshold; /* the model's; above 1: never */
    double precision; /* of what is above it; NaN if nothing is */
    double coverage;  /* share of the family's songs that are */
    /* The smallest threshold of these songs with CALIBRATE_PRECISION on at least CALIBRATE_LEAST.
     */
    struct measure_cut reach;
    /* Point i: where coverage first is (i + 1) / MEASURE_POINTS; precision is NaN on fewer than
     * CALIBRATE_LEAST songs. */
    struct measure_cut curve[MEASURE_POINTS];
    double f1;              /* at thresholds each best on the other half of the artists, pooled */
    double f1_threshold[2]; /* best on half 0, on half 1; NaN where the family is absent there */
};

struct measure {
    struct metric metric;
    struct measure_family family[GENRE_N];
    double macro_f1;                    /* mean of f1 over the families that have songs */
    double precision;                   /* of all calls above their thresholds together */
    double sorted;                      /* share of songs with a family above its threshold */
    double ece_mean;                    /* of the families' ece */
    double ece_worst;                   /* their largest */
    size_t ece_worst_family;            /* whose that is */
    double confusion[GENRE_N][GENRE_N]; /* row: true, column: best guess; rows sum to 1 or 0 */
};

/* Songs and what was said of them. */
struct measure_songs {
    const float *probs;        /* (n, GENRE_N) row-major */
    const uint32_t *labels;    /* (n), bit i for family i */
    const unsigned char *half; /* (n) 0 or 1, the same for all songs of an artist */
    const double *threshold;   /* (GENRE_N) the model's */
    size_t n;
};
/* A song of several true families counts in each of their rows of the confusion by its part, as
 * right when the guess is any of them. */
void measure_songs(const struct measure_songs *s, struct measure *ret_measure);

/* The same of the songs of c seen with `inputs`. The model must have passed eval_measure. */
void measure_make(const struct model *m, const struct corpus *c, enum eval_inputs inputs,
                  struct measure *ret_measure);

#endif
