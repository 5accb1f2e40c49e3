#include "classifier/audio/decibel.h"

#include <math.h>

#define LEAST 1e-10F
#define RANGE 80.0F

void decibel_of(float *x, size_t n)
{
    float most = LEAST;
    for (size_t i = 0; i < n; i++) {
        most = x[i] > most ? x[i] : most;
    }
    const float floor = 10.0F * log10f(most) - RANGE;
    for (size_t i = 0; i < n; i++) {
        const float db = 10.0F * log10f(x[i] > LEAST ? x[i] : LEAST);
        x[i] = db > floor ? db : floor;
    }
}
