/* Reading what is sorted beside the likes, place by place: a playlist when its snapshot is another
 * one, the saved albums when their number or their first page is. A song leaves a place when the
 * place is known to have changed and was read whole, else after two whole readings without it. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/jobs/work.h"
#include "spotify/endpoint.h"
#include "spotify/parse.h"

#define PASSES_MAX 4

static const char liked[] = "liked";
static const char playlist[] = "playlist:";

bool gather_has_likes(const struct work *w)
{
    for (size_t i = 0; i < w->options.n_from; i++) {
        if (strcmp(w->options.from[i], liked) == 0)
            return true;
    }
    return w->options.n_from == 0;
}

static const char *key_at(const struct work *w)
{
    return w->options.from[w->gather.at];
}

/* NULL for the saved albums. */
static const char *playlist_at(const struct work *w)
{
    return text_starts_with(key_at(w), playlist) ? key_at(w) + strlen(playlist) : NULL;
}

static const char *name_at(const struct work *w)
{
    const struct store_place *now = &w->gather.now;
    return *now->name ? now->name : playlist_at(w);
}

/* --- what is named
 * --------------------------------------------------------------------------------- */

/* What genred fills from its own playlists would never leave them again. */
static void refuse_own(struct work *w, const struct store_playlist *own, size_t n)
{
    struct gather_state *s = &w->gather;
    for (size_t i = 0; i < w->options.n_from; i++) {
        const char *key = w->options.from[i];
        for (size_t k = 0; k < n && text_starts_with(key, playlist); k++) {
            if (strcmp(key + strlen(playlist), own[k].sid) != 0)
                continue;
            s->refused[i] = true;
            w->partly = true;
            work_note(w,
                      "'%s' is a playlist that genred itself fills, so no songs are taken from it: "
                      "take it out of [sort] from",
                      own[k].name);
        }
    }
}

static enum err_code begin(struct work *w, struct err *e)
{
    struct gather_state *s = &w->gather;
    struct arena a = {0};
    struct store_playlist *own = NULL;
    size_t n_own = 0;
    size_t n = 0;
    s->begun = true;
    s->refused = arena_alloc(&w->arena, (w->options.n_from + 1) * sizeof(*s->refused));
    enum err_code code = store_playlist_list(w->env.store, w->env.account, &a, &own, &n_own, e);
    if (code == ERR_OK)
        refuse_own(w, own, n_own);
    const char **keys = arena_alloc(&a, (w->options.n_from + 1) * sizeof(*keys));
    for (size_t i = 0; i < w->options.n_from; i++) {
        if (!s->refused[i])
            keys[n++] = w->options.from[i];
    }
    if (code == ERR_OK)
        code = store_place_keep(w->env.store, w->env.account, keys, n, e);
    if (code == ERR_OK && !gather_has_likes(w))
        code = store_liked_clear(w->env.store, w->env.account, e);
    arena_free(&a);
    return code;
}

/* --- one reading
 * ----------------------------------------------------------------------------------- */

static void pass_begin(struct gather_state *s)
{
    s->next_offset = 0;
    s->limit = -1;
    s->total = 0;
    s->items = 0;
    s->consistent = true;
    s->n_rest = s->asked_rest = s->taken_rest = 0;
}

static enum err_code open_place(struct work *w, struct err *e)
{
    struct gather_state *s = &w->gather;
    enum err_code code =
        store_place_open(w->env.store, w->env.account, key_at(w), &s->arena, &s->place, e);
    if (code)
        return code;
    s->open = true;
    s->now = s->place;
    s->shape = access_shape(w->env.access, ENDPOINT_ITEMS_READ);
    s->over = s->asked = s->looked = s->tried_other = s->previous_complete = false;
    s->pass = 0;
    s->walk = 0;
    pass_begin(s);
    return ERR_OK;
}

static void close_place(struct gather_state *s)
{
    arena_free(&s->arena);
    s->open = false;
    s->over = false;
    s->at++;
}

/* Spotify does not show it: the other places go on, and what is known of this one stays. */
static void leave_out(struct work *w, int status)
{
    const char *of = playlist_at(w);
    w->gather.over = true;
    w->partly = true;
    if (!of)
        work_note(w, "Spotify refuses the saved albums, so their songs stay as last read");
    else if (status == 404)
        work_note(w,
                  "there is no playlist '%s' that genred may see, so its songs stay as last read",
                  name_at(w));
    else
        work_note(w,
                  "Spotify does not show genred the songs of the playlist '%s', so they stay as "
                  "last read",
                  name_at(w));
}

