#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BLOCK_SIZE ((size_t)32 << 10)

struct arena_block {
    struct arena_block *older;
    max_align_t bytes[];
};

void *arena_alloc(struct arena *a, size_t size)
{
    const size_t align = sizeof(max_align_t);
    size = (size + align - 1) / align * align;
    if (size > a->left || !a->blocks) {
        size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
        struct arena_block *block = mem_alloc(sizeof(*block) + room);
        block->older = a->blocks;
        a->blocks = block;
        a->left = room;
    }
    /* Pieces are cut from the block's end, so that no size needs to be kept. */
    a->left -= size;
    return (char *)a->blocks->bytes + a->left;
}

const char *arena_str(struct arena *a, const char *s)
{
    if (!s || !*s)
        return "";
    size_t n = strlen(s) + 1;
    return memcpy(arena_alloc(a, n), s, n);
}

const char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0)
        return "";
    char *out = arena_alloc(a, (size_t)n + 1);
    va_start(args, fmt);
    vsnprintf(out, (size_t)n + 1, fmt, args);
    va_end(args);
    return out;
}

void arena_free(struct arena *a)
{
    while (a->blocks) {
        struct arena_block *block = a->blocks;
        a->blocks = block->older;
        free(block);
    }
    a->left = 0;
}
