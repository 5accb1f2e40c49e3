/* A password as it may be kept: scrypt (RFC 7914) with N = 2^15, r = 8, p = 1 and 16 random bytes
 * of salt, which takes about a tenth of a second and 32 MiB, given back at once. With base/rand.c
 * and base/seal.c the only includes of OpenSSL. */
#ifndef BASE_PASSWORD_H
#define BASE_PASSWORD_H

#include <stdbool.h>

#include "base/err.h"

#define PASSWORD_MIN       8    /* characters */
#define PASSWORD_MAX       1024 /* bytes */
#define PASSWORD_HASH_SIZE 88   /* with the end */

/* ERR_USAGE when it is too short, too long, or no UTF-8. */
ERR_NODISCARD enum err_code password_check(const char *password, struct err *e);
/* "scrypt15:" and salt and hash in base64url. */
void password_hash(const char *password, char out[PASSWORD_HASH_SIZE]);
/* False also for what is no such hash. */
bool password_matches(const char *password, const char *hash);

#endif
