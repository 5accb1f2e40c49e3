#include "classifier/audio/transpose.h"

#include "classifier/audio/simd.h"

#define LOW(a, b)  __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)

/* 8 by 8, rows in[i] to rows out[i]. */
SIMD_INLINE void square(const float *in, size_t in_stride, float *out, size_t out_stride)
{
    lanes a[8], b[8];
    for (size_t i = 0; i < 8; i++) {
        a[i] = *(const lanes *)(in + i * in_stride);
    }
    for (size_t i = 0; i < 8; i += 2) {
        b[i] = LOW(a[i], a[i + 1]);
        b[i + 1] = HIGH(a[i], a[i + 1]);
    }
    for (size_t i = 0; i < 8; i += 4) {
        for (size_t k = 0; k < 2; k++) {
            a[i + 2 * k] =
                __builtin_shufflevector(b[i + k], b[i + k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            a[i + 2 * k + 1] =
                __builtin_shufflevector(b[i + k], b[i + k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    }
    for (size_t i = 0; i < 4; i++) {
        *(lanes *)(out + i * out_stride) =
            __builtin_shufflevector(a[i], a[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        *(lanes *)(out + (i + 4) * out_stride) =
            __builtin_shufflevector(a[i], a[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

SIMD_INLINE void transpose_to_lanes_body(const float *x, size_t stride, size_t n, float *ret)
{
    size_t i = 0;
    for (; i + SIMD_N <= n; i += SIMD_N) {
        square(x + i, stride, ret + i * SIMD_N, SIMD_N);
    }
    for (; i < n; i++) {
        for (size_t l = 0; l < SIMD_N; l++) {
            ret[i * SIMD_N + l] = x[l * stride + i];
        }
    }
}
SIMD_FUNCTION(transpose_to_lanes, (const float *x, size_t stride, size_t n, float *ret),
              (x, stride, n, ret))

SIMD_INLINE void transpose_from_lanes_body(const float *x, size_t n, size_t stride, float *ret)
{
    size_t i = 0;
    for (; i + SIMD_N <= n; i += SIMD_N) {
        square(x + i * SIMD_N, SIMD_N, ret + i, stride);
    }
    for (; i < n; i++) {
        for (size_t l = 0; l < SIMD_N; l++) {
            ret[l * stride + i] = x[i * SIMD_N + l];
        }
    }
}
SIMD_FUNCTION(transpose_from_lanes, (const float *x, size_t n, size_t stride, float *ret),
              (x, n, stride, ret))
