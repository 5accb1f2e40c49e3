#include "daemon/exclude.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "daemon/app.h"
#include "daemon/track.h"
#include "store/exclusion.h"
#include "store/liked.h"

#define TOLD 4 /* of several that fit */

/* --- documents
 * ------------------------------------------------------------------------------------ */

static void document_add(struct json *songs, struct json *artists, const struct store_exclusion *x)
{
    bool artist = x->kind == STORE_EXCLUDED_ARTIST;
    struct json *j = json_object();
    json_set_str(j, "id", x->sid);
    json_set_str(j, "name", x->name);
    if (artist)
        json_set_int(j, "songs", x->liked);
    else
        json_set_str(j, "artists", x->artists);
    if (x->made_s) {
        char at[24];
        text_time(x->made_s, at, sizeof(at));
        json_set_str(j, "excluded_at", at);
    }
    json_add(artist ? artists : songs, j);
}

static struct json *document_of(const struct store_exclusion *list, size_t n)
{
    struct json *j = json_object();
    struct json *songs = json_array();
    struct json *artists = json_array();
    for (size_t i = 0; i < n; i++)
        document_add(songs, artists, &list[i]);
    json_set(j, "songs", songs);
    json_set(j, "artists", artists);
    return j;
}

/* --- who is meant
 * --------------------------------------------------------------------------------- */

static enum err_code several(const char *text, const struct store_exclusion *list, size_t n,
                             struct err *e)
{
    struct buf names;
    buf_init(&names, 2048);
    for (size_t i = 0; i < n && i < TOLD; i++)
        buf_printf(&names, "%s%s%s%s (%s)", i ? "; " : "", list[i].name,
                   *list[i].artists ? " - " : "", list[i].artists, list[i].sid);
    err_set(e, ERR_USAGE, "'%s' may mean several, name one by its id: %s", text, buf_str(&names));
    buf_free(&names);
    return e->code;
}

static enum err_code find_artist(struct app *a, const char *text, struct arena *arena,
                                 struct store_exclusion *ret, struct err *e)
{
    struct store_exclusion *list = NULL;
    size_t n = 0;
    enum err_code code =
        store_exclusion_artists(a->store, a->token.account, text, TOLD + 1, arena, &list, &n, e);
    if (code == ERR_OK && n == 0)
        code = err_set(e, ERR_USAGE, "none of your songs is by an artist '%s'", text);
    if (code == ERR_OK && n > 1 && strcmp(list[0].sid, text) != 0)
        code = several(text, list, n, e);
    if (code == ERR_OK)
        *ret = list[0];
    return code;
}

static enum err_code find_song(struct app *a, const char *text, struct store_exclusion *ret,
                               struct err *e)
{
    *ret = (struct store_exclusion){.kind = STORE_EXCLUDED_SONG};
    return track_find(a, text, &ret->item, e);
}

/* A part of "name - artists" is a weaker sign than an artist's whole name; a song's whole name is
 * as strong, and its id stronger. */
static enum err_code find_either(struct app *a, const char *text, struct arena *arena,
                                 struct store_exclusion *ret, struct err *e)
{
    struct store_exclusion *artists = NULL;
    struct store_found *songs = NULL;
    size_t n_artists = 0;
    size_t n_songs = 0;
    enum err_code code = store_exclusion_artists(a->store, a->token.account, text, 1, arena,
                                                 &artists, &n_artists, e);
    if (code == ERR_OK)
        code = store_liked_search(a->store, a->token.account, text, 1, arena, &songs, &n_songs, e);
    if (code)
        return code;
    int fit = n_songs ? songs[0].fit : 0;
    if (n_artists && fit == 1)
        return err_set(e, ERR_USAGE,
                       "'%s' is an artist and a song: say --artist, or name the song by its id",
                       text);
    return n_artists && fit < 2 ? find_artist(a, text, arena, ret, e) : find_song(a, text, ret, e);
}

static enum err_code find_new(struct app *a, const char *text, bool artist, struct arena *arena,
                              struct store_exclusion *ret, struct err *e)
{
    char id[TRACK_ID_LEN + 1];
    if (*text == '\0')
        return err_set(e, ERR_USAGE, "a song or an artist must be named");
    if (track_link(text, "artist", id))
        return find_artist(a, id, arena, ret, e);
    if (artist)
        return find_artist(a, text, arena, ret, e);
    if (track_link(text, "track", id))
        return find_song(a, id, ret, e);
    return find_either(a, text, arena, ret, e);
}

