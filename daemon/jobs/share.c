/* Playlists that another genred of this person keeps, or this one before it forgot: they are
 * shared, and what is in them already is never taken out. They are known by their description. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "daemon/jobs/work.h"
#include "spotify/endpoint.h"

static bool has_genre(const struct mirror_state *s, const char *genre)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->playlists[i].genre, genre) == 0)
            return true;
    }
    return false;
}

bool share_is_possible(const struct work *w)
{
    for (size_t g = 0; g < w->options.n_genres; g++) {
        if (!has_genre(&w->mirror, w->options.genres[g]))
            return true;
    }
    return false;
}

static bool is_made_elsewhere(const struct work *w, const struct library_playlist *p,
                              const char *genre)
{
    char description[ENDPOINT_DESCRIPTION_MAX + 1];
    snprintf(description, sizeof(description), WORK_DESCRIPTION, genre, "");
    size_t n = strlen(description) - 1; /* up to the marker */
    return strncmp(p->description, description, n) == 0 && w->env.user_id &&
           strcmp(p->owner, w->env.user_id) == 0;
}

enum err_code share_take(struct work *w, const struct library_playlist *p, struct err *e)
{
    struct mirror_state *s = &w->mirror;
    for (size_t g = 0; g < w->options.n_genres; g++) {
        struct store_playlist known;
        const char *genre = w->options.genres[g];
        if (has_genre(s, genre) || !is_made_elsewhere(w, p, genre))
            continue;
        enum err_code code =
            store_playlist_find(w->env.store, w->env.account, p->sid, &s->arena, &known, e);
        if (code || known.id)
            return code;
        log_info("mirror: found playlist of another genred genre=%s id=%s", genre, p->sid);
        s->found_more = true;
        return store_playlist_share(w->env.store, w->env.account, genre, p, e);
    }
    return ERR_OK;
}
