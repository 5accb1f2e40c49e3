#include "base/secret.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"

/* Whole pages, since locks and dump flags know nothing smaller. */
static size_t mapped_size(size_t len)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (len / page + 1) * page;
}

static struct secret make(const char *bytes, size_t len)
{
    size_t size = mapped_size(len);
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        log_error("secret: out of memory size=%zu", size);
        abort();
    }
    /* Both are refused under tight limits, and the secret is then no worse off than other memory.
     */
    (void)mlock(p, size);
    (void)madvise(p, size, MADV_DONTDUMP);
    memcpy(p, bytes, len);
    return (struct secret){.bytes = p, .len = len};
}

void secret_set(struct secret *s, const char *text)
{
    struct secret fresh = {.bytes = NULL};
    if (text != NULL) {
        fresh = make(text, strlen(text));
    }
    secret_wipe(s); /* after the copy: text may be the old bytes */
    *s = fresh;
}

void secret_copy(struct secret *to, const struct secret *from)
{
    struct secret fresh = {.bytes = NULL};
    if (from->bytes != NULL) {
        fresh = make(from->bytes, from->len);
    }
    secret_wipe(to);
    *to = fresh;
}

void secret_wipe(struct secret *s)
{
    if (s == NULL) {
        return;
    }
    if (s->bytes != NULL) {
        size_t size = mapped_size(s->len);
        secret_zero(s->bytes, size);
        munmap(s->bytes, size);
    }
    *s = (struct secret){.bytes = NULL};
}

bool secret_is_set(const struct secret *s)
{
    return s->bytes != NULL && s->len > 0;
}

void secret_zero(void *p, size_t n)
{
    explicit_bzero(p, n);
}
