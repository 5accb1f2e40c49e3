#include "classifier/principal.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#define SWEEPS  40
#define SETTLED 1e-22 /* squares off the diagonal, of those on it */

struct symmetric {
    size_t dim;
    double a[PRINCIPAL_DIM_MAX][PRINCIPAL_DIM_MAX];
    double vectors[PRINCIPAL_DIM_MAX][PRINCIPAL_DIM_MAX]; /* a row each */
};

static void mean_make(const float *x, size_t n, size_t dim, double *mean)
{
    memset(mean, 0, dim * sizeof(*mean));
    for (size_t i = 0; i < n; i++) {
        for (size_t d = 0; d < dim; d++) {
            mean[d] += (double)x[i * dim + d];
        }
    }
    for (size_t d = 0; d < dim && n > 0; d++) {
        mean[d] /= (double)n;
    }
}

static void covariance_make(const float *x, size_t n, const double *mean, struct symmetric *s)
{
    double row[PRINCIPAL_DIM_MAX];
    for (size_t i = 0; i < n; i++) {
        for (size_t d = 0; d < s->dim; d++) {
            row[d] = (double)x[i * s->dim + d] - mean[d];
        }
        for (size_t d = 0; d < s->dim; d++) {
            for (size_t k = 0; k <= d; k++) {
                s->a[d][k] += row[d] * row[k];
            }
        }
    }
    for (size_t d = 0; d < s->dim; d++) {
        for (size_t k = 0; k <= d; k++) {
            s->a[d][k] /= n > 1 ? (double)(n - 1) : 1.0;
            s->a[k][d] = s->a[d][k];
        }
        s->vectors[d][d] = 1.0;
    }
}

static bool is_settled(const struct symmetric *s)
{
    double on = 0.0, off = 0.0;
    for (size_t d = 0; d < s->dim; d++) {
        for (size_t k = 0; k < d; k++) {
            off += s->a[d][k] * s->a[d][k];
        }
        on += s->a[d][d] * s->a[d][d];
    }
    return off <= SETTLED * on;
}

/* A rotation in the plane of p and q after which a[p][q] is 0. */
static void rotate(struct symmetric *s, size_t p, size_t q)
{
    if (fabs(s->a[p][q]) < 1e-300) {
        return;
    }
    const double theta = (s->a[q][q] - s->a[p][p]) / (2.0 * s->a[p][q]);
    const double t = copysign(1.0, theta) / (fabs(theta) + sqrt(theta * theta + 1.0));
    const double c = 1.0 / sqrt(t * t + 1.0), sn = t * c;
    for (size_t k = 0; k < s->dim; k++) {
        const double left = s->a[k][p], right = s->a[k][q];
        s->a[k][p] = c * left - sn * right;
        s->a[k][q] = sn * left + c * right;
    }
    for (size_t k = 0; k < s->dim; k++) {
        const double upper = s->a[p][k], lower = s->a[q][k];
        s->a[p][k] = c * upper - sn * lower;
        s->a[q][k] = sn * upper + c * lower;
        const double first = s->vectors[p][k], second = s->vectors[q][k];
        s->vectors[p][k] = c * first - sn * second;
        s->vectors[q][k] = sn * first + c * second;
    }
}

/* The row of the greatest value that is not taken. */
static size_t greatest(const struct symmetric *s, const bool *taken)
{
    size_t best = s->dim;
    for (size_t d = 0; d < s->dim; d++) {
        if (!taken[d] && (best == s->dim || s->a[d][d] > s->a[best][best])) {
            best = d;
        }
    }
    return best;
}

static void axis_take(const struct symmetric *s, size_t row, double *axis)
{
    size_t most = 0;
    for (size_t d = 1; d < s->dim; d++) {
        most = fabs(s->vectors[row][d]) > fabs(s->vectors[row][most]) ? d : most;
    }
    const double sign = s->vectors[row][most] < 0.0 ? -1.0 : 1.0;
    for (size_t d = 0; d < s->dim; d++) {
        axis[d] = sign * s->vectors[row][d];
    }
}

void principal_fit(const float *x, size_t n, size_t dim, size_t k, double *mean, double *axes,
                   double *variances)
{
    struct symmetric s = {.dim = dim};
    bool taken[PRINCIPAL_DIM_MAX] = {false};
    assert(k <= dim && dim <= PRINCIPAL_DIM_MAX);
    mean_make(x, n, dim, mean);
    covariance_make(x, n, mean, &s);
    for (int sweep = 0; sweep < SWEEPS && !is_settled(&s); sweep++) {
        for (size_t p = 0; p + 1 < dim; p++) {
            for (size_t q = p + 1; q < dim; q++) {
                rotate(&s, p, q);
            }
        }
    }
    for (size_t i = 0; i < k; i++) {
        const size_t row = greatest(&s, taken);
        taken[row] = true;
        variances[i] = fmax(0.0, s.a[row][row]);
        axis_take(&s, row, axes + i * dim);
    }
}
