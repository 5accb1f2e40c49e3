#include "store/outbox.h"

#include <assert.h>
#include <string.h>

#include "store/sql.h"

static const char *verb_name(enum store_verb verb)
{
    static const char *const names[] = {"create", "add", "remove", "unfollow"};
    return names[verb];
}

static enum store_verb verb_of_name(const char *name)
{
    for (int verb = STORE_CREATE; verb < STORE_UNFOLLOW; verb++) {
        if (strcmp(name, verb_name((enum store_verb)verb)) == 0)
            return (enum store_verb)verb;
    }
    return STORE_UNFOLLOW;
}

static enum err_code queue_tracks(struct store *s, int64_t playlist, enum store_verb verb,
                                  const int64_t *tracks, size_t n, struct err *e)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < n; i++)
        code = sql_run(s, e, "INSERT INTO outbox(playlist, verb, track) VALUES(?, ?, ?)", "isi",
                       playlist, verb_name(verb), tracks[i]);
    return code;
}

enum err_code store_outbox_plan(struct store *s, int64_t playlist, const int64_t *add, size_t n_add,
                                const int64_t *remove, size_t n_remove, struct err *e)
{
    enum err_code code = sql_run(s, e,
                                 "DELETE FROM outbox WHERE playlist = ? AND state = 'queued'"
                                 " AND verb IN ('add', 'remove')",
                                 "i", playlist);
    if (code == ERR_OK)
        code = queue_tracks(s, playlist, STORE_REMOVE, remove, n_remove, e);
    if (code == ERR_OK)
        code = queue_tracks(s, playlist, STORE_ADD, add, n_add, e);
    return code;
}

enum err_code store_outbox_clear(struct store *s, int64_t playlist, struct err *e)
{
    return sql_run(
        s, e, "DELETE FROM outbox WHERE playlist = ? AND state = 'queued' AND verb <> 'unfollow'",
        "i", playlist);
}

enum err_code store_outbox_put(struct store *s, int64_t playlist, enum store_verb verb,
                               struct err *e)
{
    return sql_run(s, e,
                   "INSERT INTO outbox(playlist, verb) SELECT ?1, ?2 WHERE NOT EXISTS"
                   " (SELECT 1 FROM outbox WHERE playlist = ?1 AND verb = ?2)",
                   "is", playlist, verb_name(verb));
}

static enum err_code next_verb(struct store *s, int64_t playlist, enum store_verb *ret_verb,
                               bool *ret_any, struct err *e)
{
    struct sql q;
    enum err_code code = sql_start(&q, s, e,
                                   "SELECT verb FROM outbox WHERE playlist = ?1 AND NOT EXISTS"
                                   " (SELECT 1 FROM outbox WHERE playlist = ?1 AND state = 'sent')"
                                   " ORDER BY CASE verb WHEN 'unfollow' THEN 0 WHEN 'create' THEN 1"
                                   "   WHEN 'remove' THEN 2 ELSE 3 END LIMIT 1",
                                   "i", playlist);
    if (code)
        return code;
    *ret_any = false;
    if (sql_row(&q, e)) {
        *ret_verb = verb_of_name(sql_col_str(&q, 0));
        *ret_any = true;
        sql_stop(&q);
    }
    return q.code;
}

static void reverse(struct store_batch *b)
{
    for (size_t i = 0, j = b->n; i + 1 < j; i++) {
        j--;
        int64_t row = b->row[i];
        int64_t track = b->track[i];
        const char *sid = b->sid[i];
        b->row[i] = b->row[j];
        b->track[i] = b->track[j];
        b->sid[i] = b->sid[j];
        b->row[j] = row;
        b->track[j] = track;
        b->sid[j] = sid;
    }
}

