/* Percent-encoding and query strings (RFC 3986, application/x-www-form-urlencoded). */
#ifndef BASE_URL_H
#define BASE_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Everything but A-Z a-z 0-9 - . _ ~ becomes %XX. */
void url_encode(struct buf *b, const char *s);
/* Adds `key=value` encoded, after a '&' when b already holds parameters (its last byte is not '?').
 */
void url_param(struct buf *b, const char *key, const char *value);
/* Finds key in a query string ("a=1&b=2", with or without a URL and '?' before, a '#...' ignored);
 * the decoded value is put into out. False when absent, malformed, holding a NUL, or too long. */
bool url_query_get(const char *query, const char *key, char *out, size_t out_size);
/* http://127.x.x.x, http://[::1], http://localhost, with any port or path. */
bool url_is_loopback(const char *url);

#endif
