#include "daemon/wish.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/app.h"
#include "daemon/choice.h"
#include "daemon/jobs/drop.h"
#include "daemon/jobs/learn.h"
#include "daemon/jobs/list.h"
#include "daemon/jobs/work.h"
#include "store/account.h"
#include "store/journal.h"
#include "store/run.h"

#define STAY_MARGIN 0.1

void wish_free(struct wish *wish)
{
    for (size_t i = 0; i < wish->n_genres; i++)
        free(wish->genres[i]);
    free(wish->genres);
    free(wish->playlist);
    for (size_t i = 0; i < wish->n_playlists; i++)
        free(wish->playlists[i]);
    free(wish->playlists);
    json_free(wish->plan);
    *wish = (struct wish){0};
}

/* --- from a request
 * ------------------------------------------------------------------------------- */

static void add_genre(struct wish *wish, const char *name)
{
    wish->genres = mem_resize(wish->genres, wish->n_genres + 1, sizeof(*wish->genres));
    wish->genres[wish->n_genres++] = mem_strdup(name);
}

static void take_genres(const struct json *list, struct wish *wish)
{
    for (const struct json *g = json_first(list); g; g = json_next(g)) {
        bool twice = false;
        for (size_t i = 0; i < wish->n_genres; i++)
            twice = twice || text_equal(wish->genres[i], json_str(g));
        if (json_str(g) && !twice)
            add_genre(wish, json_str(g));
    }
}

static void take_playlists(const struct json *list, struct wish *wish)
{
    wish->playlists = mem_array(json_size(list) + 1, sizeof(*wish->playlists));
    for (const struct json *p = json_first(list); p; p = json_next(p)) {
        if (json_str(p))
            wish->playlists[wish->n_playlists++] = mem_strdup(json_str(p));
    }
}

static bool needs_genre(enum wish_kind kind)
{
    return kind == WISH_DROP || kind == WISH_RELEASE || kind == WISH_ADOPT;
}

enum err_code wish_parse(enum wish_kind kind, const struct json *body, struct wish *ret,
                         struct err *e)
{
    const struct json *threshold = json_get(body, "threshold");
    const char *genre = json_get_str(body, "genre");
    const char *playlist = json_get_str(body, "playlist");
    struct wish wish = {
        .kind = kind,
        .threshold = kind == WISH_SORT ? json_get_num(body, "threshold", -1) : -1,
        .dry_run = kind == WISH_SORT && json_get_bool(body, "dry_run", false),
        .wait = json_get_bool(body, "wait", false),
        .yes = json_get_bool(body, "yes", false),
        .run = json_get_int(body, "run", 0),
        .may_remove = json_get_bool(body, "may_remove", false),
    };
    if (kind == WISH_SORT && threshold && !json_is_null(threshold) &&
        !(wish.threshold >= 0 && wish.threshold <= 1))
        return err_set(e, ERR_USAGE, "the threshold must lie between 0 and 1");
    if (needs_genre(kind) && !genre)
        return err_set(e, ERR_USAGE, "a genre must be named");
    if (kind == WISH_ADOPT && (!playlist || !*playlist))
        return err_set(e, ERR_USAGE, "a playlist must be named");
    if (kind == WISH_APPLY && !json_is_array(json_get(body, "playlists")))
        return err_set(e, ERR_USAGE, "this is no plan");
    if (needs_genre(kind))
        add_genre(&wish, genre);
    else if (kind == WISH_SORT)
        take_genres(json_get(body, "genres"), &wish);
    if (kind == WISH_ADOPT)
        wish.playlist = mem_strdup(playlist);
    if (kind == WISH_LEARN && genre)
        add_genre(&wish, genre);
    if (kind == WISH_LEARN)
        take_playlists(json_get(body, "playlists"), &wish);
    if (kind == WISH_APPLY)
        wish.plan = json_copy(body);
    *ret = wish;
    return ERR_OK;
}

/* --- the job
 * -------------------------------------------------------------------------------------- */

