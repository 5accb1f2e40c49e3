/* Random bytes for secrets, hashes and seeded numbers. With base/seal.c and base/password.c
 * the only includes of OpenSSL. */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From the system's generator; aborts when it has none. */
void rand_bytes(void *out, size_t n);
/* n characters of base64url (A-Z a-z 0-9 - _), 6 bits of entropy each; out holds n + 1. */
void rand_token(char *out, size_t n);
void rand_sha256(const void *p, size_t n, uint8_t out[32]);
/* base64url without padding (RFC 4648 section 5); out holds 4 * n / 3 + 3. */
void rand_base64url(const void *p, size_t n, char *out);
/* Same length and bytes, in time that depends on the length alone. */
bool rand_equal(const char *a, const char *b);

/* Seeded numbers (SplitMix64) for jitter, shuffles and initial weights: the same seed, the same
 * numbers. */
struct rand_seq {
    uint64_t state;
};
uint64_t rand_next(struct rand_seq *r);
double rand_unit(struct rand_seq *r);            /* [0, 1) */
size_t rand_below(struct rand_seq *r, size_t n); /* [0, n), n > 0 */
double rand_normal(struct rand_seq *r);          /* mean 0, variance 1 (Box-Muller) */

#endif
