#include "classifier/chart.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#define LEFT   52.0
#define BOTTOM 40.0
#define TOP    28.0
#define RIGHT  12.0
#define TICKS  5.0

static const char *const colours[] = {"#3b7dd8", "#e07b39", "#3a9d5d", "#a653b4", "#c23b53"};
#define COLOURS (sizeof(colours) / sizeof(colours[0]))

void chart_text(struct buf *b, const char *text)
{
    for (const char *s = text; *s; s++) {
        switch (*s) {
        case '<':
            buf_add_str(b, "&lt;");
            break;
        case '>':
            buf_add_str(b, "&gt;");
            break;
        case '&':
            buf_add_str(b, "&amp;");
            break;
        case '"':
            buf_add_str(b, "&quot;");
            break;
        default:
            buf_add_char(b, *s);
        }
    }
}

static void begin(struct buf *b, const char *title, double width, double height)
{
    buf_printf(b,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %.0f %.0f\" "
               "font-family=\"system-ui, sans-serif\" font-size=\"11\" fill=\"currentColor\" "
               "style=\"max-width:%.0fpx;width:100%%\"><title>",
               width, height, width);
    chart_text(b, title);
    buf_printf(b, "</title><text x=\"%.0f\" y=\"16\" text-anchor=\"middle\" font-weight=\"600\">",
               width / 2.0);
    chart_text(b, title);
    buf_add_str(b, "</text>");
}

static void label(struct buf *b, double x, double y, const char *anchor, const char *text)
{
    buf_printf(b, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    chart_text(b, text);
    buf_add_str(b, "</text>");
}

/* From values to places in the drawing. */
struct scale {
    struct chart c;
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

static void range_find(double *low, double *high, double value)
{
    if (isfinite(value)) {
        *low = fmin(*low, value);
        *high = fmax(*high, value);
    }
}

static void ranges_find(struct chart *c, const struct chart_series *series, size_t n)
{
    const double none = (double)INFINITY;
    double low[2] = {none, none}, high[2] = {-none, -none};
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < series[i].n; k++) {
            range_find(&low[0], &high[0], series[i].x[k]);
            range_find(&low[1], &high[1], series[i].y[k]);
        }
    }
    if (!(c->x_low < c->x_high)) {
        c->x_low = isfinite(low[0]) ? low[0] : 0.0;
        c->x_high = high[0] > c->x_low ? high[0] : c->x_low + 1.0;
    }
    if (!(c->y_low < c->y_high)) {
        c->y_low = isfinite(low[1]) ? low[1] : 0.0;
        c->y_high = high[1] > c->y_low ? high[1] : c->y_low + 1.0;
    }
}

/* 1, 2 or 5 times a power of ten, such that about TICKS fit. */
static double tick_of(double low, double high)
{
    double raw = (high - low) / TICKS, power = pow(10.0, floor(log10(raw)));
    double times = raw / power;
    return power * (times < 1.5 ? 1.0 : times < 3.5 ? 2.0 : times < 7.5 ? 5.0 : 10.0);
}

/* The first tick's number, and how many there are up to the end. */
static double tick_first(double low, double tick)
{
    return ceil(low / tick - 1e-9);
}

static size_t tick_count(double low, double high, double tick)
{
    double n = floor(high / tick + 1e-9) - tick_first(low, tick) + 1.0;
    return n > 0.0 ? (size_t)n : 0;
}

static void x_axis_draw(struct buf *b, const struct scale *s)
{
    const struct chart *c = &s->c;
    const double tick = tick_of(c->x_low, c->x_high), bottom = s->top + s->height;
    const size_t n = tick_count(c->x_low, c->x_high, tick);
    for (size_t i = 0; i < n; i++) {
        char text[32];
        double x = (tick_first(c->x_low, tick) + (double)i) * tick, at = place_x(s, x);
        snprintf(text, sizeof(text), "%g", x);
        buf_printf(b,
                   "<path d=\"M%.1f %.1fV%.1f\" stroke=\"currentColor\" "
                   "stroke-opacity=\"0.15\"/>",
                   at, s->top, bottom);
        label(b, at, bottom + 14.0, "middle", text);
    }
    label(b, s->left + s->width / 2.0, bottom + 30.0, "middle", c->x_name);
}

static void y_axis_draw(struct buf *b, const struct scale *s)
{
    const struct chart *c = &s->c;
    const double tick = tick_of(c->y_low, c->y_high);
    const size_t n = tick_count(c->y_low, c->y_high, tick);
    for (size_t i = 0; i < n; i++) {
        char text[32];
        double y = (tick_first(c->y_low, tick) + (double)i) * tick, at = place_y(s, y);
        snprintf(text, sizeof(text), "%g", y);
        buf_printf(b,
                   "<path d=\"M%.1f %.1fH%.1f\" stroke=\"currentColor\" "
                   "stroke-opacity=\"0.15\"/>",
                   s->left, at, s->left + s->width);
        label(b, s->left - 6.0, at + 4.0, "end", text);
    }
    buf_printf(b, "<text transform=\"translate(12 %.1f) rotate(-90)\" text-anchor=\"middle\">",
               s->top + s->height / 2.0);
    chart_text(b, c->y_name);
    buf_add_str(b, "</text>");
}

