/* Spotify's own audio statistics and artist tags, in batches, where the app still may have them. */
#include <assert.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon/jobs/work.h"
#include "spotify/endpoint.h"
#include "spotify/parse.h"
#include "store/fact.h"

#define SOURCE "spotify"

typedef enum err_code lacking_fn(struct store *s, int64_t account, const char *source,
                                 int64_t *cursor, size_t max, struct arena *a,
                                 struct store_ids *ret_ids, struct err *e);
typedef enum err_code count_fn(struct store *s, int64_t account, const char *source, int64_t *ret_n,
                               struct err *e);
typedef void endpoint_fn(struct http_req *r, const char *api, const char *const *ids, size_t n);
/* Stores what the reply says of the ids, or with a NULL body that it says nothing of them. */
typedef enum err_code keep_fn(struct work *w, const struct store_ids *ids, const struct buf *body,
                              struct err *e);

struct kind {
    enum endpoint_family family;
    size_t max;
    lacking_fn *lacking;
    count_fn *count;
    endpoint_fn *endpoint;
    keep_fn *keep;
};

static enum job_wish ask(struct job *j, struct job_io *io, struct features_state *s,
                         const struct kind *kind)
{
    struct work *w = j->state;
    enum job_wish idle = j->outstanding ? JOB_WAIT : JOB_NEXT;
    bool counts = false;
    if (store_fact_counts(w->env.store, SOURCE, &counts, &io->err))
        return JOB_FAIL;
    if (!counts || !access_may_ask(w->env.access, kind->family, clock_utc_s()))
        return idle;
    if (!access_is_open(w->env.access, kind->family) && j->outstanding)
        return JOB_WAIT;
    if (!s->counted) {
        if (kind->count(w->env.store, w->env.account, SOURCE, &j->progress.total, &io->err))
            return JOB_FAIL;
        s->counted = true;
    }
    size_t slot = s->next_slot++ % WORK_SLOTS;
    assert(j->outstanding < WORK_SLOTS);
    struct store_ids *ids = &s->slot[slot].ids;
    arena_free(&s->slot[slot].arena);
    if (kind->lacking(w->env.store, w->env.account, SOURCE, &s->cursor, kind->max,
                      &s->slot[slot].arena, ids, &io->err))
        return JOB_FAIL;
    if (ids->n == 0)
        return idle;
    kind->endpoint(&io->req, w->env.api_url, ids->sid, ids->n);
    io->req.tag = (int64_t)slot;
    return JOB_SEND;
}

static enum job_after take(struct job *j, struct job_io *io, struct features_state *s,
                           const struct kind *kind)
{
    struct work *w = j->state;
    const struct store_ids *ids = &s->slot[io->req.tag].ids;
    enum err_code code = ERR_OK;
    switch (access_learn(w->env.access, kind->family, &io->res, clock_utc_s())) {
    case ACCESS_ACCEPTED:
        code = kind->keep(w, ids, &io->res.body, &io->err);
        break;
    case ACCESS_DENIED:
    case ACCESS_TRY_OTHER:
        log_info("features: refused endpoint='%s'", endpoint_name(kind->family));
        break;
    case ACCESS_OTHER:
        log_warning("features: odd answer endpoint='%s' status=%d", endpoint_name(kind->family),
                    io->res.status);
        code = kind->keep(w, ids, NULL, &io->err);
        break;
    }
    j->progress.done += (int64_t)ids->n;
    return code ? JOB_TAKE_FAIL : JOB_AGAIN;
}

static enum err_code keep_statistics(struct work *w, const struct store_ids *ids,
                                     const struct buf *body, struct err *e)
{
    struct parse_statistics stats[ENDPOINT_STATISTICS_MAX] = {0};
    enum err_code code = body ? parse_statistics(body, ids->sid, ids->n, stats, e) : ERR_OK;
    if (code == ERR_OK)
        code = store_begin(w->env.store, e);
    if (code)
        return code;
    for (size_t i = 0; code == ERR_OK && i < ids->n; i++)
        code = store_fact_stats_put(w->env.store, ids->row[i], SOURCE, clock_utc_s(), stats[i].mask,
                                    stats[i].stat, e);
    return store_end(w->env.store, code, e);
}

static enum err_code keep_tags(struct work *w, const struct store_ids *ids, const struct buf *body,
                               struct err *e)
{
    struct arena a = {0};
    const char *tags[ENDPOINT_ARTISTS_MAX];
    for (size_t i = 0; i < ids->n; i++)
        tags[i] = "";
    enum err_code code = body ? parse_artist_tags(body, ids->sid, ids->n, &a, tags, e) : ERR_OK;
    if (code == ERR_OK)
        code = store_begin(w->env.store, e);
    if (code == ERR_OK) {
        for (size_t i = 0; code == ERR_OK && i < ids->n; i++)
            code = store_fact_artist_put(w->env.store, ids->row[i], SOURCE, clock_utc_s(),
                                         &(struct store_words){tags[i], "", ""}, e);
        code = store_end(w->env.store, code, e);
    }
    arena_free(&a);
    return code;
}

static const struct kind statistics = {
    ENDPOINT_STATISTICS,       ENDPOINT_STATISTICS_MAX, store_track_lacking,
    store_track_lacking_count, endpoint_statistics,     keep_statistics,
};
static const struct kind artists = {
    ENDPOINT_ARTISTS,           ENDPOINT_ARTISTS_MAX, store_artist_lacking,
    store_artist_lacking_count, endpoint_artists,     keep_tags,
};

static struct work *work_of(struct job *j)
{
    return j->state;
}

enum job_wish features_statistics_ask(struct job *j, struct job_io *io)
{
    return ask(j, io, &work_of(j)->statistics, &statistics);
}

enum job_after features_statistics_take(struct job *j, struct job_io *io)
{
    return take(j, io, &work_of(j)->statistics, &statistics);
}

enum job_wish features_artists_ask(struct job *j, struct job_io *io)
{
    return ask(j, io, &work_of(j)->artists, &artists);
}

enum job_after features_artists_take(struct job *j, struct job_io *io)
{
    return take(j, io, &work_of(j)->artists, &artists);
}

void features_end(struct features_state *s)
{
    for (size_t i = 0; i < WORK_SLOTS; i++)
        arena_free(&s->slot[i].arena);
}
