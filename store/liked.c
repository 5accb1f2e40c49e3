#include "store/liked.h"

#include <string.h>

#include "store/sql.h"
#include "store/track.h"

enum err_code store_liked_head_get(struct store *s, int64_t account,
                                   struct store_liked_head *ret_head, struct err *e)
{
    struct sql q;
    enum err_code code =
        sql_start(&q, s, e, "SELECT liked_head FROM account WHERE id = ?", "i", account);
    if (code)
        return code;
    memset(ret_head, 0, sizeof(*ret_head));
    while (sql_row(&q, e)) {
        size_t n = 0;
        const void *blob = sql_col_blob(&q, 0, &n);
        if (blob && n == sizeof(*ret_head))
            memcpy(ret_head, blob, n);
    }
    return q.code;
}

enum err_code store_liked_head_put(struct store *s, int64_t account,
                                   const struct store_liked_head *head, struct err *e)
{
    return sql_run(s, e, "UPDATE account SET liked_head = ?, liked_total = ? WHERE id = ?", "bii",
                   (const void *)head, sizeof(*head), head->total, account);
}

enum err_code store_liked_walk(struct store *s, int64_t account, int64_t *ret_walk, struct err *e)
{
    return sql_int(s, ret_walk, 0, e,
                   "UPDATE account SET walk = walk + 1 WHERE id = ? RETURNING walk", "i", account);
}

enum err_code store_liked_page(struct store *s, int64_t account, int64_t walk, int64_t bottom,
                               const struct library_page *page, struct err *e)
{
    enum err_code code = store_begin(s, e);
    for (size_t i = 0; code == ERR_OK && i < page->n; i++) {
        const struct library_entry *entry = &page->entries[i];
        int64_t track = 0;
        if (entry->kind != LIBRARY_TRACK)
            continue;
        code = store_track_put(s, &entry->track, &track, e);
        if (code == ERR_OK)
            code = sql_run(s, e,
                           "INSERT INTO liked(account, track, added_s, ord, walk)"
                           " VALUES(?, ?, ?, ?, ?) ON CONFLICT(account, track) DO UPDATE SET"
                           " added_s = excluded.added_s, ord = excluded.ord, walk = excluded.walk",
                           "iiiii", account, track, entry->added_s, bottom - (int64_t)i, walk);
    }
    return store_end(s, code, e);
}

enum err_code store_liked_missing(struct store *s, int64_t account, int64_t walk, int64_t *ret_n,
                                  struct err *e)
{
    return sql_int(s, ret_n, 0, e, "SELECT count(*) FROM liked WHERE account = ? AND walk < ?",
                   "ii", account, walk);
}

enum err_code store_liked_drop_missing(struct store *s, int64_t account, int64_t walk,
                                       struct err *e)
{
    return sql_run(s, e, "DELETE FROM liked WHERE account = ? AND walk < ?", "ii", account, walk);
}

enum err_code store_liked_clear(struct store *s, int64_t account, struct err *e)
{
    enum err_code code = store_begin(s, e);
    if (code == ERR_OK)
        code = sql_run(s, e, "DELETE FROM liked WHERE account = ?", "i", account);
    if (code == ERR_OK)
        code = sql_run(s, e,
                       "UPDATE account SET liked_head = NULL, liked_total = 0 WHERE id = ?"
                       " AND liked_head IS NOT NULL",
                       "i", account);
    return store_end(s, code, e);
}

