/* Places other than the likes whose songs are sorted too: a playlist, the saved albums. */
#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/library.h"
#include "store/store.h"

/* A place as it was when last read. */
struct store_place {
    int64_t id;
    const char *name;     /* "": not known */
    const char *snapshot; /* of a playlist; "": not known */
    uint64_t head;        /* hash of the first page, of the saved albums */
    int64_t total;
    bool whole;        /* it was read whole and settled */
    int64_t refused_s; /* UTC epoch when Spotify refused to show the songs; 0: it did not */
};

/* Forgets, with their songs, all places of the account but those keys (n). */
ERR_NODISCARD enum err_code store_place_keep(struct store *s, int64_t account,
                                             const char *const *keys, size_t n, struct err *e);
/* The place of that key, made when there is none. */
ERR_NODISCARD enum err_code store_place_open(struct store *s, int64_t account, const char *key,
                                             struct arena *a, struct store_place *ret_place,
                                             struct err *e);
/* All of the account's, as they were when last read. */
struct store_place_row {
    const char *key;
    struct store_place place;
};
ERR_NODISCARD enum err_code store_place_list(struct store *s, int64_t account, struct arena *a,
                                             struct store_place_row **ret_list, size_t *ret_n,
                                             struct err *e);
/* Stores all but the id. */
ERR_NODISCARD enum err_code store_place_put(struct store *s, const struct store_place *place,
                                            struct err *e);
/* Forgets every refusal, so that the next sync asks again. */
ERR_NODISCARD enum err_code store_place_retry(struct store *s, struct err *e);

/* Starts one more reading of the whole place; songs seen by it carry its number. */
ERR_NODISCARD enum err_code store_place_walk(struct store *s, int64_t place, int64_t *ret_walk,
                                             struct err *e);
/* One page of one reading. */
struct store_place_page {
    int64_t account;
    int64_t place;
    int64_t walk;
    bool brief; /* its songs lack what a full answer tells: those known already stay as they are */
};
/* Commits the page's songs in one transaction. */
ERR_NODISCARD enum err_code store_place_add(struct store *s, const struct store_place_page *to,
                                            const struct library_page *page, struct err *e);
/* Songs not seen by any reading since `walk`, itself included. */
ERR_NODISCARD enum err_code store_place_missing(struct store *s, int64_t place, int64_t walk,
                                                int64_t *ret_n, struct err *e);
/* Takes those out of the place. */
ERR_NODISCARD enum err_code store_place_drop_missing(struct store *s, int64_t place, int64_t walk,
                                                     struct err *e);

#endif
