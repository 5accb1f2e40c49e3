#include "store/content.h"

#include <string.h>

#include "base/buf.h"
#include "store/sql.h"

#define CONTENT_MAX (8U << 20)

static void split(const char *text, struct arena *a, struct store_content *c)
{
    size_t lines = 0;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    char *copy = memcpy(arena_alloc(a, strlen(text) + 1), text, strlen(text) + 1);
    c->item = arena_alloc(a, (lines + 1) * sizeof(*c->item));
    for (char *end; c->n < lines; copy = end + 1) {
        end = strchr(copy, '\n');
        *end = '\0';
        c->item[c->n++] = copy;
    }
}

enum err_code store_content_get(struct store *s, int64_t playlist, struct arena *a,
                                struct store_content *ret_content, struct err *e)
{
    struct sql q;
    struct store_content c = {0};
    enum err_code code =
        sql_start(&q, s, e, "SELECT items FROM playlist_list WHERE playlist = ?", "i", playlist);
    if (code)
        return code;
    if (sql_row(&q, e)) {
        split(sql_col_str(&q, 0), a, &c);
        c.known = true;
        sql_stop(&q);
    }
    if (q.code == ERR_OK)
        *ret_content = c;
    return q.code;
}

enum err_code store_content_put(struct store *s, int64_t playlist,
                                const struct store_content *content, struct err *e)
{
    struct buf text;
    buf_init(&text, CONTENT_MAX);
    for (size_t i = 0; i < content->n; i++)
        buf_printf(&text, "%s\n", content->item[i]);
    enum err_code code =
        sql_run(s, e, "INSERT OR REPLACE INTO playlist_list(playlist, items) VALUES(?, ?)", "is",
                playlist, buf_str(&text));
    buf_free(&text);
    return code;
}

size_t store_content_find(const struct store_content *c, const char *item)
{
    size_t at = 0;
    while (at < c->n && strcmp(c->item[at], item) != 0)
        at++;
    return at;
}

void store_content_insert(struct store_content *c, struct arena *a, size_t place,
                          const char *const *items, size_t n)
{
    const char **list = arena_alloc(a, (c->n + n + 1) * sizeof(*list));
    size_t before = place < c->n ? place : c->n;
    if (before)
        memcpy(list, c->item, before * sizeof(*list));
    if (n)
        memcpy(list + before, items, n * sizeof(*list));
    if (c->n - before)
        memcpy(list + before + n, c->item + before, (c->n - before) * sizeof(*list));
    c->item = list;
    c->n += n;
}

void store_content_remove(struct store_content *c, const char *item)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (strcmp(c->item[i], item) != 0)
            c->item[kept++] = c->item[i];
    }
    c->n = kept;
}
