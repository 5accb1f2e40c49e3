#include "classifier/chart.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/text.h"
#include "classifier/svg.h"

#define TOP        28.0
#define RIGHT      12.0
#define LEGEND     16.0 /* height of a line of it */
#define TICKS      5
#define TICKS_MOST 50.0
#define LETTER     6.2 /* width of most, at the size of labels */

/* --- axes --------------------------------------------------------------------------------------
 */

/* From values to places in the drawing. */
struct scale {
    struct chart c;
    double x_tick, y_tick;
    double left, top, width, height;
};

static double place_x(const struct scale *s, double x)
{
    return s->left + (x - s->c.x_low) / (s->c.x_high - s->c.x_low) * s->width;
}

static double place_y(const struct scale *s, double y)
{
    return s->top + s->height - (y - s->c.y_low) / (s->c.y_high - s->c.y_low) * s->height;
}

/* 1, 2 or 5 times a power of ten, such that about `ticks` fit. */
static double tick_of(double low, double high, int ticks)
{
    double raw = (high - low) / ticks, power = pow(10.0, floor(log10(raw)));
    double times = raw / power;
    return power * (times < 1.5 ? 1.0 : times < 3.5 ? 2.0 : times < 7.5 ? 5.0 : 10.0);
}

/* The range of an axis, given or that of the values, and its tick. */
static double range_fix(double *low, double *high, const double seen[2], int ticks)
{
    bool given = *low < *high;
    if (!given) {
        *low = seen[0];
        *high = seen[1];
    }
    if (!isfinite(*low) || !isfinite(*high - *low)) {
        *low = 0.0;
        *high = 1.0;
    }
    if (*high - *low <= fabs(*low) * 1e-9) {
        *high = *low + fmax(1.0, fabs(*low));
    }
    double tick = tick_of(*low, *high, ticks);
    if (!given) {
        *low = tick * floor(*low / tick + 1e-9);
        *high = tick * ceil(*high / tick - 1e-9);
    }
    return tick;
}

static void seen_add(double seen[2], const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (isfinite(values[i])) {
            seen[0] = fmin(seen[0], values[i]);
            seen[1] = fmax(seen[1], values[i]);
        }
    }
}

static void ranges_fix(struct scale *s, const struct chart_series *series, size_t n)
{
    struct chart *c = &s->c;
    const double none = (double)INFINITY;
    double x[2] = {none, -none}, y[2] = {none, -none};
    int ticks = c->ticks > 0 ? c->ticks : TICKS;
    for (size_t i = 0; i < n; i++) {
        seen_add(x, series[i].x, series[i].n);
        seen_add(y, series[i].y, series[i].n);
    }
    s->x_tick = range_fix(&c->x_low, &c->x_high, x, ticks);
    s->y_tick = range_fix(&c->y_low, &c->y_high, y, ticks);
    if (c->x_whole && s->x_tick < 1.0) {
        s->x_tick = 1.0;
        c->x_low = floor(c->x_low);
        c->x_high = ceil(c->x_high);
    }
}

/* Number k of the axis' ticks, false behind the last. */
static bool tick_next(double low, double high, double tick, int k, double *ret_value)
{
    double at = ceil(low / tick - 1e-6) + k;
    *ret_value = at * tick + 0.0; /* no minus before a zero */
    return k < TICKS_MOST && *ret_value <= high + tick * 1e-6;
}

