/* Carrying out the outbox: one write at a time per playlist, playlists in parallel. An unknown
 * outcome is never sent again: the playlist is read first, by going back to the mirror. */
#include <assert.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon/jobs/work.h"
#include "spotify/endpoint.h"
#include "spotify/parse.h"

#define ROUNDS_MAX 6
/* A write so long after the look at the list has perhaps somebody else's change beneath it: its
 * snapshot is not believed, and the next run reads the playlist. */
#define LATE_MS 10000

static enum err_code begin(struct work *w, struct err *e)
{
    struct write_state *s = &w->write;
    write_end(s);
    enum err_code code =
        store_playlist_list(w->env.store, w->env.account, &s->arena, &s->playlists, &s->n, e);
    if (code)
        return code;
    s->mark = arena_alloc(&s->arena, (s->n + 1) * sizeof(*s->mark));
    for (size_t i = 0; i < s->n; i++) {
        s->mark[i].max = ENDPOINT_WRITE_MAX;
        s->mark[i].closed = s->playlists[i].gone || s->playlists[i].missing_s ||
                            s->playlists[i].unknown ||
                            mirror_is_unsafe(&w->mirror, s->playlists[i].id);
    }
    s->begun = true;
    return ERR_OK;
}

static void fill_create(struct work *w, const struct store_playlist *p, struct http_req *req)
{
    struct arena a = {0};
    struct endpoint_playlist_new new = {
        .name = p->name,
        .description = arena_printf(&a, WORK_DESCRIPTION, p->genre, p->marker),
        .is_public = w->options.is_public,
    };
    endpoint_create(req, w->env.api_url, access_shape(w->env.access, ENDPOINT_CREATE),
                    w->env.user_id, &new);
    arena_free(&a);
}

static enum err_code fill(struct work *w, struct write_slot *slot, struct http_req *req,
                          struct err *e)
{
    const struct store_batch *b = &slot->batch;
    const struct store_playlist *p = &w->write.playlists[slot->playlist];
    enum endpoint_shape shape = access_shape(w->env.access, ENDPOINT_ITEMS_WRITE);
    switch (b->verb) {
    case STORE_CREATE:
        fill_create(w, p, req);
        break;
    case STORE_ADD:
        endpoint_add(req, w->env.api_url, shape, p->sid,
                     &(struct endpoint_addition){b->sid, b->n, b->place < 0 ? 0 : b->place});
        break;
    case STORE_REMOVE:
        endpoint_remove(req, w->env.api_url, shape, p->sid, b->sid, b->n);
        break;
    case STORE_UNFOLLOW:
        endpoint_unfollow(req, w->env.api_url, access_shape(w->env.access, ENDPOINT_UNFOLLOW),
                          p->sid);
        break;
    case STORE_FOLLOW:
        endpoint_follow(req, w->env.api_url, access_shape(w->env.access, ENDPOINT_UNFOLLOW),
                        p->sid);
        break;
    }
    return store_outbox_mark_sent(w->env.store, b, w->env.run, e);
}

/* A family that has not answered yet is asked by one playlist first, and playlists are created one
 * after another: an unknown creation is looked for in the list before there is a next one. */
static bool must_wait(const struct work *w, const struct job *j, const struct store_batch *b)
{
    if (b->verb == STORE_CREATE)
        return w->write.creating;
    return j->outstanding && !access_is_open(w->env.access, ENDPOINT_ITEMS_WRITE);
}

/* True when the playlist has something to send, and it is filled in. */
static enum err_code try_playlist(struct job *j, size_t i, struct job_io *io, bool *ret_send)
{
    struct work *w = j->state;
    struct write_state *s = &w->write;
    struct write_slot *slot = &s->slot[s->next_slot % WORK_SLOTS];
    arena_free(&slot->arena);
    *ret_send = false;
    enum err_code code = store_outbox_next(w->env.store, s->playlists[i].id, s->mark[i].max,
                                           &slot->arena, &slot->batch, &io->err);
    if (code || slot->batch.n == 0) {
        s->mark[i].closed = true;
        return code;
    }
    if (must_wait(w, j, &slot->batch))
        return ERR_OK;
    slot->playlist = i;
    code = fill(w, slot, &io->req, &io->err);
    io->req.tag = (int64_t)(s->next_slot++ % WORK_SLOTS);
    s->mark[i].busy = true;
    w->check_counts = w->check_counts || slot->batch.verb == STORE_ADD;
    s->creating = s->creating || slot->batch.verb == STORE_CREATE;
    *ret_send = true;
    return code;
}

static enum err_code round_end(struct job *j, struct err *e)
{
    struct work *w = j->state;
    struct write_state *s = &w->write;
    bool unknown = false;
    enum err_code code = begin(w, e); /* reads the outbox's state afresh */
    s->begun = false;
    for (size_t i = 0; i < s->n; i++)
        unknown = unknown || s->playlists[i].unknown;
    if (code || (!unknown && !w->check_counts))
        return code;
    w->check_counts = w->check_counts && !unknown;
    if (++w->round == ROUNDS_MAX) {
        w->partly = w->partly || unknown;
        if (!unknown)
            return ERR_OK;
        work_note(w, "some changes have an unknown outcome; the next run looks at them first");
        return ERR_OK;
    }
    w->mirror.begun = false;
    j->next = job_step_find(j, "mirror");
    return ERR_OK;
}

enum job_wish write_ask(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    struct write_state *s = &w->write;
    if (!s->begun && begin(w, &io->err))
        return JOB_FAIL;
    assert(j->outstanding < WORK_SLOTS);
    for (size_t i = 0; i < s->n; i++) {
        bool send = false;
        if (s->mark[i].busy || s->mark[i].closed)
            continue;
        if (try_playlist(j, i, io, &send))
            return JOB_FAIL;
        if (send)
            return JOB_SEND;
    }
    if (j->outstanding)
        return JOB_WAIT;
    return round_end(j, &io->err) ? JOB_FAIL : JOB_NEXT;
}

