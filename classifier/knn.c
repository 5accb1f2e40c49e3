#include "classifier/knn.h"

#include <cblas.h>
#include <float.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "classifier/genre.h"

#define BLOCK 64 /* test rows whose distances are in memory together */

struct near {
    double distance;
    size_t row;
};

static int near_compare(const void *a, const void *b)
{
    const struct near *x = a, *y = b;
    if (x->distance < y->distance || y->distance < x->distance) {
        return x->distance < y->distance ? -1 : 1;
    }
    return (x->row > y->row) - (x->row < y->row);
}

/* The squared lengths of rows. Returns the largest. */
static float lengths(const struct matrix *m, float *length)
{
    float largest = 0.0F;
    for (size_t i = 0; i < m->n; i++) {
        double sum = 0.0;
        for (size_t f = 0; f < m->columns; f++) {
            double x = (double)m->x[i * m->columns + f];
            sum += x * x;
        }
        length[i] = (float)sum;
        largest = length[i] > largest ? length[i] : largest;
    }
    return largest;
}

/* Lets heap[0], the largest of the k, sink to its place after it was changed. */
static void heap_sink(float *heap, size_t k)
{
    for (size_t at = 0, child; (child = 2 * at + 1) < k; at = child) {
        child += child + 1 < k && heap[child + 1] > heap[child];
        if (heap[at] >= heap[child]) {
            return;
        }
        float swapped = heap[at];
        heap[at] = heap[child];
        heap[child] = swapped;
    }
}

/* The k-th smallest of n distances, 0 < k <= n. heap: (k). */
static float smallest(const float *distance, size_t n, size_t k, float *heap)
{
    for (size_t i = 0; i < k; i++) {
        heap[i] = FLT_MAX;
    }
    for (size_t i = 0; i < n; i++) {
        if (distance[i] < heap[0]) {
            heap[0] = distance[i];
            heap_sink(heap, k);
        }
    }
    return heap[0];
}

static double exact(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t f = 0; f < n; f++) {
        double d = (double)a[f] - (double)b[f];
        sum += d * d;
    }
    return sum;
}

struct search {
    const struct matrix *train;
    size_t k;
    float *train_length; /* (n) */
    float longest;
    float *heap;       /* (k) */
    struct near *near; /* (n) */
};

/* distance: (n) to the rows of train, less the squared length of x. */
static void row_predict(const struct search *s, const float *x, float x_length,
                        const float *distance, float *probs)
{
    const struct matrix *t = s->train;
    float limit = smallest(distance, t->n, s->k, s->heap);
    /* Twice what the rounding of a product of that many terms and of three sums can come to. */
    limit += 4.0F * FLT_EPSILON * (float)(t->columns + 4) * (x_length + s->longest);
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (distance[i] <= limit) {
            s->near[n++] = (struct near){exact(x, t->x + i * t->columns, t->columns), i};
        }
    }
    qsort(s->near, n, sizeof(*s->near), near_compare);
    memset(probs, 0, GENRE_N * sizeof(*probs));
    for (size_t i = 0; i < s->k; i++) {
        uint32_t labels = t->labels[s->near[i].row];
        for (size_t g = 0; g < GENRE_N; g++) {
            probs[g] += labels >> g & 1 ? 1.0F : 0.0F;
        }
    }
    for (size_t g = 0; g < GENRE_N; g++) {
        probs[g] /= (float)s->k;
    }
}

void knn_predict(const struct matrix *train, const struct matrix *test, size_t k, float *probs)
{
    struct search s = {.train = train, .k = k < train->n ? k : train->n};
    const size_t columns = train->columns, n = train->n;
    float *distance = mem_array(BLOCK * n, sizeof(*distance));
    float *test_length = mem_array(test->n, sizeof(*test_length));
    s.train_length = mem_array(n, sizeof(*s.train_length));
    s.heap = mem_array(s.k, sizeof(*s.heap));
    s.near = mem_array(n, sizeof(*s.near));
    s.longest = lengths(train, s.train_length);
    lengths(test, test_length);
    for (size_t i = 0; i < test->n; i += BLOCK) {
        size_t rows = test->n - i < BLOCK ? test->n - i : BLOCK;
        const float *x = test->x + i * columns;
        for (size_t r = 0; r < rows; r++) {
            memcpy(distance + r * n, s.train_length, n * sizeof(*distance));
        }
        if (columns > 0) {
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, (int)n, (int)columns,
                        -2.0F, x, (int)columns, train->x, (int)columns, 1.0F, distance, (int)n);
        }
        for (size_t r = 0; r < rows; r++) {
            row_predict(&s, x + r * columns, test_length[i + r], distance + r * n,
                        probs + (i + r) * GENRE_N);
        }
    }
    free(s.near);
    free(s.heap);
    free(s.train_length);
    free(test_length);
    free(distance);
}
