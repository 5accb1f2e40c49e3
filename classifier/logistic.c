#include "classifier/logistic.h"

#include <cblas.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "classifier/layer.h"

#define HISTORY 10 /* pairs that L-BFGS remembers */

struct problem {
    const struct matrix *m;
    const struct matrix_sparse *s;
    double l2;
    size_t n_weights; /* without intercepts */
    size_t n;         /* with them */
    float *logits;    /* (rows, GENRE_N), then the loss's gradient by them */
};

/* Four sums side by side, which the processor adds at the same time. */
static double dot(const float *a, const float *b, size_t n)
{
    double sum[4] = {0.0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        for (size_t k = 0; k < 4; k++) {
            sum[k] += (double)a[i + k] * (double)b[i + k];
        }
    }
    for (; i < n; i++) {
        sum[0] += (double)a[i] * (double)b[i];
    }
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* y += k x */
static void axpy(double k, const float *x, float *y, size_t n)
{
    cblas_saxpy((int)n, (float)k, x, 1, y, 1);
}

/* y += k x for the families of one place. */
static void place_add(float k, const float *restrict x, float *restrict y)
{
    for (size_t g = 0; g < GENRE_N; g++) {
        y[g] += k * x[g];
    }
}

static void logits_make(const struct matrix *m, const struct matrix_sparse *s, size_t width,
                        const float *w, float *logits)
{
    const struct layer_dense dense = {.rows = m->n,
                                      .in = m->columns,
                                      .out = GENRE_N,
                                      .x_step = m->columns ? m->columns : 1,
                                      .y_step = GENRE_N};
    const float *places = w + m->columns * GENRE_N;
    layer_dense_forward(&dense, m->x, w, places + width * GENRE_N, logits);
    for (size_t i = 0; s && i < m->n; i++) {
        float *row = logits + i * GENRE_N;
        for (size_t k = s->first[i]; k < s->first[i + 1]; k++) {
            place_add(s->value[k], places + s->place[k] * GENRE_N, row);
        }
    }
}

/* The loss at w, and its gradient into dw, both (n). */
static double loss_at(const struct problem *p, const float *w, float *dw)
{
    const struct matrix *m = p->m;
    const struct matrix_sparse *s = p->s;
    const size_t width = s ? s->width : 0;
    const struct layer_dense dense = {.rows = m->n,
                                      .in = m->columns,
                                      .out = GENRE_N,
                                      .x_step = m->columns ? m->columns : 1,
                                      .y_step = GENRE_N};
    double loss = 0.0;
    logits_make(m, s, width, w, p->logits);
    for (size_t i = 0; i < m->n; i++) {
        float target[GENRE_N];
        for (size_t g = 0; g < GENRE_N; g++) {
            target[g] = m->labels[i] >> g & 1 ? 1.0F : 0.0F;
        }
        float *row = p->logits + i * GENRE_N;
        loss += layer_loss(row, target, GENRE_N, 1.0F / (float)m->n, row);
    }
    memset(dw, 0, p->n * sizeof(*dw));
    float *places = dw + m->columns * GENRE_N;
    layer_dense_backward_weights(&dense, m->x, p->logits, dw, places + width * GENRE_N);
    for (size_t i = 0; s && i < m->n; i++) {
        const float *row = p->logits + i * GENRE_N;
        for (size_t k = s->first[i]; k < s->first[i + 1]; k++) {
            place_add(s->value[k], row, places + s->place[k] * GENRE_N);
        }
    }
    axpy(p->l2, w, dw, p->n_weights);
    return loss / (double)m->n + 0.5 * p->l2 * dot(w, w, p->n_weights);
}

static double steepest(const float *dw, size_t n)
{
    double most = 0.0;
    for (size_t i = 0; i < n; i++) {
        most = fmax(most, fabs((double)dw[i]));
    }
    return most;
}

/* Where the search is, and what it remembers, all (n) floats. */
struct search {
    float *w, *dw;
    float *next_w, *next_dw;
    float *direction;
    float *step[HISTORY];   /* differences of w */
    float *change[HISTORY]; /* of dw */
    double product[HISTORY];
    size_t pairs; /* ever; the latest is number (pairs - 1) % HISTORY */
    double loss;
};

static void search_open(struct search *h, size_t n)
{
    float **const blocks[] = {&h->w, &h->dw, &h->next_w, &h->next_dw, &h->direction};
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        *blocks[i] = mem_array(n, sizeof(float));
    }
    for (size_t i = 0; i < HISTORY; i++) {
        h->step[i] = mem_array(n, sizeof(float));
        h->change[i] = mem_array(n, sizeof(float));
    }
}

