#include "store/account.h"

#include "store/sql.h"

enum err_code store_account_put(struct store *s, const char *key, const char *user_id,
                                const char *name, int64_t *ret_id, struct err *e)
{
    int64_t id = 0;
    enum err_code code = sql_int(
        s, &id, 0, e, "SELECT id FROM account WHERE key IN (?1, ?2) ORDER BY key = ?1 DESC LIMIT 1",
        "ss", key, user_id);
    if (code == ERR_OK && id)
        code = sql_run(s, e, "UPDATE account SET key = ?, user_id = ?, name = ? WHERE id = ?",
                       "sssi", key, user_id, name, id);
    else if (code == ERR_OK)
        code = sql_int(s, &id, 0, e,
                       "INSERT INTO account(key, user_id, name) VALUES(?, ?, ?) RETURNING id",
                       "sss", key, user_id, name);
    if (code == ERR_OK)
        *ret_id = id;
    return code;
}

enum err_code store_account_get(struct store *s, int64_t id, struct arena *a,
                                struct store_account *ret_account, struct err *e)
{
    struct sql q;
    enum err_code code =
        sql_start(&q, s, e,
                  "SELECT id, key, user_id, name, genres, last_sync_s, last_sort_s,"
                  " tree, places FROM account WHERE id = ?",
                  "i", id);
    if (code)
        return code;
    struct store_account account = {0, "", "", "", "", "", "", 0, 0};
    while (sql_row(&q, e)) {
        account = (struct store_account){
            .id = sql_col_int(&q, 0),
            .key = arena_str(a, sql_col_str(&q, 1)),
            .user_id = arena_str(a, sql_col_str(&q, 2)),
            .name = arena_str(a, sql_col_str(&q, 3)),
            .genres = arena_str(a, sql_col_str(&q, 4)),
            .tree = arena_str(a, sql_col_str(&q, 7)),
            .places = arena_str(a, sql_col_str(&q, 8)),
            .last_sync_s = sql_col_int(&q, 5),
            .last_sort_s = sql_col_int(&q, 6),
        };
    }
    if (q.code == ERR_OK)
        *ret_account = account;
    return q.code;
}

enum err_code store_account_choose(struct store *s, int64_t id, const char *genres, struct err *e)
{
    return sql_run(s, e, "UPDATE account SET genres = ? WHERE id = ?", "si", genres, id);
}

enum err_code store_account_edit(struct store *s, int64_t id, const char *tree, struct err *e)
{
    return sql_run(s, e, "UPDATE account SET tree = ? WHERE id = ?", "si", tree, id);
}

enum err_code store_account_place(struct store *s, int64_t id, const char *places, struct err *e)
{
    return sql_run(s, e, "UPDATE account SET places = ? WHERE id = ?", "si", places, id);
}

enum err_code store_account_synced(struct store *s, int64_t id, int64_t now_s, bool sorted,
                                   struct err *e)
{
    return sql_run(s, e,
                   "UPDATE account SET last_sync_s = ?1,"
                   " last_sort_s = CASE WHEN ?2 THEN ?1 ELSE last_sort_s END WHERE id = ?3",
                   "iii", now_s, (int64_t)sorted, id);
}
