#include "classifier/audio/fft.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "classifier/audio/simd.h"

#define HALF (SIMD_N / 2) /* lanes that are transformed together */

typedef float floats __attribute__((vector_size(16), aligned(4), may_alias));
typedef double doubles __attribute__((vector_size(32), aligned(8)));

/* One complex number for each of four lanes. */
struct cell {
    doubles re;
    doubles im;
};

struct turn {
    double re;
    double im;
};

struct fft {
    size_t n;
    size_t half;       /* n / 2 complex numbers are transformed */
    struct turn *turn; /* (n) exp(-2 pi j k / n) */
    struct cell *work; /* (2, half) */
};

struct fft *fft_new(size_t n)
{
    assert(n >= SIMD_N && (n & (n - 1)) == 0);
    struct fft *f = mem_alloc(sizeof(*f));
    *f = (struct fft){.n = n,
                      .half = n / 2,
                      .turn = mem_array(n, sizeof(*f->turn)),
                      .work = mem_array(n, sizeof(*f->work))};
    for (size_t k = 0; k < n; k++) {
        double angle = -2.0 * M_PI * (double)k / (double)n;
        f->turn[k] = (struct turn){cos(angle), sin(angle)};
    }
    return f;
}

void fft_free(struct fft *f)
{
    if (f != NULL) {
        free(f->turn);
        free(f->work);
        free(f);
    }
}

/* --- complex -----------------------------------------------------------------------------------
 */

SIMD_INLINE struct cell cell_turn(struct cell a, struct turn w)
{
    return (struct cell){a.re * w.re - a.im * w.im, a.re * w.im + a.im * w.re};
}

SIMD_INLINE struct cell cell_add(struct cell a, struct cell b)
{
    return (struct cell){a.re + b.re, a.im + b.im};
}

SIMD_INLINE struct cell cell_sub(struct cell a, struct cell b)
{
    return (struct cell){a.re - b.re, a.im - b.im};
}

/* One pass over transforms of length n, `stride` of them side by side: x to y. */
SIMD_INLINE void pass4(const struct fft *f, size_t n, size_t stride, const struct cell *x,
                       struct cell *y)
{
    const size_t quarter = n / 4, step = f->n / n;
    for (size_t p = 0; p < quarter; p++) {
        const struct turn w1 = f->turn[p * step], w2 = f->turn[2 * p * step];
        const struct turn w3 = f->turn[3 * p * step];
        for (size_t q = 0; q < stride; q++) {
            const struct cell a = x[q + stride * p], b = x[q + stride * (p + quarter)];
            const struct cell c = x[q + stride * (p + 2 * quarter)];
            const struct cell d = x[q + stride * (p + 3 * quarter)];
            const struct cell ac = cell_add(a, c), bd = cell_add(b, d);
            const struct cell ad = cell_sub(a, c), bc = cell_sub(b, d);
            const struct cell turned = {-bc.im, bc.re}; /* times j */
            struct cell *out = y + q + stride * 4 * p;
            out[0] = cell_add(ac, bd);
            out[stride] = cell_turn(cell_sub(ad, turned), w1);
            out[2 * stride] = cell_turn(cell_sub(ac, bd), w2);
            out[3 * stride] = cell_turn(cell_add(ad, turned), w3);
        }
    }
}

SIMD_INLINE void pass2(size_t stride, const struct cell *x, struct cell *y)
{
    for (size_t q = 0; q < stride; q++) {
        const struct cell a = x[q], b = x[q + stride];
        y[q] = cell_add(a, b);
        y[q + stride] = cell_sub(a, b);
    }
}

/* The transform of z (half), which is overwritten; where it lies afterwards, z or the other. */
SIMD_INLINE struct cell *transform(const struct fft *f, struct cell *z, struct cell *other)
{
    size_t n = f->half, stride = 1;
    for (; n >= 4; n /= 4, stride *= 4) {
        pass4(f, n, stride, z, other);
        struct cell *swap = z;
        z = other;
        other = swap;
    }
    if (n == 2) {
        pass2(stride, z, other);
        return other;
    }
    return z;
}

