/* The 22 genre families, in the order of every table, file and model. */
#ifndef CLASSIFIER_GENRE_H
#define CLASSIFIER_GENRE_H

#include <stddef.h>

#define GENRE_N    22
#define GENRE_NONE SIZE_MAX

/* The families' names; a family's number is its place here and its bit in a set of labels. */
extern const char *const genre_name[GENRE_N];

/* The number of the family of exactly that name (ASCII case ignored), GENRE_NONE if there is none.
 */
size_t genre_find(const char *name);
/* The name nearest to what a person typed, NULL when none is near enough to suggest. */
const char *genre_nearest(const char *name);

#endif
