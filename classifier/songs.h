/* All songs of track lists in memory, found again by their ids. */
#ifndef CLASSIFIER_SONGS_H
#define CLASSIFIER_SONGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/song.h"

#define SONGS_NONE SIZE_MAX

struct songs {
    struct arena arena;
    struct song *at; /* (n) every id once, in the order of the files */
    size_t n;
    size_t bad; /* rows that were skipped */
    size_t cap;
    size_t *index; /* open addressing over ids; SONGS_NONE: free */
    size_t index_cap;
};

/* paths: (n) files as in dataset.h; bad rows are told on standard error unless `quiet`. On failure
 * *s is empty. Caller: songs_free. */
ERR_NODISCARD enum err_code songs_load(struct songs *s, const char *const *paths, size_t n,
                                       bool quiet, struct err *e);
void songs_free(struct songs *s);
/* The song of that id, SONGS_NONE if there is none. */
size_t songs_find(const struct songs *s, const char *id);
/* The song that a person calls so: its id, "title", or "title - artists" (ASCII case ignored).
 * ERR_USAGE when there is none. Of several with that title it is the first. */
ERR_NODISCARD enum err_code songs_named(const struct songs *s, const char *name, size_t *ret_song,
                                        struct err *e);

#endif
