/* Taking a run back: its journal, merged with what the person did since, becomes outbox rows. What
 * an undo takes out stays out and what it puts back stays in, until that undo is taken back. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "daemon/jobs/work.h"
#include "spotify/undo.h"
#include "store/exclusion.h"
#include "store/journal.h"
#include "store/run.h"

struct undo {
    struct work *w;
    struct arena arena;
    bool of_undo;                   /* the run was an undo itself */
    bool of_apply;                  /* it took out what the person told it to */
    struct store_journal_row *rows; /* (n) */
    size_t n;
    struct store_playlist playlist; /* the one at hand */
    struct store_content now;       /* its list */
    struct store_item *items;       /* (n_items) of its genre */
    size_t n_items;
    struct undo_step *steps; /* (n_steps) */
    size_t n_steps;
    struct store_change *changes; /* (n_changes) */
    size_t n_changes;
};

static const struct store_item *item_of(const struct undo *u, int64_t track)
{
    const struct store_item *end = u->items + u->n_items;
    struct store_item key = {.track = track};
    const struct store_item *at = bsearch(&key, u->items, u->n_items, sizeof(*at), order_by_id);
    while (at && at > u->items && at[-1].track == track)
        at--; /* another volume may hold it too */
    while (at && at < end && at->track == track && at->playlist != u->playlist.id)
        at++;
    return at && at < end && at->track == track ? at : NULL;
}

static bool has_verb(const struct undo *u, enum store_verb verb)
{
    for (size_t i = 0; i < u->n; i++) {
        if (u->rows[i].verb == verb && strcmp(u->rows[i].playlist, u->playlist.sid) == 0)
            return true;
    }
    return false;
}

/* Whether nothing is in it but what this run put there. */
static enum err_code is_of_run_alone(struct undo *u, bool *ret_alone, struct err *e)
{
    size_t ours = 0;
    enum err_code code = ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < u->n; i++) {
        int64_t track = 0;
        if (u->rows[i].verb != STORE_ADD || strcmp(u->rows[i].playlist, u->playlist.sid) != 0)
            continue;
        code = store_track_find(u->w->env.store, u->rows[i].item, "", &track, e);
        const struct store_item *item = track ? item_of(u, track) : NULL;
        ours += item && item->by == STORE_BY_GENRED;
    }
    *ret_alone = u->now.known && !u->playlist.adopted && ours == u->now.n;
    return code;
}

/* Songs that the run put in are taken out only while they are still genred's own. */
static enum err_code take_step(struct undo *u, const struct store_journal_row *row, struct err *e)
{
    int64_t track = 0;
    bool added = row->verb == STORE_ADD;
    enum err_code code = store_track_find(u->w->env.store, row->item, "", &track, e);
    if (code || !track)
        return code;
    const struct store_item *item = item_of(u, track);
    bool ours = item && (item->by == STORE_BY_GENRED || item->by == STORE_BY_KEPT);
    bool theirs_to_keep_out = item && item->by == STORE_BY_REMOVED && !u->of_apply;
    if (added ? !ours : theirs_to_keep_out)
        return ERR_OK;
    bool excluded = false;
    if (!added)
        code = store_exclusion_covers(u->w->env.store, u->w->env.account, track, &excluded, e);
    if (code || excluded)
        return code;
    u->steps[u->n_steps++] = (struct undo_step){row->item, added, row->place, row->after};
    u->changes[u->n_changes++] = (struct store_change){
        .verb = added ? STORE_REMOVE : STORE_ADD,
        .track = track,
        .place = -1,
        .p = (double)NAN,
        .becomes = u->of_undo ? row->was
                   : added    ? STORE_BY_UNDONE
                              : STORE_BY_KEPT,
    };
    return ERR_OK;
}

/* Items with where they are, ascending by name. */
struct spot {
    const char *item;
    size_t at;
};

