#include "store/inquiry.h"

#include "store/sql.h"

/* What was asked more than a day ahead of now was asked by a clock that was wrong. */
#define TIME_HAS_COME "(q.due_s <= ?1 OR q.asked_s > ?1 + 86400)"

/* Songs that are sorted, but those of which a source before this one in the order told all of ?3.
 */
#define TRACKS                                                                                     \
    " FROM track t LEFT JOIN inquiry q ON q.source = ?2 AND q.subject = 0 AND q.item = t.id"       \
    " WHERE EXISTS(SELECT 1 FROM song WHERE song.track = t.id)"                                    \
    " AND (?3 = 0 OR NOT EXISTS(SELECT 1 FROM feature f"                                           \
    "   CROSS JOIN source_order o ON o.source = f.source"                                          \
    "   WHERE f.track = t.id AND f.mask & ?3 = ?3"                                                 \
    "   AND o.rank < (SELECT rank FROM source_order WHERE source = ?2)))"

#define ARTIST_INQUIRY " LEFT JOIN inquiry q ON q.source = ?2 AND q.subject = 1 AND q.item = x.id"

/* At stage ?4, which is where they begin if ?5. */
#define IS_HERE " AND ((q.item IS NULL AND ?5) OR (q.stage = ?4 AND " TIME_HAS_COME "))"

static const char tracks_due[] =
    "SELECT t.id, t.sid, t.name, t.artists, t.isrc, '', q.link" TRACKS IS_HERE " LIMIT ?6";
static const char artists_due[] =
    "SELECT ar.id, ar.sid, ar.name, '', s.isrc, s.name, q.link"
    " FROM (SELECT ta.artist AS id, count(*) AS likes,"
    "   max(ta.track * (t.isrc IS NOT NULL)) AS song, max(ta.track) AS any_song"
    "   FROM song CROSS JOIN track_artist ta ON ta.track = song.track"
    "   CROSS JOIN track t ON t.id = ta.track GROUP BY ta.artist) x"
    " JOIN artist ar ON ar.id = x.id"
    " JOIN track s ON s.id = coalesce(nullif(x.song, 0), x.any_song)" ARTIST_INQUIRY
    " WHERE ?3 IS NOT NULL" IS_HERE " ORDER BY x.likes DESC, x.id LIMIT ?6";

static const char tracks_count[] = "SELECT coalesce(q.stage, ?4) AS stage, count(*)" TRACKS
                                   " AND (q.item IS NULL OR " TIME_HAS_COME ") GROUP BY 1";
static const char artists_count[] =
    "SELECT coalesce(q.stage, ?4) AS stage, count(*) FROM (SELECT DISTINCT ta.artist AS id"
    "   FROM song CROSS JOIN track_artist ta ON ta.track = song.track) x" ARTIST_INQUIRY
    " WHERE ?3 IS NOT NULL AND (q.item IS NULL OR " TIME_HAS_COME ") GROUP BY 1";

enum err_code store_inquiry_due(struct store *s, const struct store_stage *stage, int64_t now_s,
                                size_t max, struct arena *a, struct store_inquiry **ret_list,
                                size_t *ret_n, struct err *e)
{
    struct sql q;
    const char *text = stage->subject == STORE_TRACKS ? tracks_due : artists_due;
    enum err_code code =
        sql_start(&q, s, e, text, "isiiii", now_s, stage->source, (int64_t)stage->stats,
                  stage->stage, (int64_t)stage->first, (int64_t)max);
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

enum err_code store_inquiry_count(struct store *s, const struct store_stage *first, int64_t now_s,
                                  int64_t ret_n[STORE_STAGES], struct err *e)
{
    struct sql q;
    enum err_code code =
        sql_start(&q, s, e, first->subject == STORE_TRACKS ? tracks_count : artists_count, "isii",
                  now_s, first->source, (int64_t)first->stats, first->stage);
    if (code)
        return code;
    for (size_t i = 0; i < STORE_STAGES; i++)
        ret_n[i] = 0;
    while (sql_row(&q, e)) {
        int64_t stage = sql_col_int(&q, 0);
        if (stage >= 0 && stage < STORE_STAGES)
            ret_n[stage] = sql_col_int(&q, 1);
    }
    return q.code;
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
                     " WHERE EXISTS(SELECT 1 FROM song WHERE song.track = t.id)",
                     "sii", source, now_s, STORE_NEVER);
}

static enum err_code count_artists(struct sql *q, struct store *s, const char *source,
                                   int64_t now_s, struct err *e)
{
    return sql_start(q, s, e,
                     "SELECT count(*), count(tag.artist),"
                     " count(CASE WHEN q.due_s > ?2 THEN 1 END), max(q.asked_s),"
                     " min(CASE WHEN q.due_s > ?2 AND q.due_s < ?3 THEN q.due_s END)"
                     " FROM (SELECT DISTINCT ta.artist AS id FROM song"
                     "   CROSS JOIN track_artist ta ON ta.track = song.track) x"
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
