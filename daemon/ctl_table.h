/* Tables and single words for people, with everything from outside made harmless for a terminal. */
#ifndef DAEMON_CTL_TABLE_H
#define DAEMON_CTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#define CTL_TABLE_COLUMNS 8

struct ctl_table_column {
    const char *title;
    bool right;   /* numbers */
    bool shrinks; /* cut when the line is too long; others keep their width */
};

struct ctl_table {
    const struct ctl_table_column *columns; /* borrowed */
    size_t n_columns;
    char **cells; /* (rows, n_columns), owned */
    size_t n_cells;
};

void ctl_table_init(struct ctl_table *t, const struct ctl_table_column *columns, size_t n);
/* The next cell, from left to right and row by row; NULL: empty. */
void ctl_table_add(struct ctl_table *t, const char *text);
void ctl_table_addf(struct ctl_table *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Titles and rows on standard output, lines of `width` columns at most; frees the cells. */
void ctl_table_print(struct ctl_table *t, size_t width, bool color);

/* A copy in which no byte commands the terminal: controls, broken UTF-8 and marks that turn the
 * direction of writing are '?'. Caller: free. */
char *ctl_table_clean(const char *s);
/* Columns of the terminal behind fd; 100 if it is none. */
size_t ctl_table_width(int fd);

#endif