/* --- replies
 * -------------------------------------------------------------------------------------- */

/* Also a 200 that does not tell what became of the playlist: whoever answered, perhaps the sign-in
 * page of a network, it may not have been Spotify. */
static bool is_unknown(struct write_slot *slot, const struct http_res *res)
{
    enum store_verb verb = slot->batch.verb;
    if (res->result != HTTP_RESULT_REPLY || res->status >= 500 || res->status == 408)
        return true;
    if (res->status >= 300 || verb == STORE_CREATE)
        return false;
    if (verb == STORE_ADD || verb == STORE_REMOVE)
        return !*parse_snapshot(&res->body, &slot->arena);
    return res->body.len > 0 && !res->is_json;
}

static enum err_code created(struct work *w, struct write_slot *slot, const struct http_res *res,
                             struct err *e)
{
    struct write_state *s = &w->write;
    struct library_playlist made;
    struct err unreadable = {0};
    if (parse_created(&res->body, &slot->arena, &made, &unreadable)) {
        s->mark[slot->playlist].closed = true; /* made, but unnamed: the marker finds it */
        s->creating = true;
        return ERR_OK;
    }
    s->playlists[slot->playlist].sid = arena_str(&s->arena, made.sid);
    return store_playlist_created(w->env.store, slot->batch.playlist, made.sid, made.snapshot, e);
}

static enum err_code carried_out(struct job *j, struct write_slot *slot, const struct http_res *res,
                                 struct err *e)
{
    struct work *w = j->state;
    const struct store_batch *b = &slot->batch;
    j->progress.done += (int64_t)b->n;
    if (b->verb == STORE_CREATE)
        return created(w, slot, res, e);
    if (b->verb == STORE_UNFOLLOW || b->verb == STORE_FOLLOW)
        return store_outbox_followed(w->env.store, b, e);
    bool is_late = clock_boot_ms() - w->mirror.listed_boot_ms > LATE_MS;
    return store_outbox_done(w->env.store, b,
                             is_late ? "" : parse_snapshot(&res->body, &slot->arena), e);
}

/* A 400 for several songs: one of them is refused, and halves find which. Those that had a place
 * are tried at the top first. */
static enum err_code bisect(struct work *w, struct write_slot *slot, struct err *e)
{
    struct write_mark *mark = &w->write.mark[slot->playlist];
    const struct store_batch *b = &slot->batch;
    if (b->place >= 0) /* the list may have become shorter: then a song is not to blame */
        return store_outbox_unplace(w->env.store, b, e);
    if (b->n > 1) {
        mark->max = (b->n + 1) / 2;
        return store_outbox_requeue(w->env.store, b, e);
    }
    mark->max = ENDPOINT_WRITE_MAX;
    log_warning("write: song refused id=%s", b->sid[0]);
    work_note(w, "Spotify refuses a song (id %s) in playlists, so it was left out", b->sid[0]);
    for (size_t i = 0; i < w->opinion.n; i++) {
        if (w->opinion.songs[i].track == b->track[0])
            w->opinion.songs[i].addable = false; /* for the next round's plan */
    }
    enum err_code code = store_outbox_drop(w->env.store, b, e);
    return code ? code : store_track_refuse(w->env.store, b->track[0], e);
}

static enum err_code refused(struct work *w, struct write_slot *slot, const struct http_res *res,
                             struct err *e)
{
    const struct store_batch *b = &slot->batch;
    const struct store_playlist *p = &w->write.playlists[slot->playlist];
    char why[160];
    if (b->verb == STORE_ADD && res->status == 400)
        return bisect(w, slot, e);
    parse_error_text(&res->body, why, sizeof(why));
    work_note(w, "the playlist '%s' could not be changed: %s (status %d)", p->name, why,
              res->status);
    w->partly = true;
    w->write.mark[slot->playlist].closed = true;
    return store_outbox_requeue(w->env.store, b, e);
}

static enum err_code denied(struct work *w, struct write_slot *slot, enum endpoint_family family,
                            struct err *e)
{
    enum err_code code = store_outbox_requeue(w->env.store, &slot->batch, e);
    return code ? code
                : err_set(e, ERR_REFUSED, "Spotify refuses this app the %s", endpoint_name(family));
}

enum job_after write_take(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    struct write_slot *slot = &w->write.slot[io->req.tag];
    struct write_mark *mark = &w->write.mark[slot->playlist];
    enum endpoint_family family = (enum endpoint_family)io->req.family;
    enum err_code code = ERR_OK;
    mark->busy = false;
    if (is_unknown(slot, &io->res)) {
        mark->closed = true;
        return JOB_AGAIN;
    }
    if (slot->batch.verb == STORE_CREATE)
        w->write.creating = false;
    switch (access_learn(w->env.access, family, &io->res, clock_utc_s())) {
    case ACCESS_ACCEPTED:
        code = carried_out(j, slot, &io->res, &io->err);
        break;
    case ACCESS_TRY_OTHER:
        code = store_outbox_requeue(w->env.store, &slot->batch, &io->err);
        break;
    case ACCESS_DENIED:
        code = denied(w, slot, family, &io->err);
        break;
    case ACCESS_OTHER:
        code = refused(w, slot, &io->res, &io->err);
        break;
    }
    return code ? JOB_TAKE_FAIL : JOB_AGAIN;
}

void write_end(struct write_state *s)
{
    for (size_t i = 0; i < WORK_SLOTS; i++)
        arena_free(&s->slot[i].arena);
    arena_free(&s->arena);
    *s = (struct write_state){0};
}
