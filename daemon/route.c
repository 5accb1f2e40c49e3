#include "daemon/route.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "daemon/account.h"
#include "daemon/app.h"
#include "daemon/backup.h"
#include "daemon/choice.h"
#include "daemon/curve.h"
#include "daemon/edits.h"
#include "daemon/exclude.h"
#include "daemon/genres.h"
#include "daemon/import.h"
#include "daemon/policy.h"
#include "daemon/region.h"
#include "daemon/setup.h"
#include "daemon/song.h"
#include "daemon/song_facts.h"
#include "daemon/songs.h"
#include "daemon/statistics.h"
#include "daemon/status.h"
#include "store/place.h"

#define SIMILAR_N  10
#define COUNT_MOST 100000

static enum err_code get_status(struct app *a, const struct server_request *req,
                                const struct json *body, struct json **ret, struct err *e)
{
    (void)req;
    (void)body;
    return status_json(a, ret, e);
}

static enum err_code get_genres(struct app *a, const struct server_request *req,
                                const struct json *body, struct json **ret, struct err *e)
{
    (void)req;
    (void)body;
    return genres_json(a, ret, e);
}

static enum err_code get_list(struct app *a, const struct server_request *req,
                              const struct json *body, struct json **ret, struct err *e)
{
    const char *genre = server_request_query(req, "genre");
    (void)body;
    return songs_list(a, genre ? genre : "", ret, e);
}

static enum err_code get_review(struct app *a, const struct server_request *req,
                                const struct json *body, struct json **ret, struct err *e)
{
    const char *n = server_request_query(req, "n");
    int64_t most = COUNT_MOST;
    (void)body;
    if (n && !text_to_int(n, 1, COUNT_MOST, &most))
        return err_set(e, ERR_USAGE, "the number of songs must lie between 1 and %d", COUNT_MOST);
    return songs_review(a, (size_t)most, ret, e);
}

/* Borrowed strings of a list of names. Caller: free. */
static const char **names_of(const struct json *list, size_t *ret_n)
{
    const char **names = mem_array(json_size(list) + 1, sizeof(*names));
    *ret_n = 0;
    for (const struct json *name = json_first(list); name; name = json_next(name)) {
        if (json_str(name))
            names[(*ret_n)++] = json_str(name);
    }
    return names;
}

static enum err_code post_label(struct app *a, const struct server_request *req,
                                const struct json *body, struct json **ret, struct err *e)
{
    const char *track = json_get_str(body, "track");
    struct song_word word = {.track = track ? track : "",
                             .forget = json_get_bool(body, "forget", false)};
    (void)req;
    const char **is = names_of(json_get(body, "is"), &word.n_is);
    const char **is_not = names_of(json_get(body, "not"), &word.n_is_not);
    word.is = is;
    word.is_not = is_not;
    enum err_code code = song_label(a, &word, ret, e);
    free(is);
    free(is_not);
    return code;
}

static enum err_code get_exclusions(struct app *a, const struct server_request *req,
                                    const struct json *body, struct json **ret, struct err *e)
{
    (void)req;
    (void)body;
    return exclude_list(a, ret, e);
}

static enum err_code post_exclude(struct app *a, const struct server_request *req,
                                  const struct json *body, struct json **ret, struct err *e)
{
    struct exclude_wish wish = {.artist = json_get_bool(body, "artist", false),
                                .forget = json_get_bool(body, "forget", false)};
    (void)req;
    const char **items = names_of(json_get(body, "items"), &wish.n);
    wish.items = items;
    enum err_code code = exclude_put(a, &wish, ret, e);
    free(items);
    return code;
}

static enum err_code get_why(struct app *a, const struct server_request *req,
                             const struct json *body, struct json **ret, struct err *e)
{
    const char *track = server_request_query(req, "track");
    (void)body;
    return song_why(a, track ? track : "", server_request_query(req, "genres"), ret, e);
}

static enum err_code get_similar(struct app *a, const struct server_request *req,
                                 const struct json *body, struct json **ret, struct err *e)
{
    const char *track = server_request_query(req, "track");
    const char *playlist = server_request_query(req, "playlist");
    const char *n = server_request_query(req, "n");
    int64_t count = SIMILAR_N;
    (void)body;
    if (n && !text_to_int(n, 1, COUNT_MOST, &count))
        return err_set(e, ERR_USAGE, "the number of songs must lie between 1 and %d", COUNT_MOST);
    if (!track == !playlist)
        return err_set(e, ERR_USAGE, "either a song or a playlist must be named");
    return song_similar(a, track, playlist, (size_t)count, ret, e);
}

