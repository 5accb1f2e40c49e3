#include "classifier/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "classifier/calibrate.h"

#define TRIES 50 /* thresholds that are tried for F1 */

/* One family's songs. */
struct column {
    const float *p;      /* (n), GENRE_N apart */
    unsigned char *yes;  /* (n) */
    unsigned char *half; /* (n) which half of the artists */
    size_t n;
};

static float p_of(const struct column *c, size_t i)
{
    return c->p[i * GENRE_N];
}

static double ece_of(const size_t *n, const double *p, const double *right)
{
    double sum = 0.0, songs = 0.0;
    for (size_t b = 0; b < MEASURE_BINS; b++) {
        sum += n[b] > 0 ? (double)n[b] * fabs(p[b] - right[b]) : 0.0;
        songs += (double)n[b];
    }
    return songs > 0.0 ? sum / songs : 0.0;
}

static void bins_make(const struct column *c, struct measure_family *f)
{
    double p[MEASURE_BINS] = {0}, right[MEASURE_BINS] = {0};
    for (size_t i = 0; i < c->n; i++) {
        size_t b = (size_t)(p_of(c, i) * MEASURE_BINS);
        b = b < MEASURE_BINS ? b : MEASURE_BINS - 1;
        f->n[b]++;
        p[b] += (double)p_of(c, i);
        right[b] += c->yes[i];
    }
    for (size_t b = 0; b < MEASURE_BINS; b++) {
        f->p[b] = f->n[b] > 0 ? p[b] / (double)f->n[b] : (double)NAN;
        f->right[b] = f->n[b] > 0 ? right[b] / (double)f->n[b] : (double)NAN;
    }
    f->ece = ece_of(f->n, f->p, f->right);
}

static float logit_of(float p)
{
    float kept = fmaxf(1e-6F, fminf(1.0F - 1e-6F, p));
    return logf(kept / (1.0F - kept));
}

/* Probabilities of one half put right by the other, both halves together. */
static double cross_ece(const struct column *c)
{
    size_t n[MEASURE_BINS] = {0};
    double p[MEASURE_BINS] = {0}, right[MEASURE_BINS] = {0};
    float *logit = mem_array(c->n + 1, sizeof(*logit));
    unsigned char *yes = mem_array(c->n + 1, 1);
    for (unsigned half = 0; half < 2; half++) {
        size_t other = 0;
        float scale, shift;
        for (size_t i = 0; i < c->n; i++) {
            if (c->half[i] != half) {
                logit[other] = logit_of(p_of(c, i));
                yes[other++] = c->yes[i];
            }
        }
        calibrate_fit(logit, yes, other, &scale, &shift);
        for (size_t i = 0; i < c->n; i++) {
            if (c->half[i] != half) {
                continue;
            }
            float q = mlp_probability(scale * logit_of(p_of(c, i)) + shift);
            size_t b = (size_t)(q * MEASURE_BINS);
            b = b < MEASURE_BINS ? b : MEASURE_BINS - 1;
            n[b]++;
            p[b] += (double)q;
            right[b] += c->yes[i];
        }
    }
    for (size_t b = 0; b < MEASURE_BINS && c->n > 0; b++) {
        p[b] /= n[b] > 0 ? (double)n[b] : 1.0;
        right[b] /= n[b] > 0 ? (double)n[b] : 1.0;
    }
    free(logit);
    free(yes);
    return ece_of(n, p, right);
}

/* Songs at p >= threshold, of one half (2: of both): how many, and how many right. */
static void over_count(const struct column *c, double threshold, unsigned half, double *ret_n,
                       double *ret_right, double *ret_yes)
{
    *ret_n = *ret_right = *ret_yes = 0.0;
    for (size_t i = 0; i < c->n; i++) {
        if (half == 2 || c->half[i] == half) {
            bool over = (double)p_of(c, i) >= threshold;
            *ret_n += over;
            *ret_right += over && c->yes[i];
            *ret_yes += c->yes[i];
        }
    }
}

static double f1_of(double n, double right, double yes)
{
    return n + yes > 0.0 ? 2.0 * right / (n + yes) : 0.0;
}

