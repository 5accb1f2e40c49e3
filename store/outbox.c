#include "store/outbox.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "store/journal.h"
#include "store/sql.h"

static const char *const verb_names[] = {"create", "add", "remove", "unfollow", "follow"};

const char *store_verb_name(enum store_verb verb)
{
    return verb_names[verb];
}

enum store_verb store_verb_find(const char *name)
{
    for (int verb = STORE_CREATE; verb < STORE_FOLLOW; verb++) {
        if (strcmp(name, verb_names[verb]) == 0)
            return (enum store_verb)verb;
    }
    return STORE_FOLLOW;
}

enum err_code store_outbox_plan(struct store *s, int64_t playlist,
                                const struct store_change *changes, size_t n, struct err *e)
{
    enum err_code code = sql_run(s, e,
                                 "DELETE FROM outbox WHERE playlist = ? AND state = 'queued'"
                                 " AND verb IN ('add', 'remove')",
                                 "i", playlist);
    for (size_t i = 0; code == ERR_OK && i < n; i++) {
        const struct store_change *c = &changes[i];
        code = sql_run(s, e,
                       "INSERT INTO outbox(playlist, verb, track, place, p, becomes)"
                       " VALUES(?, ?, ?, nullif(?, -1), ?, ?)",
                       "isiifs", playlist, store_verb_name(c->verb), c->track, c->place, c->p,
                       store_item_by_name(c->becomes));
    }
    return code;
}

enum err_code store_outbox_clear(struct store *s, int64_t playlist, struct err *e)
{
    return sql_run(
        s, e, "DELETE FROM outbox WHERE playlist = ? AND state = 'queued' AND verb <> 'unfollow'",
        "i", playlist);
}

enum err_code store_outbox_forget_follows(struct store *s, int64_t account, struct err *e)
{
    return sql_run(s, e,
                   "DELETE FROM outbox WHERE verb IN ('unfollow', 'follow') AND playlist IN"
                   " (SELECT id FROM playlist WHERE account = ?)",
                   "i", account);
}

enum err_code store_outbox_put(struct store *s, int64_t playlist, enum store_verb verb,
                               struct err *e)
{
    return sql_run(s, e,
                   "INSERT INTO outbox(playlist, verb) SELECT ?1, ?2 WHERE NOT EXISTS"
                   " (SELECT 1 FROM outbox WHERE playlist = ?1 AND verb = ?2)",
                   "is", playlist, store_verb_name(verb));
}

/* What is to be sent next: the verb, and for additions whether and where they have a place. */
static enum err_code next_kind(struct store *s, struct store_batch *b, bool *ret_any, struct err *e)
{
    struct sql q;
    enum err_code code =
        sql_start(&q, s, e,
                  "SELECT verb, coalesce(place, -1) FROM outbox WHERE playlist = ?1 AND NOT EXISTS"
                  " (SELECT 1 FROM outbox WHERE playlist = ?1 AND state = 'sent')"
                  " ORDER BY CASE verb WHEN 'unfollow' THEN 0 WHEN 'create' THEN 1"
                  "   WHEN 'follow' THEN 1 WHEN 'remove' THEN 2 ELSE 3 END,"
                  " place IS NULL, id LIMIT 1",
                  "i", b->playlist);
    if (code)
        return code;
    *ret_any = false;
    if (sql_row(&q, e)) {
        b->verb = store_verb_find(sql_col_str(&q, 0));
        b->place = sql_col_int(&q, 1);
        *ret_any = true;
        sql_stop(&q);
    }
    return q.code;
}

static void take_row(const struct sql *q, struct store_batch *b, size_t at, struct arena *a)
{
    b->row[at] = sql_col_int(q, 0);
    b->track[at] = sql_col_int(q, 1);
    b->sid[at] = arena_str(a, sql_col_str(q, 2));
    b->becomes[at] = store_item_by_find(sql_col_str(q, 3));
    b->p[at] = sql_col_is_null(q, 4) ? (double)NAN : sql_col_num(q, 4);
}