static enum err_code refuse(struct work *w, int status, struct err *e)
{
    struct gather_state *s = &w->gather;
    leave_out(w, status);
    s->now.refused_s = clock_utc_s();
    s->now.whole = false;
    return store_place_put(w->env.store, &s->now, e);
}

static enum err_code finish(struct work *w, bool settled, struct err *e)
{
    struct gather_state *s = &w->gather;
    s->over = true;
    s->now.whole = settled;
    s->now.refused_s = 0;
    s->now.total = s->total;
    return store_place_put(w->env.store, &s->now, e);
}

static enum err_code drop(struct work *w, int64_t walk, struct err *e)
{
    struct gather_state *s = &w->gather;
    int64_t left = 0;
    enum err_code code = store_place_drop_missing(w->env.store, s->place.id, walk, e);
    if (code == ERR_OK)
        code = store_place_missing(w->env.store, s->place.id, s->walk, &left, e);
    return code ? code : finish(w, left == 0, e);
}

static enum err_code decide(struct work *w, struct err *e)
{
    struct gather_state *s = &w->gather;
    int64_t missing = 0;
    enum err_code code = store_place_missing(w->env.store, s->place.id, s->walk, &missing, e);
    if (code)
        return code;
    bool complete = s->consistent && s->items == s->total;
    bool told = *s->now.snapshot && strcmp(s->now.snapshot, s->place.snapshot) != 0;
    if (complete && (missing == 0 || told))
        return drop(w, s->walk, e);
    if (complete && s->previous_complete)
        return drop(w, s->previous_walk, e);
    if (!complete && s->consistent && s->pass > 1 && s->items == s->previous_items) {
        log_warning("gather: short reading place=%s items=%lld total=%lld", key_at(w),
                    (long long)s->items, (long long)s->total);
        return finish(w, true, e);
    }
    if (s->pass == PASSES_MAX) {
        work_note(w, "%s%s kept changing while it was read",
                  playlist_at(w) ? "the playlist " : "the list of saved albums",
                  playlist_at(w) ? name_at(w) : "");
        return finish(w, false, e);
    }
    s->previous_complete = complete;
    s->previous_walk = s->walk;
    s->previous_items = s->items;
    pass_begin(s);
    return ERR_OK;
}

/* --- asking
 * ---------------------------------------------------------------------------------------- */

static void ask_page(struct work *w, struct http_req *req)
{
    struct gather_state *s = &w->gather;
    const char *of = playlist_at(w);
    if (of) {
        endpoint_items(req, w->env.api_url, s->shape, of, s->next_offset);
        s->next_offset += ENDPOINT_ITEMS_PAGE;
    } else {
        endpoint_albums(req, w->env.api_url, s->next_offset);
        s->next_offset += ENDPOINT_ALBUMS_PAGE;
    }
}

/* JOB_NEXT: all of this reading is asked for and taken. */
static enum job_wish ask_place(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    struct gather_state *s = &w->gather;
    if (playlist_at(w) && !s->looked) {
        if (s->asked)
            return JOB_WAIT;
        s->asked = true;
        endpoint_playlist(&io->req, w->env.api_url, playlist_at(w));
        return JOB_SEND;
    }
    if (s->next_offset > 0 && s->limit < 0)
        return JOB_WAIT;
    if (s->limit < 0 || s->next_offset < s->limit) {
        ask_page(w, &io->req);
        return JOB_SEND;
    }
    if (s->asked_rest < s->n_rest) {
        const struct gather_rest *rest = &s->rest[s->asked_rest++];
        endpoint_album_tracks(&io->req, w->env.api_url, rest->album->sid, rest->offset);
        return JOB_SEND;
    }
    return j->outstanding ? JOB_WAIT : JOB_NEXT;
}

static enum err_code open_allowed(struct work *w, struct err *e)
{
    enum endpoint_family family = playlist_at(w) ? ENDPOINT_ITEMS_READ : ENDPOINT_ALBUMS;
    enum err_code code = open_place(w, e);
    if (code == ERR_OK && !access_may_ask(w->env.access, family, clock_utc_s()))
        leave_out(w, 403);
    return code;
}

