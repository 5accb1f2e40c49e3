#include "store/exclusion.h"

#include "store/sql.h"

enum err_code store_exclusion_put(struct store *s, int64_t account, enum store_excluded kind,
                                  int64_t item, int64_t now_s, struct err *e)
{
    return sql_run(s, e,
                   "INSERT OR IGNORE INTO exclusion(account, kind, item, made_s)"
                   " VALUES(?, ?, ?, ?)",
                   "iiii", account, (int64_t)kind, item, now_s);
}

enum err_code store_exclusion_drop(struct store *s, int64_t account, enum store_excluded kind,
                                   int64_t item, struct err *e)
{
    return sql_run(s, e, "DELETE FROM exclusion WHERE account = ? AND kind = ? AND item = ?", "iii",
                   account, (int64_t)kind, item);
}

static struct store_exclusion read_one(struct sql *q, struct arena *a)
{
    return (struct store_exclusion){
        .kind = sql_col_int(q, 0) ? STORE_EXCLUDED_ARTIST : STORE_EXCLUDED_SONG,
        .item = sql_col_int(q, 1),
        .sid = arena_str(a, sql_col_str(q, 2)),
        .name = arena_str(a, sql_col_str(q, 3)),
        .artists = arena_str(a, sql_col_str(q, 4)),
        .liked = sql_col_int(q, 5),
        .made_s = sql_col_int(q, 6),
    };
}

enum err_code store_exclusion_covers(struct store *s, int64_t account, int64_t track,
                                     bool *ret_excluded, struct err *e)
{
    int64_t n = 0;
    enum err_code code =
        sql_int(s, &n, 0, e,
                "SELECT count(*) FROM exclusion WHERE account = ?1 AND ((kind = 0 AND item = ?2)"
                " OR (kind = 1 AND item IN (SELECT artist FROM track_artist WHERE track = ?2)))",
                "ii", account, track);
    *ret_excluded = n > 0;
    return code;
}

enum err_code store_exclusion_list(struct store *s, int64_t account, struct arena *a,
                                   struct store_exclusion **ret_list, size_t *ret_n, struct err *e)
{
    int64_t max = 0;
    struct sql q;
    enum err_code code =
        sql_int(s, &max, 0, e, "SELECT count(*) FROM exclusion WHERE account = ?", "i", account);
    if (code == ERR_OK)
        code = sql_start(
            &q, s, e,
            "SELECT 0 AS kind, t.id, t.sid, t.name AS name, t.artists,"
            "  EXISTS(SELECT 1 FROM song WHERE account = ?1 AND track = t.id), x.made_s"
            " FROM exclusion x JOIN track t ON t.id = x.item WHERE x.account = ?1 AND x.kind = 0"
            " UNION ALL SELECT 1, ar.id, ar.sid, ar.name, '',"
            "  (SELECT count(DISTINCT ta.track) FROM track_artist ta JOIN song"
            "   ON song.track = ta.track AND song.account = ?1 WHERE ta.artist = ar.id), x.made_s"
            " FROM exclusion x JOIN artist ar ON ar.id = x.item WHERE x.account = ?1 AND x.kind = 1"
            " ORDER BY kind, name, 3",
            "i", account);
    if (code)
        return code;
    struct store_exclusion *list = arena_alloc(a, ((size_t)max + 1) * sizeof(*list));
    size_t n = 0;
    while (sql_row(&q, e))
        list[n++] = read_one(&q, a);
    if (q.code == ERR_OK) {
        *ret_list = list;
        *ret_n = n;
    }
    return q.code;
}

enum err_code store_exclusion_artists(struct store *s, int64_t account, const char *text,
                                      size_t max, struct arena *a,
                                      struct store_exclusion **ret_list, size_t *ret_n,
                                      struct err *e)
{
    struct sql q;
    struct store_exclusion *list = arena_alloc(a, (max + 1) * sizeof(*list));
    size_t n = 0;
    enum err_code code =
        sql_start(&q, s, e,
                  "SELECT 1, ar.id, ar.sid, ar.name, '', count(DISTINCT song.track) AS n, 0"
                  " FROM artist ar JOIN track_artist ta ON ta.artist = ar.id"
                  " JOIN song ON song.track = ta.track AND song.account = ?1"
                  " WHERE ar.sid = ?2 OR lower(ar.name) = lower(?2)"
                  " GROUP BY ar.id ORDER BY ar.sid = ?2 DESC, n DESC, ar.sid LIMIT ?3",
                  "isi", account, text, (int64_t)max);
    if (code)
        return code;
    while (sql_row(&q, e))
        list[n++] = read_one(&q, a);
    if (q.code == ERR_OK) {
        *ret_list = list;
        *ret_n = n;
    }
    return q.code;
}
