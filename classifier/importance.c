#include "classifier/importance.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "classifier/metric.h"

#define NUMBER(name) (UINT32_C(1) << VECTOR_##name)
#define GROUP(name)  (1U << VECTOR_##name)
#define SEED         1

static const struct input {
    const char *name;
    uint32_t numbers; /* bits of enum vector_number */
    unsigned groups;  /* bits of enum vector_group */
} inputs_table[IMPORTANCE_INPUTS] = {
    {"danceability", NUMBER(DANCEABILITY), 0},
    {"energy", NUMBER(ENERGY), 0},
    {"loudness", NUMBER(LOUDNESS), 0},
    {"speechiness", NUMBER(SPEECHINESS), 0},
    {"acousticness", NUMBER(ACOUSTICNESS), 0},
    {"instrumentalness", NUMBER(INSTRUMENTALNESS), 0},
    {"liveness", NUMBER(LIVENESS), 0},
    {"valence", NUMBER(VALENCE), 0},
    {"tempo", NUMBER(TEMPO), 0},
    {"key", NUMBER(KEY_COS) | NUMBER(KEY_SIN), 0},
    {"mode", NUMBER(MODE), 0},
    {"time signature", NUMBER(METRE), 0},
    {"duration", NUMBER(DURATION), 0},
    {"year", NUMBER(YEAR_NUMBER), GROUP(YEAR)},
    {"explicit", NUMBER(EXPLICIT), 0},
    {"artist, whole", 0, GROUP(ARTIST)},
    {"artist, words", 0, GROUP(ARTIST_WORD)},
    {"album", 0, GROUP(ALBUM)},
    {"title", 0, GROUP(TITLE)},
    {"record label", 0, GROUP(LABEL)},
    {"tags", 0, GROUP(TAG)},
    {"all statistics", VECTOR_STATISTICS, 0},
    {"artist, both", 0, GROUP(ARTIST) | GROUP(ARTIST_WORD)},
    {"all text", 0,
     GROUP(ARTIST) | GROUP(ARTIST_WORD) | GROUP(ALBUM) | GROUP(TITLE) | GROUP(LABEL)},
};

const char *importance_name(size_t input)
{
    return inputs_table[input].name;
}

/* Gives v the input of `from`; from NULL: takes it out. */
static void input_replace(struct vector *v, const struct vector *from, const struct input *input)
{
    for (unsigned i = 0; i < VECTOR_NUMBERS; i++) {
        if (input->numbers >> i & 1) {
            v->number[i] = from ? from->number[i] : 0.0F;
        }
    }
    v->known &= ~input->numbers;
    v->known |= from ? from->known & input->numbers : 0;
    for (unsigned g = 0; g < VECTOR_GROUPS; g++) {
        if (!(input->groups >> g & 1)) {
            continue;
        }
        v->tokens[g] = from ? from->tokens[g] : 0;
        if (from) {
            memcpy(v->token[g], from->token[g], from->tokens[g] * sizeof(v->token[g][0]));
        }
    }
}

struct bench {
    const struct model *model;
    const struct corpus *corpus;
    struct vector *vectors; /* (n) */
    float *probs;           /* (n, GENRE_N) */
    uint32_t *labels;       /* (n) */
    size_t *order;          /* (n) whose input each song gets */
};

/* Macro AUC with the input changed: dealt out by `order`, or left out; input NULL: unchanged. */
static double auc_of(struct bench *b, const struct input *input, bool shuffled)
{
    struct vector changed[MLP_BLOCK];
    struct metric metric;
    const size_t all = b->corpus->n;
    for (size_t i = 0; i < all; i += MLP_BLOCK) {
        size_t n = all - i < MLP_BLOCK ? all - i : MLP_BLOCK;
        memcpy(changed, b->vectors + i, n * sizeof(*changed));
        for (size_t k = 0; k < n && input; k++) {
            input_replace(&changed[k], shuffled ? &b->vectors[b->order[i + k]] : NULL, input);
        }
        eval_families(b->model, changed, n, b->probs + i * GENRE_N);
    }
    metric_make(b->probs, b->labels, all, &metric);
    return metric.macro_auc;
}

void importance_make(const struct model *m, const struct corpus *c, enum eval_inputs inputs,
                     struct importance *ret)
{
    struct rand_seq r = {SEED};
    struct bench b = {.model = m,
                      .corpus = c,
                      .vectors = mem_array(c->n + 1, sizeof(*b.vectors)),
                      .probs = mem_array(c->n + 1, GENRE_N * sizeof(*b.probs)),
                      .labels = mem_array(c->n + 1, sizeof(*b.labels)),
                      .order = mem_array(c->n + 1, sizeof(*b.order))};
    for (size_t i = 0; i < c->n; i++) {
        vector_make(&c->rows[i].song, &b.vectors[i]);
        eval_thin(&b.vectors[i], inputs);
        b.labels[i] = c->rows[i].families;
        b.order[i] = i;
    }
    for (size_t i = c->n; i > 1; i--) {
        size_t k = rand_below(&r, i), swap = b.order[i - 1];
        b.order[i - 1] = b.order[k];
        b.order[k] = swap;
    }
    double whole = auc_of(&b, NULL, false);
    for (size_t i = 0; i < IMPORTANCE_INPUTS; i++) {
        ret[i].shuffled = whole - auc_of(&b, &inputs_table[i], true);
        ret[i].left_out = whole - auc_of(&b, &inputs_table[i], false);
    }
    free(b.vectors);
    free(b.probs);
    free(b.labels);
    free(b.order);
}