enum err_code store_liked_count(struct store *s, int64_t account, const char *model,
                                struct store_liked_counts *ret_counts, struct err *e)
{
    struct sql q;
    enum err_code code = sql_start(
        &q, s, e,
        "SELECT count(CASE WHEN song.liked THEN 1 END), count(label.track),"
        " sum(EXISTS(SELECT 1 FROM feature f CROSS JOIN source_order o ON o.source = f.source"
        "   WHERE f.track = song.track AND f.mask <> 0)),"
        " sum(EXISTS(SELECT 1 FROM track_artist ta CROSS JOIN tag ON tag.artist = ta.artist"
        "   CROSS JOIN source_order o ON o.source = tag.source"
        "   WHERE ta.track = song.track AND tag.tags <> '')"
        "  OR EXISTS(SELECT 1 FROM track_word w CROSS JOIN source_order o ON o.source = w.source"
        "   WHERE w.track = song.track AND w.tags <> '')),"
        " count(CASE WHEN song.liked THEN t.isrc END)"
        "  - count(DISTINCT CASE WHEN song.liked THEN t.isrc END),"
        " count(CASE WHEN NOT song.liked THEN 1 END)"
        " FROM song JOIN track t ON t.id = song.track"
        " LEFT JOIN label ON label.track = song.track AND label.model = ?"
        " WHERE song.account = ?",
        "si", model, account);
    if (code)
        return code;
    *ret_counts = (struct store_liked_counts){0};
    while (sql_row(&q, e))
        *ret_counts =
            (struct store_liked_counts){sql_col_int(&q, 0), sql_col_int(&q, 1), sql_col_int(&q, 2),
                                        sql_col_int(&q, 3), sql_col_int(&q, 4), sql_col_int(&q, 5)};
    return q.code;
}

enum err_code store_liked_times(struct store *s, int64_t account, struct arena *a,
                                struct store_liked_time **ret_list, size_t *ret_n, struct err *e)
{
    struct sql q;
    int64_t max = 0;
    size_t n = 0;
    enum err_code code =
        sql_int(s, &max, 0, e, "SELECT count(*) FROM liked WHERE account = ?", "i", account);
    if (code == ERR_OK)
        code =
            sql_start(&q, s, e, "SELECT track, added_s FROM liked WHERE account = ? ORDER BY track",
                      "i", account);
    if (code)
        return code;
    struct store_liked_time *list = arena_alloc(a, ((size_t)max + 1) * sizeof(*list));
    while (sql_row(&q, e))
        list[n++] = (struct store_liked_time){sql_col_int(&q, 0), sql_col_int(&q, 1)};
    if (q.code == ERR_OK) {
        *ret_list = list;
        *ret_n = n;
    }
    return q.code;
}

enum err_code store_liked_search(struct store *s, int64_t account, const char *text, size_t max,
                                 struct arena *a, struct store_found **ret_list, size_t *ret_n,
                                 struct err *e)
{
    struct sql q;
    struct store_found *list = arena_alloc(a, (max + 1) * sizeof(*list));
    size_t n = 0;
    enum err_code code =
        sql_start(&q, s, e,
                  "SELECT t.id, t.sid, t.name, t.artists,"
                  " CASE WHEN ?2 IN (t.sid, t.linked_sid) THEN 2"
                  "   WHEN lower(t.name) = lower(?2) THEN 1 ELSE 0 END AS fit"
                  " FROM song JOIN track t ON t.id = song.track WHERE song.account = ?1"
                  " AND (fit > 0 OR instr(lower(t.name || ' - ' || t.artists), lower(?2)) > 0)"
                  " ORDER BY fit DESC, song.ord DESC LIMIT ?3",
                  "isi", account, text, (int64_t)max);
    if (code)
        return code;
    while (sql_row(&q, e))
        list[n++] = (struct store_found){sql_col_int(&q, 0), arena_str(a, sql_col_str(&q, 1)),
                                         arena_str(a, sql_col_str(&q, 2)),
                                         arena_str(a, sql_col_str(&q, 3)), (int)sql_col_int(&q, 4)};
    if (q.code == ERR_OK) {
        *ret_list = list;
        *ret_n = n;
    }
    return q.code;
}

enum err_code store_liked_since(struct store *s, int64_t account, int64_t track,
                                int64_t *ret_added_s, struct err *e)
{
    return sql_int(s, ret_added_s, 0, e,
                   "SELECT added_s FROM liked WHERE account = ? AND track = ?", "ii", account,
                   track);
}
