#include "daemon/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "daemon/account.h"
#include "daemon/app.h"
#include "daemon/choice.h"
#include "daemon/jobs/history.h"
#include "store/account.h"
#include "store/liked.h"
#include "store/playlist.h"
#include "store/run.h"

static void set_time(struct json *j, const char *key, int64_t utc_s)
{
    char when[24];
    text_time(utc_s, when, sizeof(when));
    json_set_str(j, key, utc_s > 0 ? when : NULL);
}

static void set_login(struct app *a, const struct store_account *account, struct json *j)
{
    int64_t expires = auth_login_expires_s(&a->token.held);
    bool in = token_is_set(&a->token);
    json_set_bool(j, "logged_in", in);
    json_set_str(j, "user", account->id ? account->name : NULL);
    set_time(j, "login_expires_at", in ? expires : 0);
    if (in)
        json_set_int(j, "login_days_left", (expires - clock_utc_s()) / 86400);
    else
        json_set_null(j, "login_days_left");
}

static void add_warnings(struct app *a, struct json *j)
{
    char text[160];
    struct json *warnings = json_array();
    for (size_t i = 0; i < a->config.warnings.n; i++)
        json_add_str(warnings, a->config.warnings.items[i]);
    expiry_sentence(a, text, sizeof(text));
    if (*text)
        json_add_str(warnings, text);
    if (a->token.dead)
        json_add_str(warnings,
                     "the login has ended or was revoked: run 'genrectl login' once more");
    if (a->edits_left_out)
        json_add_str(warnings, a->edits_left_out);
    if (!access_may_ask(&a->access, ENDPOINT_ITEMS_READ, clock_utc_s()))
        json_add_str(warnings,
                     "Spotify does not let genred read your playlists, so it goes on from "
                     "its own record and does not see what you change in them");
    sources_warn(&a->sources, warnings);
    door_warn(&a->door, warnings);
    json_set(j, "warnings", warnings);
}

static enum err_code set_counts(struct app *a, int64_t account, struct json *j, struct err *e)
{
    static const char *const names[LIBRARY_KINDS] = {"tracks", "local", "episodes", "gone"};
    struct store_liked_counts counts = {0};
    struct store_liked_head head = {0};
    enum err_code code = store_liked_count(a->store, account, model_id(a->model), &counts, e);
    if (code == ERR_OK)
        code = store_liked_head_get(a->store, account, &head, e);
    if (code)
        return code;
    struct json *kinds = json_object();
    for (int kind = 0; kind < LIBRARY_KINDS; kind++)
        json_set_int(kinds, names[kind], head.kinds[kind]);
    json_set_int(kinds, "tracks", counts.liked);
    json_set_int(kinds, "unavailable", head.unplayable);
    json_set_int(kinds, "same_song", counts.same_song);
    json_set_int(j, "liked", counts.liked);
    json_set_int(j, "others", counts.others);
    json_set(j, "liked_kinds", kinds);
    json_set_int(j, "labelled", counts.labelled);
    json_set_int(j, "with_statistics", counts.with_stats);
    json_set_int(j, "with_tags", counts.with_tags);
    return ERR_OK;
}

/* One whose genre is gone: it stays as it is. */
static bool is_left(const struct app *a, const struct store_playlist *p)
{
    return tree_find(a->tree, p->genre) == TREE_NONE;
}

static struct json *playlist_json(const struct app *a, const struct store_playlist *p)
{
    struct json *j = json_object();
    json_set_str(j, "genre", p->genre);
    json_set_str(j, "name", p->name);
    json_set_str(j, "id", *p->sid ? p->sid : NULL);
    json_set_int(j, "total", p->total);
    json_set_str(j, "state",
                 p->gone         ? "gone"
                 : p->missing_s  ? "missing"
                 : is_left(a, p) ? "left"
                                 : "active");
    return j;
}

static enum err_code set_playlists(struct app *a, int64_t account, struct json *j, struct err *e)
{
    struct arena arena = {0};
    struct store_playlist *list = NULL;
    size_t n = 0;
    enum err_code code = store_playlist_list(a->store, account, &arena, &list, &n, e);
    struct json *playlists = json_array();
    for (size_t i = 0; code == ERR_OK && i < n; i++)
        json_add(playlists, playlist_json(a, &list[i]));
    json_set(j, "playlists", playlists);
    arena_free(&arena);
    return code;
}

