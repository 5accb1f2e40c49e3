#include "store/label.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/fact.h"
#include "store/sql.h"

static void read_song(struct sql *q, struct arena *a, struct song *song)
{
    char year[5];
    int64_t value = 0;
    text_copy(year, sizeof(year), sql_col_str(q, 5));
    *song = (struct song){
        .id = arena_str(a, sql_col_str(q, 1)),
        .name = arena_str(a, sql_col_str(q, 2)),
        .artists = arena_str(a, sql_col_str(q, 3)),
        .album = arena_str(a, sql_col_str(q, 4)),
        .year = text_to_int(year, 1000, 2999, &value) ? (int)value : 0,
        .duration_ms = sql_col_int(q, 6),
        .is_explicit = (int)sql_col_int(q, 7),
    };
}

enum err_code store_label_lacking(struct store *s, int64_t account, const char *model, size_t max,
                                  struct arena *a, struct store_songs *ret_songs, struct err *e)
{
    struct sql q;
    enum err_code code = sql_start(
        &q, s, e,
        "SELECT t.id, t.sid, t.name, t.artists, t.album, t.release_date, t.duration_ms, t.explicit"
        " FROM song JOIN track t ON t.id = song.track WHERE song.account = ?"
        " AND NOT EXISTS(SELECT 1 FROM label WHERE label.track = t.id AND label.model = ?"
        "   AND NOT label.stale)"
        " ORDER BY t.id LIMIT ?",
        "isi", account, model, (int64_t)max);
    if (code)
        return code;
    struct store_songs songs = {arena_alloc(a, max * sizeof(*songs.row)),
                                arena_alloc(a, max * sizeof(*songs.song)), 0};
    while (sql_row(&q, e)) {
        songs.row[songs.n] = sql_col_int(&q, 0);
        read_song(&q, a, &songs.song[songs.n]);
        songs.n++;
    }
    code = q.code;
    for (size_t i = 0; code == ERR_OK && i < songs.n; i++)
        code = store_fact_read(s, songs.row[i], a, &songs.song[i], e);
    if (code == ERR_OK)
        *ret_songs = songs;
    return code;
}

enum err_code store_label_lacking_count(struct store *s, int64_t account, const char *model,
                                        int64_t *ret_n, struct err *e)
{
    return sql_int(s, ret_n, 0, e,
                   "SELECT count(*) FROM song WHERE account = ? AND NOT EXISTS"
                   "(SELECT 1 FROM label WHERE label.track = song.track AND label.model = ?"
                   " AND NOT label.stale)",
                   "is", account, model);
}

enum err_code store_label_song(struct store *s, int64_t track, struct arena *a,
                               struct song *ret_song, struct err *e)
{
    struct sql q;
    struct song song = {0};
    enum err_code code = sql_start(
        &q, s, e,
        "SELECT t.id, t.sid, t.name, t.artists, t.album, t.release_date, t.duration_ms, t.explicit"
        " FROM track t WHERE t.id = ?",
        "i", track);
    if (code)
        return code;
    while (sql_row(&q, e))
        read_song(&q, a, &song);
    code = q.code;
    if (code == ERR_OK && !song.id)
        code = err_set(e, ERR_USAGE, "there is no such song");
    if (code == ERR_OK)
        code = store_fact_read(s, track, a, &song, e);
    if (code == ERR_OK)
        *ret_song = song;
    return code;
}

enum err_code store_label_songs(struct store *s, int64_t account, struct arena *a,
                                struct store_songs *ret_songs, struct err *e)
{
    struct sql q;
    int64_t max = 0;
    enum err_code code =
        sql_int(s, &max, 0, e, "SELECT count(*) FROM song WHERE account = ?", "i", account);
    if (code == ERR_OK)
        code = sql_start(&q, s, e,
                         "SELECT t.id, t.sid, t.name, t.artists, t.album, t.release_date,"
                         " t.duration_ms, t.explicit FROM song CROSS JOIN track t"
                         " ON t.id = song.track WHERE song.account = ? ORDER BY song.track",
                         "i", account);
    if (code)
        return code;
    struct store_songs songs = {arena_alloc(a, ((size_t)max + 1) * sizeof(*songs.row)),
                                arena_alloc(a, ((size_t)max + 1) * sizeof(*songs.song)), 0};
    while (sql_row(&q, e)) {
        songs.row[songs.n] = sql_col_int(&q, 0);
        read_song(&q, a, &songs.song[songs.n++]);
    }
    code = q.code ? q.code : store_fact_read_all(s, account, a, &songs, e);
    if (code == ERR_OK)
        *ret_songs = songs;
    return code;
}

