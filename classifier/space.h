/* The projection of a trained network into the space of likeness, from track lists. */
#ifndef CLASSIFIER_SPACE_H
#define CLASSIFIER_SPACE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "classifier/mlp.h"

struct space_sources {
    const char *const *data; /* (data_n) track lists */
    size_t data_n;
    const char *playlists; /* as playlists.h reads them; NULL: what an artist made lies together */
};

/* m: all but its projection is used. projection: (mlp_hidden, space) is filled in. Every other song
 * is shown without its tags, so that the space serves songs without any. */
ERR_NODISCARD enum err_code space_fit(const struct mlp *m, const struct space_sources *sources,
                                      uint64_t seed, float *projection, struct err *e);

#endif
