/* The parts that all drawings share: the frame, the words, the colours. No script, nothing from
 * elsewhere; every text is escaped. Drawings use the page's colour and follow its light or dark
 * scheme. */
#ifndef CLASSIFIER_SVG_H
#define CLASSIFIER_SVG_H

#include <stddef.h>

#include "base/buf.h"

#define SVG_COLOURS 4

struct svg {
    const char *title; /* drawn above, and told to who cannot see it */
    const char *desc;  /* told likewise; NULL: none */
    double width, height;
    int alone; /* a file of its own: brings its style and its paper */
};

/* Appends text for SVG or HTML, in elements and in attributes. Control characters and bad UTF-8
 * become U+FFFD, because XML may hold neither. */
void svg_escape(struct buf *b, const char *text);
/* CSS of every drawing, for the head of a page that holds drawings. Classes: f0.. fill and s0..
 * stroke in the colours, grid, axis, strong, small, on (words on a full colour). */
const char *svg_style(void);
void svg_begin(struct buf *b, const struct svg *s);
void svg_end(struct buf *b);
/* anchor: "start", "middle" or "end". */
void svg_label(struct buf *b, double x, double y, const char *anchor, const char *text);
/* The same turned by `degrees` about its place. */
void svg_label_turned(struct buf *b, double x, double y, double degrees, const char *anchor,
                      const char *text);

#endif