static void copy_genres(const struct wish *wish, struct work_options *o)
{
    o->genres = mem_array(wish->n_genres, sizeof(*o->genres));
    for (; o->n_genres < wish->n_genres; o->n_genres++)
        o->genres[o->n_genres] = mem_strdup(wish->genres[o->n_genres]);
}

/* The list's strings become the options'. */
static enum err_code take_from(struct app *app, struct work_options *o, struct err *e)
{
    struct config_list places = {0};
    enum err_code code = choice_places(app, &places, e);
    o->from = places.items;
    o->n_from = places.n;
    return code;
}

/* A sync must not fail for a genre that was taken out of genres.conf. */
static enum err_code chosen_resolve(struct app *app, struct work_options *o, struct err *e)
{
    struct buf left_out;
    buf_init(&left_out, 4096);
    enum err_code code = choice_resolve(app, o->genres, &o->n_genres, &left_out, e);
    if (left_out.len)
        log_warning("genres: left out names='%s'", buf_str(&left_out));
    buf_free(&left_out);
    return code;
}

static enum err_code fill_options(struct app *app, struct wish *wish,
                                  struct work_options *ret_options, struct err *e)
{
    struct work_options o = {
        .name = wish->kind == WISH_SORT ? "sort" : "sync",
        .dry_run = wish->dry_run,
        .yes = wish->yes,
        .wait = wish->wait,
        .threshold = wish->threshold >= 0 ? wish->threshold : app->config.threshold,
        .stay_margin = STAY_MARGIN,
        .playlist_name = mem_strdup(app->config.playlist_name),
        .is_public = app->config.is_public,
        .min_tracks = app->config.min_tracks,
    };
    enum err_code code = take_from(app, &o, e);
    if (code == ERR_OK && wish->n_genres == 0) {
        code = choice_get(app, &o.genres, &o.n_genres, e);
        code = code ? code : chosen_resolve(app, &o, e);
    } else if (code == ERR_OK)
        copy_genres(wish, &o);
    /* Until genres are chosen, a sync only reads and labels. */
    o.sort = o.n_genres > 0;
    if (code == ERR_OK && wish->n_genres && !wish->dry_run)
        code = choice_put(app, wish->genres, wish->n_genres, e);
    if (code) {
        work_options_free(&o);
        return code;
    }
    *ret_options = o;
    return ERR_OK;
}

static enum err_code make_work(struct app *app, struct wish *wish, struct work_env *env,
                               struct job **ret_job, struct err *e)
{
    struct work_options options = {0};
    enum err_code code = fill_options(app, wish, &options, e);
    if (code == ERR_OK && options.dry_run)
        code = store_open_copy(app->store, &env->store, e);
    if (code) {
        work_options_free(&options);
        return code;
    }
    *ret_job = work_new(env, &options);
    return ERR_OK;
}

static enum err_code make_edit(struct app *app, struct wish *wish, const struct work_env *env,
                               struct job **ret_job, struct err *e)
{
    struct work_options o = {
        .name = wish->kind == WISH_UNDO    ? "undo"
                : wish->kind == WISH_APPLY ? "apply"
                                           : "adopt",
        .undo = wish->run,
        .plan = wish->plan,
        .adopt = wish->playlist,
        .adopt_may_remove = wish->may_remove,
        .yes = wish->yes,
        .genres = wish->genres,
        .n_genres = wish->n_genres,
        .playlist_name = mem_strdup(app->config.playlist_name),
        .is_public = app->config.is_public,
    };
    enum err_code code = take_from(app, &o, e);
    wish->plan = NULL;
    wish->playlist = NULL;
    wish->genres = NULL;
    wish->n_genres = 0;
    if (code) {
        work_options_free(&o);
        return code;
    }
    *ret_job = work_new(env, &o);
    return ERR_OK;
}

