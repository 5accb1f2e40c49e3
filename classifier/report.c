#include "classifier/report.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/rand.h"
#include "classifier/calibrate.h"
#include "classifier/chart.h"
#include "classifier/svg.h"

static const char page_style[] =
    ":root{color-scheme:light dark}"
    "body{font:15px/1.55 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1c2430;background:#fff}"
    "h1{font-size:1.6rem;margin:0 0 .4rem}h2{font-size:1.2rem;margin:2.2rem 0 .3rem}"
    "p{max-width:44rem;margin:.3rem 0 .8rem}figure{margin:.8rem 0}"
    "summary{cursor:pointer;margin:.6rem 0}code{font-size:.9em;overflow-wrap:anywhere}"
    ".wide{overflow-x:auto}.wide .chart{max-width:none}"
    "table{border-collapse:collapse;font-size:.86rem;font-variant-numeric:tabular-nums}"
    "th,td{padding:.15rem .5rem;white-space:nowrap;text-align:right;border-bottom:1px solid #8883}"
    "th{font-weight:600;vertical-align:bottom;line-height:1.25}thead th[colspan]{text-align:center}"
    "th:first-child,td:first-child{text-align:left}"
    "tbody th{font-weight:400;vertical-align:baseline;white-space:normal;"
    "min-width:7rem}.left td{text-align:left}"
    ".legend span{margin-right:1.2rem;white-space:nowrap}.legend svg{margin-right:.4rem}"
    ".panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(10rem,1fr));gap:.4rem}"
    ".panels .chart{width:100%}"
    "@media(prefers-color-scheme:dark){body{color:#e8eaed;background:#14181d}}";

/* --- tables ------------------------------------------------------------------------------------
 */

static void cell(struct buf *b, double value, int digits)
{
    if (isfinite(value) && value >= 0.0 && value <= 1.0) {
        buf_printf(b, "<td>%.*f</td>", digits, value);
    } else {
        buf_add_str(b, "<td>-</td>");
    }
}

static void name_cell(struct buf *b, const char *name)
{
    buf_add_str(b, "<tr><th scope=\"row\">");
    svg_escape(b, name);
    buf_add_str(b, "</th>");
}

static void inputs_table(const struct report *r, struct buf *b)
{
    buf_add_str(
        b,
        "<div class=\"wide\"><table><thead><tr><th>what is known</th><th>macro<br>AUC</th><th>best "
        "guess<br>right</th><th>macro F1<br>at 0.5</th><th>macro F1<br>chosen</th>"
        "<th>precision "
        "over<br>thresholds</th><th>songs<br>sorted</th><th>calibration<br>error, mean</th>"
        "<th>worst</th></tr></thead><tbody>");
    for (size_t i = 0; i < EVAL_INPUTS; i++) {
        const struct measure *m = &r->of[i];
        name_cell(b, eval_inputs_name((enum eval_inputs)i));
        cell(b, m->metric.macro_auc, 4);
        cell(b, m->metric.best_right, 4);
        cell(b, m->metric.macro_f1, 4);
        cell(b, m->macro_f1, 4);
        cell(b, m->precision, 3);
        cell(b, m->sorted, 3);
        cell(b, m->ece_mean, 4);
        buf_printf(b, "<td>%.4f %s</td></tr>", m->ece_worst, genre_name[m->ece_worst_family]);
    }
    buf_add_str(b, "</tbody></table></div>");
}

