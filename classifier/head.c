#include "classifier/head.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define NEAR        2.0F
#define SHARP       8.0F
#define SAME_ARTIST 2.0F
#define EVERYWHERE  0.1F
#define PENALTY     1.0F
#define SWEEPS      100
#define SETTLED     1e-4F
#define SURE_MOST   4.0F /* more would let one contradiction swing the rest */

/* The corrections of one genre and their weights. */
struct part {
    const struct head_example **example; /* (n) */
    float *weight;                       /* (n) */
    size_t n;
};

struct head {
    size_t dim;
    size_t genres;
    struct part *parts; /* (genres) */
};

static float kernel(const float *a, const float *b, size_t dim, bool same_artist)
{
    float cosine = 0.0F;
    for (size_t d = 0; d < dim; d++) {
        cosine += a[d] * b[d];
    }
    return NEAR * expf(SHARP * (cosine - 1.0F)) + (same_artist ? SAME_ARTIST : 0.0F) + EVERYWHERE;
}

static float kernel_of(const struct head *h, const struct head_example *x, const float *place,
                       uint64_t artist)
{
    return kernel(x->place, place, h->dim, artist != 0 && artist == x->artist);
}

static bool is_finite(const struct head_example *x, size_t dim)
{
    bool finite = isfinite(x->logit);
    for (size_t d = 0; d < dim; d++) {
        finite = finite && isfinite(x->place[d]);
    }
    return finite;
}

/* One Newton step for the weight of example i, whose change of logit by all weights is change[i].
 * Returns how far it went. */
static float weight_step(struct part *p, size_t i, const float *k, float *change)
{
    const struct head_example *x = p->example[i];
    const float *row = k + i * p->n;
    float sure = fmaxf(-SURE_MOST, fminf(SURE_MOST, x->logit));
    float prob = 1.0F / (1.0F + expf(-(sure + change[i])));
    float slope = PENALTY * p->weight[i] - ((x->is ? 1.0F : 0.0F) - prob);
    float step = -slope / (PENALTY + row[i] * prob * (1.0F - prob));
    p->weight[i] += step;
    for (size_t j = 0; j < p->n; j++) {
        change[j] += step * row[j];
    }
    return fabsf(step);
}

/* At the minimum PENALTY * weight_i = is_i - probability_i: sweeps over the coordinates until none
 * moves. */
static void part_fit(const struct head *h, struct part *p)
{
    float *k = mem_array(p->n * p->n + 1, sizeof(*k));
    float *change = mem_array(p->n + 1, sizeof(*change));
    for (size_t i = 0; i < p->n; i++) {
        for (size_t j = 0; j < p->n; j++) {
            k[i * p->n + j] =
                kernel_of(h, p->example[i], p->example[j]->place, p->example[j]->artist);
        }
    }
    float moved = 1.0F;
    for (int sweep = 0; sweep < SWEEPS && moved > SETTLED; sweep++) {
        moved = 0.0F;
        for (size_t i = 0; i < p->n; i++) {
            moved = fmaxf(moved, weight_step(p, i, k, change));
        }
    }
    free(k);
    free(change);
}

struct head *head_fit(const struct head_example *examples, size_t n, size_t dim, size_t genres)
{
    struct head *h = mem_alloc(sizeof(*h));
    *h = (struct head){.dim = dim, .genres = genres};
    h->parts = mem_array(genres + 1, sizeof(*h->parts));
    for (size_t g = 0; g < genres; g++) {
        struct part *p = &h->parts[g];
        for (size_t i = 0; i < n; i++) {
            p->n += examples[i].genre == g && is_finite(&examples[i], dim);
        }
        size_t skip = p->n > HEAD_EXAMPLES ? p->n - HEAD_EXAMPLES : 0;
        p->example = mem_array(p->n + 1, sizeof(struct head_example *));
        p->weight = mem_array(p->n + 1, sizeof(*p->weight));
        p->n = 0;
        for (size_t i = 0; i < n; i++) {
            if (examples[i].genre != g || !is_finite(&examples[i], dim)) {
                continue;
            }
            if (skip > 0) {
                skip--;
            } else {
                p->example[p->n++] = &examples[i];
            }
        }
        part_fit(h, p);
    }
    return h;
}

void head_free(struct head *h)
{
    for (size_t g = 0; h != NULL && g < h->genres; g++) {
        free(h->parts[g].example);
        free(h->parts[g].weight);
    }
    if (h != NULL) {
        free(h->parts);
    }
    free(h);
}

void head_apply(const struct head *h, const float *places, const uint64_t *artists, size_t n,
                float *logits)
{
    for (size_t g = 0; g < h->genres; g++) {
        const struct part *p = &h->parts[g];
        for (size_t i = 0; i < n && p->n > 0; i++) {
            float change = 0.0F;
            for (size_t k = 0; k < p->n; k++) {
                change +=
                    p->weight[k] * kernel_of(h, p->example[k], places + i * h->dim, artists[i]);
            }
            logits[i * h->genres + g] += change;
        }
    }
}