static double cross_f1(const struct column *c)
{
    double all_n = 0.0, all_right = 0.0, all_yes = 0.0, n, right, yes;
    for (unsigned half = 0; half < 2; half++) {
        double best = -1.0, threshold = 0.5;
        for (size_t i = 1; i < TRIES; i++) {
            over_count(c, (double)i / TRIES, half, &n, &right, &yes);
            if (f1_of(n, right, yes) > best) {
                best = f1_of(n, right, yes);
                threshold = (double)i / TRIES;
            }
        }
        over_count(c, threshold, 1 - half, &n, &right, &yes);
        all_n += n;
        all_right += right;
        all_yes += yes;
    }
    return f1_of(all_n, all_right, all_yes);
}

static void curve_make(const struct column *c, struct measure_family *f)
{
    for (size_t i = 0; i < MEASURE_POINTS; i++) {
        double n, right, yes, threshold = (double)(i + 1) / (MEASURE_POINTS + 1);
        over_count(c, threshold, 2, &n, &right, &yes);
        f->curve_coverage[i] = yes > 0.0 ? right / yes : (double)NAN;
        f->curve_precision[i] = n >= CALIBRATE_LEAST ? right / n : (double)NAN;
    }
}

static unsigned regime_of(enum eval_inputs inputs)
{
    bool statistics = inputs != EVAL_TEXT && inputs != EVAL_TEXT_NO_LABEL;
    return (statistics ? MLP_STATISTICS : 0U) | (inputs == EVAL_ALL ? MLP_TAGS : 0U);
}

static void confusion_make(const float *probs, const struct corpus *c, struct measure *r)
{
    double songs[GENRE_N] = {0};
    for (size_t i = 0; i < c->n; i++) {
        const float *p = probs + i * GENRE_N;
        size_t best = 0;
        for (size_t g = 1; g < GENRE_N; g++) {
            best = p[g] > p[best] ? g : best;
        }
        double share = 1.0 / (double)__builtin_popcount(c->rows[i].families);
        bool right = c->rows[i].families >> best & 1;
        for (size_t g = 0; g < GENRE_N; g++) {
            if (c->rows[i].families >> g & 1) {
                /* A guess that is one of several truths is right for all of them. */
                r->confusion[g][right ? g : best] += share;
                songs[g] += share;
            }
        }
    }
    for (size_t g = 0; g < GENRE_N; g++) {
        for (size_t k = 0; k < GENRE_N; k++) {
            r->confusion[g][k] /= songs[g] > 0.0 ? songs[g] : 1.0;
        }
    }
}

/* All calls above thresholds together. */
static void sorted_make(const float *probs, const struct corpus *c, struct measure *r)
{
    double calls = 0.0, right = 0.0, sorted = 0.0;
    for (size_t i = 0; i < c->n; i++) {
        bool any = false;
        for (size_t g = 0; g < GENRE_N; g++) {
            bool call = (double)probs[i * GENRE_N + g] >= r->family[g].threshold;
            calls += call;
            right += call && (c->rows[i].families >> g & 1);
            any = any || call;
        }
        sorted += any;
    }
    r->precision = calls > 0.0 ? right / calls : (double)NAN;
    r->sorted = c->n > 0 ? sorted / (double)c->n : 0.0;
}

/* Vectors of all songs; probs: (c->n, GENRE_N). */
static void probs_make(const struct model *m, const struct corpus *c, enum eval_inputs inputs,
                       struct vector *vectors, float *probs)
{
    for (size_t i = 0; i < c->n; i++) {
        vector_make(&c->rows[i].song, &vectors[i]);
        eval_thin(&vectors[i], inputs);
    }
    eval_families(m, vectors, c->n, probs);
}