static void axes_draw(struct buf *b, const struct scale *s)
{
    const struct chart *c = &s->c;
    const double bottom = s->top + s->height;
    double v;
    char text[32];
    buf_add_str(b, "<path class=\"grid\" d=\"");
    for (int k = 0; tick_next(c->x_low, c->x_high, s->x_tick, k, &v); k++) {
        buf_printf(b, "M%.1f %.1fV%.1f", place_x(s, v), s->top, bottom);
    }
    for (int k = 0; tick_next(c->y_low, c->y_high, s->y_tick, k, &v); k++) {
        buf_printf(b, "M%.1f %.1fH%.1f", s->left, place_y(s, v), s->left + s->width);
    }
    buf_printf(b, "\"/><path class=\"axis\" d=\"M%.1f %.1fV%.1fH%.1f\"/>", s->left, s->top, bottom,
               s->left + s->width);
    for (int k = 0; tick_next(c->x_low, c->x_high, s->x_tick, k, &v); k++) {
        snprintf(text, sizeof(text), "%g", v);
        svg_label(b, place_x(s, v), bottom + 14.0, "middle", text);
    }
    for (int k = 0; tick_next(c->y_low, c->y_high, s->y_tick, k, &v); k++) {
        snprintf(text, sizeof(text), "%g", v);
        svg_label(b, s->left - 6.0, place_y(s, v) + 4.0, "end", text);
    }
    if (c->x_name != NULL) {
        svg_label(b, s->left + s->width / 2.0, bottom + 31.0, "middle", c->x_name);
    }
    if (c->y_name != NULL) {
        svg_label_turned(b, 12.0, s->top + s->height / 2.0, -90.0, "middle", c->y_name);
    }
    if (c->diagonal) {
        buf_printf(b, "<path class=\"axis\" stroke-dasharray=\"4 4\" d=\"M%.1f %.1fL%.1f %.1f\"/>",
                   s->left, bottom, s->left + s->width, s->top);
    }
}

/* --- lines -------------------------------------------------------------------------------------
 */

/* Colour tells series apart, and so does the dash. */
static void line_begin(struct buf *b, size_t which)
{
    static const char *const dashes[SVG_COLOURS] = {"", " stroke-dasharray=\"6 3\"",
                                                    " stroke-dasharray=\"2 3\"",
                                                    " stroke-dasharray=\"9 3 2 3\""};
    size_t k = which % SVG_COLOURS;
    buf_printf(b, "<path class=\"s%zu\" fill=\"none\" stroke-width=\"1.8\"%s d=\"", k, dashes[k]);
}

static void series_draw(struct buf *b, const struct scale *s, const struct chart_series *series,
                        size_t which)
{
    bool pen_down = false;
    line_begin(b, which);
    for (size_t i = 0; i < series->n; i++) {
        bool drawn = isfinite(series->x[i]) && isfinite(series->y[i]);
        if (drawn) {
            buf_printf(b, "%c%.1f %.1f", pen_down ? 'L' : 'M', place_x(s, series->x[i]),
                       place_y(s, series->y[i]));
        }
        pen_down = drawn;
    }
    buf_add_str(b, "\"/>");
    for (size_t i = 0; i < series->n && series->points; i++) {
        if (isfinite(series->x[i]) && isfinite(series->y[i])) {
            double size = series->size ? sqrt(series->size[i]) : 0.2;
            buf_printf(b, "<circle class=\"f%zu\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>",
                       which % SVG_COLOURS, place_x(s, series->x[i]), place_y(s, series->y[i]),
                       1.5 + 4.5 * size);
        }
    }
}

/* Names of the series side by side from (left, top) to `right`; returns the lines that takes. b may
 * be NULL, only to count. */
static double legend_draw(struct buf *b, double left, double top, double right,
                          const struct chart_panel *p)
{
    double x = left, lines = 0.0;
    for (size_t i = 0; i < p->n; i++) {
        const char *name = p->series[i].name;
        double width = name != NULL ? 36.0 + LETTER * (double)text_columns(name) : 0.0;
        if (name == NULL) {
            continue;
        }
        if (lines < 1.0 || x + width > right) {
            lines += 1.0;
            x = left;
        }
        if (b != NULL) {
            double y = top + LEGEND * (lines - 1.0) + 8.0;
            line_begin(b, i);
            buf_printf(b, "M%.1f %.1fh20\"/>", x, y);
            svg_label(b, x + 24.0, y + 4.0, "start", name);
        }
        x += width;
    }
    return lines;
}

