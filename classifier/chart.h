/* Charts as SVG text (see svg.h). Numbers that are not finite are gaps. */
#ifndef CLASSIFIER_CHART_H
#define CLASSIFIER_CHART_H

#include <stddef.h>

#include "base/buf.h"

struct chart_series {
    const char *name; /* in the legend; NULL: none */
    const double *x;  /* (n) */
    const double *y;  /* (n) */
    size_t n;
    int points;         /* draw a dot at each, of area by `size` if that is given */
    const double *size; /* (n), 0 .. 1; NULL: all alike */
};

struct chart {
    const char *title;
    const char *desc; /* for who cannot see the chart; NULL: none */
    const char *x_name;
    const char *y_name;   /* NULL: not named, as are panels whose page says it once */
    double x_low, x_high; /* equal: from the data, widened to round numbers */
    double y_low, y_high; /* likewise */
    int x_whole;          /* x counts something: no tick between whole numbers */
    int diagonal;         /* a dashed line from corner to corner */
    int ticks;            /* about so many on an axis; 0: five */
    int alone;            /* a file of its own */
    double width, height; /* in the units of the drawing, at most its size on the page */
};

/* Axes with round ticks, the series, and their legend above the plot. */
void chart_lines(struct buf *b, const struct chart *c, const struct chart_series *series, size_t n);

/* One chart of a grid of small ones. */
struct chart_panel {
    struct chart chart;
    const struct chart_series *series; /* (n) */
    size_t n;
};
/* HTML: the legend of the first panel's series once, then each panel; class "panels" lays them out
 * side by side, as many as there is room for. */
void chart_grid(struct buf *b, const struct chart_panel *panels, size_t n);
/* The panels below each other as one drawing that stands alone; panels are as wide as the first. */
void chart_stack(struct buf *b, const char *title, const struct chart_panel *panels, size_t n);

/* Horizontal bars, two at a name if there are two sets of values. */
struct chart_bar_set {
    const char *title;
    const char *desc;
    const char *const *names;  /* (n), in the order in which they are drawn */
    const char *value_name[2]; /* in the legend; NULL: none */
    const double *value[2];    /* (n); the second may be NULL */
    size_t n;
    int digits; /* behind the point */
};
void chart_bars(struct buf *b, const struct chart_bar_set *s);

/* Cells of a square matrix: rows are truths, columns what they were taken for. */
struct chart_cells {
    const char *title;
    const char *desc;
    const char *const *names; /* (n) */
    const double *cells;      /* (n, n) row-major in 0 .. 1 */
    size_t n;
};
void chart_heat(struct buf *b, const struct chart_cells *c);

#endif
