#include "store/track.h"

#include <string.h>

#include "store/sql.h"

/* "A; B" */
static const char *artist_names(const struct library_track *t, struct arena *a)
{
    const char *joined = "";
    for (size_t i = 0; i < t->n_artists; i++)
        joined = arena_printf(a, "%s%s%s", joined, i ? "; " : "", t->artists[i].name);
    return joined;
}

static enum err_code artists_put(struct store *s, int64_t track, const struct library_track *t,
                                 struct err *e)
{
    enum err_code code = sql_run(s, e, "DELETE FROM track_artist WHERE track = ?", "i", track);
    for (size_t i = 0; code == ERR_OK && i < t->n_artists; i++) {
        const struct library_artist *artist = &t->artists[i];
        int64_t id = 0;
        if (!*artist->sid)
            continue;
        code = sql_int(s, &id, 0, e,
                       "INSERT INTO artist(sid, name) VALUES(?, ?)"
                       " ON CONFLICT(sid) DO UPDATE SET name = excluded.name RETURNING id",
                       "ss", artist->sid, artist->name);
        if (code == ERR_OK)
            code = sql_run(s, e, "INSERT INTO track_artist(track, place, artist) VALUES(?, ?, ?)",
                           "iii", track, (int64_t)i, id);
    }
    return code;
}

/* 0 when the row is missing or differs in anything. */
static enum err_code find_unchanged(struct store *s, const struct library_track *t,
                                    const char *artists, int64_t *ret_track, struct err *e)
{
    return sql_int(
        s, ret_track, 0, e,
        "SELECT id FROM track WHERE sid = ? AND linked_sid IS ? AND name = ? AND album = ?"
        " AND artists = ? AND release_date = ? AND duration_ms = ? AND explicit = ?"
        " AND isrc IS ? AND playable = ?",
        "ssssssiisi", t->sid, *t->linked_sid ? t->linked_sid : NULL, t->name, t->album, artists,
        t->release_date, t->duration_ms, (int64_t)t->is_explicit, *t->isrc ? t->isrc : NULL,
        (int64_t)t->playable);
}

enum err_code store_track_put(struct store *s, const struct library_track *t, int64_t *ret_track,
                              struct err *e)
{
    struct arena a = {0};
    const char *artists = artist_names(t, &a);
    int64_t id = 0;
    enum err_code code = find_unchanged(s, t, artists, &id, e);
    if (code == ERR_OK && !id) {
        code = sql_int(
            s, &id, 0, e,
            "INSERT INTO track(sid, linked_sid, name, album, artists, release_date, duration_ms,"
            " explicit, isrc, playable) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT(sid) DO UPDATE SET linked_sid = excluded.linked_sid,"
            " name = excluded.name, album = excluded.album, artists = excluded.artists,"
            " release_date = excluded.release_date, duration_ms = excluded.duration_ms,"
            " explicit = excluded.explicit, isrc = excluded.isrc, playable = excluded.playable"
            " RETURNING id",
            "ssssssiisi", t->sid, *t->linked_sid ? t->linked_sid : NULL, t->name, t->album, artists,
            t->release_date, t->duration_ms, (int64_t)t->is_explicit, *t->isrc ? t->isrc : NULL,
            (int64_t)t->playable);
        if (code == ERR_OK)
            code = artists_put(s, id, t, e);
        if (code == ERR_OK)
            code = sql_run(s, e, "UPDATE label SET stale = 1 WHERE track = ?", "i", id);
    }
    arena_free(&a);
    if (code == ERR_OK)
        *ret_track = id;
    return code;
}

enum err_code store_track_find(struct store *s, const char *sid, const char *isrc,
                               int64_t *ret_track, struct err *e)
{
    int64_t id = 0;
    enum err_code code = sql_int(s, &id, 0, e, "SELECT id FROM track WHERE sid = ?1", "s", sid);
    if (code == ERR_OK && !id)
        code = sql_int(s, &id, 0, e, "SELECT id FROM track WHERE linked_sid = ? LIMIT 1", "s", sid);
    if (code == ERR_OK && !id && *isrc)
        code = sql_int(s, &id, 0, e, "SELECT id FROM track WHERE isrc = ? LIMIT 1", "s", isrc);
    if (code == ERR_OK)
        *ret_track = id;
    return code;
}

