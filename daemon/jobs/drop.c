#include "daemon/jobs/drop.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "spotify/endpoint.h"
#include "spotify/parse.h"
#include "store/journal.h"

struct drop {
    struct work_env env;
    struct arena arena;
    const char *genre;
    struct store_playlist *playlists; /* (n) of the genre, those that exist at Spotify */
    size_t n;
    size_t at;
    bool asked;
    bool release;
    size_t released;
};

static enum job_wish unfollow_ask(struct job *j, struct job_io *io)
{
    struct drop *d = j->state;
    if (d->asked)
        return JOB_WAIT;
    if (d->at == d->n)
        return JOB_NEXT;
    d->asked = true;
    endpoint_unfollow(&io->req, d->env.api_url, access_shape(d->env.access, ENDPOINT_UNFOLLOW),
                      d->playlists[d->at].sid);
    return JOB_SEND;
}

static enum err_code let_go(struct drop *d, const struct store_playlist *p, struct err *e)
{
    const struct store_content nothing = {0};
    struct store_journal_change change = {
        .run = d->env.run, .playlist = p->id, .verb = STORE_UNFOLLOW, .item = ""};
    enum err_code code = store_begin(d->env.store, e);
    if (code == ERR_OK)
        code = store_journal_add(d->env.store, &change, &nothing, e);
    if (code == ERR_OK)
        code = store_playlist_let_go(d->env.store, p->id, true, e);
    return store_end(d->env.store, code, e);
}

static enum job_after unfollow_take(struct job *j, struct job_io *io)
{
    struct drop *d = j->state;
    enum err_code code = ERR_OK;
    char why[160];
    d->asked = false;
    switch (access_learn(d->env.access, ENDPOINT_UNFOLLOW, &io->res, clock_utc_s())) {
    case ACCESS_ACCEPTED:
        if (io->res.body.len > 0 && !io->res.is_json)
            code = err_set(&io->err, ERR_NETWORK, "what answered was not Spotify");
        else
            code = let_go(d, &d->playlists[d->at++], &io->err);
        break;
    case ACCESS_TRY_OTHER:
        break;
    case ACCESS_DENIED:
    case ACCESS_OTHER:
        parse_error_text(&io->res.body, why, sizeof(why));
        code = err_set(&io->err, ERR_REFUSED, "Spotify does not let the playlist '%s' go: %s",
                       d->playlists[d->at].name, why);
        break;
    }
    return code ? JOB_TAKE_FAIL : JOB_AGAIN;
}

static struct json *summary(struct job *j, const struct err *e)
{
    const struct drop *d = j->state;
    struct json *s = json_object();
    json_set_str(s, "genre", d->genre);
    json_set_int(s, "unfollowed", (int64_t)d->at);
    json_set_int(s, "released", (int64_t)d->released);
    json_set_int(s, "exit_status", err_exit_status(e->code));
    return s;
}

static void drop_free(void *state)
{
    struct drop *d = state;
    arena_free(&d->arena);
    free(d);
}

static const struct job_step steps[] = {{"unfollow", unfollow_ask, unfollow_take}};

static enum err_code refuse_adopted(const struct drop *d, size_t n, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        const struct store_playlist *p = &d->playlists[i];
        if (strcmp(p->genre, d->genre) == 0 && p->adopted && !p->gone)
            return err_set(e, ERR_USAGE,
                           "'%s' is your own playlist, which genred does not delete: 'genrectl "
                           "release %s' leaves it to you",
                           p->name, p->genre);
    }
    return ERR_OK;
}

/* Keeps those that exist at Spotify; a playlist never created, or deleted by the person, is only
 * forgotten. */
static enum err_code select_playlists(struct drop *d, size_t n, size_t *ret_of_genre, struct err *e)
{
    enum err_code code = ERR_OK;
    *ret_of_genre = 0;
    for (size_t i = 0; code == ERR_OK && i < n; i++) {
        struct store_playlist *p = &d->playlists[i];
        if (strcmp(p->genre, d->genre) != 0)
            continue;
        ++*ret_of_genre;
        if (d->release && *p->sid) {
            code = store_playlist_let_go(d->env.store, p->id, false, e);
            d->released++;
        } else if (*p->sid && !p->gone)
            d->playlists[d->n++] = *p;
        else if (*p->sid)
            code = store_playlist_let_go(d->env.store, p->id, true, e);
        else
            code = store_playlist_forget(d->env.store, p->id, e);
    }
    return code;
}

enum err_code drop_new(const struct work_env *env, const char *genre, bool release,
                       struct job **ret_job, struct err *e)
{
    struct drop *d = mem_alloc(sizeof(*d));
    size_t n = 0;
    size_t of_genre = 0;
    d->env = *env;
    d->env.user_id = NULL; /* the caller's, and not needed */
    d->genre = arena_str(&d->arena, genre);
    d->release = release;
    enum err_code code =
        store_playlist_list(env->store, env->account, &d->arena, &d->playlists, &n, e);
    if (code == ERR_OK && !release)
        code = refuse_adopted(d, n, e);
    if (code == ERR_OK)
        code = store_begin(env->store, e);
    if (code == ERR_OK)
        code = store_end(env->store, select_playlists(d, n, &of_genre, e), e);
    if (code == ERR_OK && of_genre == 0)
        code = err_set(e, ERR_USAGE, "genred keeps no playlist of the genre '%s'", genre);
    if (code) {
        drop_free(d);
        return code;
    }
    struct job *j = mem_alloc(sizeof(*j));
    *j = (struct job){
        .name = release ? "release" : "drop",
        .steps = steps,
        .n_steps = 1,
        .next = JOB_NEXT_IN_ORDER,
        .state = d,
        .state_free = drop_free,
        .summary = summary,
    };
    *ret_job = j;
    return ERR_OK;
}