enum err_code store_label_put(struct store *s, const struct store_songs *songs,
                              const struct store_labels *labels, struct err *e)
{
    enum err_code code = store_begin(s, e);
    for (size_t i = 0; code == ERR_OK && i < songs->n; i++)
        code = sql_run(
            s, e,
            "INSERT INTO label(track, model, p, place, regime) VALUES(?, ?, ?, ?, ?)"
            " ON CONFLICT(track) DO UPDATE SET model = excluded.model, p = excluded.p,"
            " place = excluded.place, regime = excluded.regime, stale = 0",
            "isbbi", songs->row[i], labels->model, (const void *)(labels->p + i * labels->n_genres),
            labels->n_genres * sizeof(float), (const void *)(labels->places + i * labels->dim),
            labels->dim * sizeof(float), (int64_t)labels->regime[i]);
    return store_end(s, code, e);
}

/* NULL unless the column holds exactly n floats. */
static const float *read_floats(struct sql *q, int column, size_t n, struct arena *a)
{
    size_t bytes = 0;
    const void *blob = sql_col_blob(q, column, &bytes);
    return blob && bytes == n * sizeof(float) ? memcpy(arena_alloc(a, bytes), blob, bytes) : NULL;
}

static void read_labelled(struct sql *q, const struct store_labels *of, struct arena *a,
                          struct store_labelled *ret_item)
{
    *ret_item = (struct store_labelled){
        .track = sql_col_int(q, 0),
        .sid = arena_str(a, sql_col_str(q, 1)),
        .name = arena_str(a, sql_col_str(q, 2)),
        .artists = arena_str(a, sql_col_str(q, 3)),
        .isrc = arena_str(a, sql_col_str(q, 4)),
        .ord = sql_col_int(q, 5),
        .playable = sql_col_int(q, 6) != 0,
        .addable = sql_col_int(q, 7) != 0,
        .p = read_floats(q, 8, of->n_genres, a),
        .place = read_floats(q, 9, of->dim, a),
        .regime = (unsigned)sql_col_int(q, 10),
        .artist = sql_col_int(q, 11),
        .excluded = sql_col_int(q, 12) != 0,
    };
    if (!ret_item->p || !ret_item->place)
        ret_item->p = ret_item->place = NULL;
}

enum err_code store_label_list(struct store *s, int64_t account, const struct store_labels *of,
                               struct arena *a, struct store_labelled **ret_list, size_t *ret_n,
                               struct err *e)
{
    int64_t max = 0;
    struct sql q;
    enum err_code code =
        sql_int(s, &max, 0, e, "SELECT count(*) FROM song WHERE account = ?", "i", account);
    if (code == ERR_OK)
        code = sql_start(&q, s, e,
                         "SELECT t.id, t.sid, t.name, t.artists, t.isrc, song.ord, t.playable, "
                         "t.addable, label.p, label.place, label.regime,"
                         " (SELECT artist FROM track_artist WHERE track = t.id AND place = 0),"
                         " EXISTS(SELECT 1 FROM exclusion WHERE account = ?1 AND kind = 0"
                         "   AND item = t.id)"
                         " OR EXISTS(SELECT 1 FROM track twin CROSS JOIN exclusion x"
                         "   ON x.item = twin.id AND x.account = ?1 AND x.kind = 0"
                         "   WHERE twin.isrc = t.isrc)"
                         " OR EXISTS(SELECT 1 FROM track_artist ta CROSS JOIN exclusion x"
                         "   ON x.item = ta.artist AND x.account = ?1 AND x.kind = 1"
                         "   WHERE ta.track = t.id)"
                         " FROM song JOIN track t ON t.id = song.track"
                         " LEFT JOIN label ON label.track = t.id AND label.model = ?2"
                         " WHERE song.account = ?1 AND NOT EXISTS(SELECT 1 FROM track twin"
                         "   CROSS JOIN song first ON first.track = twin.id AND first.account = ?1"
                         "   WHERE twin.isrc = t.isrc AND (NOT first.liked, first.ord, first.track)"
                         "     < (NOT song.liked, song.ord, song.track))"
                         " ORDER BY song.ord DESC, song.track",
                         "is", account, of->model);
    if (code)
        return code;
    struct store_labelled *list = arena_alloc(a, ((size_t)max + 1) * sizeof(*list));
    size_t n = 0;
    while (sql_row(&q, e))
        read_labelled(&q, of, a, &list[n++]);
    if (q.code == ERR_OK) {
        *ret_list = list;
        *ret_n = n;
    }
    return q.code;
}