static enum err_code set_chosen(struct app *a, struct json *j, struct err *e)
{
    char **genres = NULL;
    size_t n = 0;
    enum err_code code = choice_shown(a, &genres, &n, e);
    struct json *chosen = json_array();
    for (size_t i = 0; i < n; i++)
        json_add_str(chosen, genres[i]);
    choice_free(genres, n);
    json_set(j, "genres", chosen);
    return code;
}

static void set_budget(const struct app *a, struct json *j, int64_t now)
{
    const struct budget *b = &a->budget;
    struct json *budget = json_object();
    int64_t ceiling = a->config.max_calls_per_day;
    int64_t room = budget_room_at(b, ceiling, now);
    set_time(j, "cooldown_until", b->cooldown_until_s > now ? b->cooldown_until_s : 0);
    json_set_int(budget, "last_30_s", budget_in_30_s(b, now));
    json_set_int(budget, "last_day", budget_in_day(b, now));
    json_set_int(budget, "ceiling", ceiling);
    set_time(budget, "room_at", room > now ? room : 0);
    json_set(j, "budget", budget);
}

enum err_code status_json(struct app *a, struct json **ret, struct err *e)
{
    struct arena arena = {0};
    struct store_account account;
    enum err_code code = store_account_get(a->store, a->token.account, &arena, &account, e);
    struct json *j = json_object();
    int64_t now = clock_utc_s();
    if (code == ERR_OK) {
        set_login(a, &account, j);
        code = set_counts(a, account.id, j, e);
    }
    if (code == ERR_OK)
        code = set_playlists(a, account.id, j, e);
    if (code == ERR_OK)
        code = set_chosen(a, j, e);
    if (code == ERR_OK) {
        struct json *running = runs_json(&a->runs);
        set_time(j, "last_sync", account.last_sync_s);
        set_time(j, "last_sort", account.last_sort_s);
        set_time(j, "next_sync", schedule_next(&a->schedule));
        set_budget(a, j, now);
        json_set_str(j, "access", access_regime(&a->access));
        json_set_int(j, "sources_pending", sources_calls_left(&a->sources));
        json_set_bool(j, "client_id_set", *a->config.client_id != '\0');
        json_set_str(j, "model", model_id(a->model));
        if (running)
            json_set(j, "running", running);
        else
            json_set_null(j, "running");
        json_set_str(j, "account", a->config.account);
        if (!a->config.account)
            json_set(j, "accounts", account_json(&a->config));
        json_set_int(j, "pid", getpid());
        json_set_str(j, "version", GENRED_VERSION);
        add_warnings(a, j);
    }
    arena_free(&arena);
    if (code) {
        json_free(j);
        return code;
    }
    *ret = j;
    return ERR_OK;
}

static struct json *run_json(const struct store_run *r)
{
    struct json *run = json_object();
    json_set_int(run, "id", r->id);
    json_set_str(run, "job", r->job);
    set_time(run, "started_at", r->started_s);
    set_time(run, "finished_at", r->finished_s);
    json_set_str(run, "outcome", r->outcome);
    json_set_str(run, "message", r->message);
    json_set_int(run, "requests", r->requests);
    json_set_int(run, "added", r->added);
    json_set_int(run, "removed", r->removed);
    return run;
}

enum err_code status_runs(struct app *a, struct json **ret, struct err *e)
{
    struct arena arena = {0};
    struct store_run *runs = NULL;
    size_t n = 0;
    enum err_code code = store_run_list(a->store, a->token.account, 50, &arena, &runs, &n, e);
    if (code == ERR_OK) {
        struct json *j = json_object();
        struct json *list = json_array();
        for (size_t i = 0; i < n; i++)
            json_add(list, run_json(&runs[i]));
        json_set(j, "runs", list);
        *ret = j;
    }
    arena_free(&arena);
    return code;
}

enum err_code status_run(struct app *a, int64_t id, struct json **ret, struct err *e)
{
    struct arena arena = {0};
    struct store_run run = {0};
    struct json *playlists = NULL;
    enum err_code code = store_run_get(a->store, a->token.account, id, &arena, &run, e);
    if (code == ERR_OK && !run.id)
        code = err_set(e, ERR_USAGE, "there is no run %lld, or it is no longer remembered",
                       (long long)id);
    if (code == ERR_OK)
        code = history_json(a->store, id, true, &playlists, e);
    if (code == ERR_OK) {
        *ret = run_json(&run);
        json_set(*ret, "playlists", playlists);
    }
    arena_free(&arena);
    return code;
}
