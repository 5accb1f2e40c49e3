#include "classifier/matrix.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

void matrix_rule_make(struct matrix_rule *ret_rule, const struct corpus *c, uint32_t numbers)
{
    struct matrix_rule rule = {0};
    double sum[VECTOR_NUMBERS] = {0}, squares[VECTOR_NUMBERS] = {0};
    size_t known[VECTOR_NUMBERS] = {0};
    struct vector *v = mem_alloc(sizeof(*v));
    for (size_t i = 0; i < c->n; i++) {
        vector_make(&c->rows[i].song, v);
        for (size_t k = 0; k < VECTOR_NUMBERS; k++) {
            double x = (double)v->number[k]; /* 0 where not known */
            known[k] += v->known >> k & 1;
            sum[k] += x;
            squares[k] += x * x;
        }
    }
    free(v);
    for (size_t k = 0; k < VECTOR_NUMBERS; k++) {
        double n = known[k] > 0 ? (double)known[k] : 1.0, mean = sum[k] / n;
        double variance = squares[k] / n - mean * mean;
        /* Below this, what is left of the difference is the rounding of the sums. */
        bool varies = variance > 1e-9 * (1.0 + mean * mean);
        rule.mean[k] = (float)mean;
        rule.scale[k] = varies ? (float)(1.0 / sqrt(variance)) : 1.0F;
        if ((numbers >> k & 1) && varies) {
            rule.numbers |= UINT32_C(1) << k;
            rule.columns++;
        }
        if ((numbers >> k & 1) && known[k] > 0 && known[k] < c->n) {
            rule.masked |= UINT32_C(1) << k;
            rule.columns++;
        }
    }
    *ret_rule = rule;
}

static void row_make(const struct matrix_rule *rule, const struct vector *v, float *x)
{
    for (size_t k = 0; k < VECTOR_NUMBERS; k++) {
        if (rule->numbers >> k & 1) {
            bool known = v->known >> k & 1;
            *x++ = known ? (v->number[k] - rule->mean[k]) * rule->scale[k] : 0.0F;
        }
    }
    for (size_t k = 0; k < VECTOR_NUMBERS; k++) {
        if (rule->masked >> k & 1) {
            *x++ = v->known >> k & 1 ? 1.0F : 0.0F;
        }
    }
}

void matrix_make(struct matrix *ret_matrix, const struct matrix_rule *rule, const struct corpus *c)
{
    struct matrix m = {.n = c->n, .columns = rule->columns};
    struct vector *v = mem_alloc(sizeof(*v));
    m.x = mem_array(m.n, m.columns * sizeof(*m.x));
    m.labels = mem_array(m.n, sizeof(*m.labels));
    for (size_t i = 0; i < m.n; i++) {
        vector_make(&c->rows[i].song, v);
        row_make(rule, v, m.x + i * m.columns);
        m.labels[i] = c->rows[i].families;
    }
    free(v);
    *ret_matrix = m;
}

void matrix_free(struct matrix *m)
{
    free(m->x);
    free(m->labels);
    *m = (struct matrix){0};
}

/* Multiplied first: FNV's low bits alone are uneven. */
static uint32_t place_of(uint64_t token, unsigned bits)
{
    return (uint32_t)((token * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - bits));
}

void matrix_sparse_make(struct matrix_sparse *ret_sparse, const struct corpus *c, uint32_t groups,
                        unsigned bits)
{
    struct matrix_sparse s = {.n = c->n, .width = (size_t)1 << bits};
    struct vector *v = mem_alloc(sizeof(*v));
    size_t cap = 0, used = 0;
    s.first = mem_array(c->n + 1, sizeof(*s.first));
    for (size_t i = 0; i < c->n; i++) {
        vector_make(&c->rows[i].song, v);
        if (used + (size_t)VECTOR_GROUPS * VECTOR_TOKENS > cap) {
            cap = 2 * cap + 65536;
            s.place = mem_resize(s.place, cap, sizeof(*s.place));
            s.value = mem_resize(s.value, cap, sizeof(*s.value));
        }
        for (size_t g = 0; g < VECTOR_GROUPS; g++) {
            size_t n = groups >> g & 1 ? v->tokens[g] : 0;
            for (size_t k = 0; k < n; k++) {
                s.place[used] = place_of(v->token[g][k], bits);
                s.value[used++] = 1.0F / sqrtf((float)n);
            }
        }
        s.first[i + 1] = used;
    }
    free(v);
    *ret_sparse = s;
}

void matrix_sparse_free(struct matrix_sparse *s)
{
    free(s->first);
    free(s->place);
    free(s->value);
    *s = (struct matrix_sparse){0};
}
