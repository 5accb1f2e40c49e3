#include "store/playlist.h"

#include <math.h>
#include <string.h>

#include "base/rand.h"
#include "store/journal.h"
#include "store/outbox.h"
#include "store/sql.h"

#define COLUMNS                                                                                    \
    "id, genre, volume, marker, sid, name, snapshot, total, listed, missing_s, state = 'gone',"    \
    " EXISTS(SELECT 1 FROM outbox o WHERE o.playlist = playlist.id AND o.state = 'sent'),"         \
    " adopted, may_remove, state IN ('dropped', 'released'),"                                      \
    " EXISTS(SELECT 1 FROM playlist_list l WHERE l.playlist = playlist.id)"

static struct store_playlist take_row(const struct sql *q, struct arena *a)
{
    return (struct store_playlist){
        .id = sql_col_int(q, 0),
        .genre = arena_str(a, sql_col_str(q, 1)),
        .volume = sql_col_int(q, 2),
        .marker = arena_str(a, sql_col_str(q, 3)),
        .sid = arena_str(a, sql_col_str(q, 4)),
        .name = arena_str(a, sql_col_str(q, 5)),
        .snapshot = arena_str(a, sql_col_str(q, 6)),
        .total = sql_col_int(q, 7),
        .listed = sql_col_int(q, 8) != 0,
        .missing_s = sql_col_int(q, 9),
        .gone = sql_col_int(q, 10) != 0,
        .unknown = sql_col_int(q, 11) != 0,
        .adopted = sql_col_int(q, 12) != 0,
        .may_remove = sql_col_int(q, 13) != 0,
        .let_go = sql_col_int(q, 14) != 0,
        .read = sql_col_int(q, 15) != 0,
    };
}

enum err_code store_playlist_list(struct store *s, int64_t account, struct arena *a,
                                  struct store_playlist **ret_list, size_t *ret_n, struct err *e)
{
    int64_t max = 0;
    struct sql q;
    enum err_code code =
        sql_int(s, &max, 0, e, "SELECT count(*) FROM playlist WHERE account = ?", "i", account);
    if (code == ERR_OK)
        code = sql_start(&q, s, e,
                         "SELECT " COLUMNS " FROM playlist WHERE account = ?"
                         " AND state IN ('active', 'gone') ORDER BY genre, volume",
                         "i", account);
    if (code)
        return code;
    struct store_playlist *list = arena_alloc(a, ((size_t)max + 1) * sizeof(*list));
    size_t n = 0;
    while (sql_row(&q, e))
        list[n++] = take_row(&q, a);
    if (q.code == ERR_OK) {
        *ret_list = list;
        *ret_n = n;
    }
    return q.code;
}

