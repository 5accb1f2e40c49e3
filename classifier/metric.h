/* How well probabilities fit labels. */
#ifndef CLASSIFIER_METRIC_H
#define CLASSIFIER_METRIC_H

#include <stddef.h>
#include <stdint.h>

#include "classifier/genre.h"

struct metric_family {
    size_t positives;
    double auc;       /* -1 where there are no positives, or nothing else */
    double precision; /* at probability 0.5; 0 when nothing is that likely */
    double recall;
    double f1;
};

struct metric {
    size_t n;
    double macro_auc;  /* mean over the families that have positives and negatives */
    double best_right; /* share of rows whose likeliest family is among the true ones */
    double macro_f1;   /* mean over the families that have positives */
    struct metric_family family[GENRE_N];
};

/* Area under the ROC curve by ranks (Mann-Whitney U), ties counting half. score: (n) at `step`
 * floats from each other; bit `bit` of labels (n) tells the positives. -1 when either kind is
 * missing. */
double metric_auc(const float *score, size_t step, const uint32_t *labels, unsigned bit, size_t n);
/* probs: (n, GENRE_N) row-major; labels: (n), bit i for family i. */
void metric_make(const float *probs, const uint32_t *labels, size_t n, struct metric *ret_metric);

#endif