static void families_table(const struct measure *m, struct buf *b)
{
    buf_printf(
        b,
        "<div class=\"wide\"><table><thead><tr><th rowspan=\"2\">family</th>"
        "<th rowspan=\"2\">songs</th><th rowspan=\"2\">AUC</th><th colspan=\"2\">calibration "
        "error</th><th colspan=\"3\">smallest threshold with<br>precision %.1f</th>"
        "<th colspan=\"3\">the model's<br>threshold</th><th rowspan=\"2\">F1<br>chosen</th></tr>"
        "<tr><th>as it is</th><th>crossed</th><th>from</th><th>coverage</th><th>of all</th>"
        "<th>from</th><th>precision</th><th>coverage</th></tr></thead><tbody>",
        CALIBRATE_PRECISION);
    for (size_t g = 0; g < GENRE_N; g++) {
        const struct measure_family *f = &m->family[g];
        name_cell(b, genre_name[g]);
        buf_printf(b, "<td>%zu</td>", m->metric.family[g].positives);
        cell(b, m->metric.family[g].auc, 3);
        cell(b, f->ece, 3);
        cell(b, f->ece_cross, 3);
        cell(b, f->reach.threshold, 2);
        cell(b, f->reach.coverage, 2);
        cell(b, f->reach.share, 3);
        cell(b, f->threshold, 2);
        cell(b, f->precision, 2);
        cell(b, f->coverage, 2);
        cell(b, f->f1, 2);
        buf_add_str(b, "</tr>");
    }
    buf_add_str(b, "</tbody></table></div>");
}

static void files_table(const struct report *r, struct buf *b)
{
    buf_add_str(b, "<div class=\"wide\"><table class=\"left\"><thead><tr><th>file</th>"
                   "<th style=\"text-align:left\">SHA-256</th></tr></thead><tbody>");
    for (size_t i = 0; i < r->files_n; i++) {
        name_cell(b, r->files[i].name);
        buf_printf(b, "<td><code>%s</code></td></tr>",
                   *r->files[i].sha256 ? r->files[i].sha256 : "-");
    }
    buf_add_str(b, "</tbody></table></div>");
}

/* --- figures -----------------------------------------------------------------------------------
 */

static const enum eval_inputs shown[2] = {EVAL_TEXT_AND_STATISTICS, EVAL_ALL};
static const char *const shown_names[2] = {"without tags", "with tags"};

/* Points of two series for every family, and of both series for all together. */
struct points {
    double x[GENRE_N + 1][2][MEASURE_POINTS];
    double y[GENRE_N + 1][2][MEASURE_POINTS];
    double size[GENRE_N + 1][2][MEASURE_POINTS];
    struct chart_series series[GENRE_N + 1][2];
    struct chart_panel panels[GENRE_N];
};

static void series_make(struct points *p, size_t g, size_t n, int points)
{
    for (size_t k = 0; k < 2; k++) {
        p->series[g][k] = (struct chart_series){.name = shown_names[k],
                                                .x = p->x[g][k],
                                                .y = p->y[g][k],
                                                .n = n,
                                                .points = points,
                                                .size = points ? p->size[g][k] : NULL};
    }
}

static void panel_make(struct points *p, size_t g, int diagonal)
{
    p->panels[g] = (struct chart_panel){.chart = {.title = genre_name[g],
                                                  .x_high = 1.0,
                                                  .y_high = 1.0,
                                                  .diagonal = diagonal,
                                                  .ticks = 2,
                                                  .width = 200.0,
                                                  .height = 170.0},
                                        .series = p->series[g],
                                        .n = 2};
}

/* A dot's area grows with the logarithm of its songs; the largest is 1. */
static void sizes_make(double *size)
{
    double most = 1.0;
    for (size_t i = 0; i < MEASURE_BINS; i++) {
        size[i] = log1p(size[i]);
        most = fmax(most, size[i]);
    }
    for (size_t i = 0; i < MEASURE_BINS; i++) {
        size[i] /= most;
    }
}

/* The bins of one family that hold songs enough, and all added to those of all families (place
 * GENRE_N). */
static void bins_copy(struct points *p, const struct measure_family *f, size_t g, size_t k)
{
    for (size_t i = 0; i < MEASURE_BINS; i++) {
        double n = (double)f->n[i];
        bool told = f->n[i] >= CALIBRATE_LEAST;
        p->x[g][k][i] = told ? f->p[i] : (double)NAN;
        p->y[g][k][i] = told ? f->right[i] : (double)NAN;
        p->size[g][k][i] = n;
        if (n > 0.0) {
            p->x[GENRE_N][k][i] += n * f->p[i];
            p->y[GENRE_N][k][i] += n * f->right[i];
            p->size[GENRE_N][k][i] += n;
        }
    }
    sizes_make(p->size[g][k]);
}