enum job_wish gather_ask(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    struct gather_state *s = &w->gather;
    if (!s->begun && begin(w, &io->err))
        return JOB_FAIL;
    for (;;) {
        if (s->over && j->outstanding)
            return JOB_WAIT;
        if (s->over)
            close_place(s);
        while (s->at < w->options.n_from && (s->refused[s->at] || strcmp(key_at(w), liked) == 0))
            s->at++;
        if (s->at == w->options.n_from)
            return JOB_NEXT;
        if (!s->open && open_allowed(w, &io->err))
            return JOB_FAIL;
        if (s->over)
            continue;
        enum job_wish wish = ask_place(j, io);
        if (wish != JOB_NEXT)
            return wish;
        if (decide(w, &io->err))
            return JOB_FAIL;
    }
}

/* --- taking
 * ---------------------------------------------------------------------------------------- */

/* A refusal holds for a while, unless the playlist has changed since. */
static bool is_refused(const struct store_place *p)
{
    int64_t until_s = clock_plausible(p->refused_s + ACCESS_ASK_AGAIN_S, ACCESS_ASK_AGAIN_S);
    return p->refused_s && clock_utc_s() < until_s;
}

static enum err_code take_look(struct work *w, struct job_io *io)
{
    struct gather_state *s = &w->gather;
    struct library_playlist found;
    if (io->res.status != 200)
        return refuse(w, io->res.status, &io->err);
    enum err_code code = parse_playlist(&io->res.body, &s->arena, &found, &io->err);
    if (code)
        return code;
    s->looked = true;
    s->now.name = found.name;
    s->now.snapshot = found.snapshot;
    bool same = *found.snapshot && strcmp(found.snapshot, s->place.snapshot) == 0;
    s->over = same && s->place.whole;
    if (same && !s->over && is_refused(&s->place))
        leave_out(w, 403);
    return ERR_OK;
}

static enum err_code first_page(struct work *w, int64_t total, struct err *e)
{
    struct gather_state *s = &w->gather;
    s->pass++;
    s->total = s->limit = total;
    return store_place_walk(w->env.store, s->place.id, &s->walk, e);
}

static void count_page(struct job *j, int64_t offset, int64_t step, size_t n, int64_t total,
                       bool more)
{
    struct gather_state *s = &((struct work *)j->state)->gather;
    s->consistent = s->consistent && total == s->total;
    /* A next page beyond the total that was told: the list is longer than it says. */
    if (more && offset + step >= s->limit)
        s->limit = offset + 2 * step;
    s->items += (int64_t)n;
    j->progress = (struct job_progress){s->items, s->total};
}

static enum err_code add(struct work *w, bool brief, const struct library_page *page, struct err *e)
{
    struct gather_state *s = &w->gather;
    struct store_place_page to = {w->env.account, s->place.id, s->walk, brief};
    return store_place_add(w->env.store, &to, page, e);
}

static enum err_code take_items(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    struct gather_state *s = &w->gather;
    struct arena a = {0};
    struct library_page page = {0};
    enum err_code code = parse_page(&io->res.body, &a, &page, &io->err);
    if (code == ERR_OK && s->limit < 0)
        code = first_page(w, page.total, &io->err);
    if (code == ERR_OK) {
        count_page(j, io->req.tag, ENDPOINT_ITEMS_PAGE, page.n, page.total, page.more);
        code = add(w, false, &page, &io->err);
    }
    arena_free(&a);
    return code;
}

/* A playlist of somebody else may be refused where the person's own are not, so nothing is learned
 * of the family from a refusal. */
static enum err_code take_playlist(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    struct gather_state *s = &w->gather;
    int status = io->res.status;
    if (status == 200) {
        if (s->shape == access_shape(w->env.access, ENDPOINT_ITEMS_READ))
            access_learn(w->env.access, ENDPOINT_ITEMS_READ, &io->res, clock_utc_s());
        return take_items(j, io);
    }
    bool first = s->limit < 0 && !s->tried_other;
    if (!first || access_is_open(w->env.access, ENDPOINT_ITEMS_READ))
        return refuse(w, status, &io->err);
    s->tried_other = true;
    s->shape = s->shape == ENDPOINT_NEW ? ENDPOINT_OLD : ENDPOINT_NEW;
    pass_begin(s);
    return ERR_OK;
}

