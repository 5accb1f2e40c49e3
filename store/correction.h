/* What the person said of songs: the last word on whether one is of a genre. */
#ifndef STORE_CORRECTION_H
#define STORE_CORRECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

struct store_correction {
    int64_t track;
    const char *genre;
    bool is; /* of the genre, or not */
    int64_t made_s;
};

/* Puts one, in place of what was said before of that song and genre. That it is of the genre also
 * lets it into the genre's playlist again. */
ERR_NODISCARD enum err_code store_correction_put(struct store *s, int64_t account,
                                                 const struct store_correction *c, struct err *e);
/* Takes back everything that was said of a song. */
ERR_NODISCARD enum err_code store_correction_drop(struct store *s, int64_t account, int64_t track,
                                                  int64_t *ret_n, struct err *e);
/* Takes back everything that was said of a genre. */
ERR_NODISCARD enum err_code store_correction_drop_genre(struct store *s, int64_t account,
                                                        const char *genre, struct err *e);
/* How many songs they said are of it. */
ERR_NODISCARD enum err_code store_correction_count(struct store *s, int64_t account,
                                                   const char *genre, int64_t *ret_n,
                                                   struct err *e);
/* All of the account's, oldest first: first what their edits of the playlists say (made_s 0), as
 * far as they have not said otherwise. */
ERR_NODISCARD enum err_code store_correction_list(struct store *s, int64_t account, struct arena *a,
                                                  struct store_correction **ret_list, size_t *ret_n,
                                                  struct err *e);

#endif