void measure_make(const struct model *m, const struct corpus *c, enum eval_inputs inputs,
                  struct measure *ret_measure)
{
    struct measure *r = ret_measure;
    struct vector *vectors = mem_array(c->n + 1, sizeof(*vectors));
    float *probs = mem_array(c->n + 1, GENRE_N * sizeof(*probs));
    uint32_t *labels = mem_array(c->n + 1, sizeof(*labels));
    struct column column = {.yes = mem_array(c->n + 1, 1), .half = mem_array(c->n + 1, 1)};
    *r = (struct measure){.precision = 0.0};
    probs_make(m, c, inputs, vectors, probs);
    column.n = c->n;
    for (size_t i = 0; i < c->n; i++) {
        labels[i] = c->rows[i].families;
        column.half[i] = (unsigned char)(c->rows[i].artist >> 7 & 1);
    }
    metric_make(probs, labels, c->n, &r->metric);
    for (size_t g = 0; g < GENRE_N; g++) {
        struct measure_family *f = &r->family[g];
        double n, right, yes;
        column.p = probs + g;
        for (size_t i = 0; i < c->n; i++) {
            column.yes[i] = labels[i] >> g & 1;
        }
        bins_make(&column, f);
        curve_make(&column, f);
        f->ece_cross = cross_ece(&column);
        f->f1 = cross_f1(&column);
        r->macro_f1 += f->f1 / GENRE_N;
        f->threshold = (double)model_threshold(m, regime_of(inputs), g);
        over_count(&column, f->threshold, 2, &n, &right, &yes);
        f->precision = n > 0.0 ? right / n : (double)NAN;
        f->coverage = yes > 0.0 ? right / yes : 0.0;
    }
    confusion_make(probs, c, r);
    sorted_make(probs, c, r);
    free(vectors);
    free(probs);
    free(labels);
    free(column.yes);
    free(column.half);
}

/* --- importance --------------------------------------------------------------------------------
 */

const char *measure_input_name(size_t input)
{
    static const char *const numbers[VECTOR_NUMBERS] = {
        "danceability", "energy",  "loudness", "speechiness", "acousticness", "instrumentalness",
        "liveness",     "valence", "tempo",    "duration",    "year",         "key (cosine)",
        "key (sine)",   "mode",    "metre",    "explicit"};
    static const char *const groups[VECTOR_GROUPS] = {
        "artist, whole", "artist's words",  "album", "title",
        "record label",  "year and decade", "tags"};
    return input < VECTOR_NUMBERS ? numbers[input] : groups[input - VECTOR_NUMBERS];
}

/* Gives v the input of `from`. */
static void input_copy(struct vector *v, const struct vector *from, size_t input)
{
    if (input < VECTOR_NUMBERS) {
        uint32_t bit = UINT32_C(1) << input;
        v->number[input] = from->number[input];
        v->known = (v->known & ~bit) | (from->known & bit);
        return;
    }
    size_t g = input - VECTOR_NUMBERS;
    v->tokens[g] = from->tokens[g];
    memcpy(v->token[g], from->token[g], sizeof(v->token[g]));
}

void measure_importance(const struct model *m, const struct corpus *c, enum eval_inputs inputs,
                        double *drop)
{
    struct rand_seq r = {1};
    struct metric metric;
    struct vector *vectors = mem_array(c->n + 1, sizeof(*vectors));
    struct vector *dealt = mem_array(c->n + 1, sizeof(*dealt));
    float *probs = mem_array(c->n + 1, GENRE_N * sizeof(*probs));
    uint32_t *labels = mem_array(c->n + 1, sizeof(*labels));
    size_t *order = mem_array(c->n + 1, sizeof(*order));
    probs_make(m, c, inputs, vectors, probs);
    for (size_t i = 0; i < c->n; i++) {
        labels[i] = c->rows[i].families;
        order[i] = i;
    }
    metric_make(probs, labels, c->n, &metric);
    double whole = metric.macro_auc;
    for (size_t input = 0; input < MEASURE_INPUTS; input++) {
        for (size_t i = c->n; i > 1; i--) {
            size_t k = rand_below(&r, i), swap = order[i - 1];
            order[i - 1] = order[k];
            order[k] = swap;
        }
        memcpy(dealt, vectors, c->n * sizeof(*dealt));
        for (size_t i = 0; i < c->n; i++) {
            input_copy(&dealt[i], &vectors[order[i]], input);
        }
        eval_families(m, dealt, c->n, probs);
        metric_make(probs, labels, c->n, &metric);
        drop[input] = whole - metric.macro_auc;
    }
    free(vectors);
    free(dealt);
    free(probs);
    free(labels);
    free(order);
}
