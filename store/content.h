/* The whole list of a playlist in order, whoever put the items there: what a journal's places count
 * in, and what undo restores. */
#ifndef STORE_CONTENT_H
#define STORE_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

/* item: (n) a song's id, or the URI of anything else. */
struct store_content {
    const char **item;
    size_t n;
    bool known; /* false: the list was never read, and n is 0 */
};

ERR_NODISCARD enum err_code store_content_get(struct store *s, int64_t playlist, struct arena *a,
                                              struct store_content *ret_content, struct err *e);
ERR_NODISCARD enum err_code store_content_put(struct store *s, int64_t playlist,
                                              const struct store_content *content, struct err *e);

/* Where the item is, n when it is not there. */
size_t store_content_find(const struct store_content *c, const char *item);
/* Puts n items in at a place, which is clamped to the list. */
void store_content_insert(struct store_content *c, struct arena *a, size_t place,
                          const char *const *items, size_t n);
/* Takes all copies of an item out. */
void store_content_remove(struct store_content *c, const char *item);

#endif
