/* The list of the person's own playlists, for choosing among them. */
#ifndef STORE_LISTING_H
#define STORE_LISTING_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/library.h"
#include "store/store.h"

/* Puts this list (n), in its order, in place of the one before, in one transaction. */
ERR_NODISCARD enum err_code store_listing_put(struct store *s, int64_t account,
                                              const struct library_playlist *list, size_t n,
                                              struct err *e);
/* The last one: sid, name and total of each; the other texts are "". (0): none was read yet. */
ERR_NODISCARD enum err_code store_listing_get(struct store *s, int64_t account, struct arena *a,
                                              struct library_playlist **ret_list, size_t *ret_n,
                                              struct err *e);

#endif
