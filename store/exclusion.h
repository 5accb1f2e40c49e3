/* Songs and artists that the person wants in no playlist of genred's. */
#ifndef STORE_EXCLUSION_H
#define STORE_EXCLUSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

enum store_excluded { STORE_EXCLUDED_SONG, STORE_EXCLUDED_ARTIST };

struct store_exclusion {
    enum store_excluded kind;
    int64_t item; /* row of the song or artist */
    const char *sid;
    const char *name;    /* title, or the artist's name */
    const char *artists; /* of a song; "" */
    int64_t liked;       /* songs of the account that are out by it */
    int64_t made_s;      /* UTC; 0 of an artist who is only looked up */
};

/* One that is there stays as it is. */
ERR_NODISCARD enum err_code store_exclusion_put(struct store *s, int64_t account,
                                                enum store_excluded kind, int64_t item,
                                                int64_t now_s, struct err *e);
ERR_NODISCARD enum err_code store_exclusion_drop(struct store *s, int64_t account,
                                                 enum store_excluded kind, int64_t item,
                                                 struct err *e);
/* All of the account's: songs, then artists, each by name. */
ERR_NODISCARD enum err_code store_exclusion_list(struct store *s, int64_t account, struct arena *a,
                                                 struct store_exclusion **ret_list, size_t *ret_n,
                                                 struct err *e);
/* Whether the song, or one of its artists, is excluded. */
ERR_NODISCARD enum err_code store_exclusion_covers(struct store *s, int64_t account, int64_t track,
                                                   bool *ret_excluded, struct err *e);
/* The artists of songs that are sorted with this id or exactly this name, ASCII case ignored; those
 * of most songs first, at most max. */
ERR_NODISCARD enum err_code store_exclusion_artists(struct store *s, int64_t account,
                                                    const char *text, size_t max, struct arena *a,
                                                    struct store_exclusion **ret_list,
                                                    size_t *ret_n, struct err *e);

#endif
