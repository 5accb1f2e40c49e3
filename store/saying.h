/* What each source said of one song, as those sources that count tell it (store_fact_order). */
#ifndef STORE_SAYING_H
#define STORE_SAYING_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/song.h"
#include "store/store.h"

struct store_saying {
    const char *source;
    int64_t asked_s; /* the newest answer */
    uint32_t mask;   /* of stat; 0: it knows none, or was not asked for them */
    float stat[SONG_STATS];
    const char *tags;  /* "a; b", of the song and its artists; "" */
    const char *label; /* record label; "" */
};
/* (n) of one song, the source that counts most first. */
ERR_NODISCARD enum err_code store_saying_list(struct store *s, int64_t track, struct arena *a,
                                              struct store_saying **ret_list, size_t *ret_n,
                                              struct err *e);

#endif
