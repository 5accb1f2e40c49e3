/* Reading the liked songs: nothing but the first page when it and the total are as they were; only
 * the top when all that changed are new likes; else the whole list, twice before a song counts as
 * un-liked. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "daemon/jobs/work.h"
#include "spotify/endpoint.h"
#include "spotify/parse.h"

#define PASSES_MAX 4

void liked_begin(struct liked_state *s)
{
    s->next_offset = 0;
    s->limit = -1;
    s->total = 0;
    s->items = 0;
    s->consistent = true;
    memset(&s->head, 0, sizeof(s->head));
}

static enum job_wish pass_end(struct job *j, struct job_io *io);

enum job_wish liked_ask(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    struct liked_state *s = &w->liked;
    if (s->over || !gather_has_likes(w))
        return JOB_NEXT;
    if (s->next_offset > 0 && s->limit < 0)
        return JOB_WAIT;
    if (s->limit < 0 || s->next_offset < s->limit) {
        endpoint_liked(&io->req, w->env.api_url, s->next_offset);
        s->next_offset += ENDPOINT_LIKED_PAGE;
        return JOB_SEND;
    }
    return j->outstanding ? JOB_WAIT : pass_end(j, io);
}

static uint64_t entry_hash(const struct library_entry *entry)
{
    const char *id = *entry->track.sid ? entry->track.sid : entry->track.uri;
    uint64_t hash = text_hash(id, strlen(id), TEXT_HASH_START);
    return text_hash(&entry->added_s, sizeof(entry->added_s), hash);
}

static void head_fill(struct store_liked_head *head, const struct library_page *page)
{
    head->n = page->n < STORE_LIKED_HEAD ? page->n : STORE_LIKED_HEAD;
    head->total = page->total;
    for (size_t i = 0; i < head->n; i++)
        head->hash[i] = entry_hash(&page->entries[i]);
}

static void count_kinds(struct store_liked_head *head, const struct library_page *page, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        head->kinds[page->entries[i].kind]++;
        if (page->entries[i].kind == LIBRARY_TRACK && !page->entries[i].track.playable)
            head->unplayable++;
    }
}

/* How many entries stand above the old head, when nothing else changed; SIZE_MAX otherwise. */
static size_t new_on_top(const struct store_liked_head *old, const struct store_liked_head *now)
{
    if (old->total == 0 && now->total == 0)
        return 0;
    if (old->n == 0 || now->total < old->total)
        return SIZE_MAX;
    size_t k = (size_t)(now->total - old->total);
    if (k >= now->n)
        return SIZE_MAX;
    for (size_t i = 0; k + i < now->n; i++) {
        if (i >= old->n || old->hash[i] != now->hash[k + i])
            return SIZE_MAX;
    }
    return k;
}

/* True when the first page tells all that changed. */
static enum err_code take_head(struct work *w, const struct library_page *page, bool *ret_enough,
                               struct err *e)
{
    struct liked_state *s = &w->liked;
    struct store_liked_head old;
    enum err_code code = store_liked_head_get(w->env.store, w->env.account, &old, e);
    if (code)
        return code;
    size_t k = new_on_top(&old, &s->head);
    *ret_enough = k != SIZE_MAX;
    if (k == SIZE_MAX || k == 0)
        return ERR_OK;
    struct library_page top = *page;
    top.n = k;
    memcpy(s->head.kinds, old.kinds, sizeof(old.kinds));
    s->head.unplayable = old.unplayable;
    count_kinds(&s->head, &top, k);
    code = store_liked_page(w->env.store, w->env.account, old.walk, page->total, &top, e);
    if (code == ERR_OK) {
        s->head.walk = old.walk;
        code = store_liked_head_put(w->env.store, w->env.account, &s->head, e);
    }
    return code;
}

static enum err_code take_first(struct work *w, const struct library_page *page, struct err *e)
{
    struct liked_state *s = &w->liked;
    head_fill(&s->head, page);
    if (s->pass == 0) {
        bool enough = false;
        enum err_code code = take_head(w, page, &enough, e);
        s->over = enough;
        if (code || enough)
            return code;
    }
    s->pass++;
    s->total = page->total;
    s->limit = page->total;
    enum err_code code = store_liked_walk(w->env.store, w->env.account, &s->walk, e);
    s->head.walk = s->walk;
    return code;
}

