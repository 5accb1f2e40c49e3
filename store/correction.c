#include "store/correction.h"

#include "store/sql.h"

enum err_code store_correction_put(struct store *s, int64_t account,
                                   const struct store_correction *c, struct err *e)
{
    enum err_code code =
        sql_run(s, e,
                "INSERT INTO correction(account, track, genre, verdict, made_s)"
                " VALUES(?, ?, ?, ?, ?) ON CONFLICT(account, track, genre) DO UPDATE SET"
                " verdict = excluded.verdict, made_s = excluded.made_s",
                "iisii", account, c->track, c->genre, (int64_t)c->is, c->made_s);
    if (code || !c->is)
        return code;
    return sql_run(s, e,
                   "DELETE FROM playlist_item WHERE track = ? AND by IN ('removed', 'undone')"
                   " AND playlist IN (SELECT id FROM playlist WHERE account = ? AND genre = ?)",
                   "iis", c->track, account, c->genre);
}

enum err_code store_correction_drop(struct store *s, int64_t account, int64_t track, int64_t *ret_n,
                                    struct err *e)
{
    enum err_code code =
        sql_int(s, ret_n, 0, e, "SELECT count(*) FROM correction WHERE account = ? AND track = ?",
                "ii", account, track);
    return code ? code
                : sql_run(s, e, "DELETE FROM correction WHERE account = ? AND track = ?", "ii",
                          account, track);
}

enum err_code store_correction_drop_genre(struct store *s, int64_t account, const char *genre,
                                          struct err *e)
{
    return sql_run(s, e, "DELETE FROM correction WHERE account = ? AND genre = ?", "is", account,
                   genre);
}

enum err_code store_correction_count(struct store *s, int64_t account, const char *genre,
                                     int64_t *ret_n, struct err *e)
{
    return sql_int(s, ret_n, 0, e,
                   "SELECT count(*) FROM correction WHERE account = ? AND genre = ? AND verdict",
                   "is", account, genre);
}

enum err_code store_correction_list(struct store *s, int64_t account, struct arena *a,
                                    struct store_correction **ret_list, size_t *ret_n,
                                    struct err *e)
{
    struct sql q;
    struct store_correction *list = NULL;
    size_t n = 0;
    size_t cap = 0;
    enum err_code code =
        sql_start(&q, s, e,
                  "SELECT track, genre, verdict, made_s FROM correction WHERE account = ?1"
                  " UNION ALL SELECT i.track, p.genre, i.by = 'person', 0 FROM playlist_item i"
                  "  JOIN playlist p ON p.id = i.playlist WHERE p.account = ?1"
                  "  AND p.state IN ('active', 'gone')"
                  "  AND i.by IN ('person', 'removed') AND NOT p.shared"
                  "  AND NOT EXISTS(SELECT 1 FROM correction c WHERE c.account = ?1"
                  "   AND c.track = i.track AND c.genre = p.genre)"
                  " ORDER BY made_s, track, genre",
                  "i", account);
    if (code)
        return code;
    while (sql_row(&q, e)) {
        if (n == cap) {
            struct store_correction *larger = arena_alloc(a, (2 * cap + 16) * sizeof(*larger));
            for (size_t i = 0; i < n; i++)
                larger[i] = list[i];
            list = larger;
            cap = 2 * cap + 16;
        }
        list[n++] = (struct store_correction){sql_col_int(&q, 0), arena_str(a, sql_col_str(&q, 1)),
                                              sql_col_int(&q, 2) != 0, sql_col_int(&q, 3)};
    }
    if (q.code == ERR_OK) {
        *ret_list = list;
        *ret_n = n;
    }
    return q.code;
}
