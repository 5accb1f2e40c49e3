/* What a person's corrections are worth: simulated persons who keep some playlists, each of one
 * family, and correct songs at random. */
#ifndef CLASSIFIER_SIMULATE_H
#define CLASSIFIER_SIMULATE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

#define SIMULATE_STEPS 6 /* 0, 10, 25, 50, 100 and 200 corrections */

struct simulate_options {
    const char *const *data; /* (data_n) track lists */
    size_t data_n;
    const char *families;  /* tag-families.csv */
    const char *playlists; /* as playlists.h reads them; persons keep those held out */
    const char *model;     /* NULL: the shipped one */
    uint64_t seed;
};

/* Share of the songs not corrected that the best guess among the person's families puts into the
 * right playlist, after so many corrections. */
struct simulate_result {
    size_t persons;
    double mean[SIMULATE_STEPS];
    double worst_lift[SIMULATE_STEPS]; /* of any person, against none */
};

/* Prints a table: with and without tags, songs of all artists and of validation artists only. A
 * person keeps 6 to 12 playlists of different families, a family being what most songs of a
 * playlist are by their tags. A correction says the song's family, and that it is not of the
 * family that was guessed wrongly. */
ERR_NODISCARD enum err_code simulate_run(const struct simulate_options *o, FILE *out,
                                         struct err *e);

#endif
