#include "classifier/measure.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "classifier/calibrate.h"

#define TRIES 50 /* thresholds that are tried for F1 */

/* --- one family's songs, likeliest first -------------------------------------------------------
 */

struct ranked {
    float p;
    unsigned char yes;
    unsigned char half;
};

struct column {
    struct ranked *at; /* (n) */
    size_t n;
    double yes; /* songs of the family */
};

static int by_p(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;
    return (a->p < b->p) - (a->p > b->p);
}

static void column_fill(struct column *c, const struct measure_songs *s, size_t g)
{
    c->n = s->n;
    c->yes = 0.0;
    for (size_t i = 0; i < s->n; i++) {
        unsigned char yes = s->labels[i] >> g & 1;
        c->at[i] = (struct ranked){s->probs[i * GENRE_N + g], yes, s->half[i]};
        c->yes += yes;
    }
    qsort(c->at, c->n, sizeof(*c->at), by_p);
}

/* Whether a threshold can lie between song i and the next. */
static bool ends_tie(const struct column *c, size_t i)
{
    return i + 1 == c->n || c->at[i + 1].p < c->at[i].p;
}

static struct measure_cut cut_of(const struct column *c, double threshold, double n, double right)
{
    return (struct measure_cut){.threshold = threshold,
                                .precision = n > 0.0 ? right / n : (double)NAN,
                                .coverage = c->yes > 0.0 ? right / c->yes : 0.0,
                                .share = c->n > 0 ? n / (double)c->n : 0.0};
}

/* --- calibration -------------------------------------------------------------------------------
 */

struct bins {
    size_t n[MEASURE_BINS];
    double p[MEASURE_BINS];
    double right[MEASURE_BINS];
};

static void bins_add(struct bins *b, float p, unsigned char yes)
{
    size_t k = (size_t)(p * MEASURE_BINS);
    k = k < MEASURE_BINS ? k : MEASURE_BINS - 1;
    b->n[k]++;
    b->p[k] += (double)p;
    b->right[k] += yes;
}

static double bins_ece(const struct bins *b)
{
    double sum = 0.0, songs = 0.0;
    for (size_t k = 0; k < MEASURE_BINS; k++) {
        sum += fabs(b->p[k] - b->right[k]); /* n |p / n - right / n| */
        songs += (double)b->n[k];
    }
    return songs > 0.0 ? sum / songs : 0.0;
}

static void bins_make(const struct column *c, struct measure_family *f)
{
    struct bins b = {0};
    for (size_t i = 0; i < c->n; i++) {
        bins_add(&b, c->at[i].p, c->at[i].yes);
    }
    f->ece = bins_ece(&b);
    for (size_t k = 0; k < MEASURE_BINS; k++) {
        f->n[k] = b.n[k];
        f->p[k] = b.n[k] > 0 ? b.p[k] / (double)b.n[k] : (double)NAN;
        f->right[k] = b.n[k] > 0 ? b.right[k] / (double)b.n[k] : (double)NAN;
    }
}

static float logit_of(float p)
{
    float kept = fmaxf(1e-6F, fminf(1.0F - 1e-6F, p));
    return logf(kept / (1.0F - kept));
}

/* Probabilities of one half put right by the other, both halves together. */
static double cross_ece(const struct column *c)
{
    struct bins bins = {0};
    float *logit = mem_array(c->n + 1, sizeof(*logit));
    unsigned char *yes = mem_array(c->n + 1, 1);
    for (unsigned half = 0; half < 2; half++) {
        size_t other = 0;
        float scale, shift;
        for (size_t i = 0; i < c->n; i++) {
            if (c->at[i].half != half) {
                logit[other] = logit_of(c->at[i].p);
                yes[other++] = c->at[i].yes;
            }
        }
        calibrate_fit(logit, yes, other, &scale, &shift);
        for (size_t i = 0; i < c->n; i++) {
            if (c->at[i].half == half) {
                bins_add(&bins, mlp_probability(scale * logit_of(c->at[i].p) + shift),
                         c->at[i].yes);
            }
        }
    }
    free(logit);
    free(yes);
    return bins_ece(&bins);
}

