#include "classifier/audio/moment.h"

static void range_add(struct moment *m, const float *x, size_t n, size_t stride)
{
    float min = x[0], max = x[0];
    for (size_t i = 1; i < n; i++) {
        const float value = x[i * stride];
        min = value < min ? value : min;
        max = value > max ? value : max;
    }
    m->min = m->n > 0.0 && m->min < (double)min ? m->min : (double)min;
    m->max = m->n > 0.0 && m->max > (double)max ? m->max : (double)max;
}

void moment_add(struct moment *m, const float *x, size_t n, size_t stride)
{
    double sum = 0.0, squares = 0.0;
    if (n == 0) {
        return;
    }
    range_add(m, x, n, stride);
    for (size_t i = 0; i < n; i++) {
        sum += (double)x[i * stride];
    }
    const double mean = sum / (double)n, away = mean - m->mean, all = m->n + (double)n;
    for (size_t i = 0; i < n; i++) {
        const double d = (double)x[i * stride] - mean;
        squares += d * d;
    }
    m->squares += squares + away * away * m->n * (double)n / all;
    m->mean += away * (double)n / all;
    m->n = all;
}

double moment_var(const struct moment *m)
{
    return m->n > 0.0 ? m->squares / m->n : 0.0;
}
