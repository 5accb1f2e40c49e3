#include "daemon/region.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "daemon/app.h"
#include "daemon/choice.h"
#include "daemon/edits.h"
#include "store/account.h"
#include "store/correction.h"
#include "store/track.h"

#define NAME_MOST 60

/* The text with the genre in it, as a tried tree; name: of the genre, out. */
static enum err_code genre_make(struct app *a, struct edits *d, const char *title,
                                char name[TREE_NAME_SIZE], struct err *e)
{
    size_t there = tree_find(a->tree, title);
    if (there == TREE_NONE) {
        enum err_code code = edits_add_own(d, a->tree, title, "none", name, e);
        return code ? code : edits_try(a, d, e);
    }
    const struct tree_genre *g = tree_at(a->tree, there);
    if (!g->rule || !rule_is_none(g->rule))
        return err_set(e, ERR_USAGE, "there is a genre '%s' already: choose another name",
                       g->title);
    text_copy(name, TREE_NAME_SIZE, g->name);
    return edits_try(a, d, e);
}

static enum err_code song_add(struct app *a, const char *genre, const struct json *track,
                              struct err *e)
{
    const char *id = json_str(track);
    struct store_correction word = {.genre = genre, .is = true, .made_s = clock_utc_s()};
    bool sorted = false;
    if (!id)
        return err_set(e, ERR_USAGE, "tracks are a list of ids");
    enum err_code code = store_track_find(a->store, id, "", &word.track, e);
    if (code == ERR_OK && word.track)
        code = store_track_is_sorted(a->store, a->token.account, word.track, &sorted, e);
    if (code == ERR_OK && !sorted)
        code = err_set(e, ERR_USAGE, "none of your songs is '%.60s'", id);
    return code ? code : store_correction_put(a->store, a->token.account, &word, e);
}

static enum err_code songs_keep(struct app *a, struct edits *d, const char *genre,
                                const struct json *tracks, int64_t *ret_n, struct err *e)
{
    enum err_code code = store_begin(a->store, e);
    if (code)
        return code;
    code = store_account_edit(a->store, a->token.account, buf_str(&d->text), e);
    for (const struct json *t = json_first(tracks); code == ERR_OK && t; t = json_next(t))
        code = song_add(a, genre, t, e);
    if (code == ERR_OK)
        code = choice_add(a, genre, e);
    if (code == ERR_OK)
        code = store_correction_count(a->store, a->token.account, genre, ret_n, e);
    return store_end(a->store, code, e);
}

static enum err_code request_read(const struct json *body, char title[NAME_MOST + 1], struct err *e)
{
    const struct json *tracks = json_get(body, "tracks");
    const char *name = json_get_str(body, "name");
    char trimmed[NAME_MOST + 1];
    if (!name || !text_copy(trimmed, sizeof(trimmed), name) || !*text_trim(trimmed))
        return err_set(e, ERR_USAGE, "the genre needs a name of 1 to %d bytes", NAME_MOST);
    if (!json_is_array(tracks) || json_size(tracks) == 0 || json_size(tracks) > REGION_MOST)
        return err_set(e, ERR_USAGE, "tracks are a list of 1 to %d ids", REGION_MOST);
    text_copy(title, NAME_MOST + 1, text_trim(trimmed));
    return ERR_OK;
}

enum err_code region_post(struct app *a, const struct server_request *req, const struct json *body,
                          struct json **ret, struct err *e)
{
    struct edits d = {.tree = NULL};
    char title[NAME_MOST + 1];
    char name[TREE_NAME_SIZE];
    int64_t n = 0;
    const struct json *tracks = json_get(body, "tracks");
    (void)req;
    enum err_code code = request_read(body, title, e);
    if (code == ERR_OK)
        code = edits_open(a, &d, e);
    if (code == ERR_OK)
        code = genre_make(a, &d, title, name, e);
    if (code == ERR_OK)
        code = songs_keep(a, &d, name, tracks, &n, e);
    if (code == ERR_OK) {
        edits_use(a, &d);
        log_info("genres: songs picked genre=%s songs=%zu", name, json_size(tracks));
        *ret = json_object();
        json_set_str(*ret, "genre", name);
        json_set_int(*ret, "tracks", n);
    }
    edits_close(&d);
    return code;
}
