#include "daemon/jobs/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "spotify/endpoint.h"
#include "spotify/parse.h"
#include "store/listing.h"

struct list {
    struct work_env env;
    struct arena arena;
    const char *user_id;
    struct library_playlist *own; /* (n) */
    size_t n;
    size_t cap;
    int64_t offset;
    int64_t limit; /* -1: the first page has not come */
};

static enum job_wish read_ask(struct job *j, struct job_io *io)
{
    struct list *l = j->state;
    if (l->offset > 0 && l->limit < 0)
        return JOB_WAIT;
    if (l->limit < 0 || l->offset < l->limit) {
        endpoint_playlists(&io->req, l->env.api_url, l->offset);
        l->offset += ENDPOINT_PLAYLISTS_PAGE;
        return JOB_SEND;
    }
    if (j->outstanding)
        return JOB_WAIT;
    return store_listing_put(l->env.store, l->env.account, l->own, l->n, &io->err) ? JOB_FAIL
                                                                                   : JOB_NEXT;
}

/* The list may shift while it is read, so that one comes twice. */
static void keep(struct list *l, const struct library_playlist *p)
{
    bool twice = strcmp(p->owner, l->user_id) != 0;
    for (size_t i = 0; i < l->n && !twice; i++)
        twice = strcmp(l->own[i].sid, p->sid) == 0;
    if (twice || !*p->sid)
        return;
    if (l->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 64;
        l->own = mem_resize(l->own, l->cap, sizeof(*l->own));
    }
    l->own[l->n++] = *p;
}

static enum job_after read_take(struct job *j, struct job_io *io)
{
    struct list *l = j->state;
    struct library_playlists page;
    if (access_learn(l->env.access, ENDPOINT_PLAYLISTS, &io->res, clock_utc_s()) !=
        ACCESS_ACCEPTED) {
        err_set(&io->err, ERR_REFUSED, "Spotify refuses the list of playlists (status %d)",
                io->res.status);
        return JOB_TAKE_FAIL;
    }
    if (parse_playlists(&io->res.body, &l->arena, &page, &io->err))
        return JOB_TAKE_FAIL;
    if (l->limit < 0)
        l->limit = page.total;
    if (page.more && io->req.tag + ENDPOINT_PLAYLISTS_PAGE >= l->limit)
        l->limit = io->req.tag + 2 * (int64_t)ENDPOINT_PLAYLISTS_PAGE;
    for (size_t i = 0; i < page.n; i++)
        keep(l, &page.playlists[i]);
    return JOB_AGAIN;
}

static struct json *summary(struct job *j, const struct err *e)
{
    const struct list *l = j->state;
    struct json *s = json_object();
    json_set_int(s, "playlists", (int64_t)l->n);
    json_set_int(s, "requests", j->requests);
    json_set_int(s, "exit_status", err_exit_status(e->code));
    return s;
}

static void list_free(void *state)
{
    struct list *l = state;
    arena_free(&l->arena);
    free(l->own);
    free(l);
}

static const struct job_step steps[] = {{"list", read_ask, read_take}};

struct job *list_new(const struct work_env *env)
{
    struct list *l = mem_alloc(sizeof(*l));
    struct job *j = mem_alloc(sizeof(*j));
    l->env = *env;
    l->user_id = arena_str(&l->arena, env->user_id);
    l->env.user_id = NULL; /* the caller's */
    l->limit = -1;
    *j = (struct job){
        .name = "places",
        .steps = steps,
        .n_steps = sizeof(steps) / sizeof(steps[0]),
        .next = JOB_NEXT_IN_ORDER,
        .state = l,
        .state_free = list_free,
        .summary = summary,
    };
    return j;
}
