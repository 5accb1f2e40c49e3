#include "classifier/svg.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

static const char style[] =
    ".chart{font:11px system-ui,sans-serif;fill:currentColor;max-width:100%;height:auto}"
    ".chart .strong{font-weight:600;font-size:12px}.chart .small{font-size:9px}"
    ".chart .grid{stroke:currentColor;stroke-opacity:.14;fill:none}"
    ".chart .axis{stroke:currentColor;stroke-opacity:.5;fill:none}"
    ".chart .on{fill:#fff}.paper{fill:#fff}"
    ".f0{fill:#1f6fc0}.f1{fill:#c55a11}.f2{fill:#1d7f4e}.f3{fill:#7b4fb0}"
    ".s0{stroke:#1f6fc0}.s1{stroke:#c55a11}.s2{stroke:#1d7f4e}.s3{stroke:#7b4fb0}"
    "@media(prefers-color-scheme:dark){.chart .on{fill:#101418}.paper{fill:#14181d}"
    ".f0{fill:#6db3ff}.f1{fill:#f29e4c}.f2{fill:#5fcf95}.f3{fill:#c3a0f0}"
    ".s0{stroke:#6db3ff}.s1{stroke:#f29e4c}.s2{stroke:#5fcf95}.s3{stroke:#c3a0f0}}";

static const char alone_style[] = "svg.chart{color:#1c2430;color-scheme:light dark}"
                                  "@media(prefers-color-scheme:dark){svg.chart{color:#e8eaed}}";

static const char *entity(uint32_t c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7f || c == 0xfffe || c == 0xffff
                   ? "\xef\xbf\xbd"
                   : NULL;
    }
}

void svg_escape(struct buf *b, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        uint32_t c = 0;
        size_t n = text_utf8_next(text, left, &c);
        const char *other = n > 0 ? entity(c) : "\xef\xbf\xbd";
        n = n > 0 ? n : 1;
        if (other != NULL) {
            buf_add_str(b, other);
        } else {
            buf_add(b, text, n);
        }
        text += n;
        left -= n;
    }
}

const char *svg_style(void)
{
    return style;
}

void svg_begin(struct buf *b, const struct svg *s)
{
    buf_printf(b,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" "
               "viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\"><title>",
               s->width, s->height, s->width, s->height);
    svg_escape(b, s->title);
    buf_add_str(b, "</title>");
    if (s->desc != NULL) {
        buf_add_str(b, "<desc>");
        svg_escape(b, s->desc);
        buf_add_str(b, "</desc>");
    }
    if (s->alone) {
        buf_printf(b, "<style>%s%s</style><rect class=\"paper\" width=\"100%%\" height=\"100%%\"/>",
                   style, alone_style);
    }
    buf_printf(b, "<text class=\"strong\" x=\"%.1f\" y=\"16\" text-anchor=\"middle\">",
               s->width / 2.0);
    svg_escape(b, s->title);
    buf_add_str(b, "</text>");
}

void svg_end(struct buf *b)
{
    buf_add_str(b, "</svg>");
}

void svg_label(struct buf *b, double x, double y, const char *anchor, const char *text)
{
    buf_printf(b, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    svg_escape(b, text);
    buf_add_str(b, "</text>");
}

void svg_label_turned(struct buf *b, double x, double y, double degrees, const char *anchor,
                      const char *text)
{
    buf_printf(b, "<text transform=\"translate(%.1f %.1f) rotate(%.0f)\" text-anchor=\"%s\">", x, y,
               degrees, anchor);
    svg_escape(b, text);
    buf_add_str(b, "</text>");
}
