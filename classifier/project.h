/* Learning the space of likeness: a linear map under which songs that people keep together lie
 * close. */
#ifndef CLASSIFIER_PROJECT_H
#define CLASSIFIER_PROJECT_H

#include <stddef.h>
#include <stdint.h>

#include "classifier/playlists.h"

/* x: (n, from) row-major, row i of song i of the playlists; projection: (from, to) is filled in.
 * Contrastive (van den Oord et al. 2018, "Representation Learning with Contrastive Predictive
 * Coding", eq. 4): of two songs drawn from one playlist the cosine shall be greater than to the
 * second songs of other pairs of the batch, by a softmax over cosines / temperature; Adam. One
 * thread, the same seed the same result. */
void project_fit(const float *x, size_t from, size_t to, const struct playlists *playlists,
                 uint64_t seed, float *projection);

#endif
