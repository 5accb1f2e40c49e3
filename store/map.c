#include "store/map.h"

#include "store/sql.h"

static enum err_code read_head(struct store *s, int64_t account, struct arena *a,
                               struct store_map *map, struct err *e)
{
    struct sql q;
    enum err_code code =
        sql_start(&q, s, e, "SELECT model, scale FROM map WHERE account = ?", "i", account);
    if (code)
        return code;
    while (sql_row(&q, e)) {
        map->model = arena_str(a, sql_col_str(&q, 0));
        map->scale = sql_col_num(&q, 1);
    }
    return q.code;
}

enum err_code store_map_get(struct store *s, int64_t account, struct arena *a,
                            struct store_map *ret_map, struct err *e)
{
    struct sql q;
    int64_t max = 0;
    struct store_map map = {.model = ""};
    enum err_code code = read_head(s, account, a, &map, e);
    if (code == ERR_OK)
        code = sql_int(s, &max, 0, e, "SELECT count(*) FROM map_place WHERE account = ?", "i",
                       account);
    if (code == ERR_OK)
        code = sql_start(&q, s, e,
                         "SELECT track, x, y, made_of, late FROM map_place WHERE account = ?"
                         " ORDER BY track",
                         "i", account);
    if (code)
        return code;
    map.places = arena_alloc(a, ((size_t)max + 1) * sizeof(*map.places));
    while (sql_row(&q, e))
        map.places[map.n++] = (struct store_map_place){
            .track = sql_col_int(&q, 0),
            .x = (float)sql_col_num(&q, 1),
            .y = (float)sql_col_num(&q, 2),
            .of = (uint64_t)sql_col_int(&q, 3),
            .late = sql_col_int(&q, 4) != 0,
        };
    if (q.code == ERR_OK)
        *ret_map = map;
    return q.code;
}

enum err_code store_map_put(struct store *s, int64_t account, const struct store_map *map,
                            struct err *e)
{
    enum err_code code = store_begin(s, e);
    if (code == ERR_OK)
        code = sql_run(s, e,
                       "INSERT INTO map(account, model, scale) VALUES(?, ?, ?)"
                       " ON CONFLICT(account) DO UPDATE SET model = excluded.model,"
                       " scale = excluded.scale",
                       "isf", account, map->model, map->scale);
    for (size_t i = 0; code == ERR_OK && i < map->n; i++) {
        const struct store_map_place *p = &map->places[i];
        code = sql_run(s, e,
                       "INSERT INTO map_place(account, track, x, y, made_of, late)"
                       " SELECT account, track, ?3, ?4, ?5, ?6 FROM song"
                       " WHERE account = ?1 AND track = ?2"
                       " ON CONFLICT(account, track) DO UPDATE SET x = excluded.x, y = excluded.y,"
                       " made_of = excluded.made_of, late = excluded.late",
                       "iiffii", account, p->track, (double)p->x, (double)p->y, (int64_t)p->of,
                       (int64_t)p->late);
    }
    if (code == ERR_OK)
        code = sql_run(s, e,
                       "DELETE FROM map_place WHERE account = ?1 AND NOT EXISTS(SELECT 1 FROM song"
                       " WHERE song.account = ?1 AND song.track = map_place.track)",
                       "i", account);
    return store_end(s, code, e);
}
