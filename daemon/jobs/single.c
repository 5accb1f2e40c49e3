/* One copy of a song that the person and genred put in at the same time. Spotify takes out all
 * copies at once, so the person's is put back in its place; until then the record says `doubled`,
 * so that it is not lost to an end in between. */
#include <math.h>
#include <string.h>

#include "daemon/jobs/work.h"

struct single {
    struct store *store;
    struct store_content content;
    struct store_change *changes;
    size_t n;
    size_t n_removals; /* that come before */
    const char **gone; /* (n_removals) ids */
};

static bool is_gone(const struct single *s, const char *item)
{
    for (size_t i = 0; i < s->n_removals; i++) {
        if (strcmp(s->gone[i], item) == 0)
            return true;
    }
    return false;
}

static size_t last_of(const struct store_content *c, const char *item, size_t *ret_copies)
{
    size_t last = 0;
    *ret_copies = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (strcmp(c->item[i], item) == 0) {
            last = i;
            ++*ret_copies;
        }
    }
    return last;
}

/* How many items stand before the last copy once everything that goes is gone. */
static int64_t place_of(const struct single *s, const char *item, size_t last)
{
    int64_t place = 0;
    for (size_t i = 0; i < last; i++)
        place += strcmp(s->content.item[i], item) != 0 && !is_gone(s, s->content.item[i]);
    return place;
}

static enum err_code make_single(struct single *s, int64_t track, struct arena *a, struct err *e)
{
    const char *sid = NULL;
    size_t copies = 0;
    enum err_code code = store_track_sid(s->store, track, a, &sid, e);
    if (code)
        return code;
    size_t last = last_of(&s->content, sid, &copies);
    if (copies > 1)
        s->changes[s->n++] =
            (struct store_change){STORE_REMOVE, track, -1, (double)NAN, STORE_BY_DOUBLED};
    if (copies != 1)
        s->changes[s->n++] = (struct store_change){STORE_ADD, track, place_of(s, sid, last),
                                                   (double)NAN, STORE_BY_PERSON};
    return ERR_OK;
}

static enum err_code load(struct single *s, int64_t playlist, struct arena *a, struct err *e)
{
    enum err_code code = store_content_get(s->store, playlist, a, &s->content, e);
    s->gone = arena_alloc(a, (s->n + 1) * sizeof(*s->gone));
    for (size_t i = 0; code == ERR_OK && i < s->n; i++) {
        if (s->changes[i].verb == STORE_REMOVE)
            code = store_track_sid(s->store, s->changes[i].track, a, &s->gone[s->n_removals++], e);
    }
    return code;
}

enum err_code single_plan(struct store *store, int64_t playlist, const struct store_item *items,
                          size_t n_items, struct arena *a, struct store_change *changes, size_t *n,
                          struct err *e)
{
    struct single s = {.store = store, .changes = changes, .n = *n};
    bool loaded = false;
    enum err_code code = ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < n_items; i++) {
        if (items[i].by != STORE_BY_DOUBLED || items[i].playlist != playlist)
            continue;
        code = loaded ? ERR_OK : load(&s, playlist, a, e);
        loaded = true;
        if (code == ERR_OK)
            code = make_single(&s, items[i].track, a, e);
    }
    *n = s.n;
    return code;
}
