#include "store/playlist.h"

#include <string.h>

#include "base/rand.h"
#include "store/sql.h"

enum err_code store_playlist_list(struct store *s, int64_t account, struct arena *a,
                                  struct store_playlist **ret_list, size_t *ret_n, struct err *e)
{
    int64_t max = 0;
    struct sql q;
    enum err_code code =
        sql_int(s, &max, 0, e, "SELECT count(*) FROM playlist WHERE account = ?", "i", account);
    if (code == ERR_OK)
        code = sql_start(&q, s, e,
                         "SELECT id, genre, volume, marker, sid, name, snapshot, total, listed,"
                         " missing_s, state = 'gone', EXISTS(SELECT 1 FROM outbox o"
                         "   WHERE o.playlist = playlist.id AND o.state = 'sent')"
                         " FROM playlist WHERE account = ? ORDER BY genre, volume",
                         "i", account);
    if (code)
        return code;
    struct store_playlist *list = arena_alloc(a, ((size_t)max + 1) * sizeof(*list));
    size_t n = 0;
    while (sql_row(&q, e)) {
        list[n++] = (struct store_playlist){
            .id = sql_col_int(&q, 0),
            .genre = arena_str(a, sql_col_str(&q, 1)),
            .volume = sql_col_int(&q, 2),
            .marker = arena_str(a, sql_col_str(&q, 3)),
            .sid = arena_str(a, sql_col_str(&q, 4)),
            .name = arena_str(a, sql_col_str(&q, 5)),
            .snapshot = arena_str(a, sql_col_str(&q, 6)),
            .total = sql_col_int(&q, 7),
            .listed = sql_col_int(&q, 8) != 0,
            .missing_s = sql_col_int(&q, 9),
            .gone = sql_col_int(&q, 10) != 0,
            .unknown = sql_col_int(&q, 11) != 0,
        };
    }
    if (q.code == ERR_OK) {
        *ret_list = list;
        *ret_n = n;
    }
    return q.code;
}

enum err_code store_playlist_new(struct store *s, int64_t account, const char *genre,
                                 int64_t volume, const char *name, int64_t *ret_id, struct err *e)
{
    char marker[STORE_MARKER_LEN + 1];
    uint8_t random[STORE_MARKER_LEN];
    rand_bytes(random, sizeof(random));
    for (size_t i = 0; i < sizeof(random); i++)
        marker[i] = "abcdefghijkmnpqrstuvwxyz23456789"[random[i] % 32];
    marker[STORE_MARKER_LEN] = '\0';
    return sql_int(s, ret_id, 0, e,
                   "INSERT INTO playlist(account, genre, volume, marker, name)"
                   " VALUES(?, ?, ?, ?, ?) RETURNING id",
                   "isiss", account, genre, volume, marker, name);
}

enum err_code store_playlist_created(struct store *s, int64_t id, const char *sid,
                                     const char *snapshot, struct err *e)
{
    enum err_code code = store_begin(s, e);
    if (code == ERR_OK)
        code = sql_run(s, e, "UPDATE playlist SET sid = ?, snapshot = ? WHERE id = ?", "ssi", sid,
                       snapshot, id);
    if (code == ERR_OK)
        code = sql_run(s, e, "DELETE FROM outbox WHERE playlist = ? AND verb = 'create'", "i", id);
    return store_end(s, code, e);
}

enum err_code store_playlist_seen(struct store *s, int64_t id, bool listed, int64_t missing_s,
                                  bool gone, struct err *e)
{
    return sql_run(s, e, "UPDATE playlist SET listed = ?, missing_s = ?, state = ? WHERE id = ?",
                   "iisi", (int64_t)listed, missing_s, gone ? "gone" : "active", id);
}

enum err_code store_playlist_forget(struct store *s, int64_t id, struct err *e)
{
    return sql_run(s, e, "DELETE FROM playlist WHERE id = ?", "i", id);
}

static enum store_item_by by_of_name(const char *name)
{
    if (strcmp(name, "genred") == 0)
        return STORE_BY_GENRED;
    return strcmp(name, "person") == 0 ? STORE_BY_PERSON : STORE_BY_REMOVED;
}