enum err_code store_playlist_find(struct store *s, int64_t account, const char *sid,
                                  struct arena *a, struct store_playlist *ret_playlist,
                                  struct err *e)
{
    struct sql q;
    enum err_code code =
        sql_start(&q, s, e, "SELECT " COLUMNS " FROM playlist WHERE account = ? AND sid = ?", "is",
                  account, sid);
    *ret_playlist = (struct store_playlist){0};
    if (code == ERR_OK && sql_row(&q, e)) {
        *ret_playlist = take_row(&q, a);
        sql_stop(&q);
    }
    return code ? code : q.code;
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

enum err_code store_playlist_share(struct store *s, int64_t account, const char *genre,
                                   const struct library_playlist *p, struct err *e)
{
    int64_t id = 0;
    int64_t volume = 0;
    enum err_code code = sql_int(s, &volume, 0, e,
                                 "SELECT 1 + max(0, coalesce(max(volume), 0)) FROM playlist"
                                 " WHERE account = ? AND genre = ?",
                                 "is", account, genre);
    if (code == ERR_OK)
        code = store_playlist_new(s, account, genre, volume, p->name, &id, e);
    return code ? code
                : sql_run(s, e, "UPDATE playlist SET sid = ?, listed = 1, shared = 1 WHERE id = ?",
                          "si", p->sid, id);
}

static enum err_code of_sid(struct store *s, int64_t account, const char *sid, int64_t *ret_id,
                            struct err *e)
{
    return sql_int(s, ret_id, 0, e, "SELECT max(id) FROM playlist WHERE account = ? AND sid = ?",
                   "is", account, sid);
}

/* One that genred let go, or made itself: by now all that is in it is the person's. */
static enum err_code take_as_theirs(struct store *s, int64_t id, const char *genre, struct err *e)
{
    enum err_code code = store_playlist_take_back(s, id, genre, e);
    return code ? code
                : sql_run(s, e,
                          "UPDATE playlist_item SET by = 'person', p = NULL WHERE playlist = ?"
                          " AND by IN ('genred', 'kept')",
                          "i", id);
}

enum err_code store_playlist_adopt(struct store *s, int64_t account, const char *genre,
                                   const struct library_playlist *p, bool may_remove, struct err *e)
{
    int64_t id = 0;
    enum err_code code = store_begin(s, e);
    if (code == ERR_OK)
        code = of_sid(s, account, p->sid, &id, e);
    if (code == ERR_OK && id)
        code = take_as_theirs(s, id, genre, e);
    else if (code == ERR_OK)
        code = store_playlist_new(s, account, genre, 1, p->name, &id, e);
    if (code == ERR_OK)
        code = sql_run(s, e,
                       "UPDATE playlist SET sid = ?, name = ?, snapshot = '', adopted = 1,"
                       " may_remove = ? WHERE id = ?",
                       "ssii", p->sid, p->name, (int64_t)may_remove, id);
    return store_end(s, code, e);
}

enum err_code store_playlist_created(struct store *s, int64_t id, const char *sid,
                                     const char *snapshot, struct err *e)
{
    struct store_journal_change change = {.playlist = id, .verb = STORE_CREATE, .item = ""};
    struct store_content empty = {.known = true};
    enum err_code code = store_begin(s, e);
    if (code == ERR_OK)
        code =
            sql_int(s, &change.run, 0, e,
                    "SELECT max(run) FROM outbox WHERE playlist = ? AND verb = 'create'", "i", id);
    if (code == ERR_OK)
        code = store_content_put(s, id, &empty, e);
    if (code == ERR_OK)
        code = sql_run(s, e, "UPDATE playlist SET sid = ?, snapshot = ? WHERE id = ?", "ssi", sid,
                       snapshot, id);
    if (code == ERR_OK)
        code = store_journal_add(s, &change, &empty, e);
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

enum err_code store_playlist_let_go(struct store *s, int64_t id, bool unfollowed, struct err *e)
{
    enum err_code code = sql_run(s, e, "UPDATE playlist SET state = ?, volume = -id WHERE id = ?",
                                 "si", unfollowed ? "dropped" : "released", id);
    return code ? code : sql_run(s, e, "DELETE FROM outbox WHERE playlist = ?", "i", id);
}

enum err_code store_playlist_take_back(struct store *s, int64_t id, const char *genre,
                                       struct err *e)
{
    return sql_run(s, e,
                   "UPDATE playlist SET state = 'active', listed = 1, missing_s = 0,"
                   " genre = coalesce(nullif(?1, ''), genre),"
                   " volume = 1 + (SELECT coalesce(max(max(o.volume), 0), 0) FROM playlist o"
                   "  WHERE o.account = playlist.account AND o.id <> playlist.id"
                   "  AND o.genre = coalesce(nullif(?1, ''), playlist.genre)) WHERE id = ?2",
                   "si", genre ? genre : "", id);
}

static const char *const by_names[] = {"genred", "person",  "removed", "kept",
                                       "undone", "doubled", ""};

const char *store_item_by_name(enum store_item_by by)
{
    return by_names[by];
}

enum store_item_by store_item_by_find(const char *name)
{
    for (int by = STORE_BY_GENRED; by < STORE_BY_NOBODY; by++) {
        if (strcmp(name, by_names[by]) == 0)
            return (enum store_item_by)by;
    }
    return STORE_BY_NOBODY;
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
                                 " WHERE p.account = ? AND p.genre = ?"
                                 " AND p.state IN ('active', 'gone')",
                                 "is", account, genre);
    if (code == ERR_OK)
        code = sql_start(&q, s, e,
                         "SELECT i.track, i.playlist, i.by, i.p FROM playlist_item i"
                         " JOIN playlist p ON p.id = i.playlist"
                         " WHERE p.account = ? AND p.genre = ?"
                         " AND p.state IN ('active', 'gone') ORDER BY i.track",
                         "is", account, genre);
    if (code)
        return code;
    struct store_item *items = arena_alloc(a, ((size_t)max + 1) * sizeof(*items));
    size_t n = 0;
    while (sql_row(&q, e))
        items[n++] = (struct store_item){sql_col_int(&q, 0), sql_col_int(&q, 1),
                                         store_item_by_find(sql_col_str(&q, 2)),
                                         sql_col_is_null(&q, 3) ? (double)NAN : sql_col_num(&q, 3)};
    if (q.code == ERR_OK) {
        *ret_items = items;
        *ret_n = n;
    }
    return q.code;
}

enum err_code store_playlist_having(struct store *s, int64_t account, int64_t track,
                                    struct arena *a, const char ***ret_genres, size_t *ret_n,
                                    struct err *e)
{
    struct sql q;
    int64_t most = 0;
    size_t n = 0;
    enum err_code code =
        sql_int(s, &most, 0, e, "SELECT count(*) FROM playlist WHERE account = ?", "i", account);
    if (code == ERR_OK)
        code = sql_start(&q, s, e,
                         "SELECT DISTINCT p.genre FROM playlist p CROSS JOIN playlist_item i"
                         " ON i.playlist = p.id AND i.track = ?2 WHERE p.account = ?1"
                         " AND p.state = 'active' AND i.by NOT IN ('removed', 'undone')",
                         "ii", account, track);
    if (code)
        return code;
    const char **genres = arena_alloc(a, ((size_t)most + 1) * sizeof(*genres));
    while (sql_row(&q, e))
        genres[n++] = arena_str(a, sql_col_str(&q, 0));
    if (q.code == ERR_OK) {
        *ret_genres = genres;
        *ret_n = n;
    }
    return q.code;
}

enum err_code store_playlist_veto(struct store *s, int64_t playlist, int64_t track, struct err *e)
{
    return sql_run(s, e,
                   "INSERT OR REPLACE INTO playlist_item(playlist, track, by)"
                   " VALUES(?, ?, 'removed')",
                   "ii", playlist, track);
}

enum err_code store_playlist_stands(struct store *s, int64_t playlist, int64_t track, double p,
                                    struct err *e)
{
    return sql_run(s, e, "UPDATE playlist_item SET p = ? WHERE playlist = ? AND track = ?", "fii",
                   p, playlist, track);
}

/* The rows of the reading as a table, so that the merge is written in SQL. */
static enum err_code fill_reading(struct store *s, const int64_t *tracks, size_t n, struct err *e)
{
    enum err_code code = sql_run(
        s, e, "CREATE TEMP TABLE IF NOT EXISTS reading(track INTEGER PRIMARY KEY, copies INTEGER)",
        "");
    if (code == ERR_OK)
        code = sql_run(s, e, "DELETE FROM temp.reading", "");
    for (size_t i = 0; code == ERR_OK && i < n; i++)
        code = sql_run(s, e,
                       "INSERT INTO temp.reading(track, copies) VALUES(?, 1)"
                       " ON CONFLICT(track) DO UPDATE SET copies = copies + 1",
                       "i", tracks[i]);
    return code;
}

/* A song that this run put in and that is there twice: the person did so at the same time. */
static enum err_code merge_doubled(struct store *s, int64_t id, int64_t run, struct err *e)
{
    enum err_code code = sql_run(
        s, e,
        "UPDATE playlist_item SET by = 'doubled' WHERE playlist = ?1 AND by = 'genred' AND track IN"
        " (SELECT r.track FROM temp.reading r JOIN track t ON t.id = r.track"
        "  JOIN playlist p ON p.id = ?1 JOIN journal j ON j.run = ?2 AND j.playlist = p.sid"
        "  AND j.verb = 'add' AND j.item = t.sid WHERE r.copies = 2)",
        "ii", id, run);
    if (code == ERR_OK)
        code =
            sql_run(s, e,
                    "UPDATE playlist_item SET by = 'person' WHERE playlist = ? AND by = 'doubled'"
                    " AND track IN (SELECT track FROM temp.reading WHERE copies = 1)",
                    "i", id);
    return code;
}

static enum err_code merge_items(struct store *s, int64_t id, struct err *e)
{
    enum err_code code = sql_run(s, e,
                                 "UPDATE playlist_item SET by = 'removed' WHERE playlist = ?"
                                 " AND by NOT IN ('undone', 'doubled')"
                                 " AND track NOT IN (SELECT track FROM temp.reading)",
                                 "i", id);
    if (code == ERR_OK)
        code = sql_run(s, e,
                       "INSERT INTO playlist_item(playlist, track, by)"
                       " SELECT ?, track, 'person' FROM temp.reading WHERE true"
                       " ON CONFLICT(playlist, track) DO UPDATE SET by = 'person'"
                       " WHERE by IN ('removed', 'undone') OR (by <> 'doubled' AND"
                       "  excluded.track IN (SELECT track FROM temp.reading WHERE copies > 1))",
                       "i", id);
    return code;
}

enum err_code store_playlist_merge(struct store *s, int64_t id, const struct store_reading *reading,
                                   struct err *e)
{
    enum err_code code = store_begin(s, e);
    if (code == ERR_OK)
        code = store_outbox_settle(s, id, reading, e);
    if (code == ERR_OK)
        code = fill_reading(s, reading->tracks, reading->n_tracks, e);
    if (code == ERR_OK)
        code = merge_doubled(s, id, reading->run, e);
    if (code == ERR_OK)
        code = merge_items(s, id, e);
    if (code == ERR_OK)
        code = store_content_put(s, id, &reading->content, e);
    if (code == ERR_OK)
        code = sql_run(s, e, "UPDATE playlist SET snapshot = ?, total = ? WHERE id = ?", "sii",
                       reading->snapshot, (int64_t)reading->content.n, id);
    return store_end(s, code, e);
}
