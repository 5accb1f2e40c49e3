/* Sealing small secrets at rest: AES-256-GCM, random 96-bit nonce, layout
 * version|nonce|tag|ciphertext. */
#ifndef BASE_SEAL_H
#define BASE_SEAL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"

struct seal_key {
    uint8_t bytes[32];
};

/* The key from $CREDENTIALS_DIRECTORY/genred.key if that file exists, else from `path`, which is
 * made with fresh random bytes and mode 0600 when missing. A key file that others may read, or of a
 * wrong size, is ERR_CONFIG and says what to do; an existing file is never overwritten. */
ERR_NODISCARD enum err_code seal_key_load(const char *path, struct seal_key *ret_key,
                                          struct err *e);
/* `context` is bound as associated data: a blob sealed for one purpose does not open for another.
 */
void seal_close(const struct seal_key *key, const char *context, const struct secret *plain,
                struct buf *ret_blob);
/* ERR_FORMAT when the blob is damaged, or sealed by another key or for another context. */
ERR_NODISCARD enum err_code seal_open(const struct seal_key *key, const char *context,
                                      const void *blob, size_t n, struct secret *ret_plain,
                                      struct err *e);

#endif
