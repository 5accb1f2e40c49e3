#include "store/listing.h"

#include "store/sql.h"

enum err_code store_listing_put(struct store *s, int64_t account,
                                const struct library_playlist *list, size_t n, struct err *e)
{
    enum err_code code = store_begin(s, e);
    if (code)
        return code;
    code = sql_run(s, e, "DELETE FROM listing WHERE account = ?", "i", account);
    for (size_t i = 0; code == ERR_OK && i < n; i++)
        code = sql_run(s, e,
                       "INSERT INTO listing(account, ord, sid, name, total) VALUES(?, ?, ?, ?, ?)",
                       "iissi", account, (int64_t)i, list[i].sid, list[i].name, list[i].total);
    return store_end(s, code, e);
}

enum err_code store_listing_get(struct store *s, int64_t account, struct arena *a,
                                struct library_playlist **ret_list, size_t *ret_n, struct err *e)
{
    struct sql q;
    int64_t most = 0;
    size_t n = 0;
    enum err_code code =
        sql_int(s, &most, 0, e, "SELECT count(*) FROM listing WHERE account = ?", "i", account);
    if (code == ERR_OK)
        code = sql_start(&q, s, e,
                         "SELECT sid, name, total FROM listing WHERE account = ? ORDER BY ord", "i",
                         account);
    if (code)
        return code;
    struct library_playlist *list = arena_alloc(a, ((size_t)most + 1) * sizeof(*list));
    while (sql_row(&q, e))
        list[n++] = (struct library_playlist){.sid = arena_str(a, sql_col_str(&q, 0)),
                                              .name = arena_str(a, sql_col_str(&q, 1)),
                                              .description = "",
                                              .snapshot = "",
                                              .owner = "",
                                              .total = sql_col_int(&q, 2)};
    if (q.code == ERR_OK) {
        *ret_list = list;
        *ret_n = n;
    }
    return q.code;
}
