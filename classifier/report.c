#include "classifier/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "classifier/chart.h"

static const char head[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\"><title>genred: model report</title>"
    "<style>:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;"
    "margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;font-variant-numeric:"
    "tabular-nums}th,td{padding:.15rem .7rem;text-align:right;border-bottom:1px solid #8884}"
    "th:first-child,td:first-child{text-align:left}.wide{overflow-x:auto}.grid{display:grid;"
    "grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:.5rem}</style>";

static void number_cell(struct buf *b, double value, int digits)
{
    if (isfinite(value)) {
        buf_printf(b, "<td>%.*f</td>", digits, value);
    } else {
        buf_add_str(b, "<td>-</td>");
    }
}

static void inputs_table(const struct report *r, struct buf *b)
{
    buf_add_str(b, "<div class=\"wide\"><table><tr><th>inputs</th><th>macro AUC</th><th>best guess "
                   "right</th><th>macro F1 at 0.5</th><th>macro F1, chosen</th><th>precision over "
                   "thresholds</th><th>songs sorted</th></tr>");
    for (size_t i = 0; i < EVAL_INPUTS; i++) {
        const struct measure *m = &r->of[i];
        buf_add_str(b, "<tr><td>");
        chart_text(b, eval_inputs_name((enum eval_inputs)i));
        buf_add_str(b, "</td>");
        number_cell(b, m->metric.macro_auc, 4);
        number_cell(b, m->metric.best_right, 4);
        number_cell(b, m->metric.macro_f1, 4);
        number_cell(b, m->macro_f1, 4);
        number_cell(b, m->precision, 3);
        number_cell(b, m->sorted, 3);
        buf_add_str(b, "</tr>");
    }
    buf_add_str(b, "</table></div>");
}

static void families_table(const struct measure *m, struct buf *b)
{
    buf_add_str(b, "<div class=\"wide\"><table><tr><th>family</th><th>songs</th><th>AUC</th>"
                   "<th>calibration error</th><th>the same, crossed</th><th>threshold</th>"
                   "<th>precision there</th><th>coverage there</th><th>F1, chosen</th></tr>");
    for (size_t g = 0; g < GENRE_N; g++) {
        const struct measure_family *f = &m->family[g];
        buf_printf(b, "<tr><td>%s</td><td>%zu</td>", genre_name[g], m->metric.family[g].positives);
        number_cell(b, m->metric.family[g].auc, 3);
        number_cell(b, f->ece, 3);
        number_cell(b, f->ece_cross, 3);
        number_cell(b, f->threshold <= 1.0 ? f->threshold : (double)NAN, 2);
        number_cell(b, f->precision, 2);
        number_cell(b, f->coverage, 2);
        number_cell(b, f->f1, 2);
        buf_add_str(b, "</tr>");
    }
    buf_add_str(b, "</table></div>");
}

static void reliability_chart(const struct measure *m, struct buf *b)
{
    double x[MEASURE_BINS], y[MEASURE_BINS], size[MEASURE_BINS], most = 1.0;
    for (size_t k = 0; k < MEASURE_BINS; k++) {
        double n = 0.0;
        x[k] = y[k] = 0.0;
        for (size_t g = 0; g < GENRE_N; g++) {
            const struct measure_family *f = &m->family[g];
            if (f->n[k] > 0) {
                n += (double)f->n[k];
                x[k] += (double)f->n[k] * f->p[k];
                y[k] += (double)f->n[k] * f->right[k];
            }
        }
        x[k] /= fmax(n, 1.0);
        y[k] = n > 0.0 ? y[k] / n : (double)NAN;
        size[k] = log1p(n);
        most = fmax(most, size[k]);
    }
    for (size_t k = 0; k < MEASURE_BINS; k++) {
        size[k] /= most;
    }
    struct chart c = {.title = "Of songs said to be 70 % likely, how many are?",
                      .x_name = "probability",
                      .y_name = "share true",
                      .x_high = 1.0,
                      .y_high = 1.0,
                      .diagonal = 1,
                      .width = 440.0,
                      .height = 340.0};
    struct chart_series s = {.x = x, .y = y, .n = MEASURE_BINS, .points = 1, .size = size};
    chart_lines(b, &c, &s, 1);
}

static void curves(const struct report *r, struct buf *b)
{
    buf_add_str(b, "<div class=\"grid\">");
    for (size_t g = 0; g < GENRE_N; g++) {
        struct chart_series s[2];
        static const enum eval_inputs shown[2] = {EVAL_TEXT_AND_STATISTICS, EVAL_ALL};
        for (size_t i = 0; i < 2; i++) {
            const struct measure_family *f = &r->of[shown[i]].family[g];
            s[i] = (struct chart_series){
                .x = f->curve_coverage, .y = f->curve_precision, .n = MEASURE_POINTS};
        }
        struct chart c = {.title = genre_name[g],
                          .x_name = "coverage",
                          .y_name = "precision",
                          .x_high = 1.0,
                          .y_high = 1.0,
                          .width = 240.0,
                          .height = 200.0};
        chart_lines(b, &c, s, 2);
    }
    buf_add_str(b, "</div>");
}

static void importance_chart(const double *importance, const char *title, struct buf *b)
{
    const char *names[MEASURE_INPUTS] = {NULL};
    double values[MEASURE_INPUTS] = {0};
    size_t n = 0;
    for (size_t i = 0; i < MEASURE_INPUTS; i++) {
        size_t at = n++;
        for (; at > 0 && values[at - 1] < importance[i]; at--) {
            values[at] = values[at - 1];
            names[at] = names[at - 1];
        }
        values[at] = importance[i];
        names[at] = measure_input_name(i);
    }
    chart_bars(b, title, names, values, n, 4);
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

void report_html(const struct report *r, struct buf *b)
{
    const struct measure *plain = &r->of[EVAL_TEXT_AND_STATISTICS];
    buf_add_str(b, head);
    buf_add_str(b, "<h1>Model report</h1><p>Model <code>");
    chart_text(b, r->model_id);
    buf_printf(b, "</code>, %zu songs of validation artists of", r->songs);
    for (size_t i = 0; i < r->files_n; i++) {
        buf_add_str(b, i > 0 ? ", <code>" : " <code>");
        chart_text(b, file_name(r->files[i]));
        buf_add_str(b, "</code>");
    }
    buf_add_str(
        b, ". None of the artists was in training; the model's epoch, calibration and thresholds "
           "were chosen on these songs, so that others may fare a little worse. \"Chosen\" and "
           "\"crossed\" figures use what was chosen on one half of the artists for the other.</p>"
           "<h2>By what is known</h2>");
    inputs_table(r, b);
    buf_add_str(b, "<h2>By family, with everything but tags</h2>");
    families_table(plain, b);
    buf_add_str(b, "<h2>Reliability</h2>");
    reliability_chart(plain, b);
    buf_add_str(b, "<h2>Precision against coverage</h2><p>Blue without tags, orange with "
                   "them; a point for each threshold.</p>");
    curves(r, b);
    buf_add_str(b, "<h2>What is taken for what</h2><p>Rows are true families; a guess that is one "
                   "of several true ones is right.</p><div class=\"wide\">");
    chart_heat(b, "Best guess without tags, share of the row in percent", genre_name,
               &plain->confusion[0][0], GENRE_N);
    buf_add_str(b, "</div><h2>Importance</h2>");
    importance_chart(r->importance[0], "Loss of macro AUC when shuffled, without tags", b);
    importance_chart(r->importance[1], "Loss of macro AUC when shuffled, with tags", b);
    buf_add_str(b, "</html>\n");
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
    for (size_t g = 0; g < GENRE_N; g++) {
        const struct measure_family *f = &m->family[g];
        struct json *family = json_object();
        json_set_str(family, "name", genre_name[g]);
        json_set_int(family, "songs", (int64_t)m->metric.family[g].positives);
        json_set_num(family, "auc", m->metric.family[g].auc);
        json_set_num(family, "f1", m->metric.family[g].f1);
        json_set_num(family, "f1_chosen", f->f1);
        json_set_num(family, "calibration_error", f->ece);
        json_set_num(family, "calibration_error_crossed", f->ece_cross);
        json_set_num(family, "threshold", f->threshold);
        json_set_num(family, "precision", f->precision);
        json_set_num(family, "coverage", f->coverage);
        struct json *row = json_array();
        for (size_t k = 0; k < GENRE_N; k++) {
            struct json *cell = json_object();
            json_set_str(cell, "guess", genre_name[k]);
            json_set_num(cell, "share", m->confusion[g][k]);
            json_add(row, cell);
        }
        json_set(family, "taken_for", row);
        json_add(families, family);
    }
    json_set(j, "families", families);
    return j;
}

static struct json *importance_json(const double *importance)
{
    struct json *j = json_object();
    for (size_t i = 0; i < MEASURE_INPUTS; i++) {
        json_set_num(j, measure_input_name(i), importance[i]);
    }
    return j;
}

struct json *report_json(const struct report *r)
{
    struct json *j = json_object();
    json_set_str(j, "model", r->model_id);
    json_set_int(j, "songs", (int64_t)r->songs);
    for (size_t i = 0; i < EVAL_INPUTS; i++) {
        json_set(j, eval_inputs_key((enum eval_inputs)i), measure_json(&r->of[i]));
    }
    json_set(j, "importance", importance_json(r->importance[0]));
    json_set(j, "importance_with_tags", importance_json(r->importance[1]));
    return j;
}
