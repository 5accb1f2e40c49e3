/* Making a model's probabilities mean what they say, and choosing from where on they are enough. */
#ifndef CLASSIFIER_CALIBRATE_H
#define CLASSIFIER_CALIBRATE_H

#include <stddef.h>

#include "classifier/corpus.h"
#include "classifier/model.h"

#define CALIBRATE_PRECISION 0.8 /* share of right songs above a threshold */
#define CALIBRATE_LEAST     10  /* songs that a threshold must rest on */
#define CALIBRATE_FLOOR     0.5 /* no threshold is lower: each song shall be likelier in than out */
#define CALIBRATE_NEVER     2.0F /* more than any probability */

/* Platt scaling (Platt 1999) by Newton's method: the scale and shift that make the logistic of
 * scale * logit + shift likeliest, drawn a little towards 1 and 0. logit, weight: (n); yes: (n) 0
 * or 1. */
void calibrate_fit(const float *logit, const unsigned char *yes, size_t n, float *ret_scale,
                   float *ret_shift);
/* The smallest probability p of those at hand, of CALIBRATE_FLOOR and more, such that of all songs
 * with at least p, and these are at least CALIBRATE_LEAST, the share `precision` is right. Where
 * too few songs are that probable to tell, `precision` itself; where many are and too few of them
 * right, CALIBRATE_NEVER. */
float calibrate_threshold(const float *p, const unsigned char *yes, size_t n, double precision);

/* Both for every regime and genre of a model without calibration, from songs it was not trained on.
 * calibration: (MLP_REGIMES, 2, G), threshold: (MLP_REGIMES, G) as in mlp.h. A genre of which the
 * songs hold too few keeps its logits. */
void calibrate_model(const struct model *m, const struct corpus *c, float *calibration,
                     float *threshold);

#endif
