#include "daemon/choice.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/app.h"
#include "daemon/config_value.h"
#include "store/account.h"
#include "store/liked.h"
#include "store/listing.h"
#include "store/place.h"
#include "store/playlist.h"

#define NONE        "," /* of genres: none is chosen, whatever the configuration says */
#define LIKED       "liked"
#define ALBUMS      "albums"
#define LIST        "playlist:"
#define PLACES_MOST 100

static void add_name(char ***genres, size_t *n, const char *name)
{
    *genres = mem_resize(*genres, *n + 1, sizeof(**genres));
    (*genres)[(*n)++] = mem_strdup(name);
}

enum err_code choice_get(struct app *app, char ***ret_genres, size_t *ret_n, struct err *e)
{
    struct arena a = {0};
    struct store_account account;
    enum err_code code = store_account_get(app->store, app->token.account, &a, &account, e);
    char **genres = NULL;
    size_t n = 0;
    bool chosen = code == ERR_OK && account.id && *account.genres;
    if (chosen) {
        char *list = mem_strdup(account.genres);
        char *save = NULL;
        for (char *g = strtok_r(list, ",", &save); g; g = strtok_r(NULL, ",", &save))
            add_name(&genres, &n, g);
        free(list);
    }
    for (size_t i = 0; code == ERR_OK && !chosen && i < app->config.genres.n; i++)
        add_name(&genres, &n, app->config.genres.items[i]);
    arena_free(&a);
    *ret_genres = genres;
    *ret_n = n;
    return code;
}

enum err_code choice_find(struct app *app, const char *name, size_t *ret_genre, struct err *e)
{
    size_t near[3];
    size_t genre = tree_find(app->tree, name);
    if (genre != TREE_NONE) {
        size_t into = tree_at(app->tree, genre)->merged_into;
        *ret_genre = into != TREE_NONE ? into : genre;
        return ERR_OK;
    }
    tree_nearest(app->tree, name, near);
    return err_set(e, ERR_USAGE, "there is no genre '%s'; the nearest are %s, %s, %s", name,
                   tree_at(app->tree, near[0])->name, tree_at(app->tree, near[1])->name,
                   tree_at(app->tree, near[2])->name);
}

enum err_code choice_resolve(struct app *app, char **genres, size_t *n, struct buf *left_out,
                             struct err *e)
{
    enum err_code code = ERR_OK;
    size_t kept = 0;
    for (size_t i = 0; i < *n; i++) {
        size_t genre = 0;
        code = code ? code : choice_find(app, genres[i], &genre, e);
        bool dropped = code != ERR_OK;
        if (code && left_out) {
            buf_printf(left_out, "%s%s", left_out->len ? ", " : "", genres[i]);
            code = ERR_OK;
        }
        const char *name = tree_at(app->tree, genre)->name;
        for (size_t k = 0; k < kept; k++)
            dropped = dropped || strcmp(genres[k], name) == 0;
        free(genres[i]);
        if (!dropped)
            genres[kept++] = mem_strdup(name);
    }
    *n = kept;
    return code;
}

enum err_code choice_shown(struct app *app, char ***ret_genres, size_t *ret_n, struct err *e)
{
    struct buf left_out;
    struct err ignored = {0};
    buf_init(&left_out, 1 << 14);
    enum err_code code = choice_get(app, ret_genres, ret_n, e);
    if (code == ERR_OK)
        code = choice_resolve(app, *ret_genres, ret_n, &left_out, &ignored);
    buf_free(&left_out);
    return code;
}

enum err_code choice_put(struct app *app, char *const *genres, size_t n, struct err *e)
{
    struct buf list;
    buf_init(&list, 1 << 14);
    for (size_t k = 0; k < n; k++)
        buf_printf(&list, "%s%s", k ? "," : "", genres[k]);
    if (n == 0)
        buf_add_str(&list, NONE);
    enum err_code code = store_account_choose(app->store, app->token.account, buf_str(&list), e);
    buf_free(&list);
    return code;
}

void choice_free(char **genres, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(genres[i]);
    free(genres);
}

enum err_code choice_drop(struct app *app, const char *genre, struct err *e)
{
    char **genres = NULL;
    char **rest = NULL;
    size_t n = 0;
    size_t kept = 0;
    enum err_code code = choice_get(app, &genres, &n, e);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(genres[i], genre) != 0)
            add_name(&rest, &kept, genres[i]);
    }
    if (code == ERR_OK && kept < n)
        code = choice_put(app, rest, kept, e);
    choice_free(genres, n);
    choice_free(rest, kept);
    return code;
}

