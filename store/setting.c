#include "store/setting.h"

#include "store/sql.h"

enum err_code store_setting_get(struct store *s, const char *key, struct buf *ret_value,
                                struct err *e)
{
    struct sql q;
    enum err_code code = sql_start(&q, s, e, "SELECT value FROM setting WHERE key = ?", "s", key);
    if (code)
        return code;
    buf_clear(ret_value);
    while (sql_row(&q, e)) {
        size_t n = 0;
        const void *value = sql_col_blob(&q, 0, &n);
        buf_add(ret_value, value, n);
    }
    return q.code;
}

enum err_code store_setting_put(struct store *s, const char *key, const void *value, size_t n,
                                struct err *e)
{
    return sql_run(s, e,
                   "INSERT INTO setting(key, value) VALUES(?, ?)"
                   " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                   "sb", key, value, n);
}

enum err_code store_setting_drop(struct store *s, const char *key, struct err *e)
{
    return sql_run(s, e, "DELETE FROM setting WHERE key = ?", "s", key);
}
