/* What became of our playlists: one look at the list of the person's playlists, then the items of
 * those that changed or whose last write has an unknown outcome. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/jobs/work.h"
#include "spotify/endpoint.h"
#include "spotify/parse.h"

/* A new playlist may be absent from the list for a while. */
#define LIST_TRIES 4
#define READ_TRIES 3
/* Before reading after a write whose outcome is unknown: it may still be on its way. */
#define SETTLE_MS    1500
#define GONE_AFTER_S 3600
/* Looks at the list after items were read: somebody may have changed them meanwhile. */
#define CHECKS       2
#define UNKNOWN_ITEM "?"

static void list_begin(struct mirror_state *s)
{
    s->read_since_list = false;
    s->list_offset = 0;
    s->list_limit = -1;
    for (size_t i = 0; i < s->n; i++)
        s->mark[i].seen = false;
}

static void read_begin(struct mirror_state *s)
{
    s->offset = 0;
    s->limit = -1;
    s->total = 0;
    s->items = 0;
    s->n_tracks = 0;
    s->consistent = true;
    s->failed = false;
    arena_free(&s->items_arena);
}

/* Without the list nobody tells which playlists changed: all are read. */
static void do_without_list(struct mirror_state *s)
{
    s->listed = true;
    for (size_t i = 0; i < s->n; i++) {
        s->mark[i].read = s->mark[i].read || *s->playlists[i].sid;
        s->mark[i].snapshot = ""; /* of what is read now, nobody tells it */
    }
}

static enum err_code begin(struct work *w, struct err *e)
{
    struct mirror_state *s = &w->mirror;
    mirror_end(s);
    enum err_code code = store_outbox_forget_follows(w->env.store, w->env.account, e);
    if (code == ERR_OK)
        code =
            store_playlist_list(w->env.store, w->env.account, &s->arena, &s->playlists, &s->n, e);
    if (code)
        return code;
    s->mark = arena_alloc(&s->arena, (s->n + 1) * sizeof(*s->mark));
    s->begun = true;
    s->counts_only = w->check_counts;
    s->listed = s->n == 0 && !share_is_possible(w);
    for (size_t i = 0; i < s->n; i++) {
        if (s->playlists[i].unknown)
            s->sleep_ms = SETTLE_MS;
        s->mark[i].read =
            (s->playlists[i].unknown || !s->playlists[i].read) && *s->playlists[i].sid;
        s->mark[i].snapshot = s->playlists[i].snapshot;
    }
    list_begin(s);
    read_begin(s);
    if (!access_may_ask(w->env.access, ENDPOINT_PLAYLISTS, clock_utc_s()))
        do_without_list(s);
    return ERR_OK;
}

/* --- the list of playlists
 * ------------------------------------------------------------------------ */

/* A creation whose answer was lost, found again by the marker in the description. */
static enum err_code adopt_created(struct work *w, size_t i, const struct library_playlist *p,
                                   struct err *e)
{
    struct mirror_state *s = &w->mirror;
    log_info("mirror: found lost creation genre=%s id=%s", s->playlists[i].genre, p->sid);
    s->playlists[i].sid = arena_str(&s->arena, p->sid);
    s->mark[i].read = true;
    return store_playlist_created(w->env.store, s->playlists[i].id, p->sid, "", e);
}

static bool has_changed(const struct mirror_state *s, size_t i, const struct library_playlist *p)
{
    const struct store_playlist *ours = &s->playlists[i];
    const char *known = s->mark[i].was_read ? s->mark[i].snapshot : ours->snapshot;
    if (p->total >= 0 && !s->mark[i].was_read && p->total != ours->total)
        return true;
    return !s->counts_only && (!*p->snapshot || strcmp(p->snapshot, known) != 0);
}

static enum err_code take_listed(struct work *w, const struct library_playlist *p, struct err *e)
{
    struct mirror_state *s = &w->mirror;
    enum err_code code = ERR_OK;
    bool ours_at_all = false;
    for (size_t i = 0; code == ERR_OK && i < s->n; i++) {
        struct store_playlist *ours = &s->playlists[i];
        bool is_it = *ours->sid && strcmp(ours->sid, p->sid) == 0;
        if (!*ours->sid && strstr(p->description, ours->marker)) {
            code = adopt_created(w, i, p, e);
            is_it = true;
        }
        if (!is_it)
            continue;
        ours_at_all = true;
        s->mark[i].seen = true;
        s->mark[i].read = s->mark[i].read || has_changed(s, i, p);
        s->mark[i].snapshot = arena_str(&s->arena, p->snapshot);
    }
    return code || ours_at_all ? code : share_take(w, p, e);
}

