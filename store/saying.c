#include "store/saying.h"

#include <stdbool.h>
#include <string.h>

#include "store/fact.h"
#include "store/sql.h"

static bool read_stat(const struct sql *q, int column, float stat[SONG_STATS])
{
    size_t n = 0;
    const void *blob = sql_col_blob(q, column, &n);
    if (!blob || n != SONG_STATS * sizeof(float))
        return false;
    memcpy(stat, blob, n);
    return true;
}

static struct store_saying *saying_of(struct store_saying *list, size_t *n, const char *source,
                                      struct arena *a)
{
    for (size_t i = 0; i < *n; i++) {
        if (strcmp(list[i].source, source) == 0)
            return &list[i];
    }
    if (*n == STORE_SOURCES_MAX)
        return NULL;
    list[*n] = (struct store_saying){.source = arena_str(a, source), .tags = "", .label = ""};
    return &list[(*n)++];
}

static void saying_add(const struct sql *q, struct store_saying *one, struct arena *a)
{
    const char *tags = sql_col_str(q, 4);
    const char *label = sql_col_str(q, 5);
    if (sql_col_int(q, 1) > one->asked_s)
        one->asked_s = sql_col_int(q, 1);
    if (sql_col_int(q, 2) && read_stat(q, 3, one->stat))
        one->mask = (uint32_t)sql_col_int(q, 2);
    if (*tags)
        one->tags = arena_printf(a, "%s%s%s", one->tags, *one->tags ? "; " : "", tags);
    if (*label)
        one->label = arena_str(a, label);
}

enum err_code store_saying_list(struct store *s, int64_t track, struct arena *a,
                                struct store_saying **ret_list, size_t *ret_n, struct err *e)
{
    struct sql q;
    struct store_saying *list = arena_alloc(a, STORE_SOURCES_MAX * sizeof(*list));
    size_t n = 0;
    enum err_code code = sql_start(
        &q, s, e,
        "SELECT said.source, asked_s, mask, stat, tags, label FROM"
        " (SELECT source, asked_s, mask, stat, '' AS tags, '' AS label FROM feature WHERE track = "
        "?1"
        "  UNION ALL SELECT source, asked_s, 0, NULL, tags, label FROM track_word"
        "   WHERE track = ?1"
        "  UNION ALL SELECT tag.source, tag.asked_s, 0, NULL, tag.tags, '' FROM track_artist ta"
        "   CROSS JOIN tag ON tag.artist = ta.artist WHERE ta.track = ?1) said"
        " JOIN source_order o ON o.source = said.source ORDER BY o.rank",
        "i", track);
    if (code)
        return code;
    while (sql_row(&q, e)) {
        struct store_saying *one = saying_of(list, &n, sql_col_str(&q, 0), a);
        if (one)
            saying_add(&q, one, a);
    }
    if (q.code == ERR_OK) {
        *ret_list = list;
        *ret_n = n;
    }
    return q.code;
}
