#include "classifier/audio/median.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define COMMON ((size_t)24) /* rows 7 to 30, in all eight windows */
#define MIDDLE ((size_t)8)  /* of them, those that can be the median with 7 more rows */
#define PAIRS  200

struct pair {
    unsigned char low;
    unsigned char high;
};

struct median {
    struct pair pair[PAIRS]; /* the network that puts the MIDDLE of COMMON in order */
    size_t n;
};

static void pair_add(struct median *m, size_t low, size_t high)
{
    m->pair[m->n++] = (struct pair){(unsigned char)low, (unsigned char)high};
}

/* Batcher's merge exchange (Knuth, "The Art of Computer Programming" 3, 5.2.2, algorithm M). */
static void pairs_make(struct median *m)
{
    for (size_t p = 16; p > 0; p /= 2) {
        size_t r = 0, d = p;
        for (size_t q = 16; q >= p; q /= 2) {
            for (size_t i = 0; i + d < COMMON; i++) {
                if ((i & p) == r) {
                    pair_add(m, i, i + d);
                }
            }
            d = q - p;
            r = p;
        }
    }
}

/* Leaves out the pairs that none of the MIDDLE depends on. */
static void pairs_prune(struct median *m)
{
    bool matters[COMMON] = {false}, kept[PAIRS] = {false};
    size_t n = 0;
    for (size_t i = 0; i < MIDDLE; i++) {
        matters[(COMMON - MIDDLE) / 2 + i] = true;
    }
    for (size_t i = m->n; i-- > 0;) {
        const struct pair p = m->pair[i];
        kept[i] = matters[p.low] || matters[p.high];
        matters[p.low] = matters[p.low] || kept[i];
        matters[p.high] = matters[p.high] || kept[i];
    }
    for (size_t i = 0; i < m->n; i++) {
        m->pair[n] = m->pair[i];
        n += kept[i];
    }
    m->n = n;
}

struct median *median_new(void)
{
    struct median *m = mem_alloc(sizeof(*m));
    pairs_make(m);
    pairs_prune(m);
    return m;
}

void median_free(struct median *m)
{
    free(m);
}

SIMD_INLINE void lanes_order(lanes *low, lanes *high)
{
    const lanes a = *low, b = *high;
    simd_min(&a, &b, low);
    simd_max(&a, &b, high);
}

/* v (n) in order, the middle of all rows seen so far. One more row comes, the smallest and the
 * largest go: v (n - 1) is in order. */
SIMD_INLINE void row_let_in(lanes *v, size_t n, const lanes *new_row)
{
    lanes row = *new_row;
    lanes_order(v, &row);
    lanes_order(&row, v + n - 1);
    for (size_t i = 1; i + 1 < n; i++) {
        simd_min(&row, v + i, v + i - 1);
        simd_max(&row, v + i, &row);
    }
    v[n - 2] = row;
}

SIMD_INLINE const lanes *row_at(const float *const *rows, size_t i, size_t offset)
{
    return (const lanes *)(rows[i] + offset);
}

/* Windows first to first + 3, which have four rows from `extra` on in common besides. */
SIMD_INLINE void four_windows(const float *const *rows, size_t offset, const lanes *middle,
                              size_t first, float *ret, size_t stride)
{
    lanes shared[MIDDLE], v[MIDDLE / 2];
    const size_t extra = first == 0 ? 3 : 31;
    memcpy(shared, middle, sizeof(shared));
    for (size_t i = 0; i < 4; i++) {
        row_let_in(shared, MIDDLE - i, row_at(rows, extra + i, offset));
    }
    for (size_t w = first; w < first + 4; w++) {
        size_t left = 4;
        memcpy(v, shared, sizeof(v));
        for (size_t i = w; i < first + 3; i++) {
            row_let_in(v, left--, row_at(rows, i, offset));
        }
        for (size_t i = first + 31; i <= w + 30; i++) {
            row_let_in(v, left--, row_at(rows, i, offset));
        }
        *(lanes *)(ret + w * stride) = v[0];
    }
}

SIMD_INLINE void median_block_body(const struct median *m, const float *const *rows, size_t offset,
                                   float *ret, size_t stride)
{
    lanes v[COMMON];
    for (size_t i = 0; i < COMMON; i++) {
        v[i] = *row_at(rows, SIMD_N - 1 + i, offset);
    }
    for (size_t i = 0; i < m->n; i++) {
        lanes_order(v + m->pair[i].low, v + m->pair[i].high);
    }
    four_windows(rows, offset, v + (COMMON - MIDDLE) / 2, 0, ret, stride);
    four_windows(rows, offset, v + (COMMON - MIDDLE) / 2, 4, ret, stride);
}
SIMD_FUNCTION(median_block,
              (const struct median *m, const float *const *rows, size_t offset, float *ret,
               size_t stride),
              (m, rows, offset, ret, stride))
