#include "classifier/audio/mfcc.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "classifier/audio/mel.h"

struct mfcc {
    float basis[MFCC_N][MEL_N];
};

struct mfcc *mfcc_new(void)
{
    struct mfcc *m = mem_alloc(sizeof(*m));
    const double bands = (double)MEL_N;
    for (size_t k = 0; k < MFCC_N; k++) {
        const double scale = sqrt((k == 0 ? 1.0 : 2.0) / bands);
        for (size_t i = 0; i < MEL_N; i++) {
            const double angle = M_PI * (double)k * ((double)i + 0.5) / bands;
            m->basis[k][i] = (float)(scale * cos(angle));
        }
    }
    return m;
}

void mfcc_free(struct mfcc *m)
{
    free(m);
}

SIMD_INLINE void mfcc_block_body(const struct mfcc *m, const float *db, float *ret)
{
    for (size_t k = 0; k < MFCC_N; k++) {
        lanes sum = {0};
        for (size_t i = 0; i < MEL_N; i++) {
            sum += ((const lanes *)db)[i] * m->basis[k][i];
        }
        *(lanes *)(ret + k * SIMD_N) = sum;
    }
}
SIMD_FUNCTION(mfcc_block, (const struct mfcc *m, const float *db, float *ret), (m, db, ret))