enum err_code choice_add(struct app *app, const char *genre, struct err *e)
{
    char **genres = NULL;
    size_t n = 0;
    bool known = false;
    enum err_code code = choice_get(app, &genres, &n, e);
    for (size_t i = 0; i < n; i++)
        known = known || strcmp(genres[i], genre) == 0;
    if (code == ERR_OK && !known) {
        add_name(&genres, &n, genre);
        code = choice_put(app, genres, n, e);
    }
    choice_free(genres, n);
    return code;
}

/* --- places
 * -------------------------------------------------------------------------------------- */

static bool is_fixed(const struct app *app)
{
    return config_is_from_environment(&app->config, "sort", "from");
}

static void copy_places(const struct config_list *from, struct config_list *ret)
{
    config_value_list_free(ret);
    for (size_t i = 0; i < from->n; i++)
        config_value_list_add(ret, mem_strdup(from->items[i]));
}

enum err_code choice_places(struct app *app, struct config_list *ret, struct err *e)
{
    struct arena a = {0};
    struct store_account account;
    struct err why = {0};
    enum err_code code = store_account_get(app->store, app->token.account, &a, &account, e);
    if (code == ERR_OK && (is_fixed(app) || !*account.places))
        copy_places(&app->config.from, ret);
    else if (code == ERR_OK && config_value_places(account.places, ret, &why)) {
        log_warning("choice: places left out reason='%s'", why.text);
        copy_places(&app->config.from, ret);
    }
    arena_free(&a);
    return code;
}

/* What is shown of the places. */
struct places {
    struct arena arena;
    struct config_list chosen;
    struct store_playlist *kept; /* (n_kept) by genred */
    size_t n_kept;
    struct store_place_row *read; /* (n_read) places as last read */
    size_t n_read;
    struct json *list;
};

static bool is_chosen(const struct places *p, const char *id)
{
    for (size_t i = 0; i < p->chosen.n; i++) {
        if (strcmp(p->chosen.items[i], id) == 0)
            return true;
    }
    return false;
}

static const struct store_place_row *read_of(const struct places *p, const char *id)
{
    for (size_t i = 0; i < p->n_read; i++) {
        if (strcmp(p->read[i].key, id) == 0)
            return &p->read[i];
    }
    return NULL;
}

/* total < 0: not known. */
static void place_add(struct places *p, const char *id, const char *name, int64_t total)
{
    const struct store_place_row *read = read_of(p, id);
    struct json *j = json_object();
    if (read && total < 0 && read->place.total > 0)
        total = read->place.total;
    json_set_str(j, "id", id);
    json_set_str(j, "name", read && !*name ? read->place.name : name);
    json_set_int(j, "total", total);
    if (total < 0)
        json_set_null(j, "total");
    json_set_bool(j, "chosen", is_chosen(p, id));
    json_set_bool(j, "refused", read && read->place.refused_s);
    json_add(p->list, j);
}

static bool is_kept(const struct places *p, const char *sid)
{
    for (size_t i = 0; i < p->n_kept; i++) {
        if (strcmp(p->kept[i].sid, sid) == 0)
            return true;
    }
    return false;
}

static bool is_listed(const struct library_playlist *list, size_t n, const char *place)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].sid, place + strlen(LIST)) == 0)
            return true;
    }
    return false;
}

/* The person's own playlists, then others that they chose. */
static enum err_code playlists_add(struct app *app, struct places *p, struct err *e)
{
    struct library_playlist *list = NULL;
    size_t n = 0;
    enum err_code code = store_listing_get(app->store, app->token.account, &p->arena, &list, &n, e);
    for (size_t i = 0; i < n; i++) {
        if (!is_kept(p, list[i].sid))
            place_add(p, arena_printf(&p->arena, LIST "%s", list[i].sid), list[i].name,
                      list[i].total);
    }
    for (size_t i = 0; code == ERR_OK && i < p->chosen.n; i++) {
        const char *id = p->chosen.items[i];
        if (text_starts_with(id, LIST) && !is_listed(list, n, id))
            place_add(p, id, "", -1);
    }
    return code;
}

static enum err_code places_json(struct app *app, struct places *p, struct err *e)
{
    struct store_liked_head head = {0};
    const int64_t account = app->token.account;
    enum err_code code = choice_places(app, &p->chosen, e);
    if (code == ERR_OK)
        code = store_playlist_list(app->store, account, &p->arena, &p->kept, &p->n_kept, e);
    if (code == ERR_OK)
        code = store_place_list(app->store, account, &p->arena, &p->read, &p->n_read, e);
    if (code == ERR_OK)
        code = store_liked_head_get(app->store, account, &head, e);
    if (code)
        return code;
    place_add(p, LIKED, "Liked songs", head.total > 0 ? head.total : -1);
    place_add(p, ALBUMS, "Saved albums", -1);
    return playlists_add(app, p, e);
}