enum err_code store_playlist_items(struct store *s, int64_t account, const char *genre,
                                   struct arena *a, struct store_item **ret_items, size_t *ret_n,
                                   struct err *e)
{
    int64_t max = 0;
    struct sql q;
    enum err_code code = sql_int(s, &max, 0, e,
                                 "SELECT count(*) FROM playlist_item i"
                                 " JOIN playlist p ON p.id = i.playlist"
                                 " WHERE p.account = ? AND p.genre = ?",
                                 "is", account, genre);
    if (code == ERR_OK)
        code = sql_start(&q, s, e,
                         "SELECT i.track, i.playlist, i.by FROM playlist_item i"
                         " JOIN playlist p ON p.id = i.playlist"
                         " WHERE p.account = ? AND p.genre = ? ORDER BY i.track",
                         "is", account, genre);
    if (code)
        return code;
    struct store_item *items = arena_alloc(a, ((size_t)max + 1) * sizeof(*items));
    size_t n = 0;
    while (sql_row(&q, e))
        items[n++] = (struct store_item){sql_col_int(&q, 0), sql_col_int(&q, 1),
                                         by_of_name(sql_col_str(&q, 2))};
    if (q.code == ERR_OK) {
        *ret_items = items;
        *ret_n = n;
    }
    return q.code;
}

/* The rows of the reading as a table, so that the merge is written in SQL. */
static enum err_code fill_reading(struct store *s, const int64_t *tracks, size_t n, struct err *e)
{
    enum err_code code =
        sql_run(s, e, "CREATE TEMP TABLE IF NOT EXISTS reading(track INTEGER PRIMARY KEY)", "");
    if (code == ERR_OK)
        code = sql_run(s, e, "DELETE FROM temp.reading", "");
    for (size_t i = 0; code == ERR_OK && i < n; i++)
        code = sql_run(s, e, "INSERT OR IGNORE INTO temp.reading(track) VALUES(?)", "i", tracks[i]);
    return code;
}

static enum err_code settle_outbox(struct store *s, int64_t id, struct err *e)
{
    enum err_code code = sql_run(s, e,
                                 "INSERT OR REPLACE INTO playlist_item(playlist, track, by)"
                                 " SELECT o.playlist, o.track, 'genred' FROM outbox o"
                                 " JOIN temp.reading r ON r.track = o.track WHERE o.playlist = ?"
                                 " AND o.verb = 'add' AND o.state = 'sent'",
                                 "i", id);
    if (code == ERR_OK)
        code = sql_run(s, e,
                       "DELETE FROM playlist_item WHERE playlist = ?1 AND track IN"
                       " (SELECT o.track FROM outbox o WHERE o.playlist = ?1 AND o.verb = 'remove'"
                       "  AND o.state = 'sent')"
                       " AND track NOT IN (SELECT track FROM temp.reading)",
                       "i", id);
    if (code == ERR_OK)
        code = sql_run(s, e, "DELETE FROM outbox WHERE playlist = ? AND verb IN ('add', 'remove')",
                       "i", id);
    return code;
}

static enum err_code merge_items(struct store *s, int64_t id, struct err *e)
{
    enum err_code code =
        sql_run(s, e,
                "UPDATE playlist_item SET by = 'removed' WHERE playlist = ?"
                " AND by = 'genred' AND track NOT IN (SELECT track FROM temp.reading)",
                "i", id);
    if (code == ERR_OK)
        code = sql_run(s, e,
                       "DELETE FROM playlist_item WHERE playlist = ? AND by = 'person'"
                       " AND track NOT IN (SELECT track FROM temp.reading)",
                       "i", id);
    if (code == ERR_OK)
        code = sql_run(s, e,
                       "INSERT INTO playlist_item(playlist, track, by)"
                       " SELECT ?, track, 'person' FROM temp.reading WHERE true"
                       " ON CONFLICT(playlist, track) DO UPDATE SET by = 'person'"
                       " WHERE by = 'removed'",
                       "i", id);
    return code;
}

enum err_code store_playlist_merge(struct store *s, int64_t id, const char *snapshot,
                                   const int64_t *tracks, size_t n, int64_t total, struct err *e)
{
    enum err_code code = store_begin(s, e);
    if (code == ERR_OK)
        code = fill_reading(s, tracks, n, e);
    if (code == ERR_OK)
        code = settle_outbox(s, id, e);
    if (code == ERR_OK)
        code = merge_items(s, id, e);
    if (code == ERR_OK)
        code = sql_run(s, e, "UPDATE playlist SET snapshot = ?, total = ? WHERE id = ?", "sii",
                       snapshot, total, id);
    return store_end(s, code, e);
}