/* --- thresholds --------------------------------------------------------------------------------
 */

static double f1_of(double n, double right, double yes)
{
    return n + yes > 0.0 ? 2.0 * right / (n + yes) : 0.0;
}

/* Of the thresholds in steps of one TRIES-th, the lowest that is best for F1 on one half: finer
 * ones would fit a small family's few songs. NaN when the family is not in that half. */
static double best_threshold(const struct column *c, unsigned half)
{
    double n = 0.0, right = 0.0, yes = 0.0, best = 0.0, threshold = (double)NAN;
    for (size_t i = 0; i < c->n; i++) {
        yes += c->at[i].half == half && c->at[i].yes;
    }
    for (size_t try = TRIES - 1, i = 0; try > 0 && yes > 0.0; try--) {
        for (; i < c->n && (double)c->at[i].p >= (double)try / TRIES; i++) {
            n += c->at[i].half == half;
            right += c->at[i].half == half && c->at[i].yes;
        }
        if (f1_of(n, right, yes) >= best) {
            best = f1_of(n, right, yes);
            threshold = (double)try / TRIES;
        }
    }
    return threshold;
}

/* Both halves at thresholds chosen on the other one. */
static void cross_f1(const struct column *c, struct measure_family *f)
{
    double n = 0.0, right = 0.0;
    for (unsigned half = 0; half < 2; half++) {
        f->f1_threshold[half] = best_threshold(c, half);
    }
    for (size_t i = 0; i < c->n; i++) {
        /* A comparison with NaN is false: nothing is called. */
        bool call = (double)c->at[i].p >= f->f1_threshold[1 - c->at[i].half];
        n += call;
        right += call && c->at[i].yes;
    }
    f->f1 = f1_of(n, right, c->yes);
}

/* The curve, the smallest threshold that is precise enough, and what the model's one does. */
static void cuts_make(const struct column *c, struct measure_family *f)
{
    const struct measure_cut none = {.threshold = (double)NAN, .precision = (double)NAN};
    struct measure_cut own = none;
    double right = 0.0;
    size_t point = 0;
    f->reach = none;
    for (size_t i = 0; i < MEASURE_POINTS; i++) {
        f->curve[i] = none;
    }
    for (size_t i = 0; i < c->n; i++) {
        right += c->at[i].yes;
        if (!ends_tie(c, i)) {
            continue;
        }
        struct measure_cut cut = cut_of(c, (double)c->at[i].p, (double)i + 1.0, right);
        bool enough = i + 1 >= CALIBRATE_LEAST;
        if (enough && cut.precision >= CALIBRATE_PRECISION) {
            f->reach = cut;
        }
        own = cut.threshold >= f->threshold ? cut : own;
        if (!enough) {
            cut.precision = (double)NAN;
        }
        while (point < MEASURE_POINTS && c->yes > 0.0 &&
               cut.coverage * MEASURE_POINTS + 1e-9 >= (double)point + 1.0) {
            f->curve[point++] = cut;
        }
    }
    f->precision = own.precision;
    f->coverage = own.coverage;
}

/* --- all families ------------------------------------------------------------------------------
 */

static void confusion_add(struct measure *r, const float *p, uint32_t families, double *songs)
{
    size_t best = 0;
    for (size_t g = 1; g < GENRE_N; g++) {
        best = p[g] > p[best] ? g : best;
    }
    double part = families != 0 ? 1.0 / (double)__builtin_popcount(families) : 0.0;
    bool right = families >> best & 1;
    for (size_t g = 0; g < GENRE_N; g++) {
        if (families >> g & 1) {
            r->confusion[g][right ? g : best] += part;
            songs[g] += part;
        }
    }
}

static void confusion_make(const struct measure_songs *s, struct measure *r)
{
    double songs[GENRE_N] = {0};
    for (size_t i = 0; i < s->n; i++) {
        confusion_add(r, s->probs + i * GENRE_N, s->labels[i], songs);
    }
    for (size_t g = 0; g < GENRE_N; g++) {
        for (size_t k = 0; k < GENRE_N; k++) {
            r->confusion[g][k] /= songs[g] > 0.0 ? songs[g] : 1.0;
        }
    }
}

