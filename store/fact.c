#include "store/fact.h"

#include <string.h>

#include "store/setting.h"
#include "store/sql.h"

#define ORDER_KEY "sources"

/* --- order
 * ------------------------------------------------------------------------------------------ */

/* Labels are made of what the sources in force say. */
static enum err_code order_note(struct store *s, const char *const *sources, size_t n,
                                struct err *e)
{
    struct buf now;
    struct buf before;
    buf_init(&now, 4096);
    buf_init(&before, 4096);
    for (size_t i = 0; i < n; i++)
        buf_printf(&now, "%s%s", i ? "," : "", sources[i]);
    enum err_code code = store_setting_get(s, ORDER_KEY, &before, e);
    if (code == ERR_OK && strcmp(buf_str(&now), buf_str(&before)) != 0) {
        code = sql_run(s, e, "UPDATE label SET stale = 1", "");
        code = code ? code : store_setting_put(s, ORDER_KEY, buf_str(&now), now.len, e);
    }
    buf_free(&now);
    buf_free(&before);
    return code;
}

enum err_code store_fact_order(struct store *s, const char *const *sources, size_t n, struct err *e)
{
    enum err_code code = store_begin(s, e);
    if (code)
        return code;
    code = sql_run(s, e, "DELETE FROM source_order", "");
    for (size_t i = 0; code == ERR_OK && i < n; i++)
        code = sql_run(s, e, "INSERT OR IGNORE INTO source_order(source, rank) VALUES(?, ?)", "si",
                       sources[i], (int64_t)i);
    code = code ? code : order_note(s, sources, n, e);
    return store_end(s, code, e);
}

enum err_code store_fact_counts(struct store *s, const char *source, bool *ret_counts,
                                struct err *e)
{
    int64_t n = 0;
    enum err_code code =
        sql_int(s, &n, 0, e, "SELECT count(*) FROM source_order WHERE source = ?", "s", source);
    if (code == ERR_OK)
        *ret_counts = n > 0;
    return code;
}

/* --- writing
 * ---------------------------------------------------------------------------------------- */

static enum err_code age_label(struct store *s, int64_t track, struct err *e)
{
    return sql_run(s, e, "UPDATE label SET stale = 1 WHERE track = ?", "i", track);
}

enum err_code store_fact_stats_put(struct store *s, int64_t track, const char *source,
                                   int64_t now_s, uint32_t mask, const float *stat, struct err *e)
{
    enum err_code code =
        sql_run(s, e,
                "INSERT INTO feature(track, source, asked_s, mask, stat) VALUES(?, ?, ?, ?, ?)"
                " ON CONFLICT(track, source) DO UPDATE SET asked_s = excluded.asked_s,"
                " mask = excluded.mask, stat = excluded.stat",
                "isiib", track, source, now_s, (int64_t)mask, (const void *)stat,
                sizeof(*stat) * SONG_STATS);
    return code == ERR_OK && mask ? age_label(s, track, e) : code;
}

enum err_code store_fact_artist_put(struct store *s, int64_t artist, const char *source,
                                    int64_t now_s, const struct store_words *words, struct err *e)
{
    int64_t same = 0;
    enum err_code code = sql_int(s, &same, *words->tags == '\0', e,
                                 "SELECT tags = ? FROM tag WHERE artist = ? AND source = ?", "sis",
                                 words->tags, artist, source);
    if (code == ERR_OK)
        code =
            sql_run(s, e,
                    "INSERT INTO tag(artist, source, asked_s, tags, weights) VALUES(?, ?, ?, ?, ?)"
                    " ON CONFLICT(artist, source) DO UPDATE SET asked_s = excluded.asked_s,"
                    " tags = excluded.tags, weights = excluded.weights",
                    "isiss", artist, source, now_s, words->tags, words->weights);
    if (code == ERR_OK && !same)
        code = sql_run(s, e,
                       "UPDATE label SET stale = 1 WHERE track IN"
                       " (SELECT track FROM track_artist WHERE artist = ?)",
                       "i", artist);
    return code;
}

enum err_code store_fact_track_put(struct store *s, int64_t track, const char *source,
                                   int64_t now_s, const struct store_words *words, struct err *e)
{
    int64_t same = 0;
    enum err_code code =
        sql_int(s, &same, *words->tags == '\0' && *words->label == '\0', e,
                "SELECT tags = ? AND label = ? FROM track_word WHERE track = ? AND source = ?",
                "ssis", words->tags, words->label, track, source);
    if (code == ERR_OK)
        code = sql_run(s, e,
                       "INSERT INTO track_word(track, source, asked_s, tags, weights, label)"
                       " VALUES(?, ?, ?, ?, ?, ?)"
                       " ON CONFLICT(track, source) DO UPDATE SET asked_s = excluded.asked_s,"
                       " tags = excluded.tags, weights = excluded.weights, label = excluded.label",
                       "isisss", track, source, now_s, words->tags, words->weights, words->label);
    return code == ERR_OK && !same ? age_label(s, track, e) : code;
}

