/* Logistic regression, one against the rest for each family, on numbers and hashed texts. */
#ifndef CLASSIFIER_LOGISTIC_H
#define CLASSIFIER_LOGISTIC_H

#include <stddef.h>

#include "classifier/genre.h"
#include "classifier/matrix.h"

struct logistic {
    size_t columns; /* F */
    size_t width;   /* W */
    float *weights; /* (F + W + 1, GENRE_N): numbers, places, intercepts */
    size_t steps;   /* that the fit took */
    double loss;    /* at its end: what is minimised */
    double slope;   /* the greatest absolute value in its gradient */
};

struct logistic_options {
    double l2;    /* lambda: half of it times the weights' squares, without intercepts, is added */
    size_t steps; /* at most */
    double slope; /* ends where the gradient's greatest absolute value is below */
    size_t progress; /* a line to standard error every so many steps; 0: none */
};

/* Minimises the mean over rows of the summed losses of all families (nats) plus the penalty. It is
 * convex, so that where it ends does not hang on how: L-BFGS (Nocedal and Wright 2006, algorithm
 * 7.5) from zero, with backtracking to Armijo's condition. scikit-learn's C is 1 / (l2 * n).
 * m: n > 0; s: as many rows, or NULL for numbers only. One thread. Caller: logistic_free. */
void logistic_fit(struct logistic *ret_logistic, const struct matrix *m,
                  const struct matrix_sparse *s, const struct logistic_options *o);
void logistic_free(struct logistic *l);
/* probs: (m->n, GENRE_N). m and s of the columns and width fitted on. */
void logistic_predict(const struct logistic *l, const struct matrix *m,
                      const struct matrix_sparse *s, float *probs);

#endif
