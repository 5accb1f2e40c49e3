/* Taking one of the person's own playlists under care: it is found among them, gets a row, and the
 * mirror reads it. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "daemon/jobs/work.h"
#include "spotify/endpoint.h"
#include "spotify/parse.h"

static bool is_wanted(const struct work *w, const struct library_playlist *p)
{
    const char *wanted = w->options.adopt;
    return strcmp(p->sid, wanted) == 0 || strcasecmp(p->name, wanted) == 0;
}

static enum err_code take_page(struct work *w, struct job_io *io)
{
    struct adopt_state *s = &w->adopt;
    struct library_playlists page;
    enum err_code code = parse_playlists(&io->res.body, &s->arena, &page, &io->err);
    if (code)
        return code;
    if (s->limit < 0)
        s->limit = page.total;
    if (page.more && io->req.tag + ENDPOINT_PLAYLISTS_PAGE >= s->limit)
        s->limit = io->req.tag + 2 * ENDPOINT_PLAYLISTS_PAGE;
    for (size_t i = 0; i < page.n; i++) {
        if (is_wanted(w, &page.playlists[i]) && s->n_found < 2)
            s->found[s->n_found++] = page.playlists[i];
    }
    return ERR_OK;
}

static enum err_code check(struct work *w, struct err *e)
{
    const struct adopt_state *s = &w->adopt;
    const struct library_playlist *p = &s->found[0];
    if (s->n_found == 0)
        return err_set(e, ERR_USAGE, "there is no playlist '%s' among yours", w->options.adopt);
    if (s->n_found > 1)
        return err_set(e, ERR_USAGE,
                       "several of your playlists are called '%s': name one by its id, as %s or %s",
                       w->options.adopt, p->sid, s->found[1].sid);
    if (w->env.user_id && *p->owner && strcmp(p->owner, w->env.user_id) != 0)
        return err_set(e, ERR_USAGE, "the playlist '%s' is not yours to change", p->name);
    return ERR_OK;
}

static enum err_code check_genre(struct work *w, struct err *e)
{
    struct store_playlist *list = NULL;
    size_t n = 0;
    enum err_code code =
        store_playlist_list(w->env.store, w->env.account, &w->adopt.arena, &list, &n, e);
    for (size_t i = 0; code == ERR_OK && i < n; i++) {
        if (strcmp(list[i].sid, w->adopt.found[0].sid) == 0)
            return err_set(e, ERR_USAGE, "genred keeps '%s' already, for the genre '%s'",
                           list[i].name, list[i].genre);
        if (strcmp(list[i].genre, w->options.genres[0]) == 0)
            return err_set(e, ERR_USAGE,
                           "genred keeps '%s' for this genre: 'genrectl release %s' leaves it to "
                           "you, then another can be adopted",
                           list[i].name, list[i].genre);
    }
    return code;
}

static enum err_code finish(struct work *w, struct err *e)
{
    struct library_playlist *p = &w->adopt.found[0];
    const char *genre = w->options.genres[0];
    enum err_code code = check(w, e);
    if (code == ERR_OK)
        code = check_genre(w, e);
    if (code == ERR_OK)
        code = store_playlist_adopt(w->env.store, w->env.account, genre, p,
                                    w->options.adopt_may_remove, e);
    if (code == ERR_OK)
        work_choose(w, genre);
    return code;
}

enum job_wish adopt_ask(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    struct adopt_state *s = &w->adopt;
    if (s->offset > 0 && s->limit < 0)
        return JOB_WAIT;
    if (s->limit < 0 || s->offset < s->limit) {
        endpoint_playlists(&io->req, w->env.api_url, s->offset);
        s->offset += ENDPOINT_PLAYLISTS_PAGE;
        return JOB_SEND;
    }
    if (j->outstanding)
        return JOB_WAIT;
    return finish(w, &io->err) ? JOB_FAIL : JOB_NEXT;
}

enum job_after adopt_take(struct job *j, struct job_io *io)
{
    struct work *w = j->state;
    enum err_code code = ERR_OK;
    if (access_learn(w->env.access, ENDPOINT_PLAYLISTS, &io->res, clock_utc_s()) == ACCESS_ACCEPTED)
        code = take_page(w, io);
    else
        code = err_set(&io->err, ERR_REFUSED, "Spotify refuses the list of playlists (status %d)",
                       io->res.status);
    return code ? JOB_TAKE_FAIL : JOB_AGAIN;
}