static enum err_code take_list(struct work *w, struct job_io *io)
{
    struct mirror_state *s = &w->mirror;
    struct arena a = {0};
    struct library_playlists page;
    enum err_code code = parse_playlists(&io->res.body, &a, &page, &io->err);
    if (code == ERR_OK) {
        if (s->list_limit < 0)
            s->list_limit = page.total;
        if (page.more && io->req.tag + ENDPOINT_PLAYLISTS_PAGE >= s->list_limit)
            s->list_limit = io->req.tag + 2 * ENDPOINT_PLAYLISTS_PAGE;
    }
    for (size_t i = 0; code == ERR_OK && i < page.n; i++)
        code = take_listed(w, &page.playlists[i], &io->err);
    arena_free(&a);
    return code;
}

static bool lost_creation(const struct mirror_state *s)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->playlists[i].unknown && !*s->playlists[i].sid)
            return true;
    }
    return false;
}

/* Absent from the list: perhaps it lags, perhaps the person deleted the playlist. */
static enum err_code note_absence(struct work *w, size_t i, struct err *e)
{
    struct mirror_state *s = &w->mirror;
    struct store_playlist *p = &s->playlists[i];
    int64_t now = clock_utc_s();
    bool gone = p->gone;
    if (s->mark[i].seen)
        return p->listed && !p->missing_s && !gone
                   ? ERR_OK
                   : store_playlist_seen(w->env.store, p->id, true, 0, false, e);
    if (gone && !s->counts_only)
        work_note_gone(w, p);
    if (!*p->sid || !p->listed || gone)
        return ERR_OK;
    if (p->missing_s && (now >= p->missing_s + GONE_AFTER_S || now < p->missing_s))
        gone = true;
    if (gone)
        work_note_gone(w, p);
    else
        work_note(w, "the playlist '%s' is not among yours, so nothing is written to it", p->name);
    return store_playlist_seen(w->env.store, p->id, true, p->missing_s ? p->missing_s : now, gone,
                               e);
}

static enum err_code list_end(struct work *w, struct err *e)
{
    struct mirror_state *s = &w->mirror;
    enum err_code code = ERR_OK;
    if (lost_creation(s) && ++s->list_tries < LIST_TRIES) {
        s->sleep_ms = (int64_t)SETTLE_MS << (s->list_tries - 1);
        list_begin(s);
        return ERR_OK;
    }
    for (size_t i = 0; code == ERR_OK && i < s->n; i++) {
        code = note_absence(w, i, e);
        if (code == ERR_OK && s->playlists[i].unknown && !*s->playlists[i].sid)
            code = store_outbox_requeue_all(w->env.store, s->playlists[i].id, e);
    }
    s->listed = true;
    s->listed_boot_ms = clock_boot_ms();
    w->check_counts = false;
    if (s->found_more)
        s->begun = false; /* with their rows */
    return code;
}

static enum job_wish list_ask(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    struct mirror_state *s = &w->mirror;
    if (s->list_offset > 0 && s->list_limit < 0)
        return JOB_WAIT;
    if (s->list_limit < 0 || s->list_offset < s->list_limit) {
        endpoint_playlists(&io->req, w->env.api_url, s->list_offset);
        s->list_offset += ENDPOINT_PLAYLISTS_PAGE;
        return JOB_SEND;
    }
    if (j->outstanding)
        return JOB_WAIT;
    return list_end(w, &io->err) ? JOB_FAIL : mirror_ask(j, io);
}

/* --- the items of one playlist
 * -------------------------------------------------------------------- */

