#include "classifier/audio/crossing.h"

#include <stdbool.h>
#include <string.h>

#include "classifier/audio/stft.h"

#define HOPS (STFT_WINDOW / STFT_HOP)
#define ZERO 1e-10F

/* ret: (STFT_SPAN) 1 where sample i has another sign than the one before. */
static void crossings_mark(const float *x, size_t first, size_t end, unsigned char *ret)
{
    memset(ret, 0, STFT_SPAN);
    for (size_t i = first + 1; i < end; i++) {
        ret[i] = (x[i] < -ZERO) != (x[i - 1] < -ZERO);
    }
}

void crossing_block(const float *x, size_t first, size_t end, float *ret)
{
    unsigned char marks[STFT_SPAN];
    unsigned n[SIMD_N + HOPS - 1] = {0};
    crossings_mark(x, first, end, marks);
    for (size_t h = 0; h < SIMD_N + HOPS - 1; h++) {
        for (size_t i = 0; i < STFT_HOP; i++) {
            n[h] += marks[h * STFT_HOP + i];
        }
    }
    for (size_t l = 0; l < SIMD_N; l++) {
        const unsigned sum = n[l] + n[l + 1] + n[l + 2] + n[l + 3] - marks[l * STFT_HOP];
        ret[l] = (float)sum / (float)STFT_WINDOW;
    }
}