static int by_item(const void *a, const void *b)
{
    const struct spot *x = a;
    const struct spot *y = b;
    return strcmp(x->item, y->item);
}

static struct spot *spots_make(struct undo *u, const char *const *items, size_t n)
{
    struct spot *spots = arena_alloc(&u->arena, (n + 1) * sizeof(*spots));
    for (size_t i = 0; i < n; i++)
        spots[i] = (struct spot){items[i], i};
    qsort(spots, n, sizeof(*spots), by_item);
    return spots;
}

static const struct spot *spot_of(const struct spot *spots, size_t n, const char *item)
{
    struct spot key = {.item = item};
    return bsearch(&key, spots, n, sizeof(key), by_item);
}

/* A song that the run moved twice has two changes, of the same place. */
static int by_song(const void *a, const void *b)
{
    const struct store_change *x = a;
    const struct store_change *y = b;
    return (x->track > y->track) - (x->track < y->track);
}

static int by_place(const void *a, const void *b)
{
    const struct store_change *x = a;
    const struct store_change *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

/* Leaves the changes that lead from the list now to the list before, with their places. */
static void find_places(struct undo *u)
{
    size_t n = u->now.n;
    size_t kept = 0;
    const char **before = arena_alloc(&u->arena, (n + u->n_steps + 1) * sizeof(*before));
    if (n)
        memcpy(before, u->now.item, n * sizeof(*before));
    undo_list(before, &n, u->steps, u->n_steps);
    const struct spot *was = spots_make(u, before, n);
    const struct spot *is = spots_make(u, u->now.item, u->now.n);
    for (size_t i = 0; i < u->n_changes; i++) {
        struct store_change c = u->changes[i];
        const struct spot *in_before = spot_of(was, n, u->steps[i].item);
        const struct spot *in_now = spot_of(is, u->now.n, u->steps[i].item);
        if (!in_before == !in_now || (in_before != NULL) != (c.verb == STORE_ADD))
            continue;
        c.place = in_before ? (int64_t)in_before->at : -1;
        u->changes[kept++] = c;
    }
    qsort(u->changes, kept, sizeof(*u->changes), by_song);
    u->n_changes = 0;
    for (size_t i = 0; i < kept; i++) {
        if (i == 0 || u->changes[i].track != u->changes[i - 1].track)
            u->changes[u->n_changes++] = u->changes[i];
    }
    qsort(u->changes, u->n_changes, sizeof(*u->changes), by_place);
}

static enum err_code load(struct undo *u, const char *sid, struct err *e)
{
    struct store *store = u->w->env.store;
    enum err_code code =
        store_playlist_find(store, u->w->env.account, sid, &u->arena, &u->playlist, e);
    if (code == ERR_OK && u->playlist.id)
        code = store_content_get(store, u->playlist.id, &u->arena, &u->now, e);
    if (code == ERR_OK && u->playlist.id)
        code = store_playlist_items(store, u->w->env.account, u->playlist.genre, &u->arena,
                                    &u->items, &u->n_items, e);
    return code;
}

/* A playlist that the run let go comes back as it was. */
static enum err_code follow_again(struct undo *u, struct err *e)
{
    struct store *store = u->w->env.store;
    enum err_code code = ERR_OK;
    for (size_t i = 0; u->playlist.let_go && i < u->w->mirror.n; i++) {
        if (strcmp(u->w->mirror.playlists[i].genre, u->playlist.genre) != 0)
            continue;
        work_note(u->w, "the genre '%s' has another playlist by now, so '%s' stays as it is",
                  u->playlist.genre, u->playlist.name);
        return ERR_OK;
    }
    if (u->playlist.let_go) {
        code = store_playlist_take_back(store, u->playlist.id, NULL, e);
        work_choose(u->w, u->playlist.genre);
    }
    if (code == ERR_OK)
        code = store_playlist_seen(store, u->playlist.id, true, 0, false, e);
    return code ? code : store_outbox_put(store, u->playlist.id, STORE_FOLLOW, e);
}

static enum err_code undo_items(struct undo *u, struct err *e)
{
    enum err_code code = ERR_OK;
    u->steps = arena_alloc(&u->arena, (u->n + 1) * sizeof(*u->steps));
    u->changes = arena_alloc(&u->arena, (u->n + 1) * sizeof(*u->changes));
    u->n_steps = u->n_changes = 0;
    for (size_t i = 0; code == ERR_OK && i < u->n; i++) {
        const struct store_journal_row *row = &u->rows[i];
        bool song = row->verb == STORE_ADD || row->verb == STORE_REMOVE;
        if (song && strcmp(row->playlist, u->playlist.sid) == 0)
            code = take_step(u, row, e);
    }
    find_places(u);
    return code ? code
                : store_outbox_plan(u->w->env.store, u->playlist.id, u->changes, u->n_changes, e);
}

static enum err_code undo_playlist(struct undo *u, const struct store_journal_row *row,
                                   struct err *e)
{
    struct work *w = u->w;
    enum err_code code = load(u, row->playlist, e);
    if (code)
        return code;
    bool came_back = has_verb(u, STORE_FOLLOW);
    if (!u->playlist.id || mirror_is_unsafe(&w->mirror, u->playlist.id)) {
        work_note(w, "the playlist '%s' is left alone", row->name);
        return ERR_OK;
    }
    if (has_verb(u, STORE_UNFOLLOW))
        return mirror_is_seen(&w->mirror, u->playlist.id) ? ERR_OK : follow_again(u, e);
    if (u->playlist.gone || u->playlist.let_go) {
        if (u->playlist.let_go)
            work_note(w, "the playlist '%s' was left to you, so it is left alone", row->name);
        else if (!came_back && !has_verb(u, STORE_CREATE))
            work_note(w, "the playlist '%s' was deleted, so it is left alone", row->name);
        return ERR_OK;
    }
    bool alone = came_back;
    if (has_verb(u, STORE_CREATE))
        code = is_of_run_alone(u, &alone, e);
    if (code)
        return code;
    if (alone && !u->playlist.adopted)
        return store_outbox_put(w->env.store, u->playlist.id, STORE_UNFOLLOW, e);
    return undo_items(u, e);
}

static bool is_first_of_its_playlist(const struct undo *u, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (strcmp(u->rows[i].playlist, u->rows[at].playlist) == 0)
            return false;
    }
    return true;
}

