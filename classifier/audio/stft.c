#include "classifier/audio/stft.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "classifier/audio/fft.h"
#include "classifier/audio/transpose.h"

struct stft {
    struct fft *fft;
    double *window; /* (STFT_WINDOW) */
    float *columns; /* (STFT_WINDOW, 8) */
};

struct stft *stft_new(void)
{
    struct stft *s = mem_alloc(sizeof(*s));
    *s = (struct stft){.fft = fft_new(STFT_WINDOW),
                       .window = mem_array(STFT_WINDOW, sizeof(double)),
                       .columns = mem_array(STFT_WINDOW * SIMD_N, sizeof(float))};
    for (size_t i = 0; i < STFT_WINDOW; i++) {
        s->window[i] = 0.5 - 0.5 * cos(2.0 * M_PI * (double)i / (double)STFT_WINDOW);
    }
    return s;
}

void stft_free(struct stft *s)
{
    if (s != NULL) {
        fft_free(s->fft);
        free(s->window);
        free(s->columns);
        free(s);
    }
}

size_t stft_frames(size_t n)
{
    return 1 + n / STFT_HOP;
}

double stft_hz(size_t bin)
{
    return (double)bin * STFT_RATE / (double)STFT_WINDOW;
}

const double *stft_hann(const struct stft *s)
{
    return s->window;
}

void stft_forward(struct stft *s, const float *x, float *ret_spectrum)
{
    transpose_to_lanes(x, STFT_HOP, STFT_WINDOW, s->columns);
    fft_forward(s->fft, s->columns, s->window, ret_spectrum);
}

void stft_inverse(struct stft *s, const float *spectrum, float *ret_x)
{
    fft_inverse(s->fft, spectrum, s->window, s->columns);
    transpose_from_lanes(s->columns, STFT_WINDOW, STFT_WINDOW, ret_x);
}

SIMD_INLINE void stft_power_body(const float *spectrum, float *ret_power, float *ret_magnitude)
{
    for (size_t k = 0; k < STFT_BINS; k++) {
        const lanes *re = (const lanes *)(spectrum + 2 * k * SIMD_N), *im = re + 1;
        lanes *power = (lanes *)(ret_power + k * SIMD_N);
        *power = *re * *re + *im * *im;
        simd_sqrt(power, (lanes *)(ret_magnitude + k * SIMD_N));
    }
}
SIMD_FUNCTION(stft_power, (const float *spectrum, float *ret_power, float *ret_magnitude),
              (spectrum, ret_power, ret_magnitude))