static void keep_item(struct mirror_state *s, const struct library_entry *entry)
{
    const struct library_track *t = &entry->track;
    bool song = entry->kind == LIBRARY_TRACK;
    const char *item = song && *t->linked_sid ? t->linked_sid : song ? t->sid : t->uri;
    if ((size_t)s->items == s->cap_items) {
        s->cap_items = s->cap_items ? 2 * s->cap_items : 512;
        s->items_read = mem_resize(s->items_read, s->cap_items, sizeof(*s->items_read));
    }
    s->items_read[s->items++] =
        arena_str(&s->items_arena, *item && !strchr(item, '\n') ? item : UNKNOWN_ITEM);
}

static void keep_track(struct mirror_state *s, int64_t track)
{
    if (s->n_tracks == s->cap_tracks) {
        s->cap_tracks = s->cap_tracks ? 2 * s->cap_tracks : 512;
        s->tracks = mem_resize(s->tracks, s->cap_tracks, sizeof(*s->tracks));
    }
    s->tracks[s->n_tracks++] = track;
}

/* The song's row. One that is not among the likes gets one too: it may be liked later. */
static enum err_code row_of(struct store *store, const struct library_track *t, int64_t *ret_track,
                            struct err *e)
{
    enum err_code code = store_track_find(store, t->sid, "", ret_track, e);
    if (code == ERR_OK && !*ret_track && *t->linked_sid)
        code = store_track_find(store, t->linked_sid, "", ret_track, e);
    if (code == ERR_OK && !*ret_track)
        code = store_track_find(store, t->sid, t->isrc, ret_track, e);
    if (code == ERR_OK && !*ret_track)
        code = store_track_put(store, t, ret_track, e);
    return code;
}

static enum err_code keep_page(struct work *w, const struct library_page *page, struct err *e)
{
    struct mirror_state *s = &w->mirror;
    enum err_code code = store_begin(w->env.store, e);
    for (size_t i = 0; code == ERR_OK && i < page->n; i++) {
        int64_t track = 0;
        keep_item(s, &page->entries[i]);
        if (page->entries[i].kind != LIBRARY_TRACK)
            continue;
        code = row_of(w->env.store, &page->entries[i].track, &track, e);
        keep_track(s, track);
    }
    return store_end(w->env.store, code, e);
}

static enum err_code take_items(struct work *w, struct job_io *io)
{
    struct mirror_state *s = &w->mirror;
    struct arena a = {0};
    struct library_page page;
    enum err_code code = parse_page(&io->res.body, &a, &page, &io->err);
    if (code == ERR_OK) {
        if (s->limit < 0)
            s->total = s->limit = page.total;
        s->consistent = s->consistent && page.total == s->total;
        if (page.more && io->req.tag + ENDPOINT_ITEMS_PAGE >= s->limit)
            s->limit = io->req.tag + 2 * ENDPOINT_ITEMS_PAGE;
    }
    if (code == ERR_OK)
        code = keep_page(w, &page, &io->err);
    arena_free(&a);
    return code;
}

static enum err_code read_end(struct work *w, struct err *e)
{
    struct mirror_state *s = &w->mirror;
    const struct store_playlist *p = &s->playlists[s->at];
    enum err_code code = ERR_OK;
    bool whole = !s->failed && s->consistent && s->items == s->total;
    if (!whole && !s->failed && ++s->tries < READ_TRIES) {
        read_begin(s);
        return ERR_OK;
    }
    struct store_reading reading = {
        .snapshot = s->mark[s->at].snapshot,
        .tracks = s->tracks,
        .n_tracks = s->n_tracks,
        .content = {s->items_read, (size_t)s->items, true},
        .run = w->env.run,
    };
    s->mark[s->at].read = false;
    if (whole) {
        s->mark[s->at].was_read = s->read_since_list = true;
        code = store_playlist_merge(w->env.store, p->id, &reading, e);
    } else {
        s->mark[s->at].unsafe = true;
        work_note(w, "the playlist '%s' could not be read whole, so it was left alone", p->name);
        w->partly = true;
    }
    s->at++;
    s->tries = 0;
    read_begin(s);
    return code;
}

/* Where items may not be read, genred goes on from its own record of what it wrote. */
static enum err_code settle_unread(struct work *w, struct err *e)
{
    struct mirror_state *s = &w->mirror;
    enum err_code code = ERR_OK;
    for (; code == ERR_OK && s->at < s->n; s->at++) {
        const struct store_playlist *p = &s->playlists[s->at];
        if (!p->unknown)
            continue;
        if (*p->sid)
            code = store_outbox_assume_done(w->env.store, p->id, e);
        work_note(w,
                  "nobody can tell whether the last change of '%s' arrived, so it is not sent "
                  "again: look at the playlist",
                  p->name);
        w->partly = true;
    }
    return code;
}