/* --- real --------------------------------------------------------------------------------------
 */

SIMD_INLINE void load(const float *x, double scale, doubles *ret)
{
    *ret = __builtin_convertvector(*(const floats *)x, doubles) * scale;
}

SIMD_INLINE void store(const doubles *x, float *ret)
{
    *(floats *)ret = __builtin_convertvector(*x, floats);
}

/* a: bin k of the packed numbers' transform, b: the conjugate of bin half - k. */
SIMD_INLINE void unpack(const struct cell *a, const struct cell *b, struct turn w, float *low,
                        float *high)
{
    const struct cell sum = cell_add(*a, *b), odd = cell_turn(cell_sub(*a, *b), w);
    const doubles low_re = 0.5 * (sum.re + odd.im), low_im = 0.5 * (sum.im - odd.re);
    const doubles high_re = 0.5 * (sum.re - odd.im), high_im = -0.5 * (sum.im + odd.re);
    store(&low_re, low);
    store(&low_im, low + SIMD_N);
    store(&high_re, high);
    store(&high_im, high + SIMD_N);
}

SIMD_INLINE void forward_four(struct fft *f, const float *x, const double *window, float *spectrum)
{
    const size_t half = f->half, cell = 2 * SIMD_N;
    struct cell *z = f->work;
    for (size_t k = 0; k < half; k++) {
        load(x + k * cell, window == NULL ? 1.0 : window[2 * k], &z[k].re);
        load(x + k * cell + SIMD_N, window == NULL ? 1.0 : window[2 * k + 1], &z[k].im);
    }
    z = transform(f, z, f->work + half);
    for (size_t k = 0; k <= half / 2; k++) {
        const size_t other = k == 0 ? 0 : half - k;
        const struct cell b = {z[other].re, -z[other].im};
        unpack(&z[k], &b, f->turn[k], spectrum + k * cell, spectrum + (half - k) * cell);
    }
}

SIMD_INLINE void fft_forward_body(struct fft *f, const float *x, const double *window,
                                  float *ret_spectrum)
{
    forward_four(f, x, window, ret_spectrum);
    forward_four(f, x + HALF, window, ret_spectrum + HALF);
}
SIMD_FUNCTION(fft_forward,
              (struct fft * f, const float *x, const double *window, float *ret_spectrum),
              (f, x, window, ret_spectrum))

/* The conjugate of the transform of conjugates; real and imaginary part change places instead. */
SIMD_INLINE void inverse_four(struct fft *f, const float *spectrum, const double *window, float *x)
{
    const size_t half = f->half, cell = 2 * SIMD_N;
    struct cell *z = f->work;
    for (size_t k = 0; k < half; k++) {
        const float *low = spectrum + k * cell, *high = spectrum + (half - k) * cell;
        const struct turn back = {f->turn[k].re, -f->turn[k].im};
        struct cell a, b;
        load(low, 0.5, &a.re);
        load(low + SIMD_N, 0.5, &a.im);
        load(high, 0.5, &b.re);
        load(high + SIMD_N, -0.5, &b.im);
        const struct cell sum = cell_add(a, b), odd = cell_turn(cell_sub(a, b), back);
        z[k] = (struct cell){sum.im + odd.re, sum.re - odd.im};
    }
    z = transform(f, z, f->work + half);
    for (size_t k = 0; k < half; k++) {
        const doubles even = z[k].im * (window == NULL ? 1.0 : window[2 * k]);
        const doubles odd = z[k].re * (window == NULL ? 1.0 : window[2 * k + 1]);
        store(&even, x + k * cell);
        store(&odd, x + k * cell + SIMD_N);
    }
}

SIMD_INLINE void fft_inverse_body(struct fft *f, const float *spectrum, const double *window,
                                  float *ret_x)
{
    inverse_four(f, spectrum, window, ret_x);
    inverse_four(f, spectrum + HALF, window, ret_x + HALF);
}
SIMD_FUNCTION(fft_inverse,
              (struct fft * f, const float *spectrum, const double *window, float *ret_x),
              (f, spectrum, window, ret_x))
