/* A random forest (Breiman 2001, "Random Forests") for several labels at once, as
 * scikit-learn 1.2's RandomForestClassifier for a 2-D y: each tree on a bootstrap sample, grown
 * until its leaves are pure; at each node some features drawn at random (constant ones count, but
 * one that is not is always tried) and the split of the least Gini impurity, averaged over the
 * labels; probabilities are the mean of the trees' leaves. Unlike there, a feature is first cut
 * into at most 256 bins at its quantiles. */
#ifndef CLASSIFIER_FOREST_H
#define CLASSIFIER_FOREST_H

#include <stddef.h>
#include <stdint.h>

#include "classifier/matrix.h"

struct forest;

struct forest_options {
    size_t trees;
    size_t features; /* tried at each node; 0: the root of their number, rounded down */
    size_t min_leaf; /* different rows in a leaf at least; 0: 1 */
    uint64_t seed;
};

/* m: n > 0, 0 < F < 65536. The same matrix and options give the same forest. One thread. Caller:
 * forest_free. */
struct forest *forest_fit(const struct matrix *m, const struct forest_options *o);
void forest_free(struct forest *f);
/* probs: (m->n, GENRE_N); m has the columns that the forest was fitted on. */
void forest_predict(const struct forest *f, const struct matrix *m, float *probs);

#endif
