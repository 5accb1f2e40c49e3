/* Small allocations that abort with a log line when memory is out; sizes from outside are bounded
 * by the caller before they come here. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);                     /* zeroed */
void *mem_array(size_t n, size_t size);           /* zeroed; aborts on overflow of n * size */
void *mem_resize(void *p, size_t n, size_t size); /* like reallocarray */
char *mem_strdup(const char *s);                  /* NULL for NULL */
char *mem_strndup(const char *s, size_t n);
/* From now on a large piece goes back to the system as soon as it is freed, whichever thread took
 * it; else glibc learns to keep such. For a process that lives for months. */
void mem_return_large(void);
/* Gives freed memory back to the system; for the end of a run. */
void mem_trim(void);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