static enum job_wish read_ask(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    struct mirror_state *s = &w->mirror;
    const struct store_playlist *p = &s->playlists[s->at];
    if (s->offset > 0 && s->limit < 0)
        return JOB_WAIT;
    if (!s->failed && (s->limit < 0 || s->offset < s->limit)) {
        endpoint_items(&io->req, w->env.api_url, access_shape(w->env.access, ENDPOINT_ITEMS_READ),
                       p->sid, s->offset);
        s->offset += ENDPOINT_ITEMS_PAGE;
        return JOB_SEND;
    }
    if (j->outstanding)
        return JOB_WAIT;
    return read_end(w, &io->err) ? JOB_FAIL : mirror_ask(j, io);
}

/* --- the step
 * ------------------------------------------------------------------------------------- */

/* Reading takes a while: what was changed since is read again, before anything is written. */
static bool must_check(const struct work *w)
{
    const struct mirror_state *s = &w->mirror;
    return s->read_since_list && s->checks < CHECKS &&
           access_may_ask(w->env.access, ENDPOINT_PLAYLISTS, clock_utc_s());
}

enum job_wish mirror_ask(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    struct mirror_state *s = &w->mirror;
    if (!s->begun && begin(w, &io->err))
        return JOB_FAIL;
    if (s->sleep_ms && !j->outstanding) {
        io->sleep_ms = s->sleep_ms;
        s->sleep_ms = 0;
        return JOB_SLEEP;
    }
    if (!s->listed)
        return list_ask(j, io);
    if (!access_may_ask(w->env.access, ENDPOINT_ITEMS_READ, clock_utc_s())) {
        if (j->outstanding)
            return JOB_WAIT;
        if (settle_unread(w, &io->err))
            return JOB_FAIL;
    }
    while (s->at < s->n && !s->mark[s->at].read)
        s->at++;
    j->progress = (struct job_progress){(int64_t)s->at, (int64_t)s->n};
    if (s->at < s->n)
        return read_ask(j, io);
    if (must_check(w)) {
        s->checks++;
        s->at = 0;
        s->listed = false;
        list_begin(s);
        return list_ask(j, io);
    }
    return JOB_NEXT;
}

enum job_after mirror_take(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    struct mirror_state *s = &w->mirror;
    bool list = io->req.family == ENDPOINT_PLAYLISTS;
    enum endpoint_family family = list ? ENDPOINT_PLAYLISTS : ENDPOINT_ITEMS_READ;
    enum err_code code = ERR_OK;
    switch (access_learn(w->env.access, family, &io->res, clock_utc_s())) {
    case ACCESS_ACCEPTED:
        code = list ? take_list(w, io) : take_items(w, io);
        break;
    case ACCESS_TRY_OTHER:
        read_begin(s);
        break;
    case ACCESS_DENIED:
        if (list)
            do_without_list(s);
        else
            s->failed = true;
        work_note(w, "Spotify refuses the %s, so genred goes on from its own record",
                  endpoint_name(family));
        break;
    case ACCESS_OTHER:
        if (list)
            code = err_set(&io->err, ERR_REFUSED,
                           "Spotify refuses the list of playlists (status %d)", io->res.status);
        s->failed = true;
        s->limit = 0;
        break;
    }
    return code ? JOB_TAKE_FAIL : JOB_AGAIN;
}

bool mirror_is_seen(const struct mirror_state *s, int64_t playlist)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->playlists[i].id == playlist)
            return s->mark[i].seen;
    }
    return false;
}

bool mirror_is_unsafe(const struct mirror_state *s, int64_t playlist)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->playlists[i].id == playlist)
            return s->mark[i].unsafe;
    }
    return false;
}

void mirror_end(struct mirror_state *s)
{
    arena_free(&s->arena);
    arena_free(&s->items_arena);
    free(s->items_read);
    free(s->tracks);
    *s = (struct mirror_state){0};
}