/* Without a place the last ones, in their order; otherwise those that follow one another. */
static enum err_code fill_batch(struct store *s, struct store_batch *b, size_t max, struct arena *a,
                                struct err *e)
{
    static const char last[] =
        "SELECT o.id, o.track, t.sid, o.becomes, o.p, -1 FROM (SELECT id, track, becomes, p FROM "
        "outbox"
        "  WHERE playlist = ?1 AND verb = ?2 AND state = 'queued' AND ?3 < 0"
        "  ORDER BY id DESC LIMIT ?4) o LEFT JOIN track t ON t.id = o.track ORDER BY o.id";
    static const char following[] =
        "SELECT o.id, o.track, t.sid, o.becomes, o.p, o.place FROM outbox o"
        " LEFT JOIN track t ON t.id = o.track WHERE o.playlist = ?1 AND o.verb = ?2"
        " AND o.state = 'queued' AND o.place BETWEEN ?3 AND ?3 + ?4 - 1 ORDER BY o.place";
    struct sql q;
    enum err_code code = sql_start(&q, s, e, b->place < 0 ? last : following, "isii", b->playlist,
                                   store_verb_name(b->verb), b->place, (int64_t)max);
    if (code)
        return code;
    while (sql_row(&q, e)) {
        if (b->place >= 0 && sql_col_int(&q, 5) != b->place + (int64_t)b->n)
            continue;
        take_row(&q, b, b->n++, a);
    }
    return q.code;
}

enum err_code store_outbox_next(struct store *s, int64_t playlist, size_t max, struct arena *a,
                                struct store_batch *ret_batch, struct err *e)
{
    assert(max > 0 && max <= STORE_BATCH_MAX);
    struct store_batch b = {.playlist = playlist};
    bool any = false;
    enum err_code code = next_kind(s, &b, &any, e);
    if (code == ERR_OK && any)
        code = fill_batch(s, &b, max, a, e);
    if (code == ERR_OK)
        *ret_batch = b;
    else
        ret_batch->n = 0;
    return code;
}

enum err_code store_outbox_mark_sent(struct store *s, const struct store_batch *b, int64_t run,
                                     struct err *e)
{
    enum err_code code = store_begin(s, e);
    if (code == ERR_OK && b->verb != STORE_CREATE)
        code = store_journal_begin(s, run, b->playlist, e);
    for (size_t i = 0; code == ERR_OK && i < b->n; i++)
        code = sql_run(s, e, "UPDATE outbox SET state = 'sent', run = ? WHERE id = ?", "ii", run,
                       b->row[i]);
    return store_end(s, code, e);
}

enum err_code store_outbox_requeue(struct store *s, const struct store_batch *b, struct err *e)
{
    enum err_code code = store_begin(s, e);
    for (size_t i = 0; code == ERR_OK && i < b->n; i++)
        code = sql_run(s, e, "UPDATE outbox SET state = 'queued' WHERE id = ?", "i", b->row[i]);
    return store_end(s, code, e);
}

enum err_code store_outbox_unplace(struct store *s, const struct store_batch *b, struct err *e)
{
    return sql_run(s, e,
                   "UPDATE outbox SET state = 'queued', place = NULL"
                   " WHERE playlist = ? AND verb = 'add'",
                   "i", b->playlist);
}

static enum err_code drop_rows(struct store *s, const struct store_batch *b, struct err *e)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < b->n; i++)
        code = sql_run(s, e, "DELETE FROM outbox WHERE id = ?", "i", b->row[i]);
    return code;
}

static enum err_code apply_item(struct store *s, const struct store_batch *b, size_t i,
                                struct err *e)
{
    if (b->becomes[i] == STORE_BY_NOBODY)
        return sql_run(s, e, "DELETE FROM playlist_item WHERE playlist = ? AND track = ?", "ii",
                       b->playlist, b->track[i]);
    return sql_run(s, e,
                   "INSERT OR REPLACE INTO playlist_item(playlist, track, by, p)"
                   " VALUES(?, ?, ?, ?)",
                   "iisf", b->playlist, b->track[i], store_item_by_name(b->becomes[i]), b->p[i]);
}

