#include "daemon/ctl_table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#define GAP         2
#define COLUMN_MIN  8
#define WIDTH_OTHER 100

static bool is_harmless(uint32_t c)
{
    bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
    bool line = c == 0x2028 || c == 0x2029;
    bool direction = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
                     c == 0x200f || c == 0x061c;
    return !control && !line && !direction;
}

char *ctl_table_clean(const char *s)
{
    size_t n = strlen(s);
    char *clean = mem_array(n + 1, 1);
    char *out = clean;
    while (n > 0) {
        uint32_t c = 0;
        size_t len = text_utf8_next(s, n, &c);
        if (len > 0 && is_harmless(c)) {
            memcpy(out, s, len);
            out += len;
        } else {
            *out++ = '?';
            len = len > 0 ? len : 1;
        }
        s += len;
        n -= len;
    }
    return clean;
}

size_t ctl_table_width(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) {
        return size.ws_col;
    }
    return WIDTH_OTHER;
}

void ctl_table_init(struct ctl_table *t, const struct ctl_table_column *columns, size_t n)
{
    assert(n <= CTL_TABLE_COLUMNS);
    *t = (struct ctl_table){.columns = columns, .n_columns = n};
}

void ctl_table_add(struct ctl_table *t, const char *text)
{
    t->cells = mem_resize(t->cells, t->n_cells + 1, sizeof(*t->cells));
    t->cells[t->n_cells++] = ctl_table_clean(text != NULL ? text : "");
}

void ctl_table_addf(struct ctl_table *t, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    ctl_table_add(t, text);
}

static void widths_find(const struct ctl_table *t, size_t *widths, size_t room)
{
    size_t total = GAP * (t->n_columns - 1);
    for (size_t i = 0; i < t->n_columns; i++) {
        widths[i] = text_columns(t->columns[i].title);
        for (size_t at = i; at < t->n_cells; at += t->n_columns) {
            size_t n = text_columns(t->cells[at]);
            widths[i] = n > widths[i] ? n : widths[i];
        }
        total += widths[i];
    }
    while (total > room) {
        size_t widest = SIZE_MAX;
        for (size_t i = 0; i < t->n_columns; i++) {
            if (t->columns[i].shrinks && widths[i] > COLUMN_MIN &&
                (widest == SIZE_MAX || widths[i] > widths[widest])) {
                widest = i;
            }
        }
        if (widest == SIZE_MAX) {
            return;
        }
        widths[widest]--;
        total--;
    }
}

static void cell_put(const char *text, const struct ctl_table_column *column, size_t width,
                     struct buf *line)
{
    size_t n = text_columns(text);
    for (size_t i = n; column->right && i < width; i++) {
        buf_add_char(line, ' ');
    }
    size_t size = strlen(text) + width + 8;
    char *fitted = mem_alloc(size);
    text_fit(text, column->right && n < width ? n : width, fitted, size);
    buf_add_str(line, fitted);
    free(fitted);
}

/* One line without blanks at its end. cells: (n_columns), NULL: the titles. */
static void line_print(const struct ctl_table *t, const size_t *widths, char *const *cells)
{
    struct buf line = {0};
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct ctl_table_column *column = &t->columns[i];
        buf_add_str(&line, i > 0 ? "  " : "");
        cell_put(cells != NULL ? cells[i] : column->title, column, widths[i], &line);
    }
    while (line.len > 0 && line.data[line.len - 1] == ' ') {
        line.data[--line.len] = '\0';
    }
    fputs(buf_str(&line), stdout);
    buf_free(&line);
}

void ctl_table_print(struct ctl_table *t, size_t width, bool color)
{
    assert(t->n_columns > 0);
    size_t widths[CTL_TABLE_COLUMNS];
    widths_find(t, widths, width);
    fputs(color ? "\x1b[1m" : "", stdout);
    line_print(t, widths, NULL);
    fputs(color ? "\x1b[0m\n" : "\n", stdout);
    for (size_t i = 0; i + t->n_columns <= t->n_cells; i += t->n_columns) {
        line_print(t, widths, &t->cells[i]);
        putchar('\n');
    }
    for (size_t i = 0; i < t->n_cells; i++) {
        free(t->cells[i]);
    }
    free(t->cells);
    *t = (struct ctl_table){0};
}
