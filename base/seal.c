#include "base/seal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/rand.h"

#define VERSION     1
#define NONCE_BYTES 12
#define TAG_BYTES   16
#define HEAD_BYTES  (1 + NONCE_BYTES + TAG_BYTES)
#define BLOB_MAX    (1 << 20)

/* Reads the key from an open file; `strict` asks that nobody else may read it. */
static enum err_code key_read(int fd, const char *path, bool strict, struct seal_key *ret_key,
                              struct err *e)
{
    struct stat st;
    struct seal_key key;
    if (fstat(fd, &st) != 0) {
        return err_set(e, ERR_IO, "cannot read key file %s: %s", path, strerror(errno));
    }
    if (strict && (st.st_mode & 077) != 0) {
        return err_set(e, ERR_CONFIG, "key file %s is open to others: run chmod 600 on it", path);
    }
    if (!S_ISREG(st.st_mode) || st.st_size != sizeof(key.bytes)) {
        return err_set(e, ERR_CONFIG,
                       "key file %s is not %zu bytes: restore it, or move it away and log in again",
                       path, sizeof(key.bytes));
    }
    ssize_t got = read(fd, key.bytes, sizeof(key.bytes));
    if (got != (ssize_t)sizeof(key.bytes)) {
        secret_zero(&key, sizeof(key));
        return err_set(e, ERR_IO, "cannot read key file %s: %s", path,
                       got < 0 ? strerror(errno) : "cut off");
    }
    *ret_key = key;
    secret_zero(&key, sizeof(key));
    return ERR_OK;
}

/* *ret_found is false, without a message, when there is no such file. */
static enum err_code key_find(const char *path, bool strict, struct seal_key *ret_key,
                              bool *ret_found, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *ret_found = fd >= 0 || errno != ENOENT;
    if (fd < 0) {
        return *ret_found ? err_set(e, ERR_IO, "cannot open key file %s: %s", path, strerror(errno))
                          : ERR_OK;
    }
    enum err_code code = key_read(fd, path, strict, ret_key, e);
    close(fd);
    return code;
}

enum err_code seal_key_load(const char *path, struct seal_key *ret_key, struct err *e)
{
    enum err_code code;
    bool found = false;
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    if (credentials != NULL && *credentials != '\0') {
        /* systemd guards this directory itself, and shows the mode of its ACL mask, not 0400. */
        char *credential = mem_printf("%s/genred.key", credentials);
        code = key_find(credential, false, ret_key, &found, e);
        free(credential);
        if (code != ERR_OK || found) {
            return code;
        }
    }
    code = key_find(path, true, ret_key, &found, e);
    if (code != ERR_OK || found) {
        return code;
    }
    struct seal_key fresh;
    bool made;
    rand_bytes(fresh.bytes, sizeof(fresh.bytes));
    code = file_create(path, fresh.bytes, sizeof(fresh.bytes), 0600, &made, e);
    secret_zero(&fresh, sizeof(fresh));
    if (code != ERR_OK) {
        return code;
    }
    /* Read back in any case: another process may have been first. */
    code = key_find(path, true, ret_key, &found, e);
    if (code == ERR_OK && !found) {
        return err_set(e, ERR_IO, "key file %s went away", path);
    }
    return code;
}

static void must(bool done)
{
    if (!done) {
        log_error("seal: AES-256-GCM failed");
        abort();
    }
}

/* A context that knows key, nonce and associated data: the version byte and `context`. */
static EVP_CIPHER_CTX *cipher_new(const struct seal_key *key, const char *context,
                                  const unsigned char *blob, int encrypt)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int n;
    must(c != NULL);
    must(EVP_CipherInit_ex(c, EVP_aes_256_gcm(), NULL, key->bytes, blob + 1, encrypt) == 1);
    must(EVP_CipherUpdate(c, NULL, &n, blob, 1) == 1);
    size_t len = strlen(context);
    must(len <= BLOB_MAX &&
         EVP_CipherUpdate(c, NULL, &n, (const unsigned char *)context, (int)len) == 1);
    return c;
}

void seal_close(const struct seal_key *key, const char *context, const struct secret *plain,
                struct buf *ret_blob)
{
    size_t size = HEAD_BYTES + plain->len;
    assert(plain->len <= BLOB_MAX - HEAD_BYTES);
    unsigned char *blob = mem_alloc(size);
    blob[0] = VERSION;
    rand_bytes(blob + 1, NONCE_BYTES);

    EVP_CIPHER_CTX *c = cipher_new(key, context, blob, 1);
    int n = 0;
    if (plain->len > 0) {
        must(EVP_CipherUpdate(c, blob + HEAD_BYTES, &n, (const unsigned char *)plain->bytes,
                              (int)plain->len) == 1);
    }
    unsigned char none[EVP_MAX_BLOCK_LENGTH]; /* GCM writes nothing at the end */
    must(EVP_CipherFinal_ex(c, none, &n) == 1);
    must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, blob + 1 + NONCE_BYTES) == 1);
    EVP_CIPHER_CTX_free(c);

    buf_clear(ret_blob);
    must(buf_add(ret_blob, blob, size));
    free(blob);
}

enum err_code seal_open(const struct seal_key *key, const char *context, const void *blob, size_t n,
                        struct secret *ret_plain, struct err *e)
{
    const unsigned char *bytes = blob;
    if (n < HEAD_BYTES || n > BLOB_MAX || bytes[0] != VERSION) {
        return err_set(e, ERR_FORMAT, "the sealed %s is damaged", context);
    }
    size_t len = n - HEAD_BYTES;
    char *plain = mem_alloc(len + 1);
    unsigned char tag[TAG_BYTES];
    memcpy(tag, bytes + 1 + NONCE_BYTES, sizeof(tag));

    EVP_CIPHER_CTX *c = cipher_new(key, context, bytes, 0);
    unsigned char none[EVP_MAX_BLOCK_LENGTH];
    int done = 0;
    if (len > 0) {
        must(EVP_CipherUpdate(c, (unsigned char *)plain, &done, bytes + HEAD_BYTES, (int)len) == 1);
    }
    must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) == 1);
    bool genuine = EVP_CipherFinal_ex(c, none, &done) == 1;
    EVP_CIPHER_CTX_free(c);
    if (genuine) {
        secret_set(ret_plain, plain);
    }
    secret_zero(plain, len + 1);
    free(plain);
    if (!genuine) {
        return err_set(e, ERR_FORMAT, "the sealed %s is damaged or belongs to another key",
                       context);
    }
    return ERR_OK;
}