/* --- reading
 * ---------------------------------------------------------------------------------------- */

static bool has_tag(const char *tags, const char *tag, size_t n)
{
    while (*tags) {
        size_t len = strcspn(tags, ";");
        if (len == n && memcmp(tags, tag, n) == 0)
            return true;
        tags += len;
        tags += strspn(tags, "; ");
    }
    return false;
}

/* The words of one song as they come in. */
struct words {
    struct buf tags;
    const char *label;
};

/* Adds those of "a; b" that are not there yet. */
static void tags_join(struct buf *tags, const char *more)
{
    while (*more) {
        size_t n = strcspn(more, ";");
        if (n && !has_tag(buf_str(tags), more, n))
            buf_printf(tags, "%s%.*s", tags->len ? "; " : "", (int)n, more);
        more += n;
        more += strspn(more, "; ");
    }
}

/* The columns of a row from `first` on: tags, label. */
static void words_add(const struct sql *q, int first, struct arena *a, struct words *w)
{
    tags_join(&w->tags, sql_col_str(q, first));
    if (!*w->label)
        w->label = arena_str(a, sql_col_str(q, first + 1));
}

/* Leaves w empty for the next song. */
static void words_put(struct words *w, struct arena *a, struct song *song)
{
    song->tags = arena_str(a, buf_str(&w->tags));
    song->label = w->label;
    buf_clear(&w->tags);
    w->label = "";
}

/* CROSS JOIN keeps the order: from the one song to its artists, never over all tags. */
static enum err_code read_words(struct store *s, int64_t track, struct arena *a, struct song *song,
                                struct err *e)
{
    struct sql q;
    struct words w = {.label = ""};
    enum err_code code =
        sql_start(&q, s, e,
                  "SELECT w.tags, w.label FROM track_word w CROSS JOIN source_order o"
                  " ON o.source = w.source WHERE w.track = ? ORDER BY o.rank",
                  "i", track);
    while (code == ERR_OK && sql_row(&q, e))
        words_add(&q, 0, a, &w);
    code = code ? code : q.code;
    if (code == ERR_OK)
        code = sql_start(
            &q, s, e,
            "SELECT tag.tags, '' FROM track_artist ta CROSS JOIN tag ON tag.artist = ta.artist"
            " CROSS JOIN source_order o ON o.source = tag.source"
            " WHERE ta.track = ? AND tag.tags <> '' ORDER BY ta.place, o.rank",
            "i", track);
    while (code == ERR_OK && sql_row(&q, e))
        words_add(&q, 0, a, &w);
    code = code ? code : q.code;
    if (code == ERR_OK)
        words_put(&w, a, song);
    buf_free(&w.tags);
    return code;
}

/* The columns of a row from `first` on: mask, stat. */
static void take_stats(const struct sql *q, int first, struct song *song)
{
    size_t n = 0;
    uint32_t mask = (uint32_t)sql_col_int(q, first);
    const void *blob = sql_col_blob(q, first + 1, &n);
    float stat[SONG_STATS];
    if (!blob || n != sizeof(stat))
        return;
    memcpy(stat, blob, n);
    for (int i = 0; i < SONG_STATS; i++) {
        uint32_t bit = UINT32_C(1) << i;
        if ((mask & bit) && !(song->stat_mask & bit))
            song->stat[i] = stat[i];
    }
    song->stat_mask |= mask;
}

enum err_code store_fact_read(struct store *s, int64_t track, struct arena *a, struct song *song,
                              struct err *e)
{
    struct sql q;
    song->label = "";
    song->tags = "";
    song->stat_mask = 0;
    enum err_code code =
        sql_start(&q, s, e,
                  "SELECT f.mask, f.stat FROM feature f CROSS JOIN source_order o"
                  " ON o.source = f.source WHERE f.track = ? AND f.mask <> 0 ORDER BY o.rank",
                  "i", track);
    if (code)
        return code;
    while (sql_row(&q, e))
        take_stats(&q, 0, song);
    return q.code ? q.code : read_words(s, track, a, song, e);
}

/* --- of all songs
 * ----------------------------------------------------------------------------------- */

/* The place of a row among songs (ascending), from *at on; false: it is not among them. */
static bool advance(const struct store_songs *songs, int64_t row, size_t *at)
{
    while (*at < songs->n && songs->row[*at] < row)
        ++*at;
    return *at < songs->n && songs->row[*at] == row;
}

