#include "store/sql.h"

#include <assert.h>
#include <stdarg.h>

enum err_code sql_fail(struct store *s, struct err *e)
{
    int code = sqlite3_extended_errcode(s->db) & 0xff;
    if (code == SQLITE_FULL)
        return err_set(e, ERR_STORE, "the disk is full, so the database cannot be written");
    if (code == SQLITE_READONLY)
        return err_set(e, ERR_STORE, "the database is read-only");
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        return err_set(e, ERR_STORE, "the database is damaged (%s)", sqlite3_errmsg(s->db));
    return err_set(e, ERR_STORE, "the database failed: %s", sqlite3_errmsg(s->db));
}

static enum err_code prepare(struct store *s, const char *text, sqlite3_stmt **ret_stmt,
                             struct err *e)
{
    for (size_t i = 0; i < s->n_cached; i++) {
        if (s->cache[i].text == text) {
            *ret_stmt = s->cache[i].stmt;
            return ERR_OK;
        }
    }
    assert(s->n_cached < SQL_CACHE);
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v3(s->db, text, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
        return sql_fail(s, e);
    s->cache[s->n_cached].text = text;
    s->cache[s->n_cached].stmt = stmt;
    s->n_cached++;
    *ret_stmt = stmt;
    return ERR_OK;
}

static int bind_one(sqlite3_stmt *stmt, int at, char type, va_list *args)
{
    switch (type) {
    case 'i':
        return sqlite3_bind_int64(stmt, at, va_arg(*args, int64_t));
    case 'f':
        return sqlite3_bind_double(stmt, at, va_arg(*args, double));
    case 's':
        return sqlite3_bind_text(stmt, at, va_arg(*args, const char *), -1, SQLITE_STATIC);
    case 'b': {
        const void *p = va_arg(*args, const void *);
        return sqlite3_bind_blob64(stmt, at, p, va_arg(*args, size_t), SQLITE_STATIC);
    }
    default:
        assert(false && "a letter that sql_start does not know");
        return SQLITE_MISUSE;
    }
}

static enum err_code start_list(struct sql *q, struct store *s, struct err *e, const char *text,
                                const char *types, va_list *args)
{
    *q = (struct sql){.store = s};
    q->code = prepare(s, text, &q->stmt, e);
    if (q->code)
        return q->code;
    assert((size_t)sqlite3_bind_parameter_count(q->stmt) == __builtin_strlen(types));
    for (int i = 0; types[i]; i++) {
        if (bind_one(q->stmt, i + 1, types[i], args) != SQLITE_OK) {
            q->code = sql_fail(s, e);
            sql_stop(q);
            return q->code;
        }
    }
    return ERR_OK;
}

enum err_code sql_start(struct sql *q, struct store *s, struct err *e, const char *text,
                        const char *types, ...)
{
    va_list args;
    va_start(args, types);
    enum err_code code = start_list(q, s, e, text, types, &args);
    va_end(args);
    return code;
}

bool sql_row(struct sql *q, struct err *e)
{
    int rc = sqlite3_step(q->stmt);
    if (rc == SQLITE_ROW)
        return true;
    if (rc != SQLITE_DONE)
        q->code = sql_fail(q->store, e);
    sql_stop(q);
    return false;
}

void sql_stop(struct sql *q)
{
    if (!q->stmt)
        return;
    sqlite3_reset(q->stmt);
    sqlite3_clear_bindings(q->stmt);
    q->stmt = NULL;
}

static enum err_code run_to_end(struct sql *q, struct err *e)
{
    while (sql_row(q, e))
        ;
    return q->code;
}

enum err_code sql_run(struct store *s, struct err *e, const char *text, const char *types, ...)
{
    struct sql q;
    va_list args;
    va_start(args, types);
    enum err_code code = start_list(&q, s, e, text, types, &args);
    va_end(args);
    return code ? code : run_to_end(&q, e);
}

enum err_code sql_int(struct store *s, int64_t *ret_value, int64_t otherwise, struct err *e,
                      const char *text, const char *types, ...)
{
    struct sql q;
    va_list args;
    va_start(args, types);
    enum err_code code = start_list(&q, s, e, text, types, &args);
    va_end(args);
    if (code)
        return code;
    int64_t value = otherwise;
    if (sql_row(&q, e)) {
        value = sql_col_is_null(&q, 0) ? otherwise : sql_col_int(&q, 0);
        sql_stop(&q);
    }
    if (q.code == ERR_OK)
        *ret_value = value;
    return q.code;
}

int64_t sql_col_int(const struct sql *q, int column)
{
    return sqlite3_column_int64(q->stmt, column);
}

double sql_col_num(const struct sql *q, int column)
{
    return sqlite3_column_double(q->stmt, column);
}

const char *sql_col_str(const struct sql *q, int column)
{
    const unsigned char *text = sqlite3_column_text(q->stmt, column);
    return text ? (const char *)text : "";
}

bool sql_col_is_null(const struct sql *q, int column)
{
    return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

const void *sql_col_blob(const struct sql *q, int column, size_t *ret_size)
{
    const void *blob = sqlite3_column_blob(q->stmt, column);
    *ret_size = (size_t)sqlite3_column_bytes(q->stmt, column);
    return blob;
}
