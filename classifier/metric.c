#include "classifier/metric.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct ranked {
    float score;
    bool positive;
};

/* A number that orders as the float does. */
static uint32_t score_key(float score)
{
    uint32_t bits;
    memcpy(&bits, &score, sizeof(bits));
    return bits & 0x80000000U ? ~bits : bits | 0x80000000U;
}

#define DIGITS ((size_t)2048) /* of 11 bits: three passes sort 32 */

/* Sorts rows (n) by score; other (n) is room for it. Digit by digit, the last first: several times
 * as fast as comparing, and this is done for every output after every epoch. Returns which of the
 * two has the result. */
static struct ranked *ranked_sort(struct ranked *rows, struct ranked *other, size_t n)
{
    for (unsigned shift = 0; shift < 32; shift += 11) {
        size_t first[DIGITS + 1] = {0};
        for (size_t i = 0; i < n; i++) {
            first[(score_key(rows[i].score) >> shift & (DIGITS - 1)) + 1]++;
        }
        for (size_t d = 0; d < DIGITS; d++) {
            first[d + 1] += first[d];
        }
        for (size_t i = 0; i < n; i++) {
            other[first[score_key(rows[i].score) >> shift & (DIGITS - 1)]++] = rows[i];
        }
        struct ranked *swapped = rows;
        rows = other;
        other = swapped;
    }
    return rows;
}

double metric_auc(const float *score, size_t step, const uint32_t *labels, unsigned bit, size_t n)
{
    struct ranked *room = mem_array(2 * n + 1, sizeof(*room)), *rows = room;
    double positives = 0.0, rank_sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        rows[i] = (struct ranked){score[i * step], labels[i] >> bit & 1};
        positives += rows[i].positive;
    }
    rows = ranked_sort(rows, rows + n, n);
    for (size_t i = 0, end; i < n; i = end) {
        double tied = 0.0;
        for (end = i; end < n && rows[end].score <= rows[i].score; end++) {
            tied += rows[end].positive;
        }
        rank_sum += tied * ((double)i + (double)end + 1.0) / 2.0;
        end = end > i ? end : i + 1; /* a NaN compares with nothing */
    }
    free(room);
    double negatives = (double)n - positives;
    if (positives < 1.0 || negatives < 1.0) {
        return -1.0;
    }
    return (rank_sum - positives * (positives + 1.0) / 2.0) / (positives * negatives);
}

static void family_make(const float *probs, const uint32_t *labels, size_t n, unsigned g,
                        struct metric_family *ret_family)
{
    double hits = 0.0, guesses = 0.0;
    struct metric_family f = {.auc = metric_auc(probs + g, GENRE_N, labels, g, n)};
    for (size_t i = 0; i < n; i++) {
        bool positive = labels[i] >> g & 1, guess = probs[i * GENRE_N + g] >= 0.5F;
        f.positives += positive;
        guesses += guess;
        hits += positive && guess;
    }
    f.precision = guesses > 0.0 ? hits / guesses : 0.0;
    f.recall = f.positives > 0 ? hits / (double)f.positives : 0.0;
    f.f1 = hits > 0.0 ? 2.0 * f.precision * f.recall / (f.precision + f.recall) : 0.0;
    *ret_family = f;
}

static double best_right(const float *probs, const uint32_t *labels, size_t n)
{
    size_t right = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned best = 0;
        for (unsigned g = 1; g < GENRE_N; g++) {
            best = probs[i * GENRE_N + g] > probs[i * GENRE_N + best] ? g : best;
        }
        right += labels[i] >> best & 1;
    }
    return n > 0 ? (double)right / (double)n : 0.0;
}

void metric_make(const float *probs, const uint32_t *labels, size_t n, struct metric *ret_metric)
{
    struct metric m = {.n = n, .best_right = best_right(probs, labels, n)};
    double ranked = 0.0, present = 0.0;
    for (unsigned g = 0; g < GENRE_N; g++) {
        struct metric_family *f = &m.family[g];
        family_make(probs, labels, n, g, f);
        if (f->auc >= 0.0) {
            m.macro_auc += f->auc;
            ranked += 1.0;
        }
        if (f->positives > 0) {
            m.macro_f1 += f->f1;
            present += 1.0;
        }
    }
    m.macro_auc = ranked > 0.0 ? m.macro_auc / ranked : 0.0;
    m.macro_f1 = present > 0.0 ? m.macro_f1 / present : 0.0;
    *ret_metric = m;
}
