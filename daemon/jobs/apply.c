/* Carrying out a plan that the person has read and may have changed: exactly it, or, when a
 * playlist changed since it was made, nothing. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "daemon/jobs/work.h"

struct apply {
    struct work *w;
    struct arena arena;
    struct buf refused; /* "line 3 ('Rock'), ..." */
};

static const struct store_playlist *listed(const struct store_playlist *list, size_t n,
                                           const char *sid, const char *genre)
{
    for (size_t i = 0; i < n; i++) {
        bool is_it = *sid ? strcmp(list[i].sid, sid) == 0
                          : !*list[i].sid && strcmp(list[i].genre, genre) == 0;
        if (is_it)
            return &list[i];
    }
    return NULL;
}

static const char *text_of(const struct json *j, const char *key)
{
    const char *text = json_get_str(j, key);
    return text ? text : "";
}

static void refuse(struct apply *a, const struct json *at, const char *why)
{
    buf_printf(&a->refused, "%sline %lld: %s", a->refused.len ? "; " : "",
               (long long)json_get_int(at, "line", 0), why);
}

static bool is_named(const struct json *plan, const char *sid)
{
    const struct json *playlists = json_get(plan, "playlists");
    for (const struct json *p = json_first(playlists); p; p = json_next(p)) {
        if (strcmp(text_of(p, "id"), sid) == 0)
            return true;
    }
    return false;
}

/* Whether an earlier line names the same playlist. */
static bool is_named_before(const struct json *plan, const struct json *playlist)
{
    const struct json *playlists = json_get(plan, "playlists");
    for (const struct json *p = json_first(playlists); p != playlist; p = json_next(p)) {
        if (strcmp(text_of(p, "id"), text_of(playlist, "id")) == 0 &&
            strcmp(text_of(p, "genre"), text_of(playlist, "genre")) == 0)
            return true;
    }
    return false;
}

/* The greatest volume of the genre; -1: one of its playlists is not in the plan. */
static int64_t volumes_of(const struct apply *a, const struct store_playlist *list, size_t n,
                          const char *genre)
{
    int64_t volumes = 0;
    for (size_t i = 0; i < n && volumes >= 0; i++) {
        if (strcmp(list[i].genre, genre) == 0)
            volumes = is_named(a->w->options.plan, list[i].sid) ? list[i].volume : -1;
    }
    return volumes;
}

/* The playlist's row; 0, and a word about it, when it is not what the plan was made for. */
static enum err_code row_of(struct apply *a, const struct json *p, int64_t *ret_id, struct err *e)
{
    struct work *w = a->w;
    struct store_playlist *list = NULL;
    size_t n = 0;
    const char *sid = text_of(p, "id");
    const char *genre = text_of(p, "genre");
    enum err_code code = store_playlist_list(w->env.store, w->env.account, &a->arena, &list, &n, e);
    if (code)
        return code;
    const struct store_playlist *row = listed(list, n, sid, genre);
    size_t column = tree_find(w->env.tree, genre);
    int64_t volumes = volumes_of(a, list, n, genre);
    *ret_id = row ? row->id : 0;
    if (is_named_before(w->options.plan, p)) {
        refuse(a, p, "this playlist stands there twice");
        *ret_id = 0;
    } else if (*sid && (!row || row->gone || mirror_is_unsafe(&w->mirror, row->id))) {
        refuse(a, p, "genred keeps no such playlist");
        *ret_id = 0;
    } else if (*sid && strcmp(row->genre, genre) != 0) {
        refuse(a, p, "this playlist is of another genre");
        *ret_id = 0;
    } else if (*sid && !*row->snapshot) {
        refuse(a, p, "nobody can tell whether this playlist has changed since");
        *ret_id = 0;
    } else if (*sid && strcmp(row->snapshot, text_of(p, "snapshot")) != 0) {
        refuse(a, p, "this playlist has changed since");
        *ret_id = 0;
    } else if (!*sid && column == TREE_NONE) {
        refuse(a, p, "there is no such genre");
    } else if (!*sid && !row && volumes < 0) {
        refuse(a, p, "this genre has a playlist by now");
    } else if (!*sid && !row) {
        char *name = plan_playlist_name(&w->options, tree_at(w->env.tree, column)->title,
                                        volumes + 1, &a->arena);
        code =
            store_playlist_new(w->env.store, w->env.account, genre, volumes + 1, name, ret_id, e);
    }
    return code;
}

