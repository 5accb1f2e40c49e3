/* A token that no formatter accepts: it is a struct, never a char pointer, and wiped when freed. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

struct secret {
    char *bytes; /* terminated; NULL: none. In locked, undumpable memory where the system allows. */
    size_t len;
};

void secret_set(struct secret *s, const char *text); /* copies; NULL empties */
void secret_copy(struct secret *to, const struct secret *from);
void secret_wipe(struct secret *s); /* zeroes and frees; legal on an empty one */
bool secret_is_set(const struct secret *s);
/* Zeroes memory in a way the compiler keeps. */
void secret_zero(void *p, size_t n);

#endif