static void reliability(const struct report *r, struct buf *b)
{
    struct points *p = mem_alloc(sizeof(*p));
    char desc[160];
    for (size_t k = 0; k < 2; k++) {
        for (size_t g = 0; g < GENRE_N; g++) {
            bins_copy(p, &r->of[shown[k]].family[g], g, k);
        }
        for (size_t i = 0; i < MEASURE_BINS; i++) {
            double n = p->size[GENRE_N][k][i];
            p->x[GENRE_N][k][i] = n > 0.0 ? p->x[GENRE_N][k][i] / n : (double)NAN;
            p->y[GENRE_N][k][i] = n > 0.0 ? p->y[GENRE_N][k][i] / n : (double)NAN;
        }
        sizes_make(p->size[GENRE_N][k]);
    }
    for (size_t g = 0; g <= GENRE_N; g++) {
        series_make(p, g, MEASURE_BINS, 1);
        if (g < GENRE_N) {
            panel_make(p, g, 1);
        }
    }
    snprintf(desc, sizeof(desc),
             "Mean calibration error of the families: %.4f without tags, %.4f with tags.",
             r->of[shown[0]].ece_mean, r->of[shown[1]].ece_mean);
    const struct chart all = {.title = "Probability and truth, all families together",
                              .desc = desc,
                              .x_name = "probability told",
                              .y_name = "share that is true",
                              .x_high = 1.0,
                              .y_high = 1.0,
                              .diagonal = 1,
                              .width = 440.0,
                              .height = 380.0};
    buf_add_str(b, "<figure>");
    chart_lines(b, &all, p->series[GENRE_N], 2);
    buf_add_str(b, "</figure><details><summary>Each family</summary>");
    chart_grid(b, p->panels, GENRE_N);
    buf_add_str(b, "</details>");
    free(p);
}

static void curves(const struct report *r, struct buf *b)
{
    struct points *p = mem_alloc(sizeof(*p));
    for (size_t g = 0; g < GENRE_N; g++) {
        for (size_t k = 0; k < 2; k++) {
            for (size_t i = 0; i < MEASURE_POINTS; i++) {
                const struct measure_cut *cut = &r->of[shown[k]].family[g].curve[i];
                p->x[g][k][i] = cut->coverage;
                p->y[g][k][i] = cut->precision;
            }
        }
        series_make(p, g, MEASURE_POINTS, 0);
        panel_make(p, g, 0);
    }
    chart_grid(b, p->panels, GENRE_N);
    free(p);
}

static void confusion(const struct measure *m, const char *title, struct buf *b)
{
    char desc[160];
    snprintf(desc, sizeof(desc), "The best guess is a true family for %.1f %% of the songs.",
             100.0 * m->metric.best_right);
    buf_add_str(b, "<figure class=\"wide\">");
    chart_heat(b, &(struct chart_cells){.title = title,
                                        .desc = desc,
                                        .names = genre_name,
                                        .cells = &m->confusion[0][0],
                                        .n = GENRE_N});
    buf_add_str(b, "</figure>");
}

/* Bars of the inputs `from` to `to`, the largest first. */
static void importance_chart(const struct importance *of, size_t from, size_t to, const char *title,
                             struct buf *b)
{
    const char *names[IMPORTANCE_INPUTS] = {NULL};
    double shuffled[IMPORTANCE_INPUTS] = {0}, left_out[IMPORTANCE_INPUTS] = {0};
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        size_t at = n++;
        for (; at > 0 && shuffled[at - 1] < of[i].shuffled; at--) {
            shuffled[at] = shuffled[at - 1];
            left_out[at] = left_out[at - 1];
            names[at] = names[at - 1];
        }
        shuffled[at] = of[i].shuffled;
        left_out[at] = of[i].left_out;
        names[at] = importance_name(i);
    }
    buf_add_str(b, "<figure>");
    chart_bars(b, &(struct chart_bar_set){.title = title,
                                          .desc = "Bars for what each input is worth, the largest "
                                                  "first; the numbers stand beside them.",
                                          .names = names,
                                          .value_name = {"shuffled", "left out"},
                                          .value = {shuffled, left_out},
                                          .n = n,
                                          .digits = 4});
    buf_add_str(b, "</figure>");
}

