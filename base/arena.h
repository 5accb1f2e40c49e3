/* Memory for page-sized work: many small pieces, one free. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first; NULL: empty, needs no init beyond zeroes */
    size_t left;
};

/* Zeroed, aligned for any type; aborts when memory is out. */
void *arena_alloc(struct arena *a, size_t size);
/* Copies; NULL gives "". */
const char *arena_str(struct arena *a, const char *s);
const char *arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void arena_free(struct arena *a); /* everything at once; the arena is empty and usable afterwards */

#endif