static uint64_t head_of(const struct library_albums *page)
{
    uint64_t hash = TEXT_HASH_START;
    for (size_t i = 0; i < page->n; i++) {
        const struct library_album *album = &page->albums[i];
        hash = text_hash(album->sid, strlen(album->sid), hash);
        hash = text_hash(&album->added_s, sizeof(album->added_s), hash);
        hash = text_hash(&album->tracks.total, sizeof(album->tracks.total), hash);
    }
    return hash;
}

static void keep_rest(struct gather_state *s, const struct library_album *album)
{
    struct library_album *kept = arena_alloc(&s->arena, sizeof(*kept));
    int64_t offset = (int64_t)album->tracks.n;
    *kept = (struct library_album){
        .sid = arena_str(&s->arena, album->sid),
        .name = arena_str(&s->arena, album->name),
        .release_date = arena_str(&s->arena, album->release_date),
        .added_s = album->added_s,
    };
    for (; offset < album->tracks.total; offset += ENDPOINT_ALBUM_PAGE) {
        if (s->n_rest == s->cap_rest) {
            s->cap_rest = s->cap_rest ? 2 * s->cap_rest : 16;
            s->rest = mem_resize(s->rest, s->cap_rest, sizeof(*s->rest));
        }
        s->rest[s->n_rest++] = (struct gather_rest){kept, offset};
    }
}

static enum err_code take_albums(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    struct gather_state *s = &w->gather;
    struct arena a = {0};
    struct library_albums page = {0};
    enum err_code code = parse_albums(&io->res.body, &a, &page, &io->err);
    if (code == ERR_OK && s->limit < 0) {
        s->now.head = head_of(&page);
        s->over = s->pass == 0 && s->place.whole && s->now.head == s->place.head &&
                  page.total == s->place.total;
        code = s->over ? ERR_OK : first_page(w, page.total, &io->err);
    }
    if (code == ERR_OK && !s->over)
        count_page(j, io->req.tag, ENDPOINT_ALBUMS_PAGE, page.n, page.total, page.more);
    for (size_t i = 0; code == ERR_OK && !s->over && i < page.n; i++) {
        code = add(w, true, &page.albums[i].tracks, &io->err);
        if (endpoint_id_ok(page.albums[i].sid) && page.albums[i].tracks.more)
            keep_rest(s, &page.albums[i]);
    }
    arena_free(&a);
    return code;
}

static enum err_code take_list(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    enum access_verdict verdict =
        access_learn(w->env.access, ENDPOINT_ALBUMS, &io->res, clock_utc_s());
    return verdict == ACCESS_ACCEPTED ? take_albums(j, io) : refuse(w, io->res.status, &io->err);
}

static enum err_code take_rest(struct work *w, struct job_io *io)
{
    struct gather_state *s = &w->gather;
    const struct gather_rest *rest = &s->rest[s->taken_rest++];
    struct arena a = {0};
    struct library_page page = {0};
    if (io->res.status != 200) {
        log_warning("gather: odd answer endpoint='%s' status=%d",
                    endpoint_name(ENDPOINT_ALBUM_TRACKS), io->res.status);
        s->consistent = false; /* so that no song counts as gone */
        return ERR_OK;
    }
    enum err_code code = parse_album_tracks(&io->res.body, rest->album, &a, &page, &io->err);
    if (code == ERR_OK)
        code = add(w, true, &page, &io->err);
    arena_free(&a);
    return code;
}

enum job_after gather_take(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    enum err_code code = ERR_OK;
    if (w->gather.over) /* refused meanwhile */
        return JOB_AGAIN;
    if (io->req.family == ENDPOINT_PLAYLIST)
        code = take_look(w, io);
    else if (io->req.family == ENDPOINT_ITEMS_READ)
        code = take_playlist(j, io);
    else if (io->req.family == ENDPOINT_ALBUMS)
        code = take_list(j, io);
    else
        code = take_rest(w, io);
    if (!access_may_ask(w->env.access, ENDPOINT_STATISTICS, clock_utc_s()))
        work_wake_sources(w, false);
    return code ? JOB_TAKE_FAIL : JOB_AGAIN;
}

void gather_end(struct gather_state *s)
{
    arena_free(&s->arena);
    free(s->rest);
    *s = (struct gather_state){0};
}