/* All but w. */
static void search_close(struct search *h)
{
    free(h->dw);
    free(h->next_w);
    free(h->next_dw);
    free(h->direction);
    for (size_t i = 0; i < HISTORY; i++) {
        free(h->step[i]);
        free(h->change[i]);
    }
}

/* Minus the gradient, times what the pairs tell of the inverse Hessian (algorithm 7.4). */
static void direction_make(struct search *h, size_t n)
{
    const size_t kept = h->pairs < HISTORY ? h->pairs : HISTORY;
    double factor[HISTORY] = {0};
    float *d = h->direction;
    for (size_t i = 0; i < n; i++) {
        d[i] = -h->dw[i];
    }
    for (size_t k = 0; k < kept; k++) {
        size_t at = (h->pairs - 1 - k) % HISTORY;
        factor[at] = dot(h->step[at], d, n) / h->product[at];
        axpy(-factor[at], h->change[at], d, n);
    }
    if (kept > 0) {
        size_t at = (h->pairs - 1) % HISTORY;
        double scale = h->product[at] / dot(h->change[at], h->change[at], n);
        for (size_t i = 0; i < n; i++) {
            d[i] *= (float)scale;
        }
    }
    for (size_t k = kept; k-- > 0;) {
        size_t at = (h->pairs - 1 - k) % HISTORY;
        axpy(factor[at] - dot(h->change[at], d, n) / h->product[at], h->step[at], d, n);
    }
}

/* Moves w along the direction, by less and less until the loss falls by enough. False when it does
 * not: float cannot tell any better. */
static bool search_step(struct search *h, const struct problem *p)
{
    const size_t n = p->n;
    double fall = dot(h->direction, h->dw, n), length = 1.0, loss = 0.0;
    bool falls = false;
    for (int tries = 0; tries < 20 && !falls; tries++) {
        memcpy(h->next_w, h->w, n * sizeof(float));
        axpy(length, h->direction, h->next_w, n);
        loss = loss_at(p, h->next_w, h->next_dw);
        falls = loss < h->loss && loss <= h->loss + 1e-4 * length * fall;
        length /= 2.0;
    }
    if (!falls) {
        return false;
    }
    size_t at = h->pairs % HISTORY;
    for (size_t i = 0; i < n; i++) {
        h->step[at][i] = h->next_w[i] - h->w[i];
        h->change[at][i] = h->next_dw[i] - h->dw[i];
    }
    h->product[at] = dot(h->step[at], h->change[at], n);
    /* A pair without curvature would spoil the direction; only rounding makes one. */
    h->pairs = h->product[at] > 0.0 ? h->pairs + 1 : 0;
    float *w = h->w, *dw = h->dw;
    h->w = h->next_w;
    h->dw = h->next_dw;
    h->next_w = w;
    h->next_dw = dw;
    h->loss = loss;
    return true;
}

void logistic_fit(struct logistic *ret_logistic, const struct matrix *m,
                  const struct matrix_sparse *s, const struct logistic_options *o)
{
    struct logistic l = {.columns = m->columns, .width = s ? s->width : 0};
    struct problem p = {.m = m, .s = s, .l2 = o->l2};
    p.n_weights = (l.columns + l.width) * GENRE_N;
    p.n = p.n_weights + GENRE_N;
    p.logits = mem_array(m->n, GENRE_N * sizeof(float));
    struct search h = {0};
    search_open(&h, p.n);
    h.loss = loss_at(&p, h.w, h.dw);
    while (l.steps < o->steps && steepest(h.dw, p.n) >= o->slope) {
        direction_make(&h, p.n);
        if (!search_step(&h, &p)) {
            break;
        }
        l.steps++;
        if (o->progress > 0 && l.steps % o->progress == 0) {
            fprintf(stderr, "step %zu: loss %.5f, slope %.6f\n", l.steps, h.loss,
                    steepest(h.dw, p.n));
        }
    }
    l.loss = h.loss;
    l.slope = steepest(h.dw, p.n);
    l.weights = h.w;
    search_close(&h);
    free(p.logits);
    *ret_logistic = l;
}

void logistic_free(struct logistic *l)
{
    free(l->weights);
    *l = (struct logistic){0};
}

void logistic_predict(const struct logistic *l, const struct matrix *m,
                      const struct matrix_sparse *s, float *probs)
{
    logits_make(m, s, l->width, l->weights, probs);
    for (size_t i = 0; i < m->n * GENRE_N; i++) {
        probs[i] = 1.0F / (1.0F + expf(-probs[i]));
    }
}
