/* Prepared statements for the files of store/. SQL text is always a literal: values are bound. */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/store.h"

#define SQL_CACHE 256

struct store {
    sqlite3 *db;
    struct {
        const char *text; /* the literal's address is the key */
        sqlite3_stmt *stmt;
    } cache[SQL_CACHE];
    size_t n_cached;
    int64_t wipes; /* since it was opened: SQLite does not count them as changes */
};

/* One running statement. */
struct sql {
    struct store *store;
    sqlite3_stmt *stmt;
    enum err_code code;
};

/* Sets ERR_STORE with the database's own reason. */
enum err_code sql_fail(struct store *s, struct err *e);

/* Prepares (once per literal) and binds. One letter per parameter: i int64_t, f double, s const
 * char * (NULL binds NULL), b const void * and size_t. Texts and blobs must live until the
 * statement ends. */
ERR_NODISCARD enum err_code sql_start(struct sql *q, struct store *s, struct err *e,
                                      const char *text, const char *types, ...);
/* True while there is a row. At the end, or on failure, resets and returns false; q->code says
 * which. */
bool sql_row(struct sql *q, struct err *e);
void sql_stop(struct sql *q); /* for leaving a loop early */
/* Start, step to the end, ignoring rows. */
ERR_NODISCARD enum err_code sql_run(struct store *s, struct err *e, const char *text,
                                    const char *types, ...);
/* The first column of the first row, otherwise when there is none. */
ERR_NODISCARD enum err_code sql_int(struct store *s, int64_t *ret_value, int64_t otherwise,
                                    struct err *e, const char *text, const char *types, ...);

int64_t sql_col_int(const struct sql *q, int column);
double sql_col_num(const struct sql *q, int column);
const char *sql_col_str(const struct sql *q, int column); /* "" for NULL; until the next row */
bool sql_col_is_null(const struct sql *q, int column);
const void *sql_col_blob(const struct sql *q, int column, size_t *ret_size);

#endif
