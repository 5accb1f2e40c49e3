#include "store/inquiry.h"

#include "store/sql.h"

/* What is due: never asked and this is the first stage, or waiting at this stage. What was asked
 * more than a day ahead of now was asked by a clock that was wrong. */
#define IS_DUE                                                                                     \
    " AND ((q.item IS NULL AND ?1)"                                                                \
    "   OR (q.stage = ?2 AND (q.due_s <= ?3 OR q.asked_s > ?3 + 86400)))"

#define TRACKS_DUE                                                                                 \
    " FROM track t LEFT JOIN inquiry q ON q.source = ?4 AND q.subject = 0 AND q.item = t.id"       \
    " WHERE EXISTS(SELECT 1 FROM liked WHERE liked.track = t.id)" IS_DUE                           \
    " AND (?5 = 0 OR NOT EXISTS(SELECT 1 FROM feature f"                                           \
    "   CROSS JOIN source_order o ON o.source = f.source"                                          \
    "   WHERE f.track = t.id AND f.mask & ?5 = ?5"                                                 \
    "   AND o.rank < (SELECT rank FROM source_order WHERE source = ?4)))"

#define ARTISTS_DUE                                                                                \
    " FROM (SELECT ta.artist AS id, count(*) AS likes,"                                            \
    "   max(ta.track * (t.isrc IS NOT NULL)) AS song, max(ta.track) AS any_song"                   \
    "   FROM liked CROSS JOIN track_artist ta ON ta.track = liked.track"                           \
    "   CROSS JOIN track t ON t.id = ta.track GROUP BY ta.artist) x"                               \
    " JOIN artist ar ON ar.id = x.id"                                                              \
    " JOIN track s ON s.id = coalesce(nullif(x.song, 0), x.any_song)"                              \
    " LEFT JOIN inquiry q ON q.source = ?4 AND q.subject = 1 AND q.item = ar.id"                   \
    " WHERE ?5 IS NOT NULL" IS_DUE

static const char tracks_due[] =
    "SELECT t.id, t.sid, t.name, t.artists, t.isrc, '', q.link" TRACKS_DUE " LIMIT ?6";
static const char artists_due[] =
    "SELECT ar.id, ar.sid, ar.name, '', s.isrc, s.name, q.link" ARTISTS_DUE
    " ORDER BY x.likes DESC, x.id LIMIT ?6";

enum err_code store_inquiry_due(struct store *s, const struct store_stage *stage, int64_t now_s,
                                size_t max, struct arena *a, struct store_inquiry **ret_list,
                                size_t *ret_n, struct err *e)
{
    struct sql q;
    const char *text = stage->subject == STORE_TRACKS ? tracks_due : artists_due;
    enum err_code code = sql_start(&q, s, e, text, "iiisii", (int64_t)stage->first, stage->stage,
                                   now_s, stage->source, (int64_t)stage->stats, (int64_t)max);
    if (code)
        return code;
    struct store_inquiry *list = arena_alloc(a, (max + 1) * sizeof(*list));
    size_t n = 0;
    while (sql_row(&q, e))
        list[n++] = (struct store_inquiry){
            .row = sql_col_int(&q, 0),
            .sid = arena_str(a, sql_col_str(&q, 1)),
            .name = arena_str(a, sql_col_str(&q, 2)),
            .artist = arena_str(a, sql_col_str(&q, 3)),
            .isrc = arena_str(a, sql_col_str(&q, 4)),
            .title = arena_str(a, sql_col_str(&q, 5)),
            .link = arena_str(a, sql_col_str(&q, 6)),
        };
    if (q.code == ERR_OK) {
        *ret_list = list;
        *ret_n = n;
    }
    return q.code;
}