static const struct store_item *item_of(const struct store_item *items, size_t n, int64_t playlist,
                                        int64_t track)
{
    for (size_t i = 0; i < n; i++) {
        if (items[i].playlist == playlist && items[i].track == track)
            return &items[i];
    }
    return NULL;
}

struct target {
    int64_t playlist;
    struct store_item *items; /* (n_items) of its genre */
    size_t n_items;
    struct store_change *changes; /* (n) */
    size_t n;
};

static enum err_code take_change(struct apply *a, struct target *t, const struct json *change,
                                 struct err *e)
{
    struct store *store = a->w->env.store;
    int64_t track = 0;
    const char *verb = text_of(change, "verb");
    enum err_code code = store_track_find(store, text_of(change, "id"), "", &track, e);
    if (code)
        return code;
    if (!track) {
        refuse(a, change, "this song is not among yours");
        return ERR_OK;
    }
    for (size_t i = 0; i < t->n; i++) {
        if (t->changes[i].track == track) {
            refuse(a, change, "this song stands there twice");
            return ERR_OK;
        }
    }
    const struct store_item *item = item_of(t->items, t->n_items, t->playlist, track);
    bool is_in = item && item->by != STORE_BY_REMOVED && item->by != STORE_BY_UNDONE;
    bool sorted = false;
    code = store_track_is_sorted(store, a->w->env.account, track, &sorted, e);
    if (code == ERR_OK && text_equal(verb, "add") && !is_in)
        t->changes[t->n++] = (struct store_change){STORE_ADD, track, -1, (double)NAN,
                                                   sorted ? STORE_BY_GENRED : STORE_BY_PERSON};
    else if (text_equal(verb, "remove") && is_in)
        t->changes[t->n++] =
            (struct store_change){STORE_REMOVE, track, -1, (double)NAN, STORE_BY_REMOVED};
    else if (text_equal(verb, "veto") && is_in)
        t->changes[t->n++] =
            (struct store_change){STORE_REMOVE, track, -1, (double)NAN, STORE_BY_REMOVED};
    else if (text_equal(verb, "veto"))
        code = store_playlist_veto(store, t->playlist, track, e);
    return code;
}

static enum err_code apply_playlist(struct apply *a, const struct json *p, struct err *e)
{
    struct work *w = a->w;
    struct target t = {0};
    const struct json *changes = json_get(p, "changes");
    const char *genre = text_of(p, "genre");
    enum err_code code = row_of(a, p, &t.playlist, e);
    if (code || !t.playlist)
        return code;
    t.changes = arena_alloc(&a->arena, (json_size(changes) + 1) * sizeof(*t.changes));
    code = store_playlist_items(w->env.store, w->env.account, genre, &a->arena, &t.items,
                                &t.n_items, e);
    for (const struct json *c = json_first(changes); code == ERR_OK && c; c = json_next(c))
        code = take_change(a, &t, c, e);
    if (code == ERR_OK && !*text_of(p, "id"))
        code = store_outbox_put(w->env.store, t.playlist, STORE_CREATE, e);
    if (code == ERR_OK)
        code = store_outbox_plan(w->env.store, t.playlist, t.changes, t.n, e);
    work_choose(w, genre);
    return code;
}

static enum err_code apply_all(struct apply *a, struct err *e)
{
    struct work *w = a->w;
    enum err_code code = store_begin(w->env.store, e);
    if (code)
        return code;
    for (size_t i = 0; code == ERR_OK && i < w->mirror.n; i++)
        code = store_outbox_clear(w->env.store, w->mirror.playlists[i].id, e);
    const struct json *playlists = json_get(w->options.plan, "playlists");
    for (const struct json *p = json_first(playlists); code == ERR_OK && p; p = json_next(p))
        code = apply_playlist(a, p, e);
    if (code == ERR_OK && a->refused.len)
        code = err_set(e, ERR_CONFIRM,
                       "nothing was changed, because the plan no longer fits: %s; make a new one "
                       "with 'genrectl sort --plan FILE'",
                       buf_str(&a->refused));
    return store_end(w->env.store, code, e);
}

enum job_wish apply_ask(struct job *j, struct job_io *io)
{
    struct apply a = {.w = j->state};
    enum err_code code = ERR_OK;
    buf_init(&a.refused, 300); /* of a sentence; what does not fit is left out */
    if (!a.w->planned)         /* a second round only looks at what was written */
        code = apply_all(&a, &io->err);
    a.w->planned = code == ERR_OK;
    buf_free(&a.refused);
    arena_free(&a.arena);
    return code ? JOB_FAIL : JOB_NEXT;
}
