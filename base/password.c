#include "base/password.h"

#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/rand.h"
#include "base/secret.h"
#include "base/text.h"

#define PREFIX     "scrypt15:"
#define COST       ((uint64_t)1 << 15)
#define BLOCK      8
#define MEMORY_MAX ((uint64_t)48 << 20)
#define SALT_CHARS 22
#define HASH_BYTES 32

/* PREFIX, the salt, ':', the hash. */
static void put(const char *password, const char *salt, char out[PASSWORD_HASH_SIZE])
{
    uint8_t key[HASH_BYTES];
    char text[4 * HASH_BYTES / 3 + 3];
    if (EVP_PBE_scrypt(password, strlen(password), (const unsigned char *)salt, strlen(salt), COST,
                       BLOCK, 1, MEMORY_MAX, key, sizeof(key)) != 1) {
        log_error("password: scrypt failed");
        abort();
    }
    rand_base64url(key, sizeof(key), text);
    snprintf(out, PASSWORD_HASH_SIZE, PREFIX "%s:%s", salt, text);
    secret_zero(key, sizeof(key));
}

enum err_code password_check(const char *password, struct err *e)
{
    size_t left = strlen(password);
    size_t n = 0;
    if (left > PASSWORD_MAX) {
        return err_set(e, ERR_USAGE, "a password may have %d bytes at most", PASSWORD_MAX);
    }
    for (uint32_t c; left > 0; n++) {
        size_t size = text_utf8_next(password, left, &c);
        if (size == 0) {
            return err_set(e, ERR_USAGE, "the password is no UTF-8 text");
        }
        password += size;
        left -= size;
    }
    return n >= PASSWORD_MIN
               ? ERR_OK
               : err_set(e, ERR_USAGE, "a password has at least %d characters", PASSWORD_MIN);
}

void password_hash(const char *password, char out[PASSWORD_HASH_SIZE])
{
    char salt[SALT_CHARS + 1];
    rand_token(salt, SALT_CHARS);
    put(password, salt, out);
}

bool password_matches(const char *password, const char *hash)
{
    char salt[SALT_CHARS + 1];
    char again[PASSWORD_HASH_SIZE];
    size_t prefix = strlen(PREFIX);
    if (!text_starts_with(hash, PREFIX) || strlen(hash) <= prefix + SALT_CHARS) {
        return false;
    }
    snprintf(salt, sizeof(salt), "%s", hash + prefix);
    put(password, salt, again);
    return rand_equal(again, hash);
}