enum err_code store_inquiry_count(struct store *s, const struct store_stage *stage, int64_t now_s,
                                  int64_t *ret_n, struct err *e)
{
    return sql_int(s, ret_n, 0, e,
                   stage->subject == STORE_TRACKS ? "SELECT count(*)" TRACKS_DUE
                                                  : "SELECT count(*)" ARTISTS_DUE,
                   "iiisi", (int64_t)stage->first, stage->stage, now_s, stage->source,
                   (int64_t)stage->stats);
}

enum err_code store_inquiry_put(struct store *s, const char *source, enum store_subject subject,
                                int64_t row, int64_t now_s, const struct store_step *step,
                                struct err *e)
{
    return sql_run(
        s, e,
        "INSERT INTO inquiry(source, subject, item, stage, link, asked_s, due_s)"
        " VALUES(?, ?, ?, ?, coalesce(?5, ''), ?6, ?7) ON CONFLICT(source, subject, item)"
        " DO UPDATE SET stage = excluded.stage, link = coalesce(?5, link),"
        " asked_s = coalesce(nullif(excluded.asked_s, 0), asked_s), due_s = excluded.due_s",
        "siiisii", source, (int64_t)subject, row, step->stage, step->link,
        step->answered ? now_s : (int64_t)0, step->due_s);
}

enum err_code store_inquiry_reopen(struct store *s, const char *source, struct err *e)
{
    return sql_run(s, e, "DELETE FROM inquiry WHERE source = ? AND due_s < ?", "si", source,
                   STORE_NEVER);
}

static enum err_code count_tracks(struct sql *q, struct store *s, const char *source, int64_t now_s,
                                  struct err *e)
{
    return sql_start(q, s, e,
                     "SELECT count(*), count(f.track),"
                     " count(CASE WHEN q.due_s > ?2 THEN 1 END), max(q.asked_s),"
                     " min(CASE WHEN q.due_s > ?2 AND q.due_s < ?3 THEN q.due_s END)"
                     " FROM track t"
                     " LEFT JOIN inquiry q ON q.source = ?1 AND q.subject = 0 AND q.item = t.id"
                     " LEFT JOIN (SELECT track FROM feature WHERE source = ?1 AND mask <> 0"
                     "   UNION SELECT track FROM track_word WHERE source = ?1 AND tags <> '') f"
                     "   ON f.track = t.id"
                     " WHERE EXISTS(SELECT 1 FROM liked WHERE liked.track = t.id)",
                     "sii", source, now_s, STORE_NEVER);
}

static enum err_code count_artists(struct sql *q, struct store *s, const char *source,
                                   int64_t now_s, struct err *e)
{
    return sql_start(q, s, e,
                     "SELECT count(*), count(tag.artist),"
                     " count(CASE WHEN q.due_s > ?2 THEN 1 END), max(q.asked_s),"
                     " min(CASE WHEN q.due_s > ?2 AND q.due_s < ?3 THEN q.due_s END)"
                     " FROM (SELECT DISTINCT ta.artist AS id FROM liked"
                     "   CROSS JOIN track_artist ta ON ta.track = liked.track) x"
                     " LEFT JOIN inquiry q ON q.source = ?1 AND q.subject = 1 AND q.item = x.id"
                     " LEFT JOIN tag ON tag.artist = x.id AND tag.source = ?1 AND tag.tags <> ''",
                     "sii", source, now_s, STORE_NEVER);
}

enum err_code store_inquiry_coverage(struct store *s, const char *source,
                                     enum store_subject subject, int64_t now_s,
                                     struct store_coverage *ret_coverage, struct err *e)
{
    struct sql q;
    enum err_code code = subject == STORE_TRACKS ? count_tracks(&q, s, source, now_s, e)
                                                 : count_artists(&q, s, source, now_s, e);
    if (code)
        return code;
    *ret_coverage = (struct store_coverage){0};
    while (sql_row(&q, e))
        *ret_coverage =
            (struct store_coverage){sql_col_int(&q, 0), sql_col_int(&q, 1), sql_col_int(&q, 2),
                                    sql_col_int(&q, 3), sql_col_int(&q, 4)};
    return q.code;
}
