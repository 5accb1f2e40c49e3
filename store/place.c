#include "store/place.h"

#include <string.h>

#include "store/sql.h"
#include "store/track.h"

/* Below every like's: no moment of a calendar reaches it. */
#define ORD_BEGIN (-((int64_t)1 << 40))

static bool is_kept(const char *key, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(key, keys[i]) == 0)
            return true;
    }
    return false;
}

enum err_code store_place_keep(struct store *s, int64_t account, const char *const *keys, size_t n,
                               struct err *e)
{
    enum err_code code;
    int64_t gone = 0;
    do {
        struct sql q;
        code = sql_start(&q, s, e, "SELECT id, key FROM place WHERE account = ?", "i", account);
        if (code)
            return code;
        gone = 0;
        while (sql_row(&q, e)) {
            if (!is_kept(sql_col_str(&q, 1), keys, n))
                gone = sql_col_int(&q, 0);
        }
        code = q.code;
        if (code == ERR_OK && gone)
            code = sql_run(s, e, "DELETE FROM place WHERE id = ?", "i", gone);
    } while (code == ERR_OK && gone);
    return code;
}

static struct store_place read_place(const struct sql *q, struct arena *a)
{
    return (struct store_place){
        .id = sql_col_int(q, 0),
        .name = arena_str(a, sql_col_str(q, 1)),
        .snapshot = arena_str(a, sql_col_str(q, 2)),
        .head = (uint64_t)sql_col_int(q, 3),
        .total = sql_col_int(q, 4),
        .whole = sql_col_int(q, 5) != 0,
        .refused_s = sql_col_int(q, 6),
    };
}

enum err_code store_place_open(struct store *s, int64_t account, const char *key, struct arena *a,
                               struct store_place *ret_place, struct err *e)
{
    struct sql q;
    struct store_place place = {.id = 0};
    enum err_code code =
        sql_run(s, e, "INSERT OR IGNORE INTO place(account, key) VALUES(?, ?)", "is", account, key);
    if (code == ERR_OK)
        code = sql_start(&q, s, e,
                         "SELECT id, name, snapshot, head, total, whole, refused_s FROM place"
                         " WHERE account = ? AND key = ?",
                         "is", account, key);
    if (code)
        return code;
    while (sql_row(&q, e))
        place = read_place(&q, a);
    if (q.code == ERR_OK)
        *ret_place = place;
    return q.code;
}

enum err_code store_place_list(struct store *s, int64_t account, struct arena *a,
                               struct store_place_row **ret_list, size_t *ret_n, struct err *e)
{
    struct sql q;
    int64_t most = 0;
    size_t n = 0;
    enum err_code code =
        sql_int(s, &most, 0, e, "SELECT count(*) FROM place WHERE account = ?", "i", account);
    if (code == ERR_OK)
        code = sql_start(&q, s, e,
                         "SELECT id, name, snapshot, head, total, whole, refused_s, key FROM place"
                         " WHERE account = ? ORDER BY id",
                         "i", account);
    if (code)
        return code;
    struct store_place_row *list = arena_alloc(a, ((size_t)most + 1) * sizeof(*list));
    while (sql_row(&q, e))
        list[n++] = (struct store_place_row){arena_str(a, sql_col_str(&q, 7)), read_place(&q, a)};
    if (q.code == ERR_OK) {
        *ret_list = list;
        *ret_n = n;
    }
    return q.code;
}

enum err_code store_place_put(struct store *s, const struct store_place *place, struct err *e)
{
    return sql_run(s, e,
                   "UPDATE place SET name = ?, snapshot = ?, head = ?, total = ?, whole = ?,"
                   " refused_s = ? WHERE id = ?",
                   "ssiiiii", place->name, place->snapshot, (int64_t)place->head, place->total,
                   (int64_t)place->whole, place->refused_s, place->id);
}

enum err_code store_place_retry(struct store *s, struct err *e)
{
    return sql_run(s, e, "UPDATE place SET refused_s = 0", "");
}

enum err_code store_place_walk(struct store *s, int64_t place, int64_t *ret_walk, struct err *e)
{
    return sql_int(s, ret_walk, 0, e,
                   "UPDATE place SET walk = walk + 1 WHERE id = ? RETURNING walk", "i", place);
}

static enum err_code find_track(struct store *s, const struct library_track *t, bool brief,
                                int64_t *ret_track, struct err *e)
{
    enum err_code code = ERR_OK;
    *ret_track = 0;
    if (brief)
        code = sql_int(s, ret_track, 0, e, "SELECT id FROM track WHERE sid = ?", "s", t->sid);
    return code || *ret_track ? code : store_track_put(s, t, ret_track, e);
}

enum err_code store_place_add(struct store *s, const struct store_place_page *to,
                              const struct library_page *page, struct err *e)
{
    enum err_code code = store_begin(s, e);
    for (size_t i = 0; code == ERR_OK && i < page->n; i++) {
        const struct library_entry *entry = &page->entries[i];
        int64_t track = 0;
        if (entry->kind != LIBRARY_TRACK)
            continue;
        code = find_track(s, &entry->track, to->brief, &track, e);
        /* A song that stands there twice counts from its later entry. */
        if (code == ERR_OK)
            code = sql_run(s, e,
                           "INSERT INTO place_track(account, track, place, ord, walk)"
                           " VALUES(?, ?, ?, ?, ?) ON CONFLICT(account, track, place) DO UPDATE SET"
                           " ord = CASE WHEN walk < excluded.walk THEN excluded.ord"
                           "   ELSE max(ord, excluded.ord) END, walk = excluded.walk",
                           "iiiii", to->account, track, to->place, ORD_BEGIN + entry->added_s,
                           to->walk);
    }
    return store_end(s, code, e);
}

enum err_code store_place_missing(struct store *s, int64_t place, int64_t walk, int64_t *ret_n,
                                  struct err *e)
{
    return sql_int(s, ret_n, 0, e, "SELECT count(*) FROM place_track WHERE place = ? AND walk < ?",
                   "ii", place, walk);
}

enum err_code store_place_drop_missing(struct store *s, int64_t place, int64_t walk, struct err *e)
{
    return sql_run(s, e, "DELETE FROM place_track WHERE place = ? AND walk < ?", "ii", place, walk);
}
