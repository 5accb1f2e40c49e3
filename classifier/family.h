/* Which genre families a tag speaks for. */
#ifndef CLASSIFIER_FAMILY_H
#define CLASSIFIER_FAMILY_H

#include <stdint.h>

#include "base/err.h"
#include "classifier/genre.h"

struct family;

/* A CSV with the columns tag and families (names of genre.h, blanks between several; unknown ones
 * are an error). Caller: family_close. */
ERR_NODISCARD enum err_code family_open(const char *path, struct family **ret_family,
                                        struct err *e);
void family_close(struct family *f);
/* Families of all the tags in "a; b; c": bit i for genre_name[i]; 0 when none is known. */
uint32_t family_of_tags(const struct family *f, const char *tags);
/* How much of the tags speaks for each family: strength[i] is the share of the tags with any family
 * that have genre_name[i], doubled and at most 1. An artist of many tags is of some families more
 * than of others. */
void family_strengths(const struct family *f, const char *tags, float strength[GENRE_N]);
/* The same for the values of genre columns ("Hip-Hop", "r&b", "edm"): what the file does not know
 * is looked for among the families' own names and then in a small table of synonyms. f: NULL for
 * these two alone. */
uint32_t family_of_labels(const struct family *f, const char *labels);

#endif
