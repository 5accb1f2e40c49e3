/* Which genre families a tag speaks for. */
#ifndef CLASSIFIER_FAMILY_H
#define CLASSIFIER_FAMILY_H

#include <stdint.h>

#include "base/err.h"

struct family;

/* A CSV with the columns tag and families (names of genre.h, blanks between several; unknown ones
 * are an error). Caller: family_close. */
ERR_NODISCARD enum err_code family_open(const char *path, struct family **ret_family,
                                        struct err *e);
void family_close(struct family *f);
/* Families of all the tags in "a; b; c": bit i for genre_name[i]; 0 when none is known. */
uint32_t family_of_tags(const struct family *f, const char *tags);
/* The same for names of genres as people and data sets write them ("Hip-Hop", "edm", "R&B"): a
 * family's own name, a common other word for one, or a tag. */
uint32_t family_of_genres(const struct family *f, const char *genres);

#endif
