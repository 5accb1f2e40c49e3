/* Small charts as SVG text, for a light or a dark page: lines and words take the page's colour. No
 * script, nothing from elsewhere; every text is escaped. */
#ifndef CLASSIFIER_CHART_H
#define CLASSIFIER_CHART_H

#include <stddef.h>

#include "base/buf.h"

struct chart_series {
    const char *name; /* in the legend; NULL: none */
    const double *x;  /* (n) */
    const double *y;  /* (n); not finite: a gap */
    size_t n;
    int points;         /* draw a dot at each, of area by `size` if that is given */
    const double *size; /* (n), 0 .. 1; NULL: all alike */
};

struct chart {
    const char *title;
    const char *x_name;
    const char *y_name;
    double x_low, x_high; /* equal: from the data */
    double y_low, y_high; /* likewise */
    int diagonal;         /* a faint line from corner to corner */
    double width, height; /* in the units of the drawing; it scales with the page */
};

/* Escapes for HTML and SVG text and attributes. */
void chart_text(struct buf *b, const char *text);
void chart_lines(struct buf *b, const struct chart *c, const struct chart_series *series, size_t n);
/* names, values: (n), longest bar first if they come so. digits: behind the point. */
void chart_bars(struct buf *b, const char *title, const char *const *names, const double *values,
                size_t n, int digits);
/* cells: (n, n) row-major in 0 .. 1; rows are truths, columns guesses. */
void chart_heat(struct buf *b, const char *title, const char *const *names, const double *cells,
                size_t n);

#endif
