/* The 22 genre families, in the order of every table, file and model. */
#ifndef CLASSIFIER_GENRE_H
#define CLASSIFIER_GENRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GENRE_N    22
#define GENRE_NONE SIZE_MAX
#define GENRE_MAX  256 /* families and sub-genres together, at most */

/* Genres by their numbers: families first, then sub-genres as a tree or a model has them. */
struct genre_set {
    uint64_t bits[GENRE_MAX / 64];
};

static inline bool genre_set_has(const struct genre_set *s, size_t genre)
{
    return s->bits[genre / 64] >> (genre % 64) & 1;
}

static inline void genre_set_add(struct genre_set *s, size_t genre)
{
    s->bits[genre / 64] |= UINT64_C(1) << (genre % 64);
}

static inline void genre_set_join(struct genre_set *s, const struct genre_set *other)
{
    for (size_t i = 0; i < GENRE_MAX / 64; i++) {
        s->bits[i] |= other->bits[i];
    }
}

static inline uint32_t genre_set_families(const struct genre_set *s)
{
    return (uint32_t)s->bits[0] & ((UINT32_C(1) << GENRE_N) - 1);
}

/* The families' names; a family's number is its place here and its bit in a set of labels. */
extern const char *const genre_name[GENRE_N];

/* The number of the family of exactly that name (ASCII case ignored), GENRE_NONE if there is none.
 */
size_t genre_find(const char *name);
/* The name nearest to what a person typed, NULL when none is near enough to suggest. */
const char *genre_nearest(const char *name);

#endif
