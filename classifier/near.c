#include "classifier/near.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "base/mem.h"

#define LANES 8 /* items that are scanned side by side */
#define UNIT  127.0F

/* Blocks of LANES items: for each pair of dimensions the pairs of all items, so that a scan reads
 * straight through and needs no sum across lanes. */
struct near {
    size_t dim;
    size_t n;
    size_t cap;       /* items, a multiple of LANES */
    signed char *all; /* (cap / LANES, dim / 2, LANES, 2) */
};

struct near *near_new(size_t dim)
{
    struct near *n = mem_alloc(sizeof(*n));
    *n = (struct near){.dim = dim};
    return n;
}

void near_free(struct near *n)
{
    if (n != NULL) {
        free(n->all);
    }
    free(n);
}

size_t near_n(const struct near *n)
{
    return n->n;
}

static long rounded(float x)
{
    return lroundf(fmaxf(-UNIT, fminf(UNIT, x * UNIT)));
}

void near_add(struct near *n, const float *place)
{
    if (n->n == n->cap) {
        size_t cap = n->cap ? 2 * n->cap : 1024;
        n->all = mem_resize(n->all, cap, n->dim);
        memset(n->all + n->cap * n->dim, 0, (cap - n->cap) * n->dim);
        n->cap = cap;
    }
    signed char *block = n->all + n->n / LANES * LANES * n->dim + n->n % LANES * 2;
    for (size_t d = 0; d < n->dim; d++) {
        block[d / 2 * LANES * 2 + d % 2] = (signed char)rounded(place[d]);
    }
    n->n++;
}

static void block_plain(const signed char *block, const int16_t *query, size_t dim, int32_t *score)
{
    memset(score, 0, LANES * sizeof(*score));
    for (size_t d = 0; d < dim; d += 2) {
        for (size_t i = 0; i < LANES; i++) {
            score[i] += block[2 * i] * query[d] + block[2 * i + 1] * query[d + 1];
        }
        block += LANES * 2;
    }
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static inline void
block_avx2(const signed char *block, const int16_t *query, size_t dim, int32_t *score)
{
    __m256i sum = _mm256_setzero_si256();
    for (size_t d = 0; d < dim; d += 2) {
        int32_t pair;
        memcpy(&pair, query + d, sizeof(pair));
        __m128i bytes;
        memcpy(&bytes, block + d * LANES, sizeof(bytes));
        sum = _mm256_add_epi32(
            sum, _mm256_madd_epi16(_mm256_cvtepi8_epi16(bytes), _mm256_set1_epi32(pair)));
    }
    memcpy(score, &sum, sizeof(sum));
}
#endif

/* The best k so far: a heap with the worst on top. */
struct best {
    struct near_hit *hits; /* cosine holds the score while searching */
    size_t n;
    size_t k;
};

/* Whether a is a worse hit than b. */
static int is_worse(const struct near_hit *a, const struct near_hit *b)
{
    return a->cosine < b->cosine || (!(a->cosine > b->cosine) && a->item > b->item);
}

static void sink(struct best *b, size_t i)
{
    for (size_t worst; (worst = 2 * i + 1) < b->n; i = worst) {
        worst += worst + 1 < b->n && is_worse(&b->hits[worst + 1], &b->hits[worst]);
        if (!is_worse(&b->hits[worst], &b->hits[i])) {
            return;
        }
        struct near_hit swap = b->hits[i];
        b->hits[i] = b->hits[worst];
        b->hits[worst] = swap;
    }
}

static void best_take(struct best *b, const int32_t *score, size_t first, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct near_hit hit = {first + i, (float)score[i]};
        if (b->n < b->k) {
            b->hits[b->n++] = hit;
            for (size_t at = b->n / 2; b->n == b->k && at > 0; at--) {
                sink(b, at - 1);
            }
        } else if (is_worse(&b->hits[0], &hit)) {
            b->hits[0] = hit;
            sink(b, 0);
        }
    }
}

static void scan_plain(const struct near *n, const int16_t *query, struct best *b)
{
    int32_t score[LANES];
    for (size_t i = 0; i < n->n; i += LANES) {
        block_plain(n->all + i * n->dim, query, n->dim, score);
        best_take(b, score, i, n->n - i < LANES ? n->n - i : LANES);
    }
}

#ifdef __x86_64__
/* A block none of whose scores beats the worst hit is passed over at once. */
__attribute__((target("avx2"))) static void scan_avx2(const struct near *n, const int16_t *query,
                                                      struct best *b)
{
    int32_t score[LANES];
    for (size_t i = 0; i < n->n; i += LANES) {
        block_avx2(n->all + i * n->dim, query, n->dim, score);
        __m256i scores, worst = _mm256_set1_epi32(INT32_MIN);
        memcpy(&scores, score, sizeof(scores));
        if (b->n == b->k) {
            worst = _mm256_set1_epi32((int32_t)b->hits[0].cosine);
        }
        if (_mm256_movemask_epi8(_mm256_cmpgt_epi32(scores, worst)) != 0) {
            best_take(b, score, i, n->n - i < LANES ? n->n - i : LANES);
        }
    }
}
#endif

static int by_cosine(const void *a, const void *b)
{
    return is_worse(a, b) ? 1 : -1;
}

size_t near_search(const struct near *n, const float *query, size_t k, struct near_hit *ret_hits)
{
    int16_t whole[NEAR_DIM_MAX] = {0};
    struct best b = {.hits = ret_hits, .k = k < n->n ? k : n->n};
    for (size_t d = 0; d < n->dim; d++) {
        whole[d] = (int16_t)rounded(query[d]);
    }
    if (b.k == 0) {
        return 0;
    }
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        scan_avx2(n, whole, &b);
    } else {
        scan_plain(n, whole, &b);
    }
#else
    scan_plain(n, whole, &b);
#endif
    qsort(b.hits, b.n, sizeof(*b.hits), by_cosine);
    for (size_t i = 0; i < b.n; i++) {
        b.hits[i].cosine /= UNIT * UNIT;
    }
    return b.n;
}