enum err_code choice_kept(enum err_code code, struct err *e)
{
    return code ? err_wrap(e, "the change is kept, but cannot be shown") : ERR_OK;
}

/* --- documents
 * ----------------------------------------------------------------------------------- */

static struct json *names_json(char *const *names, size_t n)
{
    struct json *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_add_str(list, names[i]);
    return list;
}

enum err_code choice_show(struct app *a, const struct server_request *req, const struct json *body,
                          struct json **ret, struct err *e)
{
    char **genres = NULL;
    size_t n = 0;
    struct places p = {.list = json_array()};
    (void)req;
    (void)body;
    enum err_code code = choice_shown(a, &genres, &n, e);
    if (code == ERR_OK)
        code = places_json(a, &p, e);
    if (code == ERR_OK) {
        *ret = json_object();
        json_set(*ret, "genres", names_json(genres, n));
        json_set(*ret, "from", names_json(p.chosen.items, p.chosen.n));
        json_set(*ret, "places", p.list);
        json_set_bool(*ret, "from_fixed", is_fixed(a));
    } else
        json_free(p.list);
    choice_free(genres, n);
    config_value_list_free(&p.chosen);
    arena_free(&p.arena);
    return code;
}

/* Names as the tree has them, each once. */
static enum err_code genres_read(struct app *a, const struct json *list, char ***genres, size_t *n,
                                 struct err *e)
{
    if (!json_is_array(list))
        return err_set(e, ERR_USAGE, "genres are a list of names");
    for (const struct json *g = json_first(list); g; g = json_next(g)) {
        size_t genre = 0;
        bool twice = false;
        if (!json_str(g))
            return err_set(e, ERR_USAGE, "genres are a list of names");
        if (choice_find(a, json_str(g), &genre, e))
            return e->code;
        const char *name = tree_at(a->tree, genre)->name;
        for (size_t i = 0; i < *n; i++)
            twice = twice || strcmp((*genres)[i], name) == 0;
        if (!twice)
            add_name(genres, n, name);
    }
    return ERR_OK;
}

/* As the store has them: with commas between them. */
static enum err_code places_read(struct app *a, const struct json *list, struct buf *ret,
                                 struct err *e)
{
    struct config_list places = {0};
    struct err why = {0};
    if (!json_is_array(list) || json_size(list) > PLACES_MOST)
        return err_set(e, ERR_USAGE, "from is a list of %d places at most", PLACES_MOST);
    if (is_fixed(a))
        return err_set(e, ERR_USAGE,
                       "what is sorted is set by GENRED_SORT_FROM in the environment");
    for (const struct json *p = json_first(list); p; p = json_next(p)) {
        if (!json_str(p) || strchr(json_str(p), ','))
            return err_set(e, ERR_USAGE, "from is a list of liked, albums and playlist:ID");
        buf_printf(ret, "%s%s", ret->len ? "," : "", json_str(p));
    }
    if (config_value_places(buf_str(ret), &places, &why))
        return err_set(e, ERR_USAGE, "%s", why.text);
    buf_clear(ret);
    for (size_t i = 0; i < places.n; i++)
        buf_printf(ret, "%s%s", i ? "," : "", places.items[i]);
    config_value_list_free(&places);
    return ERR_OK;
}

enum err_code choice_take(struct app *a, const struct server_request *req, const struct json *body,
                          struct json **ret, struct err *e)
{
    const struct json *genres = json_get(body, "genres");
    const struct json *from = json_get(body, "from");
    char **names = NULL;
    size_t n = 0;
    struct buf places;
    enum err_code code = ERR_OK;
    buf_init(&places, 1 << 16);
    if (!a->token.account)
        code = err_set(e, ERR_LOGIN, "nobody is logged in, so no choice can be kept");
    else if (!genres && !from)
        code = err_set(e, ERR_USAGE, "neither genres nor places were chosen");
    if (code == ERR_OK && genres)
        code = genres_read(a, genres, &names, &n, e);
    if (code == ERR_OK && from)
        code = places_read(a, from, &places, e);
    if (code == ERR_OK)
        code = store_begin(a->store, e);
    bool begun = code == ERR_OK;
    if (code == ERR_OK && genres)
        code = choice_put(a, names, n, e);
    if (code == ERR_OK && from)
        code = store_account_place(a->store, a->token.account, buf_str(&places), e);
    if (begun)
        code = store_end(a->store, code, e);
    choice_free(names, n);
    buf_free(&places);
    return code ? code : choice_kept(choice_show(a, req, NULL, ret, e), e);
}
