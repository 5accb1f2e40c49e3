/* Genre tags of artists as several services tell them. */
#ifndef CLASSIFIER_ARTIST_H
#define CLASSIFIER_ARTIST_H

#include <stdint.h>

#include "base/err.h"

struct artist;

/* A CSV with the columns artist and tags ("a; b; c"); an artist may have several rows, whose tags
 * join. Caller: artist_close. */
ERR_NODISCARD enum err_code artist_open(const char *path, struct artist **ret_artist,
                                        struct err *e);
void artist_close(struct artist *a);
/* Hash of the first of "A; B; C" in lower case. */
uint64_t artist_key(const char *artists);
/* All tags of the artist of that key, "" when there are none or a is NULL. */
const char *artist_tags(const struct artist *a, uint64_t key);

#endif
