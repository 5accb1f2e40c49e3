#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/schema.h"
#include "store/sql.h"

/* The file is made before SQLite sees it, so that it never exists with a wider mode. */
static enum err_code make_private(const char *path, struct err *e)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 && access(path, F_OK) != 0)
        return err_set(e, ERR_STORE, "cannot make the database %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return ERR_OK;
}

/* The order in force is of this run of the program, not of the database. */
static const char order_table[] =
    "CREATE TEMP TABLE source_order(source TEXT PRIMARY KEY, rank INTEGER NOT NULL)";

static enum err_code execute(struct store *s, const char *sql, struct err *e)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? ERR_OK : sql_fail(s, e);
}

static enum err_code pragmas(struct store *s, struct err *e)
{
    static const char sql[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                              "PRAGMA foreign_keys = ON; PRAGMA cache_size = -2048;"
                              "PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 4194304;";
    sqlite3_busy_timeout(s->db, 2000);
    return execute(s, sql, e);
}

enum err_code store_open(const char *path, struct store **ret_store, struct err *e)
{
    enum err_code code = make_private(path, e);
    if (code)
        return code;
    struct store *s = mem_alloc(sizeof(*s));
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &s->db, flags, NULL) != SQLITE_OK)
        code = sql_fail(s, e);
    if (code == ERR_OK)
        code = pragmas(s, e);
    if (code == ERR_OK)
        code = schema_migrate(s, e);
    if (code == ERR_OK)
        code = execute(s, order_table, e);
    if (code) {
        err_wrap(e, "%s", path);
        store_close(s);
        return code;
    }
    *ret_store = s;
    return ERR_OK;
}

static enum err_code copy_order(struct store *of, struct store *to, struct err *e)
{
    struct sql q;
    enum err_code code = sql_start(&q, of, e, "SELECT source, rank FROM source_order", "");
    if (code)
        return code;
    while (code == ERR_OK && sql_row(&q, e))
        code = sql_run(to, e, "INSERT INTO source_order(source, rank) VALUES(?, ?)", "si",
                       sql_col_str(&q, 0), sql_col_int(&q, 1));
    if (code)
        sql_stop(&q);
    return code ? code : q.code;
}

enum err_code store_open_copy(struct store *of, struct store **ret_store, struct err *e)
{
    struct store *s = mem_alloc(sizeof(*s));
    enum err_code code = ERR_OK;
    sqlite3_backup *backup = NULL;
    if (sqlite3_open_v2(":memory:", &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        code = sql_fail(s, e);
    if (code == ERR_OK)
        backup = sqlite3_backup_init(s->db, "main", of->db, "main");
    if (code == ERR_OK && (!backup || sqlite3_backup_step(backup, -1) != SQLITE_DONE))
        code = err_set(e, ERR_STORE, "cannot copy the database for a dry run");
    if (backup)
        sqlite3_backup_finish(backup);
    if (code == ERR_OK)
        code = execute(s, order_table, e);
    if (code == ERR_OK)
        code = copy_order(of, s, e);
    if (code) {
        store_close(s);
        return code;
    }
    *ret_store = s;
    return ERR_OK;
}

static void statements_drop(struct store *s)
{
    for (size_t i = 0; i < s->n_cached; i++)
        sqlite3_finalize(s->cache[i].stmt);
    s->n_cached = 0;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    statements_drop(s);
    sqlite3_close(s->db);
    free(s);
}

enum err_code store_begin(struct store *s, struct err *e)
{
    return sql_run(s, e, "BEGIN IMMEDIATE", "");
}

enum err_code store_end(struct store *s, enum err_code code, struct err *e)
{
    if (code == ERR_OK)
        code = sql_run(s, e, "COMMIT", "");
    if (code != ERR_OK && !sqlite3_get_autocommit(s->db))
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

/* sqlite.org/c3ref/c_dbconfig_defensive.html, SQLITE_DBCONFIG_RESET_DATABASE */
enum err_code store_wipe(struct store *s, struct err *e)
{
    statements_drop(s);
    s->wipes++;
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_RESET_DATABASE, 1, NULL);
    enum err_code code = execute(s, "VACUUM", e);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_RESET_DATABASE, 0, NULL);
    if (code == ERR_OK)
        code = pragmas(s, e);
    if (code == ERR_OK)
        code = schema_migrate(s, e);
    if (code == ERR_OK &&
        sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
        code = sql_fail(s, e);
    return code;
}

bool store_stamp_take(struct store *s, struct store_stamp *ret)
{
    struct err e = {0};
    *ret = (struct store_stamp){.own = s->wipes << 32 | (uint32_t)sqlite3_total_changes(s->db)};
    return sqlite3_get_autocommit(s->db) &&
           sql_int(s, &ret->others, 0, &e, "PRAGMA data_version", "") == ERR_OK;
}

void store_release_memory(struct store *s)
{
    sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_db_release_memory(s->db);
}

enum err_code store_check(struct store *s, struct err *e)
{
    struct sql q;
    enum err_code code = sql_start(&q, s, e, "PRAGMA quick_check(1)", "");
    if (code)
        return code;
    if (sql_row(&q, e)) {
        if (__builtin_strcmp(sql_col_str(&q, 0), "ok") != 0)
            q.code = err_set(e, ERR_STORE, "the database is damaged: %s", sql_col_str(&q, 0));
        sql_stop(&q);
    }
    return q.code;
}