/* What an interrupted run left queued is not this run's to write. */
static enum err_code clear_all(struct work *w, struct err *e)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < w->mirror.n; i++)
        code = store_outbox_clear(w->env.store, w->mirror.playlists[i].id, e);
    return code;
}

static enum err_code undo_run(struct undo *u, struct err *e)
{
    struct work *w = u->w;
    struct store_run run = {0};
    enum err_code code = store_begin(w->env.store, e);
    if (code)
        return code;
    code = clear_all(w, e);
    if (code == ERR_OK)
        code = store_run_get(w->env.store, w->env.account, w->options.undo, &u->arena, &run, e);
    u->of_undo = run.id && strcmp(run.job, "undo") == 0;
    u->of_apply = run.id && strcmp(run.job, "apply") == 0;
    if (code == ERR_OK)
        code = store_journal_list(w->env.store, w->options.undo, &u->arena, &u->rows, &u->n, e);
    for (size_t i = 0; code == ERR_OK && i < u->n; i++) {
        if (is_first_of_its_playlist(u, i))
            code = undo_playlist(u, &u->rows[i], e);
    }
    return store_end(w->env.store, code, e);
}

enum job_wish undo_ask(struct job *j, struct job_io *io)
{
    struct undo u = {.w = j->state};
    enum err_code code = undo_run(&u, &io->err);
    arena_free(&u.arena);
    return code ? JOB_FAIL : JOB_NEXT;
}