static enum err_code take_page(struct job *j, int64_t offset, const struct library_page *page,
                               struct err *e)
{
    struct work *w = j->state;
    struct liked_state *s = &w->liked;
    enum err_code code = offset == 0 ? take_first(w, page, e) : ERR_OK;
    if (code || s->over)
        return code;
    if (page->total != s->total)
        s->consistent = false;
    /* A next page beyond the total that was told: the list is longer than it says. */
    if (page->more && offset + ENDPOINT_LIKED_PAGE >= s->limit)
        s->limit = offset + 2 * ENDPOINT_LIKED_PAGE;
    s->items += (int64_t)page->n;
    count_kinds(&s->head, page, page->n);
    j->progress = (struct job_progress){s->items, s->total};
    return store_liked_page(w->env.store, w->env.account, s->walk, s->total - offset, page, e);
}

enum job_after liked_take(struct job *j, struct job_io *io)
{
    struct arena a = {0};
    struct library_page page = {0};
    enum err_code code;
    if (io->res.status == 200)
        code = parse_page(&io->res.body, &a, &page, &io->err);
    else
        code = err_set(&io->err, ERR_REFUSED, "Spotify refuses the liked songs (status %d)",
                       io->res.status);
    if (code == ERR_OK)
        code = take_page(j, io->req.tag, &page, &io->err);
    arena_free(&a);
    const struct work *w = j->state;
    /* Where Spotify may tell the statistics itself, it is asked first. */
    if (!access_may_ask(w->env.access, ENDPOINT_STATISTICS, clock_utc_s()))
        work_wake_sources(j->state, false);
    return code ? JOB_TAKE_FAIL : JOB_AGAIN;
}

static enum err_code finish(struct work *w, bool settled, struct err *e)
{
    struct liked_state *s = &w->liked;
    s->over = true;
    if (!settled)
        s->head.n = 0; /* the next sync reads everything again */
    return store_liked_head_put(w->env.store, w->env.account, &s->head, e);
}

/* A list that was cut off on its way looks like this, so nothing is believed of it. */
static enum err_code check_shrinking(struct work *w, struct err *e)
{
    int64_t all = 0;
    int64_t missing = 0;
    enum err_code code = store_liked_missing(w->env.store, w->env.account, INT64_MAX, &all, e);
    if (code == ERR_OK)
        code =
            store_liked_missing(w->env.store, w->env.account, w->liked.previous_walk, &missing, e);
    if (code || w->options.yes || missing < WORK_LOSS_LEAST || 2 * missing <= all)
        return code;
    return err_set(
        e, ERR_CONFIRM,
        "of your %lld liked songs %lld are gone from the list: if you un-liked them, run "
        "'genrectl sync --yes'; until then nothing is changed",
        (long long)all, (long long)missing);
}

static enum err_code unlike(struct work *w, struct err *e)
{
    struct liked_state *s = &w->liked;
    int64_t left = 0;
    enum err_code code = check_shrinking(w, e);
    if (code == ERR_OK)
        code = store_liked_drop_missing(w->env.store, w->env.account, s->previous_walk, e);
    if (code == ERR_OK)
        code = store_liked_missing(w->env.store, w->env.account, s->walk, &left, e);
    return code ? code : finish(w, left == 0, e);
}

static enum err_code decide(struct work *w, struct err *e)
{
    struct liked_state *s = &w->liked;
    int64_t missing = 0;
    enum err_code code = store_liked_missing(w->env.store, w->env.account, s->walk, &missing, e);
    if (code)
        return code;
    bool complete = s->consistent && s->items == s->total;
    if (complete && missing == 0)
        return finish(w, true, e);
    if (complete && s->previous_complete)
        return unlike(w, e);
    bool steady = s->consistent && s->pass > 1 && s->items == s->previous_items;
    if (!complete && steady) {
        log_warning("liked: short reading items=%lld total=%lld", (long long)s->items,
                    (long long)s->total);
        return finish(w, true, e);
    }
    if (s->pass == PASSES_MAX) {
        work_note(w, "the list of liked songs kept changing while it was read");
        return finish(w, false, e);
    }
    s->previous_complete = complete;
    s->previous_walk = s->walk;
    s->previous_items = s->items;
    liked_begin(s);
    return ERR_OK;
}

static enum job_wish pass_end(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    if (decide(w, &io->err))
        return JOB_FAIL;
    return liked_ask(j, io);
}
