/* Eight floats at a time: lane l holds frame l of a block of eight. Code in lanes needs no
 * shuffles, and each frame's numbers are summed in the order of a plain loop. */
#ifndef CLASSIFIER_AUDIO_SIMD_H
#define CLASSIFIER_AUDIO_SIMD_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#define SIMD_N ((size_t)8)

/* Of floats anywhere: aligned as one of them is. */
typedef float lanes __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t lanes_int __attribute__((vector_size(32), aligned(4), may_alias));

#define SIMD_INLINE static inline __attribute__((always_inline))

/* Loops of eight that the compilers know as one instruction. Lanes go by pointer: how they are
 * passed by value depends on the processor. */
SIMD_INLINE void simd_min(const lanes *a, const lanes *b, lanes *ret)
{
    const lanes x = *a, y = *b;
    lanes r = {0};
    for (size_t l = 0; l < SIMD_N; l++) {
        r[l] = x[l] < y[l] ? x[l] : y[l];
    }
    *ret = r;
}

SIMD_INLINE void simd_max(const lanes *a, const lanes *b, lanes *ret)
{
    const lanes x = *a, y = *b;
    lanes r = {0};
    for (size_t l = 0; l < SIMD_N; l++) {
        r[l] = x[l] > y[l] ? x[l] : y[l];
    }
    *ret = r;
}

/* a where its lane of `mask` is all ones, b where it is zero. */
SIMD_INLINE void simd_choose(const lanes_int *mask, const lanes *a, const lanes *b, lanes *ret)
{
    *ret = (lanes)(((lanes_int)*a & *mask) | ((lanes_int)*b & ~*mask));
}

SIMD_INLINE void simd_sqrt(const lanes *a, lanes *ret)
{
    const lanes x = *a;
    lanes r = {0};
    for (size_t l = 0; l < SIMD_N; l++) {
        r[l] = sqrtf(x[l]);
    }
    *ret = r;
}

/* Defines NAME, which runs NAME_body, compiled for AVX2 where the processor has it. Nothing is
 * fused or reordered, so that both give the same. */
#ifdef __x86_64__
#define SIMD_DEFINE(LINKAGE, NAME, PARAMETERS, ARGUMENTS)                                          \
    __attribute__((target("avx2"))) static void NAME##_avx2 PARAMETERS                             \
    {                                                                                              \
        NAME##_body ARGUMENTS;                                                                     \
    }                                                                                              \
    LINKAGE void NAME PARAMETERS                                                                   \
    {                                                                                              \
        if (__builtin_cpu_supports("avx2")) {                                                      \
            NAME##_avx2 ARGUMENTS;                                                                 \
        } else {                                                                                   \
            NAME##_body ARGUMENTS;                                                                 \
        }                                                                                          \
    }
#else
#define SIMD_DEFINE(LINKAGE, NAME, PARAMETERS, ARGUMENTS)                                          \
    LINKAGE void NAME PARAMETERS                                                                   \
    {                                                                                              \
        NAME##_body ARGUMENTS;                                                                     \
    }
#endif
#define SIMD_FUNCTION(NAME, PARAMETERS, ARGUMENTS) SIMD_DEFINE(extern, NAME, PARAMETERS, ARGUMENTS)
#define SIMD_STATIC(NAME, PARAMETERS, ARGUMENTS)   SIMD_DEFINE(static, NAME, PARAMETERS, ARGUMENTS)

#endif
