/* The people who log in, and how far the reading of each one's likes has come. */
#ifndef STORE_ACCOUNT_H
#define STORE_ACCOUNT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/library.h"
#include "store/store.h"

struct store_account {
    int64_t id;      /* 0: none */
    const char *key; /* account_id, where the service tells one, else the user's id */
    const char *user_id;
    const char *name;
    const char *genres;  /* chosen last, comma separated; "" */
    const char *tree;    /* what they changed in genres on the page, as genres.conf(5); "" */
    const char *places;  /* of sorting, chosen there, comma separated; "": as configured */
    int64_t last_sync_s; /* UTC; 0: never */
    int64_t last_sort_s;
};

/* Finds the account by key, else by the user's id (from before the service told keys), else makes
 * it; updates names and key. */
ERR_NODISCARD enum err_code store_account_put(struct store *s, const char *key, const char *user_id,
                                              const char *name, int64_t *ret_id, struct err *e);
/* id 0 in the result when there is no such account. */
ERR_NODISCARD enum err_code store_account_get(struct store *s, int64_t id, struct arena *a,
                                              struct store_account *ret_account, struct err *e);
ERR_NODISCARD enum err_code store_account_choose(struct store *s, int64_t id, const char *genres,
                                                 struct err *e);
ERR_NODISCARD enum err_code store_account_edit(struct store *s, int64_t id, const char *tree,
                                               struct err *e);
ERR_NODISCARD enum err_code store_account_place(struct store *s, int64_t id, const char *places,
                                                struct err *e);
/* Marks the end of a sync, or of a sort. */
ERR_NODISCARD enum err_code store_account_synced(struct store *s, int64_t id, int64_t now_s,
                                                 bool sorted, struct err *e);

#endif