static enum err_code get_runs(struct app *a, const struct server_request *req,
                              const struct json *body, struct json **ret, struct err *e)
{
    const char *run = server_request_query(req, "run");
    int64_t id = 0;
    (void)body;
    if (run && !text_to_int(run, 1, INT64_MAX, &id))
        return err_set(e, ERR_USAGE, "\"%.40s\" is no number of a run", run);
    return id ? status_run(a, id, ret, e) : status_runs(a, ret, e);
}

static enum err_code get_sources(struct app *a, const struct server_request *req,
                                 const struct json *body, struct json **ret, struct err *e)
{
    (void)req;
    (void)body;
    return sources_json(a, ret, e);
}

static enum err_code get_paths(struct app *a, const struct server_request *req,
                               const struct json *body, struct json **ret, struct err *e)
{
    (void)req;
    (void)body;
    (void)e;
    struct json *j = json_object();
    json_set_str(j, "config", a->config.file);
    json_set_str(j, "state_dir", a->config.state_dir);
    json_set_str(j, "socket", a->config.socket);
    char *page = door_address(&a->door);
    json_set_str(j, "page", page);
    free(page);
    *ret = j;
    return ERR_OK;
}

static enum err_code post_import(struct app *a, const struct server_request *req,
                                 const struct json *body, struct json **ret, struct err *e)
{
    (void)req;
    return import_rows(a, body, ret, e);
}

static enum err_code post_restore(struct app *a, const struct server_request *req,
                                  const struct json *body, struct json **ret, struct err *e)
{
    (void)req;
    return backup_take(a, body, ret, e);
}

static enum err_code post_cancel(struct app *a, const struct server_request *req,
                                 const struct json *body, struct json **ret, struct err *e)
{
    int64_t run = json_get_int(body, "run", 0);
    (void)req;
    (void)e;
    bool cancelled = runs_cancel(&a->runs, run);
    if (!run || run == a->session.run)
        cancelled = session_cancel(&a->session) || cancelled;
    *ret = json_object();
    json_set_bool(*ret, "cancelled", cancelled);
    return ERR_OK;
}

static enum err_code post_login(struct app *a, const struct server_request *req,
                                const struct json *body, struct json **ret, struct err *e)
{
    (void)req;
    return session_begin(&a->session, json_get_bool(body, "paste", false), ret, e);
}

static enum err_code post_login_answer(struct app *a, const struct server_request *req,
                                       const struct json *body, struct json **ret, struct err *e)
{
    const char *url = json_get_str(body, "url");
    (void)req;
    enum err_code code = session_answer(&a->session, url ? url : "", e);
    if (code == ERR_OK)
        *ret = json_object();
    return code;
}

static enum err_code post_logout(struct app *a, const struct server_request *req,
                                 const struct json *body, struct json **ret, struct err *e)
{
    bool was_in = token_is_set(&a->token) || a->token.dead;
    bool forget = json_get_bool(body, "forget", false);
    (void)req;
    enum err_code code = session_logout(&a->session, forget, e);
    if (code)
        return code;
    *ret = json_object();
    json_set_bool(*ret, "logged_out", was_in);
    json_set_bool(*ret, "forgotten", forget);
    return ERR_OK;
}

static enum err_code get_accounts(struct app *a, const struct server_request *req,
                                  const struct json *body, struct json **ret, struct err *e)
{
    (void)req;
    (void)body;
    (void)e;
    *ret = json_object();
    json_set(*ret, "accounts", account_json(&a->config));
    return ERR_OK;
}

static enum err_code post_account(struct app *a, const struct server_request *req,
                                  const struct json *body, struct json **ret, struct err *e)
{
    const char *name = json_get_str(body, "name");
    (void)req;
    return accounts_ask(&a->accounts, name ? name : "", json_get_bool(body, "start", false), ret,
                        e);
}

static enum err_code get_setup(struct app *a, const struct server_request *req,
                               const struct json *body, struct json **ret, struct err *e)
{
    (void)req;
    (void)body;
    (void)e;
    *ret = setup_json(a);
    return ERR_OK;
}

static enum err_code post_setup(struct app *a, const struct server_request *req,
                                const struct json *body, struct json **ret, struct err *e)
{
    const char *client_id = json_get_str(body, "client_id");
    (void)req;
    enum err_code code = setup_put(a, client_id ? client_id : "", e);
    if (code == ERR_OK)
        *ret = setup_json(a);
    return code;
}

static enum err_code get_web(struct app *a, const struct server_request *req,
                             const struct json *body, struct json **ret, struct err *e)
{
    (void)req;
    (void)body;
    (void)e;
    *ret = door_json(&a->door);
    return ERR_OK;
}

static enum err_code post_web(struct app *a, const struct server_request *req,
                              const struct json *body, struct json **ret, struct err *e)
{
    const struct json *password = json_get(body, "password");
    (void)req;
    if (!password || (!json_is_null(password) && !json_is_string(password)))
        return err_set(e, ERR_USAGE, "the password must be a text, or null for none");
    enum err_code code = door_set_password(&a->door, json_str(password), e);
    if (code == ERR_OK)
        *ret = door_json(&a->door);
    return code;
}

