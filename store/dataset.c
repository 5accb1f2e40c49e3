#include "store/dataset.h"

#include <string.h>

#include "store/sql.h"

static const char *or_null(const char *s)
{
    return *s ? s : NULL;
}

enum err_code store_dataset_put(struct store *s, const struct store_dataset_row *rows, size_t n,
                                struct err *e)
{
    enum err_code code = store_begin(s, e);
    for (size_t i = 0; code == ERR_OK && i < n; i++)
        code = sql_run(s, e,
                       "INSERT OR REPLACE INTO dataset(key, isrc, song, mask, stat, tags, label)"
                       " VALUES(?, ?, nullif(?, 0), ?, ?, ?, ?)",
                       "ssiibss", rows[i].key, or_null(rows[i].isrc), (int64_t)rows[i].song,
                       (int64_t)rows[i].stat_mask, (const void *)rows[i].stat, sizeof(rows[i].stat),
                       rows[i].tags, rows[i].label);
    return store_end(s, code, e);
}

enum err_code store_dataset_count(struct store *s, int64_t *ret_n, struct err *e)
{
    return sql_int(s, ret_n, 0, e, "SELECT count(*) FROM dataset", "");
}

static void read_row(struct sql *q, struct arena *a, struct store_dataset_row *row)
{
    size_t n = 0;
    const void *blob = sql_col_blob(q, 2, &n);
    *row = (struct store_dataset_row){
        .key = arena_str(a, sql_col_str(q, 0)),
        .isrc = "",
        .stat_mask = (uint32_t)sql_col_int(q, 1),
        .tags = arena_str(a, sql_col_str(q, 3)),
        .label = arena_str(a, sql_col_str(q, 4)),
    };
    if (blob && n == sizeof(row->stat))
        memcpy(row->stat, blob, n);
    else
        row->stat_mask = 0;
}

static enum err_code take_row(struct sql *q, struct arena *a, struct store_dataset_row *row,
                              struct err *e)
{
    while (sql_row(q, e))
        read_row(q, a, row);
    return q->code;
}

/* Each way to find a song has an index of its own, so they are asked one after another. */
enum err_code store_dataset_find(struct store *s, const char *sid, const char *isrc, uint64_t song,
                                 struct arena *a, struct store_dataset_row *ret_row, struct err *e)
{
    struct sql q;
    struct store_dataset_row row = {.key = NULL};
    enum err_code code = sql_start(
        &q, s, e, "SELECT key, mask, stat, tags, label FROM dataset WHERE key = ?", "s", sid);
    code = code ? code : take_row(&q, a, &row, e);
    if (code == ERR_OK && !row.key && *isrc) {
        code = sql_start(&q, s, e,
                         "SELECT key, mask, stat, tags, label FROM dataset WHERE isrc = ? LIMIT 1",
                         "s", isrc);
        code = code ? code : take_row(&q, a, &row, e);
    }
    if (code == ERR_OK && !row.key) {
        code = sql_start(&q, s, e,
                         "SELECT key, mask, stat, tags, label FROM dataset WHERE song = ? LIMIT 1",
                         "i", (int64_t)song);
        code = code ? code : take_row(&q, a, &row, e);
    }
    if (code == ERR_OK)
        *ret_row = row;
    return code;
}
