/* Ten made-up styles of music: the same three sounds as often in every bar, but each style has them
 * in an order of its own. Pitch, timbre, tempo and loudness are drawn anew for each piece and tell
 * nothing, so that neither does any mean or variance over time. */
#ifndef TESTS_UNIT_MADE_STYLES_H
#define TESTS_UNIT_MADE_STYLES_H

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/rand.h"

#define STYLES       10
#define STYLES_RATE  22050
#define STYLES_STEPS 8

/* t: thump, h: hiss, p: pluck, each as often in every row, and no row is another one shifted. */
static const char styles_bar[STYLES][STYLES_STEPS + 1] = {
    "hhhttptp", "hppththt", "hphphttt", "hhptthpt", "hthtphtp",
    "hhthttpp", "hhhppttt", "hhhptptt", "hphthptt", "hhpthttp"};

struct styles_piece {
    double pitch;  /* of the pluck, Hz */
    double bright; /* share of its second partial */
    double step_s; /* from sound to sound */
    double gain;
    double offset_s; /* where the bar begins */
};

static inline void styles_strike(char sound, double t, const struct styles_piece *piece,
                                 struct rand_seq *r, float *x)
{
    const double fade = exp(-t * 40.0);
    if (sound == 't')
        *x += (float)(piece->gain * fade * sin(2.0 * M_PI * 70.0 * t));
    else if (sound == 'h')
        *x += (float)(0.3 * piece->gain * fade * rand_normal(r));
    else if (sound == 'p')
        *x += (float)(0.5 * piece->gain * fade *
                      (sin(2.0 * M_PI * piece->pitch * t) +
                       piece->bright * sin(4.0 * M_PI * piece->pitch * t)));
}

/* x: (n) samples of a piece of a style. */
static inline void styles_play(size_t style, struct rand_seq *r, float *x, size_t n)
{
    const struct styles_piece piece = {.pitch = 300.0 * pow(2.0, 2.0 * rand_unit(r)),
                                       .bright = rand_unit(r),
                                       .step_s = 0.2 * (0.92 + 0.16 * rand_unit(r)),
                                       .gain = 0.2 + 0.3 * rand_unit(r),
                                       .offset_s = 2.0 * rand_unit(r)};
    memset(x, 0, n * sizeof(*x));
    for (size_t i = 0; i < n; i++) {
        const double t = (double)i / STYLES_RATE + piece.offset_s;
        const size_t step = (size_t)(t / piece.step_s);
        const double since = t - (double)step * piece.step_s;
        styles_strike(styles_bar[style][step % STYLES_STEPS], since, &piece, r, &x[i]);
    }
}

#endif
