/* CSV as people export it: quotes, CRLF, BOM, commas, semicolons or tabs, columns in any order. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct csv;

/* Opens path ("-": standard input), gzip too, and reads the header row. The delimiter is what the
 * header has most of outside of quotes among , ; and tab. ERR_IO, or ERR_FORMAT when there is no
 * header; of a first line without an end no more than a row's bytes are read. */
ERR_NODISCARD enum err_code csv_open(const char *path, struct csv **ret_csv, struct err *e);
void csv_close(struct csv *c);

/* Column of that name (ASCII case, blanks, '_' and BOM ignored), SIZE_MAX if absent. */
size_t csv_column(const struct csv *c, const char *name);
/* 1: a row; 0: end; -1: this row is malformed (*e says why) and the next call goes on after it.
 * A row may be at most 1 MiB and span lines inside quotes; bad UTF-8 and NULs make it malformed.
 * Code ERR_FORMAT, or ERR_IO when the file cannot be read any further (then 0 follows). */
int csv_next(struct csv *c, struct err *e);
/* Field of the current row, unquoted; "" when the column is SIZE_MAX or missing in this row. Valid
 * until csv_next. */
const char *csv_field(const struct csv *c, size_t column);
char csv_delimiter(const struct csv *c);
size_t csv_columns(const struct csv *c); /* in the header */
size_t csv_fields(const struct csv *c);  /* in the current row */
int64_t csv_line(const struct csv *c);   /* 1-based number of the row's first line */

#endif
