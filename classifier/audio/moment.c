#include "classifier/audio/moment.h"

void moment_add(struct moment *m, const float *x, size_t n, size_t stride)
{
    double sum = 0.0, squares = 0.0;
    if (n == 0) {
        return;
    }
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