/* 2: the id, 1: the whole name, 0: a part of it, -1: none of these. */
static int fit_of(const struct store_exclusion *x, const char *text)
{
    char id[TRACK_ID_LEN + 1];
    const char *kind = x->kind == STORE_EXCLUDED_ARTIST ? "artist" : "track";
    if (strcmp(x->sid, track_link(text, kind, id) ? id : text) == 0)
        return 2;
    if (strcasecmp(x->name, text) == 0)
        return 1;
    return strcasestr(x->name, text) || strcasestr(x->artists, text) ? 0 : -1;
}

/* Among those that are excluded, also when nobody likes the song any more. */
static enum err_code find_excluded(struct app *a, const char *text, bool artist,
                                   struct arena *arena, struct store_exclusion *ret, struct err *e)
{
    struct store_exclusion *list = NULL;
    size_t n = 0;
    size_t fits = 0;
    int best = -1;
    enum err_code code = store_exclusion_list(a->store, a->token.account, arena, &list, &n, e);
    for (size_t i = 0; code == ERR_OK && i < n && *text; i++) {
        int fit = artist && list[i].kind != STORE_EXCLUDED_ARTIST ? -1 : fit_of(&list[i], text);
        if (fit < best || fit < 0)
            continue;
        fits = fit > best ? 0 : fits;
        best = fit;
        list[fits++] = list[i]; /* fits <= i */
    }
    if (code == ERR_OK && fits == 0)
        code = err_set(e, ERR_USAGE, "'%s' is not excluded", text);
    if (code == ERR_OK && fits > 1)
        code = several(text, list, fits, e);
    if (code == ERR_OK)
        *ret = list[0];
    return code;
}

/* --- the wish
 * ------------------------------------------------------------------------------------- */

static enum err_code put_all(struct app *a, const struct exclude_wish *wish, struct arena *arena,
                             struct store_exclusion *named, struct err *e)
{
    enum err_code code = store_begin(a->store, e);
    for (size_t i = 0; code == ERR_OK && i < wish->n; i++) {
        struct store_exclusion *x = &named[i];
        code = wish->forget ? find_excluded(a, wish->items[i], wish->artist, arena, x, e)
                            : find_new(a, wish->items[i], wish->artist, arena, x, e);
        if (code == ERR_OK && wish->forget)
            code = store_exclusion_drop(a->store, a->token.account, x->kind, x->item, e);
        else if (code == ERR_OK)
            code =
                store_exclusion_put(a->store, a->token.account, x->kind, x->item, clock_utc_s(), e);
    }
    return store_end(a->store, code, e);
}

/* Of each that was put, what is known by now. */
static enum err_code names_fill(struct app *a, struct store_exclusion *named, size_t n,
                                struct arena *arena, struct err *e)
{
    struct store_exclusion *list = NULL;
    size_t n_list = 0;
    enum err_code code = store_exclusion_list(a->store, a->token.account, arena, &list, &n_list, e);
    for (size_t i = 0; code == ERR_OK && i < n; i++) {
        size_t k = 0;
        while (k < n_list && (list[k].kind != named[i].kind || list[k].item != named[i].item))
            k++;
        if (k < n_list)
            named[i] = list[k];
    }
    return code;
}

enum err_code exclude_put(struct app *a, const struct exclude_wish *wish, struct json **ret,
                          struct err *e)
{
    struct arena arena = {0};
    struct store_exclusion *named = arena_alloc(&arena, (wish->n + 1) * sizeof(*named));
    enum err_code code = wish->n ? put_all(a, wish, &arena, named, e)
                                 : err_set(e, ERR_USAGE, "a song or an artist must be named");
    if (code == ERR_OK && !wish->forget)
        code = names_fill(a, named, wish->n, &arena, e);
    if (code == ERR_OK)
        *ret = document_of(named, wish->n);
    arena_free(&arena);
    return code;
}

enum err_code exclude_list(struct app *a, struct json **ret, struct err *e)
{
    struct arena arena = {0};
    struct store_exclusion *list = NULL;
    size_t n = 0;
    enum err_code code = store_exclusion_list(a->store, a->token.account, &arena, &list, &n, e);
    if (code == ERR_OK)
        *ret = document_of(list, n);
    arena_free(&arena);
    return code;
}