enum err_code store_outbox_next(struct store *s, int64_t playlist, size_t max, struct arena *a,
                                struct store_batch *ret_batch, struct err *e)
{
    assert(max > 0 && max <= STORE_BATCH_MAX);
    struct store_batch b = {.playlist = playlist};
    bool any = false;
    struct sql q;
    enum err_code code = next_verb(s, playlist, &b.verb, &any, e);
    if (code || !any) {
        ret_batch->n = 0;
        return code;
    }
    code = sql_start(&q, s, e,
                     "SELECT o.id, o.track, t.sid FROM outbox o LEFT JOIN track t ON t.id = o.track"
                     " WHERE o.playlist = ? AND o.verb = ? AND o.state = 'queued'"
                     " ORDER BY o.id DESC LIMIT ?",
                     "isi", playlist, verb_name(b.verb), (int64_t)max);
    if (code)
        return code;
    while (sql_row(&q, e)) {
        b.row[b.n] = sql_col_int(&q, 0);
        b.track[b.n] = sql_col_int(&q, 1);
        b.sid[b.n] = arena_str(a, sql_col_str(&q, 2));
        b.n++;
    }
    reverse(&b);
    if (q.code == ERR_OK)
        *ret_batch = b;
    return q.code;
}

static enum err_code set_state(struct store *s, const struct store_batch *b, const char *state,
                               struct err *e)
{
    enum err_code code = store_begin(s, e);
    for (size_t i = 0; code == ERR_OK && i < b->n; i++)
        code = sql_run(s, e, "UPDATE outbox SET state = ? WHERE id = ?", "si", state, b->row[i]);
    return store_end(s, code, e);
}

enum err_code store_outbox_mark_sent(struct store *s, const struct store_batch *b, struct err *e)
{
    return set_state(s, b, "sent", e);
}

enum err_code store_outbox_requeue(struct store *s, const struct store_batch *b, struct err *e)
{
    return set_state(s, b, "queued", e);
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
    if (b->verb == STORE_ADD)
        return sql_run(s, e,
                       "INSERT OR REPLACE INTO playlist_item(playlist, track, by)"
                       " VALUES(?, ?, 'genred')",
                       "ii", b->playlist, b->track[i]);
    return sql_run(s, e, "DELETE FROM playlist_item WHERE playlist = ? AND track = ?", "ii",
                   b->playlist, b->track[i]);
}

enum err_code store_outbox_done(struct store *s, const struct store_batch *b, const char *snapshot,
                                struct err *e)
{
    assert(b->verb == STORE_ADD || b->verb == STORE_REMOVE);
    enum err_code code = store_begin(s, e);
    for (size_t i = 0; code == ERR_OK && i < b->n; i++)
        code = apply_item(s, b, i, e);
    if (code == ERR_OK)
        code = drop_rows(s, b, e);
    int64_t change = b->verb == STORE_ADD ? (int64_t)b->n : -(int64_t)b->n;
    if (code == ERR_OK)
        code = sql_run(s, e,
                       "UPDATE playlist SET snapshot = ?, total = max(0, total + ?) WHERE id = ?",
                       "sii", snapshot, change, b->playlist);
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

enum err_code store_outbox_assume_done(struct store *s, int64_t playlist, struct err *e)
{
    enum err_code code = store_begin(s, e);
    if (code == ERR_OK)
        code = sql_run(s, e,
                       "INSERT OR REPLACE INTO playlist_item(playlist, track, by)"
                       " SELECT playlist, track, 'genred' FROM outbox WHERE playlist = ?"
                       " AND verb = 'add' AND state = 'sent'",
                       "i", playlist);
    if (code == ERR_OK)
        code = sql_run(s, e,
                       "DELETE FROM playlist_item WHERE playlist = ?1 AND track IN (SELECT track"
                       " FROM outbox WHERE playlist = ?1 AND verb = 'remove' AND state = 'sent')",
                       "i", playlist);
    if (code == ERR_OK)
        code = sql_run(s, e, "DELETE FROM outbox WHERE playlist = ? AND state = 'sent'", "i",
                       playlist);
    return store_end(s, code, e);
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