/* The list as it is after the batch, with a line in the journal per song. */
static enum err_code apply_content(struct store *s, const struct store_batch *b, int64_t run,
                                   struct err *e)
{
    struct arena a = {0};
    struct store_content c = {0};
    bool add = b->verb == STORE_ADD;
    enum err_code code = store_content_get(s, b->playlist, &a, &c, e);
    bool known = c.known;
    if (add && code == ERR_OK)
        store_content_insert(&c, &a, b->place < 0 ? 0 : (size_t)b->place, b->sid, b->n);
    for (size_t i = 0; code == ERR_OK && i < b->n; i++) {
        struct store_journal_change change = {run, b->playlist, b->verb, b->sid[i], b->track[i]};
        code = store_journal_add(s, &change, &c, e);
        if (!add)
            store_content_remove(&c, b->sid[i]);
    }
    if (code == ERR_OK && known)
        code = store_content_put(s, b->playlist, &c, e);
    arena_free(&a);
    return code;
}

static enum err_code run_of(struct store *s, const struct store_batch *b, int64_t *ret_run,
                            struct err *e)
{
    return sql_int(s, ret_run, 0, e, "SELECT run FROM outbox WHERE id = ?", "i", b->row[0]);
}

static enum err_code apply_batch(struct store *s, const struct store_batch *b, const char *snapshot,
                                 struct err *e)
{
    int64_t run = 0;
    int64_t change = b->verb == STORE_ADD ? (int64_t)b->n : -(int64_t)b->n;
    enum err_code code = run_of(s, b, &run, e);
    if (code == ERR_OK)
        code = apply_content(s, b, run, e);
    for (size_t i = 0; code == ERR_OK && i < b->n; i++)
        code = apply_item(s, b, i, e);
    if (code == ERR_OK)
        code = drop_rows(s, b, e);
    if (code == ERR_OK)
        code = sql_run(s, e,
                       "UPDATE playlist SET snapshot = ?, total = max(0, total + ?) WHERE id = ?",
                       "sii", snapshot, change, b->playlist);
    return code ? code : store_journal_end(s, run, b->playlist, snapshot, e);
}

enum err_code store_outbox_done(struct store *s, const struct store_batch *b, const char *snapshot,
                                struct err *e)
{
    assert(b->n > 0 && (b->verb == STORE_ADD || b->verb == STORE_REMOVE));
    enum err_code code = store_begin(s, e);
    if (code == ERR_OK)
        code = apply_batch(s, b, snapshot, e);
    return store_end(s, code, e);
}

enum err_code store_outbox_followed(struct store *s, const struct store_batch *b, struct err *e)
{
    const struct store_content nothing = {0};
    struct store_journal_change change = {.playlist = b->playlist, .verb = b->verb, .item = ""};
    enum err_code code = store_begin(s, e);
    if (code == ERR_OK)
        code = run_of(s, b, &change.run, e);
    if (code == ERR_OK)
        code = store_journal_add(s, &change, &nothing, e);
    if (code == ERR_OK)
        code =
            sql_run(s, e, "UPDATE playlist SET state = ?, listed = 1, missing_s = 0 WHERE id = ?",
                    "si", b->verb == STORE_FOLLOW ? "active" : "gone", b->playlist);
    if (code == ERR_OK)
        code = drop_rows(s, b, e);
    return store_end(s, code, e);
}

enum err_code store_outbox_drop(struct store *s, const struct store_batch *b, struct err *e)
{
    enum err_code code = store_begin(s, e);
    if (code == ERR_OK)
        code = drop_rows(s, b, e);
    return store_end(s, code, e);
}

enum err_code store_outbox_requeue_all(struct store *s, int64_t playlist, struct err *e)
{
    return sql_run(s, e, "UPDATE outbox SET state = 'queued' WHERE playlist = ?", "i", playlist);
}

static enum err_code load_sent(struct store *s, struct store_batch *b, struct arena *a,
                               struct err *e)
{
    struct sql q;
    enum err_code code = sql_start(
        &q, s, e,
        "SELECT o.id, o.track, t.sid, o.becomes, o.p, o.verb, coalesce(o.place, -1) FROM outbox o"
        " JOIN track t ON t.id = o.track WHERE o.playlist = ? AND o.state = 'sent' ORDER BY o.id"
        " LIMIT ?",
        "ii", b->playlist, (int64_t)STORE_BATCH_MAX);
    if (code)
        return code;
    while (sql_row(&q, e)) {
        take_row(&q, b, b->n, a);
        b->verb = store_verb_find(sql_col_str(&q, 5));
        if (b->n++ == 0)
            b->place = sql_col_int(&q, 6);
    }
    return q.code;
}