/* All calls above thresholds together. */
static void sorted_make(const struct measure_songs *s, struct measure *r)
{
    double calls = 0.0, right = 0.0, sorted = 0.0;
    for (size_t i = 0; i < s->n; i++) {
        bool any = false;
        for (size_t g = 0; g < GENRE_N; g++) {
            bool call = (double)s->probs[i * GENRE_N + g] >= s->threshold[g];
            calls += call;
            right += call && (s->labels[i] >> g & 1);
            any = any || call;
        }
        sorted += any;
    }
    r->precision = calls > 0.0 ? right / calls : (double)NAN;
    r->sorted = s->n > 0 ? sorted / (double)s->n : 0.0;
}

static void means_make(struct measure *r)
{
    double present = 0.0;
    for (size_t g = 0; g < GENRE_N; g++) {
        const struct measure_family *f = &r->family[g];
        if (r->metric.family[g].positives > 0) {
            r->macro_f1 += f->f1;
            present += 1.0;
        }
        r->ece_mean += f->ece / GENRE_N;
        if (f->ece > r->ece_worst) {
            r->ece_worst = f->ece;
            r->ece_worst_family = g;
        }
    }
    r->macro_f1 /= present > 0.0 ? present : 1.0;
}

void measure_songs(const struct measure_songs *s, struct measure *ret_measure)
{
    struct measure *r = ret_measure;
    struct column column = {.at = mem_array(s->n + 1, sizeof(*column.at))};
    *r = (struct measure){.precision = 0.0};
    metric_make(s->probs, s->labels, s->n, &r->metric);
    for (size_t g = 0; g < GENRE_N; g++) {
        struct measure_family *f = &r->family[g];
        f->threshold = s->threshold[g];
        column_fill(&column, s, g);
        bins_make(&column, f);
        f->ece_cross = cross_ece(&column);
        cross_f1(&column, f);
        cuts_make(&column, f);
    }
    confusion_make(s, r);
    sorted_make(s, r);
    means_make(r);
    free(column.at);
}

static unsigned regime_of(enum eval_inputs inputs)
{
    bool statistics = inputs != EVAL_TEXT && inputs != EVAL_TEXT_NO_LABEL;
    bool label = inputs == EVAL_TEXT_AND_STATISTICS || inputs == EVAL_TEXT || inputs == EVAL_ALL;
    return (statistics ? MLP_STATISTICS : 0U) | (inputs == EVAL_ALL ? MLP_TAGS : 0U) |
           (label ? MLP_LABEL : 0U);
}

void measure_make(const struct model *m, const struct corpus *c, enum eval_inputs inputs,
                  struct measure *ret_measure)
{
    float *probs = mem_array(c->n + 1, GENRE_N * sizeof(*probs));
    uint32_t *labels = mem_array(c->n + 1, sizeof(*labels));
    unsigned char *half = mem_array(c->n + 1, 1);
    struct vector *vectors = mem_array(MLP_BLOCK, sizeof(*vectors));
    double threshold[GENRE_N];
    for (size_t g = 0; g < GENRE_N; g++) {
        threshold[g] = (double)model_threshold(m, regime_of(inputs), g);
    }
    for (size_t i = 0; i < c->n; i += MLP_BLOCK) {
        size_t n = c->n - i < MLP_BLOCK ? c->n - i : MLP_BLOCK;
        for (size_t k = 0; k < n; k++) {
            const struct corpus_row *row = &c->rows[i + k];
            vector_make(&row->song, &vectors[k]);
            eval_thin(&vectors[k], inputs);
            labels[i + k] = row->families;
            half[i + k] = (unsigned char)(row->artist >> 7 & 1);
        }
        eval_families(m, vectors, n, probs + i * GENRE_N);
    }
    const struct measure_songs songs = {
        .probs = probs, .labels = labels, .half = half, .threshold = threshold, .n = c->n};
    measure_songs(&songs, ret_measure);
    free(vectors);
    free(half);
    free(labels);
    free(probs);
}
