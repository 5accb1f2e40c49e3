#include "classifier/eval.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
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

static void table_print(const struct metric *m, FILE *out)
{
    fprintf(out, "%-42s %10s %10s %10s\n", "inputs", "macro AUC", "best right", "macro F1");
    for (size_t i = 0; i < EVAL_INPUTS; i++) {
        fprintf(out, "%-42s %10.4f %10.4f %10.4f\n", inputs_rows[i].name, m[i].macro_auc,
                m[i].best_right, m[i].macro_f1);
    }
    const struct metric *shown = &m[EVAL_TEXT_AND_STATISTICS];
    fprintf(out, "\n%-14s %7s %8s %8s %8s %8s   (%s)\n", "family", "songs", "AUC", "prec.",
            "recall", "F1", inputs_rows[EVAL_TEXT_AND_STATISTICS].name);
    for (size_t g = 0; g < GENRE_N; g++) {
        const struct metric_family *f = &shown->family[g];
        char auc[16] = "-";
        if (f->auc >= 0.0) {
            snprintf(auc, sizeof(auc), "%.4f", f->auc);
        }
        fprintf(out, "%-14s %7zu %8s %8.4f %8.4f %8.4f\n", genre_name[g], f->positives, auc,
                f->precision, f->recall, f->f1);
    }
}

static struct json *metric_json(const struct metric *m)
{
    struct json *families = json_array();
    for (size_t g = 0; g < GENRE_N; g++) {
        const struct metric_family *f = &m->family[g];
        struct json *family = json_object();
        json_set_str(family, "name", genre_name[g]);
        json_set_int(family, "songs", (int64_t)f->positives);
        if (f->auc >= 0.0) {
            json_set_num(family, "auc", f->auc);
        } else {
            json_set_null(family, "auc");
        }
        json_set_num(family, "precision", f->precision);
        json_set_num(family, "recall", f->recall);
        json_set_num(family, "f1", f->f1);
        json_add(families, family);
    }
    struct json *j = json_object();
    json_set_num(j, "macro_auc", m->macro_auc);
    json_set_num(j, "best_right", m->best_right);
    json_set_num(j, "macro_f1", m->macro_f1);
    json_set(j, "families", families);
    return j;
}

static void report(const struct model *model, const struct corpus *c, const struct metric *m,
                   bool as_json, FILE *out)
{
    if (!as_json) {
        fprintf(out, "model %s, %zu songs of artists that were not trained on\n\n", model_id(model),
                c->n);
        table_print(m, out);
        return;
    }
    struct buf b;
    buf_init(&b, 0);
    struct json *j = json_object();
    json_set_str(j, "message_type", "summary");
    json_set_str(j, "model", model_id(model));
    json_set_int(j, "songs", (int64_t)c->n);
    json_set_int(j, "bad_rows", (int64_t)c->bad);
    for (size_t i = 0; i < EVAL_INPUTS; i++) {
        json_set(j, inputs_rows[i].key, metric_json(&m[i]));
    }
    json_print(j, false, &b);
    fprintf(out, "%s\n", buf_str(&b));
    json_free(j);
    buf_free(&b);
}

enum err_code eval_run(const struct eval_options *o, FILE *out, struct err *e)
{
    struct model *model = NULL;
    struct corpus corpus = {0};
    struct metric m[EVAL_INPUTS] = {0};
    const struct corpus_sources sources = {
        .paths = o->data, .n = o->data_n, .families = o->families};
    enum err_code code = model_open(o->model, &model, e);
    if (code == ERR_OK) {
        code = corpus_load(&corpus, &sources, DATASET_VALIDATE, e);
    }
    if (code == ERR_OK && corpus.n == 0) {
        code = err_set(e, ERR_FORMAT, "the files have no labelled song of a validation artist");
    }
    for (size_t i = 0; i < EVAL_INPUTS && code == ERR_OK; i++) {
        code = eval_measure(model, &corpus, (enum eval_inputs)i, &m[i], e);
    }
    if (code == ERR_OK) {
        report(model, &corpus, m, o->json, out);
        if (ferror(out) || fflush(out) != 0) {
            code = err_set(e, ERR_IO, "cannot write the result");
        } else if (corpus.bad > 0) {
            code = err_set(e, ERR_PARTLY, "%zu rows were bad and left out", corpus.bad);
        }
    }
    corpus_free(&corpus);
    model_close(model);
    return code;
}