enum err_code store_outbox_assume_done(struct store *s, int64_t playlist, struct err *e)
{
    struct arena a = {0};
    struct store_batch b = {.playlist = playlist};
    enum err_code code = store_begin(s, e);
    if (code == ERR_OK)
        code = load_sent(s, &b, &a, e);
    if (code == ERR_OK && b.n > 0)
        code = apply_batch(s, &b, "", e);
    if (code == ERR_OK)
        code = sql_run(s, e, "DELETE FROM outbox WHERE playlist = ? AND state = 'sent'", "i",
                       playlist);
    arena_free(&a);
    return store_end(s, code, e);
}

static bool is_there(const struct store_reading *reading, int64_t track)
{
    size_t at = 0;
    while (at < reading->n_tracks && reading->tracks[at] != track)
        at++;
    return at < reading->n_tracks;
}

/* Additions arrive all or none: when most of them are there, the person took the others out. */
static bool has_arrived(const struct store_batch *b, const struct store_reading *reading)
{
    size_t there = 0;
    for (size_t i = 0; i < b->n; i++)
        there += is_there(reading, b->track[i]);
    return b->verb == STORE_ADD && 2 * there > b->n;
}

/* Nothing of a batch that is seen to have arrived is lost to the journal. */
static enum err_code settle_row(struct store *s, const struct store_batch *b, size_t i,
                                const struct store_content *before,
                                const struct store_reading *reading, struct err *e)
{
    int64_t run = 0;
    bool add = b->verb == STORE_ADD;
    if (has_arrived(b, reading) && !is_there(reading, b->track[i]))
        return apply_item(s, b, i, e);
    enum err_code code = run_of(s, b, &run, e);
    struct store_journal_change change = {run, b->playlist, b->verb, b->sid[i], b->track[i]};
    if (code || is_there(reading, b->track[i]) != add)
        return code;
    code = store_journal_add(s, &change, add ? &reading->content : before, e);
    return code ? code : apply_item(s, b, i, e);
}

enum err_code store_outbox_settle(struct store *s, int64_t playlist,
                                  const struct store_reading *reading, struct err *e)
{
    struct arena a = {0};
    struct store_batch b = {.playlist = playlist};
    struct store_content before = {0};
    enum err_code code = load_sent(s, &b, &a, e);
    if (code == ERR_OK && b.n > 0)
        code = store_content_get(s, playlist, &a, &before, e);
    for (size_t i = 0; code == ERR_OK && i < b.n; i++) {
        code = settle_row(s, &b, i, &before, reading, e);
        if (b.verb == STORE_REMOVE)
            store_content_remove(&before, b.sid[i]);
    }
    if (code == ERR_OK)
        code = sql_run(s, e, "DELETE FROM outbox WHERE playlist = ? AND verb IN ('add', 'remove')",
                       "i", playlist);
    arena_free(&a);
    return code;
}

enum err_code store_outbox_count(struct store *s, int64_t account, int64_t *ret_n, struct err *e)
{
    return sql_int(s, ret_n, 0, e,
                   "SELECT count(*) FROM outbox o JOIN playlist p ON p.id = o.playlist"
                   " WHERE p.account = ?",
                   "i", account);
}

enum err_code store_outbox_calls(struct store *s, int64_t account, int64_t batch, int64_t *ret_n,
                                 struct err *e)
{
    return sql_int(s, ret_n, 0, e,
                   "SELECT coalesce(sum((n + ?2 - 1) / ?2), 0) FROM"
                   " (SELECT count(*) AS n FROM outbox o JOIN playlist p ON p.id = o.playlist"
                   "  WHERE p.account = ?1 GROUP BY o.playlist, o.verb)",
                   "ii", account, batch);
}
