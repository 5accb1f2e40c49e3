#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define CAP_MIN 64

static size_t max_of(const struct buf *b)
{
    return b->max != 0 ? b->max : BUF_MAX_DEFAULT;
}

/* Room for n more bytes and the NUL. */
static bool reserve(struct buf *b, size_t n)
{
    size_t max = max_of(b);
    if (b->len > max || n > max - b->len) {
        b->overflow = true;
        return false;
    }
    if (n < b->cap - b->len) {
        return true;
    }
    size_t cap = b->cap < CAP_MIN ? CAP_MIN : b->cap;
    while (cap <= b->len + n) {
        cap = cap > max / 2 ? max + 1 : cap * 2;
    }
    b->data = mem_resize(b->data, cap, 1);
    b->cap = cap;
    return true;
}

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_free(struct buf *b)
{
    if (b == NULL) {
        return;
    }
    free(b->data);
    buf_init(b, b->max);
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->overflow = false;
    if (b->data != NULL) {
        b->data[0] = '\0';
    }
}

bool buf_add(struct buf *b, const void *p, size_t n)
{
    if (n == 0) {
        return true;
    }
    if (!reserve(b, n)) {
        return false;
    }
    memcpy(b->data + b->len, p, n);
    b->len += n;
    b->data[b->len] = '\0';
    return true;
}

bool buf_add_str(struct buf *b, const char *s)
{
    return buf_add(b, s, strlen(s));
}

bool buf_add_char(struct buf *b, char c)
{
    return buf_add(b, &c, 1);
}

bool buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args;
    va_list again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    assert(n >= 0);
    bool fits = reserve(b, (size_t)n);
    if (fits) {
        vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
    va_end(args);
    return fits;
}

const char *buf_str(const struct buf *b)
{
    return b->data != NULL ? b->data : "";
}

char *buf_steal(struct buf *b)
{
    char *data = b->data != NULL ? b->data : mem_alloc(1);
    buf_init(b, b->max);
    return data;
}
