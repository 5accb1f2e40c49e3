/* The k nearest songs: what share of them is of a family. */
#ifndef CLASSIFIER_KNN_H
#define CLASSIFIER_KNN_H

#include <stddef.h>

#include "classifier/matrix.h"

/* probs: (test->n, GENRE_N) = the share of the k nearest rows of `train` (Euclid; all of them where
 * there are fewer) that have the family, as scikit-learn's KNeighborsClassifier with equal weights.
 * Exact: distances from a matrix product choose who may be near, and are then summed again in
 * double. Of rows as near as each other the first counts. train: not empty, of the same columns as
 * test, best standardised. One thread. */
void knn_predict(const struct matrix *train, const struct matrix *test, size_t k, float *probs);

#endif