/* --- the page ----------------------------------------------------------------------------------
 */

static void head(const struct report *r, struct buf *b)
{
    buf_printf(b,
               "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
               "<title>genred: model report</title><style>%s%s</style></head><body>"
               "<h1>Model report</h1><p>Model <code>",
               page_style, svg_style());
    svg_escape(b, r->model_id);
    buf_printf(b,
               "</code>, %zu songs.</p><p>The songs are those of validation artists, of whom "
               "nothing was trained on; the true families are what the artists' tags say. The "
               "model's epoch, calibration and thresholds were chosen on such songs, so that other "
               "artists may fare a little worse. \"Chosen\" and \"crossed\" figures are of one "
               "half of the artists with what was fitted on the other half, both halves "
               "together.</p>",
               r->songs);
}

void report_html(const struct report *r, struct buf *b)
{
    const struct measure *plain = &r->of[shown[0]], *tags = &r->of[shown[1]];
    head(r, b);
    buf_add_str(b, "<h2>By what is known</h2>");
    inputs_table(r, b);
    buf_printf(b,
               "<h2>By family</h2><p>With everything but tags. Coverage is the share of the "
               "family's songs that reach the threshold; at least %d songs must reach it.</p>",
               CALIBRATE_LEAST);
    families_table(plain, b);
    buf_add_str(b, "<details><summary>The same with tags</summary>");
    families_table(tags, b);
    buf_add_str(
        b, "</details><h2>Reliability</h2><p>Of the songs that are said to be 70 % likely, "
           "70 % should be. A larger dot stands for more songs; of one family alone, dots of fewer "
           "than ten songs are not drawn.</p>");
    reliability(r, b);
    buf_add_str(b, "<h2>Precision against coverage</h2><p>As the threshold falls, more of a "
                   "family's songs are found (to the right) and fewer of what is found are right "
                   "(down).</p>");
    curves(r, b);
    buf_add_str(b, "<h2>What is taken for what</h2><p>The best guess for the songs of each family, "
                   "in percent of the row. A song of several families counts in each by its part; "
                   "a guess that is any of them is right.</p>");
    confusion(plain, "Best guess without tags", b);
    buf_add_str(b, "<details><summary>The same with tags</summary>");
    confusion(tags, "Best guess with tags", b);
    buf_add_str(b, "</details><h2>What the guesses rest on</h2><p>How far macro AUC falls when one "
                   "input is dealt out anew among the songs (shuffled), or taken from all of them "
                   "(left out). Inputs that tell the same can stand in for each other.</p>");
    importance_chart(r->without_tags, 0, IMPORTANCE_TAGS, "Each input, without tags", b);
    importance_chart(r->without_tags, IMPORTANCE_SINGLE, IMPORTANCE_INPUTS,
                     "Inputs together, without tags", b);
    buf_add_str(b, "<details><summary>The same with tags</summary>");
    importance_chart(r->with_tags, 0, IMPORTANCE_INPUTS, "Inputs, with tags", b);
    buf_add_str(b, "</details><h2>Files</h2>");
    files_table(r, b);
    buf_add_str(b, "</body></html>\n");
}

enum err_code report_file_read(const char *path, struct report_file *ret_file, struct err *e)
{
    const char *slash = strrchr(path, '/');
    struct report_file file = {.name = slash != NULL ? slash + 1 : path};
    struct stat about;
    struct buf content;
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode)) {
        *ret_file = file;
        return ERR_OK;
    }
    buf_init(&content, (size_t)1 << 30);
    enum err_code code = file_read(path, &content, e);
    if (code == ERR_OK) {
        uint8_t digest[32];
        rand_sha256(buf_str(&content), content.len, digest);
        for (size_t i = 0; i < sizeof(digest); i++) {
            snprintf(file.sha256 + 2 * i, 3, "%02x", digest[i]);
        }
        *ret_file = file;
    }
    buf_free(&content);
    return code;
}
