#include "classifier/calibrate.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "classifier/genre.h"

#define ROUNDS      50
#define PRIOR       1.0 /* songs' worth of belief that the logits are right as they are */
#define BLOCK       256
#define YES_LEAST   5
#define SCALE_LEAST 0.1F /* less would turn a genre's order about, or level it */

/* What is made least: the loss of all songs and the pull towards scale 1 and shift 0. */
static double objective(const float *logit, const unsigned char *yes, size_t n, double a, double b)
{
    double sum = PRIOR / 2.0 * ((a - 1.0) * (a - 1.0) + b * b);
    for (size_t i = 0; i < n; i++) {
        double z = a * (double)logit[i] + b;
        sum += fmax(z, 0.0) - z * (double)yes[i] + log1p(exp(-fabs(z)));
    }
    return sum;
}

void calibrate_fit(const float *logit, const unsigned char *yes, size_t n, float *ret_scale,
                   float *ret_shift)
{
    double a = 1.0, b = 0.0, now = objective(logit, yes, n, a, b);
    for (int round = 0; round < ROUNDS; round++) {
        double ga = PRIOR * (a - 1.0), gb = PRIOR * b;
        double haa = PRIOR, hab = 0.0, hbb = PRIOR;
        for (size_t i = 0; i < n; i++) {
            double z = (double)logit[i], p = 1.0 / (1.0 + exp(-(a * z + b)));
            double d = p - (double)yes[i], w = p * (1.0 - p);
            ga += d * z;
            gb += d;
            haa += w * z * z;
            hab += w * z;
            hbb += w;
        }
        double det = haa * hbb - hab * hab, step = 1.0;
        double da = (hbb * ga - hab * gb) / det, db = (haa * gb - hab * ga) / det;
        double next = objective(logit, yes, n, a - da, b - db);
        /* Newton's step may go too far; half of it often enough does not. */
        while (next > now && step > 1e-6) {
            step /= 2.0;
            next = objective(logit, yes, n, a - step * da, b - step * db);
        }
        a -= step * da;
        b -= step * db;
        now = next;
        if (fabs(da) + fabs(db) < 1e-9) {
            break;
        }
    }
    *ret_scale = (float)a;
    *ret_shift = (float)b;
}

struct scored {
    float p;
    unsigned char yes;
};

static int by_p(const void *x, const void *y)
{
    const struct scored *a = x, *b = y;
    return (a->p < b->p) - (a->p > b->p);
}

float calibrate_threshold(const float *p, const unsigned char *yes, size_t n, double precision)
{
    struct scored *sorted = mem_array(n + 1, sizeof(*sorted));
    size_t right = 0, probable = 0;
    float threshold = CALIBRATE_NEVER;
    for (size_t i = 0; i < n; i++) {
        sorted[i] = (struct scored){p[i], yes[i]};
    }
    qsort(sorted, n, sizeof(*sorted), by_p);
    for (size_t i = 0; i < n; i++) {
        right += sorted[i].yes;
        probable += (double)sorted[i].p >= precision;
        bool last_of_equals = i + 1 == n || sorted[i + 1].p < sorted[i].p;
        bool likely = (double)sorted[i].p >= CALIBRATE_FLOOR;
        if (likely && last_of_equals && i + 1 >= CALIBRATE_LEAST &&
            (double)right >= precision * (double)(i + 1)) {
            threshold = sorted[i].p;
        }
    }
    free(sorted);
    bool told = threshold < CALIBRATE_NEVER || probable >= CALIBRATE_LEAST;
    return told ? threshold : (float)precision;
}

/* Logits (n, G) of all songs with what the regime leaves. */
static void logits_make(const struct model *m, const struct corpus *c, unsigned regime,
                        float *logits)
{
    struct vector *vectors = mem_array(BLOCK, sizeof(*vectors));
    for (size_t i = 0; i < c->n; i += BLOCK) {
        size_t rows = c->n - i < BLOCK ? c->n - i : BLOCK;
        for (size_t k = 0; k < rows; k++) {
            vector_make(&c->rows[i + k].song, &vectors[k]);
            if (!(regime & MLP_STATISTICS)) {
                vector_drop_statistics(&vectors[k]);
            }
            if (!(regime & MLP_TAGS)) {
                vector_drop_group(&vectors[k], VECTOR_TAG);
            }
            if (!(regime & MLP_LABEL)) {
                vector_drop_group(&vectors[k], VECTOR_LABEL);
            }
        }
        model_run(m, vectors, rows, logits + i * model_genres(m), NULL);
    }
    free(vectors);
}

/* The logits of one genre and whether it is true, of the songs of which that is known. */
struct column {
    float *logit;
    unsigned char *yes;
    size_t n;
    size_t n_yes;
};

static void column_take(struct column *column, const struct corpus *c, const float *logits,
                        size_t genres, size_t genre)
{
    column->n = column->n_yes = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (genre_set_has(&c->rows[i].known, genre)) {
            column->logit[column->n] = logits[i * genres + genre];
            column->yes[column->n] = genre_set_has(&c->rows[i].yes, genre);
            column->n_yes += column->yes[column->n++];
        }
    }
}

static void genre_calibrate(struct column *column, float *ret_scale, float *ret_shift,
                            float *ret_threshold)
{
    *ret_scale = 1.0F;
    *ret_shift = 0.0F;
    *ret_threshold = (float)CALIBRATE_PRECISION;
    if (column->n_yes < YES_LEAST) {
        return;
    }
    calibrate_fit(column->logit, column->yes, column->n, ret_scale, ret_shift);
    if (*ret_scale < SCALE_LEAST) {
        *ret_scale = 1.0F;
        *ret_shift = 0.0F;
    }
    for (size_t i = 0; i < column->n; i++) {
        column->logit[i] = mlp_probability(*ret_scale * column->logit[i] + *ret_shift);
    }
    *ret_threshold =
        calibrate_threshold(column->logit, column->yes, column->n, CALIBRATE_PRECISION);
}

void calibrate_model(const struct model *m, const struct corpus *c, float *calibration,
                     float *threshold)
{
    const size_t genres = model_genres(m);
    float *logits = mem_array(c->n + 1, genres * sizeof(*logits));
    struct column column = {.logit = mem_array(c->n + 1, sizeof(*column.logit)),
                            .yes = mem_array(c->n + 1, 1)};
    for (unsigned regime = 0; regime < MLP_REGIMES; regime++) {
        float *scale = calibration + regime * 2 * genres, *shift = scale + genres;
        logits_make(m, c, regime, logits);
        for (size_t g = 0; g < genres; g++) {
            column_take(&column, c, logits, genres, g);
            genre_calibrate(&column, &scale[g], &shift[g], &threshold[regime * genres + g]);
        }
    }
    free(column.logit);
    free(column.yes);
    free(logits);
}