static enum err_code read_all_stats(struct store *s, int64_t account, struct store_songs *songs,
                                    struct err *e)
{
    struct sql q;
    size_t at = 0;
    enum err_code code = sql_start(&q, s, e,
                                   "SELECT f.track, f.mask, f.stat FROM song CROSS JOIN feature f"
                                   " ON f.track = song.track CROSS JOIN source_order o"
                                   " ON o.source = f.source WHERE song.account = ? AND f.mask <> 0"
                                   " ORDER BY song.track, o.rank",
                                   "i", account);
    if (code)
        return code;
    while (sql_row(&q, e)) {
        if (advance(songs, sql_col_int(&q, 0), &at))
            take_stats(&q, 1, &songs->song[at]);
    }
    return q.code;
}

/* What is said of the song itself stands before what is said of its artists. */
static enum err_code read_all_words(struct store *s, int64_t account, struct arena *a,
                                    struct store_songs *songs, struct err *e)
{
    struct sql q;
    struct words w = {.label = ""};
    size_t at = 0;
    size_t of = 0; /* whose words w has */
    enum err_code code =
        sql_start(&q, s, e,
                  "SELECT w.track AS track, -1 AS place, o.rank AS rank, w.tags, w.label"
                  " FROM song CROSS JOIN track_word w ON w.track = song.track"
                  " CROSS JOIN source_order o ON o.source = w.source WHERE song.account = ?1"
                  " UNION ALL SELECT ta.track, ta.place, o.rank, tag.tags, ''"
                  " FROM song CROSS JOIN track_artist ta ON ta.track = song.track"
                  " CROSS JOIN tag ON tag.artist = ta.artist"
                  " CROSS JOIN source_order o ON o.source = tag.source"
                  " WHERE song.account = ?1 AND tag.tags <> '' ORDER BY track, place, rank",
                  "i", account);
    if (code)
        return code;
    while (sql_row(&q, e)) {
        if (!advance(songs, sql_col_int(&q, 0), &at))
            continue;
        if (at != of)
            words_put(&w, a, &songs->song[of]);
        of = at;
        words_add(&q, 3, a, &w);
    }
    if (q.code == ERR_OK && songs->n > 0)
        words_put(&w, a, &songs->song[of]);
    buf_free(&w.tags);
    return q.code;
}

enum err_code store_fact_read_all(struct store *s, int64_t account, struct arena *a,
                                  struct store_songs *songs, struct err *e)
{
    for (size_t i = 0; i < songs->n; i++) {
        songs->song[i].label = songs->song[i].tags = "";
        songs->song[i].stat_mask = 0;
    }
    enum err_code code = read_all_stats(s, account, songs, e);
    return code ? code : read_all_words(s, account, a, songs, e);
}

/* Joins the rows "source, asked_s". */
static enum err_code take_origin(struct sql *q, struct arena *a, const char **ret, struct err *e)
{
    *ret = NULL;
    while (sql_row(q, e))
        *ret = arena_printf(a, "%s%s%s %s", *ret ? *ret : "", *ret ? ", " : "", sql_col_str(q, 0),
                            sql_col_str(q, 1));
    return q->code;
}

enum err_code store_fact_origin(struct store *s, int64_t track, struct arena *a,
                                struct store_origin *ret_origin, struct err *e)
{
    struct sql q;
    enum err_code code = sql_start(
        &q, s, e,
        "SELECT f.source, date(f.asked_s, 'unixepoch') FROM feature f CROSS JOIN source_order o"
        " ON o.source = f.source WHERE f.track = ? AND f.mask <> 0 ORDER BY o.rank",
        "i", track);
    if (code == ERR_OK)
        code = take_origin(&q, a, &ret_origin->stats, e);
    if (code == ERR_OK)
        code = sql_start(
            &q, s, e,
            "SELECT w.source, date(max(w.asked_s), 'unixepoch') FROM"
            " (SELECT source, asked_s FROM track_word WHERE track = ?1 AND tags <> ''"
            "  UNION ALL SELECT tag.source, tag.asked_s FROM track_artist ta"
            "  CROSS JOIN tag ON tag.artist = ta.artist WHERE ta.track = ?1 AND tag.tags <> '') w"
            " JOIN source_order o ON o.source = w.source GROUP BY w.source ORDER BY o.rank",
            "i", track);
    if (code == ERR_OK)
        code = take_origin(&q, a, &ret_origin->tags, e);
    if (code == ERR_OK)
        code = sql_start(
            &q, s, e,
            "SELECT w.source, date(w.asked_s, 'unixepoch') FROM track_word w JOIN source_order o"
            " ON o.source = w.source WHERE w.track = ? AND w.label <> '' ORDER BY o.rank LIMIT 1",
            "i", track);
    return code ? code : take_origin(&q, a, &ret_origin->label, e);
}