static void series_draw(struct buf *b, const struct scale *s, const struct chart_series *series,
                        const char *colour)
{
    bool pen_down = false;
    buf_printf(b, "<path fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\" d=\"", colour);
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
            double size = series->size ? sqrt(series->size[i]) : 0.4;
            buf_printf(b, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\"/>",
                       place_x(s, series->x[i]), place_y(s, series->y[i]), 1.5 + 5.0 * size,
                       colour);
        }
    }
}

void chart_lines(struct buf *b, const struct chart *c, const struct chart_series *series, size_t n)
{
    struct scale s = {.c = *c,
                      .left = LEFT,
                      .top = TOP,
                      .width = c->width - LEFT - RIGHT,
                      .height = c->height - TOP - BOTTOM};
    double legend = s.left + 8.0;
    ranges_find(&s.c, series, n);
    begin(b, c->title, c->width, c->height);
    x_axis_draw(b, &s);
    y_axis_draw(b, &s);
    if (c->diagonal) {
        buf_printf(b,
                   "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"currentColor\" "
                   "stroke-dasharray=\"4 4\" stroke-opacity=\"0.5\"/>",
                   s.left, s.top + s.height, s.left + s.width, s.top);
    }
    for (size_t i = 0; i < n; i++) {
        const char *colour = colours[i % COLOURS];
        series_draw(b, &s, &series[i], colour);
        if (series[i].name) {
            buf_printf(b, "<rect x=\"%.1f\" y=\"%.1f\" width=\"10\" height=\"3\" fill=\"%s\"/>",
                       legend, s.top + 12.0 + 14.0 * (double)i, colour);
            label(b, legend + 14.0, s.top + 16.0 + 14.0 * (double)i, "start", series[i].name);
        }
    }
    buf_add_str(b, "</svg>");
}

void chart_bars(struct buf *b, const char *title, const char *const *names, const double *values,
                size_t n, int digits)
{
    const double width = 560.0, left = 170.0, line = 18.0;
    double most = 0.0, least = 0.0;
    for (size_t i = 0; i < n; i++) {
        range_find(&least, &most, values[i]);
    }
    double unit = (width - left - 60.0) / fmax(most - least, 1e-12);
    begin(b, title, width, TOP + line * (double)n + 8.0);
    for (size_t i = 0; i < n; i++) {
        char text[32];
        double y = TOP + line * (double)i, from = fmin(values[i], 0.0) - least;
        snprintf(text, sizeof(text), "%.*f", digits, values[i]);
        label(b, left - 6.0, y + 12.0, "end", names[i]);
        buf_printf(b,
                   "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"12\" rx=\"2\" "
                   "fill=\"%s\"/>",
                   left + from * unit, y + 2.0, fmax(fabs(values[i]) * unit, 0.5), colours[0]);
        label(b, left + (fmax(values[i], 0.0) - least) * unit + 5.0, y + 12.0, "start", text);
    }
    buf_add_str(b, "</svg>");
}

void chart_heat(struct buf *b, const char *title, const char *const *names, const double *cells,
                size_t n)
{
    const double cell = 22.0, left = 90.0, top = TOP + 78.0;
    const double side = cell * (double)n;
    begin(b, title, left + side + 10.0, top + side + 10.0);
    for (size_t i = 0; i < n; i++) {
        double at = cell * (double)i;
        label(b, left - 5.0, top + at + 15.0, "end", names[i]);
        buf_printf(b, "<text transform=\"translate(%.1f %.1f) rotate(-60)\">", left + at + 14.0,
                   top - 4.0);
        chart_text(b, names[i]);
        buf_add_str(b, "</text>");
        for (size_t k = 0; k < n; k++) {
            double value = cells[i * n + k];
            buf_printf(b,
                       "<rect x=\"%.1f\" y=\"%.1f\" width=\"21\" height=\"21\" fill=\"%s\" "
                       "fill-opacity=\"%.2f\"><title>",
                       left + cell * (double)k, top + at, i == k ? colours[2] : colours[1],
                       fmax(0.04, value));
            chart_text(b, names[i]);
            buf_add_str(b, " taken for ");
            chart_text(b, names[k]);
            buf_printf(b, ": %.0f %%</title></rect>", 100.0 * value);
            if (value >= 0.05) {
                buf_printf(b,
                           "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" "
                           "font-size=\"9\">%.0f</text>",
                           left + cell * (double)k + 10.5, top + at + 14.0, 100.0 * value);
            }
        }
    }
    buf_add_str(b, "</svg>");
}
