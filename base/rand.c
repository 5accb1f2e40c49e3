#include "base/rand.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>

#include "base/log.h"

static const char alphabet[64] = {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"};

void rand_bytes(void *out, size_t n)
{
    unsigned char *p = out;
    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            log_error("rand: no random bytes: %s", strerror(errno));
            abort();
        }
        p += got;
        n -= (size_t)got;
    }
}

void rand_token(char *out, size_t n)
{
    rand_bytes(out, n);
    for (size_t i = 0; i < n; i++) {
        out[i] = alphabet[(unsigned char)out[i] & 63];
    }
    out[n] = '\0';
}

void rand_sha256(const void *p, size_t n, uint8_t out[32])
{
    if (EVP_Digest(p, n, out, NULL, EVP_sha256(), NULL) != 1) {
        log_error("rand: SHA-256 failed");
        abort();
    }
}

void rand_base64url(const void *p, size_t n, char *out)
{
    const unsigned char *in = p;
    unsigned bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < n; i++) {
        bits = (bits << 8 | in[i]) & 0xffff;
        held += 8;
        while (held >= 6) {
            held -= 6;
            *out++ = alphabet[bits >> held & 63];
        }
    }
    if (held > 0) {
        *out++ = alphabet[bits << (6 - held) & 63];
    }
    *out = '\0';
}

bool rand_equal(const char *a, const char *b)
{
    size_t n = strlen(a);
    return n == strlen(b) && CRYPTO_memcmp(a, b, n) == 0;
}

/* SplitMix64: Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014. */
uint64_t rand_next(struct rand_seq *r)
{
    r->state += 0x9e3779b97f4a7c15u;
    uint64_t z = r->state;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

double rand_unit(struct rand_seq *r)
{
    return (double)(rand_next(r) >> 11) * 0x1p-53;
}

size_t rand_below(struct rand_seq *r, size_t n)
{
    assert(n > 0);
    /* What lies under 2^64 mod n is drawn again, so that no number comes more often than another.
     */
    uint64_t unfair = -(uint64_t)n % n;
    uint64_t drawn;
    do {
        drawn = rand_next(r);
    } while (drawn < unfair);
    return (size_t)(drawn % n);
}

double rand_normal(struct rand_seq *r)
{
    double radius = sqrt(-2.0 * log(1.0 - rand_unit(r)));
    return radius * cos(2.0 * M_PI * rand_unit(r));
}
