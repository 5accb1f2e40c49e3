#include "base/mem.h"

#include <assert.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

static void *checked(void *p, size_t n, size_t size)
{
    if (p == NULL) {
        log_error("mem: out of memory n=%zu size=%zu", n, size);
        abort();
    }
    return p;
}

void *mem_alloc(size_t size)
{
    return mem_array(1, size);
}

void *mem_array(size_t n, size_t size)
{
    if (n == 0 || size == 0) {
        return checked(calloc(1, 1), 1, 1);
    }
    return checked(calloc(n, size), n, size);
}

void *mem_resize(void *p, size_t n, size_t size)
{
    if (n == 0 || size == 0) {
        return checked(realloc(p, 1), 1, 1);
    }
    return checked(reallocarray(p, n, size), n, size);
}

char *mem_strdup(const char *s)
{
    return s == NULL ? NULL : mem_strndup(s, strlen(s));
}

char *mem_strndup(const char *s, size_t n)
{
    return checked(strndup(s, n), n, 1);
}

char *mem_printf(const char *fmt, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, fmt);
    int n = vasprintf(&text, fmt, args);
    va_end(args);
    return checked(n < 0 ? NULL : text, 1, 1);
}

void mem_return_large(void)
{
    mallopt(M_MMAP_THRESHOLD, 128 << 10);
}

void mem_trim(void)
{
    malloc_trim(0);
}
