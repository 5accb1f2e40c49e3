#include "classifier/eval.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct inputs_row {
    const char *name;
    const char *key; /* in JSON */
};

static const struct inputs_row inputs_rows[EVAL_INPUTS] = {
    [EVAL_TEXT_AND_STATISTICS] = {"all but tags", "without_tags"},
    [EVAL_NO_LABEL] = {"all but tags and record label", "without_tags_and_label"},
    [EVAL_TEXT] = {"without statistics and tags", "without_statistics_and_tags"},
    [EVAL_TEXT_NO_LABEL] = {"without statistics, tags and record label",
                            "without_statistics_tags_and_label"},
    [EVAL_STATISTICS] = {"without text and tags", "without_text_and_tags"},
    [EVAL_ALL] = {"all, with tags", "with_tags"},
};

const char *eval_inputs_name(enum eval_inputs inputs)
{
    return inputs_rows[inputs].name;
}

const char *eval_inputs_key(enum eval_inputs inputs)
{
    return inputs_rows[inputs].key;
}

void eval_thin(struct vector *v, enum eval_inputs inputs)
{
    if (inputs != EVAL_ALL) {
        vector_drop_group(v, VECTOR_TAG);
    }
    if (inputs == EVAL_TEXT || inputs == EVAL_TEXT_NO_LABEL) {
        vector_drop_statistics(v);
    }
    if (inputs == EVAL_NO_LABEL || inputs == EVAL_TEXT_NO_LABEL) {
        vector_drop_group(v, VECTOR_LABEL);
    }
    if (inputs == EVAL_STATISTICS) {
        vector_drop_group(v, VECTOR_ARTIST);
        vector_drop_group(v, VECTOR_ARTIST_WORD);
        vector_drop_group(v, VECTOR_ALBUM);
        vector_drop_group(v, VECTOR_TITLE);
        vector_drop_group(v, VECTOR_LABEL);
    }
}

static enum err_code genres_check(const struct model *m, struct err *e)
{
    bool same = model_genres(m) >= GENRE_N;
    for (size_t i = 0; same && i < GENRE_N; i++) {
        same = strcmp(model_genre(m, i), genre_name[i]) == 0;
    }
    return same ? ERR_OK
                : err_set(e, ERR_FORMAT, "the model's first genres are not the 22 families");
}

#define CHUNK 64

void eval_families(const struct model *m, const struct vector *vectors, size_t n, float *probs)
{
    float all[MLP_BLOCK * MLP_GENRES_MAX];
    for (size_t i = 0; i < n; i += MLP_BLOCK) {
        size_t rows = n - i < MLP_BLOCK ? n - i : MLP_BLOCK;
        model_label_vectors(m, vectors + i, rows, all);
        for (size_t k = 0; k < rows; k++) {
            memcpy(probs + (i + k) * GENRE_N, all + k * model_genres(m), GENRE_N * sizeof(*probs));
        }
    }
}

enum err_code eval_measure(const struct model *m, const struct corpus *c, enum eval_inputs inputs,
                           struct metric *ret_metric, struct err *e)
{
    enum err_code code = genres_check(m, e);
    if (code != ERR_OK) {
        return code;
    }
    float *probs = mem_array(c->n + 1, GENRE_N * sizeof(*probs));
    uint32_t *labels = mem_array(c->n + 1, sizeof(*labels));
    struct vector *vectors = mem_array(CHUNK, sizeof(*vectors));
    for (size_t i = 0; i < c->n; i += CHUNK) {
        size_t n = c->n - i < CHUNK ? c->n - i : CHUNK;
        for (size_t k = 0; k < n; k++) {
            vector_make(&c->rows[i + k].song, &vectors[k]);
            eval_thin(&vectors[k], inputs);
            labels[i + k] = c->rows[i + k].families;
        }
        eval_families(m, vectors, n, probs + i * GENRE_N);
    }
    metric_make(probs, labels, c->n, ret_metric);
    free(vectors);
    free(labels);
    free(probs);
    return ERR_OK;
}