/* Refusals are forgotten, so that the next sync asks again. */
static enum err_code post_refresh(struct app *a, const struct server_request *req,
                                  const struct json *body, struct json **ret, struct err *e)
{
    access_forget(&a->access);
    policy_remember(a);
    enum err_code code = store_place_retry(a->store, e);
    return code ? code : get_status(a, req, body, ret, e);
}

const struct route route_rows[] = {
    {"GET", "/api/status", ROUTE_READ, false, 200, get_status, 0},
    {"GET", "/api/genres", ROUTE_READ, true, 200, get_genres, 0},
    {"GET", "/api/list", ROUTE_READ, true, 200, get_list, 0},
    {"GET", "/api/review", ROUTE_READ, true, 200, get_review, 0},
    {"GET", "/api/why", ROUTE_READ, true, 200, get_why, 0},
    {"GET", "/api/similar", ROUTE_READ, true, 200, get_similar, 0},
    {"GET", "/api/map", ROUTE_READ, true, 200, map_get, 0},
    {"GET", "/api/statistics", ROUTE_READ, true, 200, statistics_get, 0},
    {"GET", "/api/song", ROUTE_READ, true, 200, song_facts_get, 0},
    {"GET", "/api/curve", ROUTE_READ, true, 200, curve_get, 0},
    {"GET", "/api/choice", ROUTE_READ, false, 200, choice_show, 0},
    {"POST", "/api/choice", ROUTE_WRITE, false, 200, choice_take, 0},
    {"POST", "/api/places", ROUTE_WRITE, false, 202, NULL, WISH_PLACES},
    {"POST", "/api/region", ROUTE_WRITE, true, 200, region_post, 0},
    {"POST", "/api/tree", ROUTE_WRITE, true, 200, edits_post_tree, 0},
    {"POST", "/api/rule", ROUTE_WRITE, true, 200, edits_post_rule, 0},
    {"POST", "/api/label", ROUTE_WRITE, true, 200, post_label, 0},
    {"GET", "/api/exclusions", ROUTE_READ, false, 200, get_exclusions, 0},
    {"POST", "/api/exclude", ROUTE_WRITE, false, 200, post_exclude, 0},
    {"GET", "/api/runs", ROUTE_READ, false, 200, get_runs, 0},
    {"GET", "/api/sources", ROUTE_READ, false, 200, get_sources, 0},
    {"GET", "/api/accounts", ROUTE_NO, false, 200, get_accounts, 0},
    {"POST", "/api/account", ROUTE_NO, false, 200, post_account, 0},
    {"GET", "/api/paths", ROUTE_NO, false, 200, get_paths, 0},
    {"GET", "/api/setup", ROUTE_READ, false, 200, get_setup, 0},
    {"POST", "/api/setup", ROUTE_WRITE, false, 200, post_setup, 0},
    {"GET", "/api/web", ROUTE_NO, false, 200, get_web, 0},
    {"POST", "/api/web", ROUTE_NO, false, 200, post_web, 0},
    {"POST", "/api/import", ROUTE_NO, true, 200, post_import, 0},
    {"POST", "/api/restore", ROUTE_NO, true, 200, post_restore, 0},
    {"POST", "/api/sync", ROUTE_WRITE, false, 202, NULL, WISH_SYNC},
    {"POST", "/api/sort", ROUTE_WRITE, false, 202, NULL, WISH_SORT},
    {"POST", "/api/drop", ROUTE_WRITE, false, 202, NULL, WISH_DROP},
    {"POST", "/api/release", ROUTE_WRITE, false, 202, NULL, WISH_RELEASE},
    {"POST", "/api/adopt", ROUTE_WRITE, false, 202, NULL, WISH_ADOPT},
    {"POST", "/api/learn", ROUTE_WRITE, false, 202, NULL, WISH_LEARN},
    {"POST", "/api/undo", ROUTE_WRITE, false, 202, NULL, WISH_UNDO},
    {"POST", "/api/apply", ROUTE_WRITE, false, 202, NULL, WISH_APPLY},
    {"POST", "/api/cancel", ROUTE_WRITE, false, 200, post_cancel, 0},
    {"POST", "/api/login", ROUTE_WRITE, false, 200, post_login, 0},
    {"POST", "/api/login/answer", ROUTE_WRITE, false, 200, post_login_answer, 0},
    {"POST", "/api/logout", ROUTE_WRITE, false, 200, post_logout, 0},
    {"POST", "/api/refresh", ROUTE_WRITE, false, 200, post_refresh, 0},
};

const size_t route_n = sizeof(route_rows) / sizeof(route_rows[0]);