enum err_code wish_job(struct app *app, struct wish *wish, int64_t run, struct job **ret_job,
                       struct err *e)
{
    struct arena a = {0};
    struct store_account account;
    enum err_code code = store_account_get(app->store, app->token.account, &a, &account, e);
    struct work_env env = {
        .store = app->store,
        .access = &app->access,
        .model = app->model,
        .tree = app->tree,
        .api_url = app->config.api_url,
        .account = app->token.account,
        .run = wish->dry_run ? 0 : run,
        .sources = &app->sources.for_work,
    };
    if (code == ERR_OK) {
        env.user_id = account.user_id;
        if (wish->kind == WISH_DROP || wish->kind == WISH_RELEASE)
            code = drop_new(&env, wish->genres[0], wish->kind == WISH_RELEASE, ret_job, e);
        else if (wish->kind == WISH_LEARN)
            *ret_job = learn_new(&env, wish->playlists, wish->n_playlists,
                                 wish->n_genres ? wish->genres[0] : NULL);
        else if (wish->kind == WISH_PLACES)
            *ret_job = list_new(&env);
        else if (wish->kind > WISH_RELEASE)
            code = make_edit(app, wish, &env, ret_job, e);
        else
            code = make_work(app, wish, &env, ret_job, e);
    }
    arena_free(&a);
    return code;
}

/* --- what is wanted
 * ------------------------------------------------------------------------------- */

static bool same_genres(const struct wish *a, const struct wish *b)
{
    if (a->n_genres != b->n_genres)
        return false;
    for (size_t i = 0; i < a->n_genres; i++) {
        if (strcmp(a->genres[i], b->genres[i]) != 0)
            return false;
    }
    return true;
}

/* Whether a run of `running` gives what `wish` wants. */
bool wish_is_fulfilled(const struct wish *running, const struct wish *wish)
{
    if (wish->kind == WISH_SYNC && !wish->wait && !wish->yes)
        return running->kind == WISH_SYNC || (running->kind == WISH_SORT && !running->dry_run);
    if (wish->kind == WISH_PLACES)
        return running->kind == WISH_PLACES;
    return running->kind == wish->kind && running->dry_run == wish->dry_run &&
           running->wait == wish->wait && running->yes == wish->yes && running->kind <= WISH_SORT &&
           !(running->threshold < wish->threshold) && !(running->threshold > wish->threshold) &&
           same_genres(running, wish);
}

static enum err_code find_undo(struct app *app, struct wish *wish, struct err *e)
{
    struct arena a = {0};
    struct store_journal_row *rows = NULL;
    struct store_run run = {0};
    size_t n = 0;
    enum err_code code = ERR_OK;
    if (!wish->run)
        code = store_journal_newest(app->store, app->token.account, &wish->run, e);
    if (code == ERR_OK && !wish->run)
        code = err_set(e, ERR_USAGE, "there is nothing to undo: no run has written anything");
    if (code == ERR_OK)
        code = store_run_get(app->store, app->token.account, wish->run, &a, &run, e);
    if (code == ERR_OK)
        code = store_journal_list(app->store, wish->run, &a, &rows, &n, e);
    if (code == ERR_OK && (n == 0 || !run.id))
        code = err_set(e, ERR_USAGE, "run %lld wrote nothing, or is no longer remembered",
                       (long long)wish->run);
    arena_free(&a);
    return code;
}

enum err_code wish_check(struct app *app, struct wish *wish, struct err *e)
{
    char **chosen = NULL;
    size_t n_chosen = 0;
    enum err_code code = ERR_OK;
    if (!token_is_set(&app->token)) {
        struct http_req unused = {0};
        code = token_ask(&app->token, &unused, e);
        http_req_clear(&unused);
        return code ? code : err_set(e, ERR_LOGIN, "nobody is logged in: run 'genrectl login'");
    }
    if (wish->kind == WISH_UNDO)
        return find_undo(app, wish, e);
    if (wish->kind == WISH_DROP || wish->kind == WISH_RELEASE || wish->kind == WISH_APPLY ||
        wish->kind == WISH_PLACES)
        return ERR_OK;
    code = choice_resolve(app, wish->genres, &wish->n_genres, NULL, e);
    if (code || wish->n_genres)
        return code;
    code = choice_get(app, &chosen, &n_chosen, e);
    if (code == ERR_OK && n_chosen == 0 && wish->kind == WISH_SORT)
        code = err_set(
            e, ERR_USAGE,
            "no genres are chosen yet: name some, as in 'genrectl sort --genres rock,jazz'");
    choice_free(chosen, n_chosen);
    return code;
}