/* Everything of a panel but its frame and title, `top` below the drawing's upper edge. */
static void panel_draw(struct buf *b, const struct chart_panel *p, double top)
{
    const struct chart *c = &p->chart;
    const double left = c->y_name != NULL ? 56.0 : 32.0, bottom = c->x_name != NULL ? 40.0 : 22.0;
    double legend = LEGEND * legend_draw(NULL, left, 0.0, c->width - RIGHT, p);
    struct scale s = {.c = *c,
                      .left = left,
                      .top = top + legend,
                      .width = c->width - left - RIGHT,
                      .height = c->height - TOP - legend - bottom};
    ranges_fix(&s, p->series, p->n);
    legend_draw(b, left, top - 4.0, c->width - RIGHT, p);
    axes_draw(b, &s);
    for (size_t i = 0; i < p->n; i++) {
        series_draw(b, &s, &p->series[i], i);
    }
}

void chart_lines(struct buf *b, const struct chart *c, const struct chart_series *series, size_t n)
{
    const struct chart_panel panel = {.chart = *c, .series = series, .n = n};
    svg_begin(b, &(struct svg){.title = c->title,
                               .desc = c->desc,
                               .width = c->width,
                               .height = c->height,
                               .alone = c->alone});
    panel_draw(b, &panel, TOP);
    svg_end(b);
}

void chart_grid(struct buf *b, const struct chart_panel *panels, size_t n)
{
    buf_add_str(b, "<p class=\"legend\">");
    for (size_t i = 0; n > 0 && i < panels[0].n; i++) {
        if (panels[0].series[i].name != NULL) {
            buf_add_str(b, "<span><svg class=\"chart\" width=\"28\" height=\"8\" "
                           "aria-hidden=\"true\">");
            line_begin(b, i);
            buf_add_str(b, "M0 4h24\"/></svg>");
            svg_escape(b, panels[0].series[i].name);
            buf_add_str(b, "</span> ");
        }
    }
    buf_add_str(b, "</p><div class=\"panels\">");
    for (size_t i = 0; i < n; i++) {
        struct chart_series series[SVG_COLOURS];
        size_t shown = panels[i].n < SVG_COLOURS ? panels[i].n : SVG_COLOURS;
        for (size_t k = 0; k < shown; k++) {
            series[k] = panels[i].series[k];
            series[k].name = NULL;
        }
        chart_lines(b, &panels[i].chart, series, shown);
    }
    buf_add_str(b, "</div>");
}

void chart_stack(struct buf *b, const char *title, const struct chart_panel *panels, size_t n)
{
    double height = TOP, width = n > 0 ? panels[0].chart.width : 100.0;
    for (size_t i = 0; i < n; i++) {
        height += panels[i].chart.height;
    }
    svg_begin(b, &(struct svg){.title = title, .width = width, .height = height, .alone = 1});
    double top = TOP;
    for (size_t i = 0; i < n; i++) {
        svg_label(b, width / 2.0, top + 14.0, "middle", panels[i].chart.title);
        panel_draw(b, &panels[i], top + TOP);
        top += panels[i].chart.height;
    }
    svg_end(b);
    buf_add_char(b, '\n');
}

/* --- bars --------------------------------------------------------------------------------------
 */

#define BARS_WIDTH 440.0
#define BARS_LEFT  120.0
#define NUMBER     52.0 /* width of a column of numbers */

static void bar_draw(struct buf *b, const double span[2], double value, double y, size_t which)
{
    double unit = 1.0 / (span[1] - span[0]);
    double width = BARS_WIDTH - BARS_LEFT - 2.0 * NUMBER - 8.0;
    double from = BARS_LEFT + (fmin(value, 0.0) - span[0]) * unit * width;
    buf_printf(b,
               "<rect class=\"f%zu\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
               "rx=\"1.5\"/>",
               which, from, y, fmax(fabs(value) * unit * width, 0.5), which == 0 ? 8.0 : 4.0);
}

static void bars_head(struct buf *b, const struct chart_bar_set *s)
{
    for (size_t k = 0; k < 2; k++) {
        double right = BARS_WIDTH - (k == 0 && s->value[1] ? NUMBER : 0.0) - 4.0;
        if (s->value_name[k] != NULL && s->value[k] != NULL) {
            buf_printf(b, "<rect class=\"f%zu\" x=\"%.1f\" y=\"%.1f\" width=\"40\" height=\"3\"/>",
                       k, right - 40.0, TOP + 15.0);
            svg_label(b, right, TOP + 10.0, "end", s->value_name[k]);
        }
    }
}

