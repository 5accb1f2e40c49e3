/* The signals by which our numbers are held against librosa's: four seconds at 22050 Hz, by the
 * formulas of the file that tests/golden/audio_golden.py reads. */
#ifndef TESTS_UNIT_MADE_SOUND_H
#define TESTS_UNIT_MADE_SOUND_H

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MADE_RATE 22050.0
#define MADE_N    ((size_t)88200)

static inline double made_chirp(size_t i)
{
    const double t = (double)i / MADE_RATE;
    return 0.5 * sin(2.0 * M_PI * (110.0 * t + 1650.0 * t * t / 8.0));
}

static inline double made_chord(size_t i)
{
    const double t = 2.0 * M_PI * (double)i / MADE_RATE;
    return 0.2 * (sin(261.6255653 * t) + sin(329.6275569 * t) + sin(391.9954360 * t));
}

static inline double made_noise(uint32_t *seed)
{
    *seed = 1664525U * *seed + 1013904223U;
    return 0.2 * (*seed / 2147483648.0 - 1.0);
}

static inline double made_click(size_t i)
{
    double sum = 0.0;
    for (size_t k = 0; k < 8; k++) {
        const size_t start = (size_t)rint((double)k * 0.5 * MADE_RATE);
        const double m = (double)i - (double)start;
        if (m >= 0.0 && m < 2205.0) {
            sum += 0.8 * exp(-m / 400.0) * sin(2.0 * M_PI * 220.0 * m / MADE_RATE);
        }
    }
    return sum;
}

/* ret: (MADE_N). False if there is no such signal. */
static inline int made_sound(const char *name, float *ret)
{
    static const char *const names[] = {"chirp", "noise", "click", "chord", "mix"};
    uint32_t seed = 12345;
    size_t k = 0;
    while (k < 5 && strcmp(names[k], name) != 0) {
        k++;
    }
    for (size_t i = 0; i < MADE_N && k < 5; i++) {
        const double of[] = {made_chirp(i), made_noise(&seed), made_click(i), made_chord(i)};
        ret[i] = (float)(k < 4 ? of[k] : 0.5 * of[0] + 0.5 * of[1] + 0.6 * of[2] + 0.5 * of[3]);
    }
    return k < 5;
}

#endif
