#include "classifier/project.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"

#define BATCH       512
#define STEPS_MOST  1500
#define STEPS_LEAST 150
#define ROUNDS      10 /* each song of a playlist is drawn about so often, within these bounds */
#define TEMPERATURE 0.1F
#define RATE        3e-3
#define BETA1       0.9F
#define BETA2       0.999F

/* One side of the pairs of a batch. */
struct side {
    float *x;  /* (BATCH, from) */
    float *y;  /* (BATCH, to) = x P over its length */
    float *dy; /* (BATCH, to) */
    float length[BATCH];
};

struct fit {
    size_t from;
    size_t to;
    const float *x;
    const struct playlists *playlists;
    struct rand_seq rand;
    struct side first;
    struct side second;
    float *softmax; /* (BATCH, BATCH) */
    float *p;       /* (from, to) */
    float *dp;
    float *moment1;
    float *moment2;
};

static void side_make(const struct fit *f, struct side *s)
{
    s->x = mem_array(BATCH, f->from * sizeof(float));
    s->y = mem_array(BATCH, f->to * sizeof(float));
    s->dy = mem_array(BATCH, f->to * sizeof(float));
}

static void side_free(struct side *s)
{
    free(s->x);
    free(s->y);
    free(s->dy);
}

/* Every playlist as often as the root of its length: long ones are many things. */
static size_t playlist_draw(struct fit *f, const double *sums)
{
    const size_t n = f->playlists->n;
    double at = rand_unit(&f->rand) * sums[n - 1];
    size_t low = 0, high = n - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sums[middle] > at) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static void pairs_draw(struct fit *f, const double *sums)
{
    const struct playlists *p = f->playlists;
    for (size_t i = 0; i < BATCH; i++) {
        size_t list = playlist_draw(f, sums);
        size_t start = p->first[list], n = p->first[list + 1] - start;
        size_t a = rand_below(&f->rand, n), b = rand_below(&f->rand, n - 1);
        b += b >= a;
        memcpy(f->first.x + i * f->from, f->x + p->songs[start + a] * f->from,
               f->from * sizeof(float));
        memcpy(f->second.x + i * f->from, f->x + p->songs[start + b] * f->from,
               f->from * sizeof(float));
    }
}

static void side_forward(const struct fit *f, struct side *s)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, BATCH, (int)f->to, (int)f->from, 1.0F,
                s->x, (int)f->from, f->p, (int)f->to, 0.0F, s->y, (int)f->to);
    for (size_t i = 0; i < BATCH; i++) {
        float *y = s->y + i * f->to;
        s->length[i] = sqrtf(cblas_sdot((int)f->to, y, 1, y, 1)) + 1e-6F;
        cblas_sscal((int)f->to, 1.0F / s->length[i], y, 1);
    }
}

/* softmax (BATCH, BATCH) of the cosines over the temperature, less one on the diagonal: the
 * gradient of the loss by them, but for its scale. */
static void softmax_make(struct fit *f)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, BATCH, BATCH, (int)f->to,
                1.0F / TEMPERATURE, f->first.y, (int)f->to, f->second.y, (int)f->to, 0.0F,
                f->softmax, BATCH);
    for (size_t i = 0; i < BATCH; i++) {
        float *row = f->softmax + i * BATCH, most = row[0], sum = 0.0F;
        for (size_t k = 1; k < BATCH; k++) {
            most = fmaxf(most, row[k]);
        }
        for (size_t k = 0; k < BATCH; k++) {
            row[k] = expf(row[k] - most);
            sum += row[k];
        }
        cblas_sscal(BATCH, 1.0F / sum, row, 1);
        row[i] -= 1.0F;
    }
}

/* From the gradient by the unit vectors to that by the projection. */
static void side_backward(struct fit *f, struct side *s)
{
    for (size_t i = 0; i < BATCH; i++) {
        float *dy = s->dy + i * f->to;
        const float *y = s->y + i * f->to;
        float along = cblas_sdot((int)f->to, dy, 1, y, 1);
        cblas_saxpy((int)f->to, -along, y, 1, dy, 1);
        cblas_sscal((int)f->to, 1.0F / s->length[i], dy, 1);
    }
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)f->from, (int)f->to, BATCH, 1.0F,
                s->x, (int)f->from, s->dy, (int)f->to, 1.0F, f->dp, (int)f->to);
}

static void gradient_make(struct fit *f)
{
    const float scale = 1.0F / (TEMPERATURE * BATCH);
    memset(f->dp, 0, f->from * f->to * sizeof(*f->dp));
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, BATCH, (int)f->to, BATCH, scale,
                f->softmax, BATCH, f->second.y, (int)f->to, 0.0F, f->first.dy, (int)f->to);
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, BATCH, (int)f->to, BATCH, scale,
                f->softmax, BATCH, f->first.y, (int)f->to, 0.0F, f->second.dy, (int)f->to);
    side_backward(f, &f->first);
    side_backward(f, &f->second);
}

static int steps_of(const struct playlists *p)
{
    size_t steps = ROUNDS * p->first[p->n] / BATCH;
    return (int)(steps < STEPS_LEAST ? STEPS_LEAST : steps > STEPS_MOST ? STEPS_MOST : steps);
}

static void adam(struct fit *f, int step)
{
    const double done = (double)step / steps_of(f->playlists);
    const double rate = RATE * 0.5 * (1.0 + cos(3.14159265358979323846 * done));
    const double fix1 = 1.0 - pow((double)BETA1, step + 1),
                 fix2 = 1.0 - pow((double)BETA2, step + 1);
    const float size = (float)(rate * sqrt(fix2) / fix1);
    for (size_t i = 0; i < f->from * f->to; i++) {
        float g = f->dp[i];
        f->moment1[i] = BETA1 * f->moment1[i] + (1.0F - BETA1) * g;
        f->moment2[i] = BETA2 * f->moment2[i] + (1.0F - BETA2) * g * g;
        f->p[i] -= size * f->moment1[i] / (sqrtf(f->moment2[i]) + 1e-8F);
    }
}

void project_fit(const float *x, size_t from, size_t to, const struct playlists *playlists,
                 uint64_t seed, float *projection)
{
    struct fit f = {.from = from,
                    .to = to,
                    .x = x,
                    .playlists = playlists,
                    .rand = {seed},
                    .p = projection,
                    .softmax = mem_array((size_t)BATCH * BATCH, sizeof(float)),
                    .dp = mem_array(from * to, sizeof(float)),
                    .moment1 = mem_array(from * to, sizeof(float)),
                    .moment2 = mem_array(from * to, sizeof(float))};
    double *sums = mem_array(playlists->n, sizeof(*sums));
    for (size_t i = 0; i < playlists->n; i++) {
        sums[i] = sqrt((double)(playlists->first[i + 1] - playlists->first[i]));
        sums[i] += i > 0 ? sums[i - 1] : 0.0;
    }
    for (size_t i = 0; i < from * to; i++) {
        projection[i] = (float)rand_normal(&f.rand) / sqrtf((float)from);
    }
    side_make(&f, &f.first);
    side_make(&f, &f.second);
    for (int step = 0; step < steps_of(playlists); step++) {
        pairs_draw(&f, sums);
        side_forward(&f, &f.first);
        side_forward(&f, &f.second);
        softmax_make(&f);
        gradient_make(&f);
        adam(&f, step);
    }
    side_free(&f.first);
    side_free(&f.second);
    free(f.softmax);
    free(f.dp);
    free(f.moment1);
    free(f.moment2);
    free(sums);
}