void chart_bars(struct buf *b, const struct chart_bar_set *s)
{
    const double line = 17.0, top = TOP + 24.0;
    double span[2] = {0.0, 0.0};
    for (size_t k = 0; k < 2 && s->value[k]; k++) {
        seen_add(span, s->value[k], s->n);
    }
    span[1] = fmax(span[1], span[0] + 1e-9);
    svg_begin(b, &(struct svg){.title = s->title,
                               .desc = s->desc,
                               .width = BARS_WIDTH,
                               .height = top + line * (double)s->n + 8.0});
    bars_head(b, s);
    for (size_t i = 0; i < s->n; i++) {
        double y = top + line * (double)i;
        svg_label(b, BARS_LEFT - 6.0, y + 11.0, "end", s->names[i]);
        for (size_t k = 0; k < 2 && s->value[k]; k++) {
            double v = s->value[k][i], right = k == 0 && s->value[1] ? NUMBER : 0.0;
            char text[32] = "-";
            if (isfinite(v)) {
                double unit = pow(10.0, s->digits);
                snprintf(text, sizeof(text), "%.*f", s->digits, round(v * unit) / unit + 0.0);
                bar_draw(b, span, v, y + (k == 0 ? 1.0 : 10.0), k);
            }
            svg_label(b, BARS_WIDTH - 4.0 - right, y + 11.0, "end", text);
        }
    }
    svg_end(b);
}

/* --- matrix ------------------------------------------------------------------------------------
 */

#define CELL 24.0

static void cell_draw(struct buf *b, const struct chart_cells *c, size_t row, size_t column,
                      double left, double top)
{
    double value = c->cells[row * c->n + column];
    double x = left + CELL * (double)column, y = top + CELL * (double)row;
    if (!isfinite(value) || (value < 0.005 && row != column)) {
        return;
    }
    /* The root makes small shares visible. */
    buf_printf(b,
               "<rect class=\"%s\" x=\"%.0f\" y=\"%.0f\" width=\"23\" height=\"23\" "
               "fill-opacity=\"%.2f\"><title>",
               row == column ? "f0" : "f1", x, y, fmax(0.06, sqrt(value)));
    svg_escape(b, c->names[row]);
    buf_add_str(b, " taken for ");
    svg_escape(b, c->names[column]);
    buf_printf(b, ": %.0f %%</title></rect>", 100.0 * value);
    if (value >= 0.045) {
        buf_printf(b,
                   "<text class=\"small%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%.0f"
                   "</text>",
                   value >= 0.45 ? " on" : "", x + 11.5, y + 15.0, 100.0 * value);
    }
}

void chart_heat(struct buf *b, const struct chart_cells *c)
{
    double longest = 0.0;
    for (size_t i = 0; i < c->n; i++) {
        longest = fmax(longest, (double)text_columns(c->names[i]));
    }
    const double left = 28.0 + LETTER * longest, top = TOP + 24.0 + LETTER * longest * 0.8;
    const double side = CELL * (double)c->n;
    svg_begin(b, &(struct svg){.title = c->title,
                               .desc = c->desc,
                               .width = left + side + 0.5 * LETTER * longest,
                               .height = top + side + 8.0});
    svg_label(b, left + side / 2.0, TOP + 10.0, "middle", "best guess");
    svg_label_turned(b, 12.0, top + side / 2.0, -90.0, "middle", "true family");
    buf_add_str(b, "<path class=\"grid\" d=\"");
    for (size_t i = 0; i <= c->n; i++) {
        double at = CELL * (double)i - 0.5;
        buf_printf(b, "M%.1f %.1fh%.1fM%.1f %.1fv%.1f", left, top + at, side, left + at, top, side);
    }
    buf_add_str(b, "\"/>");
    for (size_t i = 0; i < c->n; i++) {
        double at = CELL * (double)i;
        svg_label(b, left - 5.0, top + at + 15.0, "end", c->names[i]);
        svg_label_turned(b, left + at + 15.0, top - 5.0, -55.0, "start", c->names[i]);
        for (size_t k = 0; k < c->n; k++) {
            cell_draw(b, c, i, k, left, top);
        }
    }
    svg_end(b);
}
