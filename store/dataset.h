/* Songs from files that the person imported, for those they like now or will like. */
#ifndef STORE_DATASET_H
#define STORE_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/song.h"
#include "store/store.h"

struct store_dataset_row {
    const char *key;  /* Spotify's id, or any other that is the song's own */
    const char *isrc; /* "" */
    uint64_t song;    /* hash of artist and title; 0: none */
    uint32_t stat_mask;
    float stat[SONG_STATS];
    const char *tags;
    const char *label; /* record label; "" */
};

/* In one transaction; a row of the same key is replaced. */
ERR_NODISCARD enum err_code store_dataset_put(struct store *s, const struct store_dataset_row *rows,
                                              size_t n, struct err *e);
ERR_NODISCARD enum err_code store_dataset_count(struct store *s, int64_t *ret_n, struct err *e);
/* By id, else by ISRC, else by artist and title; key NULL in the result when there is none. */
ERR_NODISCARD enum err_code store_dataset_find(struct store *s, const char *sid, const char *isrc,
                                               uint64_t song, struct arena *a,
                                               struct store_dataset_row *ret_row, struct err *e);

#endif
