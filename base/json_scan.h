/* A strict check that goes before cJSON, which reads more than JSON (leading zeros, any control
 * character as a blank, a NUL that ends a string early) and calls itself once per level. */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include <stddef.h>

/* Whether text[0..n) is one value of RFC 8259 in UTF-8, without \u0000, lone surrogates, numbers of
 * more than 63 characters, more than 128 levels or 2^20 values. If not, *ret_why says why (static)
 * and the result is the offset of the trouble; otherwise *ret_why stays as it is. */
size_t json_scan(const char *text, size_t n, const char **ret_why);

#endif
