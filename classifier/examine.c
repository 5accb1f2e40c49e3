#include "classifier/examine.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "classifier/report.h"
#include "classifier/report_json.h"

#define PAGE_MAX ((size_t)16 << 20)

static void number_print(double value, FILE *out)
{
    if (isfinite(value) && value <= 1.0) {
        fprintf(out, " %8.4f", value);
    } else {
        fprintf(out, " %8s", "-");
    }
}

static void table_print(const struct report *r, FILE *out)
{
    fprintf(out, "model %s, %zu songs of artists that were not trained on\n\n", r->model_id,
            r->songs);
    fprintf(out, "%-42s %9s %8s %8s %8s %8s %8s\n", "inputs", "macro AUC", "best", "F1 0.5", "F1",
            "prec.", "sorted");
    for (size_t i = 0; i < EVAL_INPUTS; i++) {
        const struct measure *m = &r->of[i];
        fprintf(out, "%-42s  %8.4f", eval_inputs_name((enum eval_inputs)i), m->metric.macro_auc);
        number_print(m->metric.best_right, out);
        number_print(m->metric.macro_f1, out);
        number_print(m->macro_f1, out);
        number_print(m->precision, out);
        number_print(m->sorted, out);
        fprintf(out, "\n");
    }
    fprintf(out, "\nbest: the best guess is a true family; F1: at thresholds chosen on the other "
                 "half of the artists;\nprec.: of what is over the model's thresholds; sorted: "
                 "songs over one\n");
    for (int tags = 0; tags < 2; tags++) {
        const struct measure *m = &r->of[tags ? EVAL_ALL : EVAL_TEXT_AND_STATISTICS];
        fprintf(out, "\n%-14s %6s %8s %8s %8s %8s %8s %8s   (%s)\n", "family", "songs", "AUC",
                "cal.err.", "thresh.", "prec.", "coverage", "F1",
                eval_inputs_name(tags ? EVAL_ALL : EVAL_TEXT_AND_STATISTICS));
        for (size_t g = 0; g < GENRE_N; g++) {
            const struct measure_family *f = &m->family[g];
            fprintf(out, "%-14s %6zu", genre_name[g], m->metric.family[g].positives);
            number_print(m->metric.family[g].auc >= 0.0 ? m->metric.family[g].auc : (double)NAN,
                         out);
            number_print(f->ece_cross, out);
            number_print(f->threshold, out);
            number_print(f->precision, out);
            number_print(f->coverage, out);
            number_print(f->f1, out);
            fprintf(out, "\n");
        }
    }
}

static void json_write(const struct report *r, size_t bad, FILE *out)
{
    struct buf b;
    struct json *j = report_json(r);
    buf_init(&b, PAGE_MAX);
    json_set_str(j, "message_type", "summary");
    json_set_int(j, "bad_rows", (int64_t)bad);
    json_print(j, false, &b);
    fprintf(out, "%s\n", buf_str(&b));
    json_free(j);
    buf_free(&b);
}

static enum err_code page_write(const struct report *r, const char *path, struct err *e)
{
    struct buf b;
    buf_init(&b, PAGE_MAX);
    report_html(r, &b);
    enum err_code code = file_write(path, b.data, b.len, 0644, e);
    buf_free(&b);
    return code;
}

static enum err_code files_read(const struct examine_options *o, struct report *r, struct err *e)
{
    enum err_code code = ERR_OK;
    r->files = mem_array(o->data_n + 1, sizeof(*r->files));
    for (size_t i = 0; i < o->data_n && code == ERR_OK; i++) {
        code = report_file_read(o->data[i], &r->files[r->files_n++], e);
    }
    return code == ERR_OK ? report_file_read(o->families, &r->files[r->files_n++], e) : code;
}

static enum err_code report_make(const struct examine_options *o, const struct model *m,
                                 const struct corpus *c, struct report *r, struct err *e)
{
    struct metric ignored;
    r->model_id = model_id(m);
    r->songs = c->n;
    /* Refuses a model of other families before anything is measured. */
    enum err_code code = eval_measure(m, c, EVAL_ALL, &ignored, e);
    for (size_t i = 0; i < EVAL_INPUTS && code == ERR_OK; i++) {
        measure_make(m, c, (enum eval_inputs)i, &r->of[i]);
    }
    if (code == ERR_OK && (o->json || o->html != NULL)) {
        importance_make(m, c, EVAL_TEXT_AND_STATISTICS, r->without_tags);
        importance_make(m, c, EVAL_ALL, r->with_tags);
        code = files_read(o, r, e);
    }
    return code;
}

enum err_code examine_run(const struct examine_options *o, FILE *out, struct err *e)
{
    struct model *model = NULL;
    struct corpus corpus = {0};
    struct report *r = mem_alloc(sizeof(*r));
    const struct corpus_sources sources = {
        .paths = o->data, .n = o->data_n, .families = o->families};
    enum err_code code = model_open(o->model, &model, e);
    if (code == ERR_OK) {
        code = corpus_load(&corpus, &sources, DATASET_VALIDATE, e);
    }
    if (code == ERR_OK && corpus.n == 0) {
        code = err_set(e, ERR_FORMAT, "the files have no labelled song of a validation artist");
    }
    if (code == ERR_OK) {
        code = report_make(o, model, &corpus, r, e);
    }
    if (code == ERR_OK && o->html != NULL) {
        code = page_write(r, o->html, e);
    }
    if (code == ERR_OK) {
        if (o->json) {
            json_write(r, corpus.bad, out);
        } else {
            table_print(r, out);
        }
        if (ferror(out) || fflush(out) != 0) {
            code = err_set(e, ERR_IO, "cannot write the result");
        } else if (corpus.bad > 0) {
            code = err_set(e, ERR_PARTLY, "%zu rows were bad and left out", corpus.bad);
        }
    }
    corpus_free(&corpus);
    model_close(model);
    free(r->files);
    free(r);
    return code;
}
