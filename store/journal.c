#include "store/journal.h"

#include "store/sql.h"

enum err_code store_journal_list(struct store *s, int64_t run, struct arena *a,
                                 struct store_journal_row **ret_rows, size_t *ret_n, struct err *e)
{
    int64_t max = 0;
    struct sql q;
    enum err_code code =
        sql_int(s, &max, 0, e, "SELECT count(*) FROM journal WHERE run = ?", "i", run);
    if (code == ERR_OK)
        code = sql_start(&q, s, e,
                         "SELECT playlist, genre, name, verb, item, place, after, was"
                         " FROM journal WHERE run = ? ORDER BY id",
                         "i", run);
    if (code)
        return code;
    struct store_journal_row *rows = arena_alloc(a, ((size_t)max + 1) * sizeof(*rows));
    size_t n = 0;
    while (sql_row(&q, e))
        rows[n++] = (struct store_journal_row){
            .playlist = arena_str(a, sql_col_str(&q, 0)),
            .genre = arena_str(a, sql_col_str(&q, 1)),
            .name = arena_str(a, sql_col_str(&q, 2)),
            .verb = store_verb_find(sql_col_str(&q, 3)),
            .item = arena_str(a, sql_col_str(&q, 4)),
            .place = sql_col_int(&q, 5),
            .after = arena_str(a, sql_col_str(&q, 6)),
            .was = store_item_by_find(sql_col_str(&q, 7)),
        };
    if (q.code == ERR_OK) {
        *ret_rows = rows;
        *ret_n = n;
    }
    return q.code;
}

enum err_code store_journal_newest(struct store *s, int64_t account, int64_t *ret_run,
                                   struct err *e)
{
    return sql_int(s, ret_run, 0, e,
                   "SELECT coalesce(max(run.id), 0) FROM run WHERE account = ?"
                   " AND NOT (job = 'undo' AND outcome <> 'done') AND EXISTS(SELECT 1 FROM journal "
                   "WHERE journal.run = run.id)",
                   "i", account);
}

enum err_code store_journal_snapshots(struct store *s, int64_t run, struct arena *a,
                                      struct store_journal_snapshot **ret_list, size_t *ret_n,
                                      struct err *e)
{
    int64_t max = 0;
    struct sql q;
    enum err_code code =
        sql_int(s, &max, 0, e, "SELECT count(*) FROM journal_snapshot WHERE run = ?", "i", run);
    if (code == ERR_OK)
        code = sql_start(&q, s, e,
                         "SELECT playlist, before, after FROM journal_snapshot WHERE run = ?"
                         " ORDER BY playlist",
                         "i", run);
    if (code)
        return code;
    struct store_journal_snapshot *list = arena_alloc(a, ((size_t)max + 1) * sizeof(*list));
    size_t n = 0;
    while (sql_row(&q, e))
        list[n++] = (struct store_journal_snapshot){arena_str(a, sql_col_str(&q, 0)),
                                                    arena_str(a, sql_col_str(&q, 1)),
                                                    arena_str(a, sql_col_str(&q, 2))};
    if (q.code == ERR_OK) {
        *ret_list = list;
        *ret_n = n;
    }
    return q.code;
}

enum err_code store_journal_add(struct store *s, const struct store_journal_change *c,
                                const struct store_content *content, struct err *e)
{
    size_t at = store_content_find(content, c->item);
    bool found = at < content->n;
    if (!c->run)
        return ERR_OK;
    return sql_run(s, e,
                   "INSERT INTO journal(run, playlist, genre, name, verb, item, place, after, was)"
                   " SELECT ?, sid, genre, name, ?, ?, ?, ?, coalesce((SELECT by FROM playlist_item"
                   "  WHERE playlist = playlist.id AND track = ?), '')"
                   " FROM playlist WHERE id = ? AND EXISTS(SELECT 1 FROM run WHERE id = ?)",
                   "issisiii", c->run, store_verb_name(c->verb), c->item,
                   found ? (int64_t)at : INT64_C(-1), found && at > 0 ? content->item[at - 1] : "",
                   c->track, c->playlist, c->run);
}

enum err_code store_journal_begin(struct store *s, int64_t run, int64_t playlist, struct err *e)
{
    if (!run)
        return ERR_OK;
    return sql_run(s, e,
                   "INSERT OR IGNORE INTO journal_snapshot(run, playlist, before, after)"
                   " SELECT ?1, sid, snapshot, '' FROM playlist WHERE id = ?2 AND sid IS NOT NULL"
                   " AND EXISTS(SELECT 1 FROM run WHERE id = ?1)",
                   "ii", run, playlist);
}

enum err_code store_journal_end(struct store *s, int64_t run, int64_t playlist,
                                const char *snapshot, struct err *e)
{
    if (!run)
        return ERR_OK;
    return sql_run(s, e,
                   "INSERT INTO journal_snapshot(run, playlist, before, after)"
                   " SELECT ?1, sid, '', ?2 FROM playlist WHERE id = ?3 AND sid IS NOT NULL"
                   " AND EXISTS(SELECT 1 FROM run WHERE id = ?1)"
                   " ON CONFLICT(run, playlist) DO UPDATE SET after = ?2",
                   "isi", run, snapshot, playlist);
}