enum err_code store_track_sid(struct store *s, int64_t track, struct arena *a, const char **ret_sid,
                              struct err *e)
{
    struct sql q;
    enum err_code code = sql_start(&q, s, e, "SELECT sid FROM track WHERE id = ?", "i", track);
    *ret_sid = "";
    if (code == ERR_OK && sql_row(&q, e)) {
        *ret_sid = arena_str(a, sql_col_str(&q, 0));
        sql_stop(&q);
    }
    return code ? code : q.code;
}

enum err_code store_track_is_sorted(struct store *s, int64_t account, int64_t track,
                                    bool *ret_sorted, struct err *e)
{
    int64_t n = 0;
    enum err_code code =
        sql_int(s, &n, 0, e, "SELECT count(*) FROM song WHERE account = ? AND track = ?", "ii",
                account, track);
    *ret_sorted = n > 0;
    return code;
}

enum err_code store_track_refuse(struct store *s, int64_t track, struct err *e)
{
    return sql_run(s, e, "UPDATE track SET addable = 0 WHERE id = ?", "i", track);
}

static enum err_code take_ids(struct sql *q, int64_t *cursor, struct arena *a,
                              struct store_ids *ret_ids, struct err *e)
{
    struct store_ids ids = {.n = 0};
    while (sql_row(q, e)) {
        ids.row[ids.n] = sql_col_int(q, 0);
        ids.sid[ids.n] = arena_str(a, sql_col_str(q, 1));
        ids.n++;
    }
    if (q->code == ERR_OK) {
        if (ids.n)
            *cursor = ids.row[ids.n - 1];
        *ret_ids = ids;
    }
    return q->code;
}

enum err_code store_track_lacking(struct store *s, int64_t account, const char *source,
                                  int64_t *cursor, size_t max, struct arena *a,
                                  struct store_ids *ret_ids, struct err *e)
{
    struct sql q;
    enum err_code code =
        sql_start(&q, s, e,
                  "SELECT t.id, t.sid FROM song JOIN track t ON t.id = song.track"
                  " WHERE song.account = ? AND t.id > ?"
                  " AND NOT EXISTS(SELECT 1 FROM feature f WHERE f.track = t.id AND f.source = ?)"
                  " ORDER BY t.id LIMIT min(?, 100)",
                  "iisi", account, *cursor, source, (int64_t)max);
    return code ? code : take_ids(&q, cursor, a, ret_ids, e);
}

enum err_code store_artist_lacking(struct store *s, int64_t account, const char *source,
                                   int64_t *cursor, size_t max, struct arena *a,
                                   struct store_ids *ret_ids, struct err *e)
{
    struct sql q;
    enum err_code code =
        sql_start(&q, s, e,
                  "SELECT ar.id, ar.sid FROM artist ar WHERE ar.id > ?"
                  " AND EXISTS(SELECT 1 FROM track_artist ta JOIN song ON song.track = ta.track"
                  "   WHERE ta.artist = ar.id AND song.account = ?)"
                  " AND NOT EXISTS(SELECT 1 FROM tag WHERE tag.artist = ar.id AND tag.source = ?)"
                  " ORDER BY ar.id LIMIT min(?, 100)",
                  "iisi", *cursor, account, source, (int64_t)max);
    return code ? code : take_ids(&q, cursor, a, ret_ids, e);
}

enum err_code store_track_lacking_count(struct store *s, int64_t account, const char *source,
                                        int64_t *ret_n, struct err *e)
{
    return sql_int(s, ret_n, 0, e,
                   "SELECT count(*) FROM song WHERE account = ? AND NOT EXISTS"
                   "(SELECT 1 FROM feature f WHERE f.track = song.track AND f.source = ?)",
                   "is", account, source);
}

enum err_code store_artist_lacking_count(struct store *s, int64_t account, const char *source,
                                         int64_t *ret_n, struct err *e)
{
    return sql_int(
        s, ret_n, 0, e,
        "SELECT count(DISTINCT ta.artist) FROM song"
        " JOIN track_artist ta ON ta.track = song.track WHERE song.account = ?"
        " AND NOT EXISTS(SELECT 1 FROM tag WHERE tag.artist = ta.artist AND tag.source = ?)",
        "is", account, source);
}
