#include "store/run.h"

#include "store/sql.h"

enum err_code store_run_last(struct store *s, int64_t *ret_id, struct err *e)
{
    return sql_int(s, ret_id, 0, e, "SELECT max(id) FROM run", "");
}

enum err_code store_run_start(struct store *s, int64_t id, int64_t account, const char *job,
                              int64_t now_s, struct err *e)
{
    return sql_run(s, e, "INSERT INTO run(id, account, job, started_s) VALUES(?, ?, ?, ?)", "iisi",
                   id, account, job, now_s);
}

enum err_code store_run_finish(struct store *s, const struct store_run *run, struct err *e)
{
    return sql_run(
        s, e,
        "UPDATE run SET finished_s = ?, outcome = ?, message = ?, requests = ?, added = ?,"
        " removed = ? WHERE id = ?",
        "issiiii", run->finished_s, run->outcome, run->message, run->requests, run->added,
        run->removed, run->id);
}

enum err_code store_run_close_killed(struct store *s, struct err *e)
{
    return sql_run(s, e,
                   "UPDATE run SET outcome = 'killed', message = 'the program ended in mid-run',"
                   " finished_s = started_s WHERE outcome = 'running'",
                   "");
}

#define COLUMNS "id, job, outcome, message, started_s, finished_s, requests, added, removed"

static struct store_run take_row(const struct sql *q, struct arena *a)
{
    return (struct store_run){
        .id = sql_col_int(q, 0),
        .job = arena_str(a, sql_col_str(q, 1)),
        .outcome = arena_str(a, sql_col_str(q, 2)),
        .message = arena_str(a, sql_col_str(q, 3)),
        .started_s = sql_col_int(q, 4),
        .finished_s = sql_col_int(q, 5),
        .requests = sql_col_int(q, 6),
        .added = sql_col_int(q, 7),
        .removed = sql_col_int(q, 8),
    };
}

enum err_code store_run_get(struct store *s, int64_t account, int64_t id, struct arena *a,
                            struct store_run *ret_run, struct err *e)
{
    struct sql q;
    enum err_code code =
        sql_start(&q, s, e, "SELECT " COLUMNS " FROM run WHERE id = ? AND account IN (0, ?)", "ii",
                  id, account);
    *ret_run = (struct store_run){0};
    if (code == ERR_OK && sql_row(&q, e)) {
        *ret_run = take_row(&q, a);
        sql_stop(&q);
    }
    return code ? code : q.code;
}

enum err_code store_run_list(struct store *s, int64_t account, size_t max, struct arena *a,
                             struct store_run **ret_runs, size_t *ret_n, struct err *e)
{
    struct sql q;
    enum err_code code = sql_start(&q, s, e,
                                   "SELECT " COLUMNS " FROM run WHERE account IN (0, ?)"
                                   " ORDER BY id DESC LIMIT ?",
                                   "ii", account, (int64_t)max);
    if (code)
        return code;
    struct store_run *runs = arena_alloc(a, (max + 1) * sizeof(*runs));
    size_t n = 0;
    while (sql_row(&q, e))
        runs[n++] = take_row(&q, a);
    if (q.code == ERR_OK) {
        *ret_runs = runs;
        *ret_n = n;
    }
    return q.code;
}

enum err_code store_run_prune(struct store *s, size_t keep, struct err *e)
{
    return sql_run(s, e,
                   "DELETE FROM run WHERE id NOT IN (SELECT id FROM run ORDER BY id DESC LIMIT ?)"
                   " AND id NOT IN (SELECT run FROM outbox)",
                   "i", (int64_t)keep);
}
