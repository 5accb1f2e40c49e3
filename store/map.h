/* Where each song lies on the person's map. */
#ifndef STORE_MAP_H
#define STORE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

struct store_map_place {
    int64_t track;
    float x; /* -1 .. 1 */
    float y;
    uint64_t of; /* hash of the place in the model's space that it was made of */
    bool late;   /* it was put among the others, who stayed */
};

struct store_map {
    const char *model;              /* id of the one that it was made with; "": there is no map */
    double scale;                   /* of map_task */
    struct store_map_place *places; /* (n), ascending by track */
    size_t n;
};

ERR_NODISCARD enum err_code store_map_get(struct store *s, int64_t account, struct arena *a,
                                          struct store_map *ret_map, struct err *e);
/* Commits, in one transaction, the model, the scale and those places; songs that are not among them
 * keep theirs, and songs that are no longer sorted lose it. Places of songs that are not sorted any
 * more are not taken. */
ERR_NODISCARD enum err_code store_map_put(struct store *s, int64_t account,
                                          const struct store_map *map, struct err *e);

#endif
