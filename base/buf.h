/* One growing byte buffer whose largest size must be named. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data; /* NUL after data[len - 1] once anything was added; NULL while empty */
    size_t len;
    size_t cap;
    size_t max;    /* 0: BUF_MAX_DEFAULT */
    bool overflow; /* something did not fit; stays set until buf_clear */
};

#define BUF_MAX_DEFAULT ((size_t)16 << 20)

void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);  /* leaves it as after buf_init with the same max */
void buf_clear(struct buf *b); /* len = 0, keeps the memory */
/* False, and overflow set, when the result would pass max; then nothing is added. */
bool buf_add(struct buf *b, const void *p, size_t n);
bool buf_add_str(struct buf *b, const char *s);
bool buf_add_char(struct buf *b, char c);
bool buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The text, "" while empty. */
const char *buf_str(const struct buf *b);
/* Hands the memory to the caller (free()), "" allocated while empty; b is empty afterwards. */
char *buf_steal(struct buf *b);

#endif
