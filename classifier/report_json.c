#include "classifier/report_json.h"

#include <math.h>

static void threshold_set(struct json *j, const char *key, double threshold)
{
    json_set_num(j, key, threshold <= 1.0 ? threshold : (double)NAN);
}

static struct json *cut_json(const struct measure_cut *c)
{
    struct json *j = json_object();
    threshold_set(j, "threshold", c->threshold);
    json_set_num(j, "precision", c->precision);
    json_set_num(j, "coverage", c->coverage);
    json_set_num(j, "share", c->share);
    return j;
}

static struct json *bins_json(const struct measure_family *f)
{
    struct json *bins = json_array();
    for (size_t k = 0; k < MEASURE_BINS; k++) {
        struct json *bin = json_object();
        json_set_int(bin, "songs", (int64_t)f->n[k]);
        json_set_num(bin, "probability", f->p[k]);
        json_set_num(bin, "true", f->right[k]);
        json_add(bins, bin);
    }
    return bins;
}

static struct json *taken_for_json(const double *row)
{
    struct json *j = json_object();
    for (size_t k = 0; k < GENRE_N; k++) {
        json_set_num(j, genre_name[k], row[k]);
    }
    return j;
}

static struct json *family_json(const struct measure *m, size_t g)
{
    const struct metric_family *known = &m->metric.family[g];
    const struct measure_family *f = &m->family[g];
    struct json *j = json_object();
    struct json *at_half = json_object(), *curve = json_array();
    json_set_str(j, "name", genre_name[g]);
    json_set_int(j, "songs", (int64_t)known->positives);
    json_set_num(j, "auc", known->auc >= 0.0 ? known->auc : (double)NAN);
    json_set_num(j, "f1", known->f1);
    json_set_num(at_half, "precision", known->precision);
    json_set_num(at_half, "recall", known->recall);
    json_set(j, "at_half", at_half);
    json_set_num(j, "f1_chosen", f->f1);
    threshold_set(j, "f1_threshold_first_half", f->f1_threshold[0]);
    threshold_set(j, "f1_threshold_second_half", f->f1_threshold[1]);
    json_set_num(j, "calibration_error", f->ece);
    json_set_num(j, "calibration_error_crossed", f->ece_cross);
    threshold_set(j, "threshold", f->threshold);
    json_set_num(j, "precision", f->precision);
    json_set_num(j, "coverage", f->coverage);
    json_set(j, "precise", cut_json(&f->reach));
    json_set(j, "reliability", bins_json(f));
    for (size_t i = 0; i < MEASURE_POINTS; i++) {
        json_add(curve, cut_json(&f->curve[i]));
    }
    json_set(j, "curve", curve);
    json_set(j, "taken_for", taken_for_json(m->confusion[g]));
    return j;
}

static struct json *measure_json(const struct measure *m)
{
    struct json *j = json_object();
    struct json *families = json_array();
    json_set_num(j, "macro_auc", m->metric.macro_auc);
    json_set_num(j, "best_right", m->metric.best_right);
    json_set_num(j, "macro_f1", m->metric.macro_f1);
    json_set_num(j, "macro_f1_chosen", m->macro_f1);
    json_set_num(j, "precision", m->precision);
    json_set_num(j, "sorted", m->sorted);
    json_set_num(j, "calibration_error_mean", m->ece_mean);
    json_set_num(j, "calibration_error_worst", m->ece_worst);
    json_set_str(j, "calibration_error_worst_family", genre_name[m->ece_worst_family]);
    for (size_t g = 0; g < GENRE_N; g++) {
        json_add(families, family_json(m, g));
    }
    json_set(j, "families", families);
    return j;
}

static struct json *importance_json(const struct importance *of)
{
    struct json *j = json_object();
    for (size_t i = 0; i < IMPORTANCE_INPUTS; i++) {
        struct json *input = json_object();
        json_set_num(input, "shuffled", of[i].shuffled);
        json_set_num(input, "left_out", of[i].left_out);
        json_set(j, importance_name(i), input);
    }
    return j;
}

struct json *report_json(const struct report *r)
{
    struct json *j = json_object();
    struct json *files = json_array();
    json_set_str(j, "model", r->model_id);
    json_set_int(j, "songs", (int64_t)r->songs);
    for (size_t i = 0; i < r->files_n; i++) {
        struct json *file = json_object();
        json_set_str(file, "name", r->files[i].name);
        json_set_str(file, "sha256", *r->files[i].sha256 ? r->files[i].sha256 : NULL);
        json_add(files, file);
    }
    json_set(j, "files", files);
    for (size_t i = 0; i < EVAL_INPUTS; i++) {
        json_set(j, eval_inputs_key((enum eval_inputs)i), measure_json(&r->of[i]));
    }
    json_set(j, "importance", importance_json(r->without_tags));
    json_set(j, "importance_with_tags", importance_json(r->with_tags));
    return j;
}
