/* Taking back what was written to a list, merged with what was done to it since. Pure. */
#ifndef SPOTIFY_UNDO_H
#define SPOTIFY_UNDO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One item that was put in or taken out. */
struct undo_step {
    const char *item;
    bool added;
    int64_t place;     /* zero-based, in the list just after an addition or just before a removal;
                          -1: not known */
    const char *after; /* the item before that place; "": none */
};

/* The list as it was before the steps, which are in the order of the writes. items: (*n) the list
 * as it is now, with room for n_steps more. An added item goes when it is there once; a second copy
 * is somebody else's, and both stay. A removed item comes back unless it is there: where it was, or
 * behind the item that it followed. O(steps + items) but for the moving of pointers, as long as the
 * places hold. */
void undo_list(const char **items, size_t *n, const struct undo_step *steps, size_t n_steps);

#endif
