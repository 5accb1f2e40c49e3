#include "classifier/gemm.h"

#include <assert.h>
#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>

#define ROWS    ((size_t)8) /* of a tile: eight times two registers of sums */
#define COLUMNS ((size_t)32)
#define DEPTH   ((size_t)256) /* of a block of b: a panel of COLUMNS stays in the first cache */
#define WIDTH   ((size_t)128)
#define TARGET  __attribute__((target("avx512f")))

/* A block of b: WIDTH / COLUMNS panels of (depth, COLUMNS), zero where b has no more columns. */
struct block {
    float at[DEPTH * WIDTH] __attribute__((aligned(64)));
};

TARGET static void block_pack(const struct gemm *g, const float *b, struct block *block)
{
    const size_t depth = g->k, width = g->n;
    for (size_t j = 0; j < width; j += COLUMNS) {
        const size_t columns = width - j < COLUMNS ? width - j : COLUMNS;
        float *panel = block->at + j * depth;
        const float *from = b + j * g->b_column;
        if (columns < COLUMNS) {
            memset(panel, 0, depth * COLUMNS * sizeof(*panel));
        }
        if (g->b_column == 1) {
            for (size_t p = 0; p < depth; p++) {
                memcpy(panel + p * COLUMNS, from + p * g->b_row, columns * sizeof(*panel));
            }
            continue;
        }
        for (size_t q = 0; q < columns; q++) {
            for (size_t p = 0; p < depth; p++) {
                panel[p * COLUMNS + q] = from[q * g->b_column + p * g->b_row];
            }
        }
    }
}

/* What is done for each row of a tile. */
#define EACH_ROW(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)
#define SUM_ZERO(R)  __m512 left##R = _mm512_setzero_ps(), right##R = _mm512_setzero_ps();
#define SUM_ADD(R)                                                                                 \
    {                                                                                              \
        const __m512 x = _mm512_set1_ps(a[R * row + p * column]);                                  \
        left##R = _mm512_fmadd_ps(x, b0, left##R);                                                 \
        right##R = _mm512_fmadd_ps(x, b1, right##R);                                               \
    }
#define SUM_STORE(R)                                                                               \
    _mm512_store_ps(tile + R * COLUMNS, left##R);                                                  \
    _mm512_store_ps(tile + R * COLUMNS + 16, right##R);

/* tile (ROWS, COLUMNS) = eight rows of a times a panel. */
TARGET static inline __attribute__((always_inline)) void
tile_sum(const float *a, size_t row, size_t column, const float *panel, size_t depth, float *tile)
{
    EACH_ROW(SUM_ZERO)
    for (size_t p = 0; p < depth; p++) {
        const __m512 b0 = _mm512_load_ps(panel + p * COLUMNS);
        const __m512 b1 = _mm512_load_ps(panel + p * COLUMNS + 16);
        EACH_ROW(SUM_ADD)
    }
    EACH_ROW(SUM_STORE)
}

/* Which of the two is 1 is told to the compiler, for simpler addresses. */
TARGET static void tile_make(const struct gemm *g, const float *a, const float *panel, size_t depth,
                             float *tile)
{
    if (g->a_column == 1) {
        tile_sum(a, g->a_row, 1, panel, depth, tile);
    } else {
        tile_sum(a, 1, g->a_column, panel, depth, tile);
    }
}

/* The last rows, fewer than ROWS, one by one. */
TARGET static void line_make(const struct gemm *g, const float *a, const float *panel, size_t depth,
                             float *tile)
{
    __m512 left = _mm512_setzero_ps(), right = _mm512_setzero_ps();
    for (size_t p = 0; p < depth; p++) {
        const __m512 x = _mm512_set1_ps(a[p * g->a_column]);
        left = _mm512_fmadd_ps(x, _mm512_load_ps(panel + p * COLUMNS), left);
        right = _mm512_fmadd_ps(x, _mm512_load_ps(panel + p * COLUMNS + 16), right);
    }
    _mm512_store_ps(tile, left);
    _mm512_store_ps(tile + 16, right);
}

TARGET static void tile_write(const float *tile, size_t rows, size_t columns, bool add, float *c,
                              size_t c_row)
{
    const __mmask16 some0 = (__mmask16)(columns < 16 ? (1U << columns) - 1 : 0xffffU);
    const __mmask16 some1 = (__mmask16)(columns < 16 ? 0 : (1U << (columns - 16)) - 1);
    for (size_t i = 0; i < rows; i++, tile += COLUMNS, c += c_row) {
        __m512 left = _mm512_load_ps(tile), right = _mm512_load_ps(tile + 16);
        if (add) {
            left = _mm512_add_ps(left, _mm512_maskz_loadu_ps(some0, c));
            right = _mm512_add_ps(right, _mm512_maskz_loadu_ps(some1, c + 16));
        }
        _mm512_mask_storeu_ps(c, some0, left);
        _mm512_mask_storeu_ps(c + 16, some1, right);
    }
}

/* c = or += a times a packed block. g: of the block alone. */
TARGET static void block_multiply(const struct gemm *g, const float *a, const struct block *block,
                                  float *c)
{
    const size_t depth = g->k, width = g->n;
    float tile[ROWS * COLUMNS] __attribute__((aligned(64)));
    for (size_t i = 0; i < g->m; i += ROWS) {
        const size_t rows = g->m - i < ROWS ? g->m - i : ROWS;
        const float *from = a + i * g->a_row;
        for (size_t j = 0; j < width; j += COLUMNS) {
            const float *panel = block->at + j * depth;
            if (rows == ROWS) {
                tile_make(g, from, panel, depth, tile);
            }
            for (size_t r = 0; rows < ROWS && r < rows; r++) {
                line_make(g, from + r * g->a_row, panel, depth, tile + r * COLUMNS);
            }
            tile_write(tile, rows, width - j < COLUMNS ? width - j : COLUMNS, g->add,
                       c + i * g->c_row + j, g->c_row);
        }
    }
}

bool gemm_supported(void)
{
    return __builtin_cpu_supports("avx512f");
}

void gemm_run(const struct gemm *g, const float *a, const float *b, float *c)
{
    struct block block;
    assert((g->a_row == 1 || g->a_column == 1) && g->k > 0);
    for (size_t p = 0; p < g->k; p += DEPTH) {
        const size_t depth = g->k - p < DEPTH ? g->k - p : DEPTH;
        for (size_t j = 0; j < g->n; j += WIDTH) {
            struct gemm part = *g;
            part.k = depth;
            part.n = g->n - j < WIDTH ? g->n - j : WIDTH;
            part.add = g->add || p > 0;
            block_pack(&part, b + p * g->b_row + j * g->b_column, &block);
            block_multiply(&part, a + p * g->a_column, &block, c + j);
        }
    }
}

#else

bool gemm_supported(void)
{
    return false;
}

void gemm_run(const struct gemm *g, const float *a, const float *b, float *c)
{
    (void)g;
    (void)a;
    (void)b;
    (void)c;
    assert(false);
}

#endif
