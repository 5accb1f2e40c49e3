#include "daemon/ctl_query.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/url.h"
#include "daemon/ctl_show.h"
#include "daemon/ctl_songs.h"
#include "daemon/ctl_sources.h"
#include "daemon/ctl_table.h"

#define LOGOUT_TRIES   200
#define LOGOUT_EACH_MS 50

typedef void show_fn(const struct ctl *c, const struct json *answer);

static enum err_code ask_and_show(struct ctl *c, const char *method, const char *target,
                                  show_fn *show, struct err *e)
{
    struct json *answer = NULL;
    enum err_code code = ctl_ask(c, method, target, NULL, &answer, e);
    if (code != ERR_OK) {
        return code;
    }
    if (c->json) {
        ctl_print_json(answer);
    } else {
        show(c, answer);
    }
    json_free(answer);
    return ERR_OK;
}

enum err_code ctl_query_status(struct ctl *c, struct err *e)
{
    if (command_has(&c->command, OPTION_REFRESH)) {
        enum err_code code = ctl_ask(c, "POST", "/api/refresh", NULL, NULL, e);
        if (code != ERR_OK) {
            return code;
        }
    }
    return ask_and_show(c, "GET", "/api/status", ctl_show_status, e);
}

static void logout_show(const struct json *answer)
{
    puts(json_get_bool(answer, "logged_out", false) ? "logged out" : "nobody was logged in");
    if (json_get_bool(answer, "forgotten", false)) {
        puts("everything that was fetched or learned is forgotten; your playlists at Spotify stay");
        puts("to take genred's access away at Spotify too: https://www.spotify.com/account/apps");
    }
}

/* What the daemon cancels for it may take a moment to end. */
static bool may_ask_again(const struct ctl *c, const struct err *e, int *tries)
{
    struct pollfd stop = {.fd = c->stop_fd, .events = POLLIN};
    return e->code == ERR_BUSY && ++*tries < LOGOUT_TRIES && poll(&stop, 1, LOGOUT_EACH_MS) == 0;
}

enum err_code ctl_query_logout(struct ctl *c, struct err *e)
{
    struct json *answer = NULL;
    struct json *body = json_object();
    int tries = 0;
    enum err_code code;
    json_set_bool(body, "forget", command_has(&c->command, OPTION_FORGET));
    do {
        code = ctl_ask(c, "POST", "/api/logout", body, &answer, e);
    } while (code != ERR_OK && may_ask_again(c, e, &tries));
    json_free(body);
    if (code == ERR_OK) {
        c->exit_status = 0; /* of an answer that it was too early */
    }
    if (code == ERR_OK && c->json) {
        ctl_print_json(answer);
    } else if (code == ERR_OK) {
        logout_show(answer);
    }
    json_free(answer);
    return code;
}

enum err_code ctl_query_genres(struct ctl *c, struct err *e)
{
    return ask_and_show(c, "GET", "/api/genres", ctl_songs_genres, e);
}

enum err_code ctl_query_sources(struct ctl *c, struct err *e)
{
    return ask_and_show(c, "GET", "/api/sources", ctl_sources_show, e);
}

enum err_code ctl_query_list(struct ctl *c, struct err *e)
{
    struct buf target = {0};
    buf_add_str(&target, "/api/list?");
    url_param(&target, "genre", c->command.args[0]);
    enum err_code code = ask_and_show(c, "GET", buf_str(&target), ctl_songs_list, e);
    buf_free(&target);
    return code;
}

enum err_code ctl_query_review(struct ctl *c, struct err *e)
{
    struct buf target = {0};
    buf_add_str(&target, "/api/review?");
    if (command_has(&c->command, OPTION_COUNT)) {
        url_param(&target, "n", c->command.value[OPTION_COUNT]);
    }
    enum err_code code = ask_and_show(c, "GET", buf_str(&target), ctl_songs_review, e);
    buf_free(&target);
    return code;
}

enum err_code ctl_query_label(struct ctl *c, struct err *e)
{
    const struct command *command = &c->command;
    struct json *body = json_object();
    struct json *is = json_array();
    json_set_str(body, "track", command->args[0]);
    for (size_t i = 1; i < command->n_args; i++) {
        ctl_names_split(command->args[i], is);
    }
    json_set(body, "is", is);
    struct json *is_not = json_array();
    if (command_has(command, OPTION_NOT)) {
        ctl_names_split(command->value[OPTION_NOT], is_not);
    }
    json_set(body, "not", is_not);
    json_set_bool(body, "forget", command_has(command, OPTION_FORGET));
    struct json *answer = NULL;
    enum err_code code = ctl_ask(c, "POST", "/api/label", body, &answer, e);
    json_free(body);
    if (code == ERR_OK && c->json) {
        ctl_print_json(answer);
    } else if (code == ERR_OK) {
        ctl_songs_label(c, answer);
    }
    json_free(answer);
    return code;
}

enum err_code ctl_query_why(struct ctl *c, struct err *e)
{
    struct buf target = {0};
    buf_add_str(&target, "/api/why?");
    url_param(&target, "track", c->command.args[0]);
    if (command_has(&c->command, OPTION_GENRES)) {
        url_param(&target, "genres", c->command.value[OPTION_GENRES]);
    }
    enum err_code code = ask_and_show(c, "GET", buf_str(&target), ctl_songs_why, e);
    buf_free(&target);
    return code;
}

enum err_code ctl_query_similar(struct ctl *c, struct err *e)
{
    const struct command *command = &c->command;
    struct buf target = {0};
    if ((command->n_args > 0) == command_has(command, OPTION_PLAYLIST)) {
        return err_set(e, ERR_USAGE, "similar takes either a song or --playlist");
    }
    buf_add_str(&target, "/api/similar?");
    if (command->n_args > 0) {
        url_param(&target, "track", command->args[0]);
    } else {
        url_param(&target, "playlist", command->value[OPTION_PLAYLIST]);
    }
    if (command_has(command, OPTION_COUNT)) {
        url_param(&target, "n", command->value[OPTION_COUNT]);
    }
    enum err_code code = ask_and_show(c, "GET", buf_str(&target), ctl_songs_similar, e);
    buf_free(&target);
    return code;
}

enum err_code ctl_query_runs(struct ctl *c, struct err *e)
{
    const struct command *command = &c->command;
    if (command->n_args == 0) {
        return ask_and_show(c, "GET", "/api/runs", ctl_show_runs, e);
    }
    if (command->n_args != 2 || strcmp(command->args[0], "show") != 0) {
        return err_set(e, ERR_USAGE, "runs takes nothing, or show and the number of a run");
    }
    struct buf target = {0};
    buf_add_str(&target, "/api/runs?");
    url_param(&target, "run", command->args[1]);
    enum err_code code = ask_and_show(c, "GET", buf_str(&target), ctl_show_run, e);
    buf_free(&target);
    return code;
}

static void cancel_show(const struct ctl *c, const struct json *answer)
{
    (void)c;
    puts(json_get_bool(answer, "cancelled", false) ? "cancelled" : "nothing was running");
}

enum err_code ctl_query_cancel(struct ctl *c, struct err *e)
{
    bool none;
    enum err_code code = ctl_daemon_find(&c->config, c->stop_fd, &c->daemon, &none, e);
    if (code == ERR_OK) {
        return ask_and_show(c, "POST", "/api/cancel", cancel_show, e);
    }
    if (!none) {
        return code;
    }
    struct json *j = json_object();
    json_set_bool(j, "cancelled", false);
    if (c->json) {
        ctl_print_json(j);
    } else {
        cancel_show(c, j);
    }
    json_free(j);
    return ERR_OK;
}

static void page_set(struct json *j, const struct config *config)
{
    if (config->listen_host == NULL || config->listen_port == 0) {
        json_set_null(j, "page");
        return;
    }
    bool six = strchr(config->listen_host, ':') != NULL;
    char *page = mem_printf("http://%s%s%s:%d/", six ? "[" : "", config->listen_host,
                            six ? "]" : "", (int)config->listen_port);
    json_set_str(j, "page", page);
    free(page);
}

/* What a running daemon adds: its pid, and the page's port when it took a free one. */
static void running_add(struct ctl *c, struct json *j)
{
    struct json *answer = NULL;
    struct err ignored;
    bool none;
    if (ctl_daemon_find(&c->config, c->stop_fd, &c->daemon, &none, &ignored) != ERR_OK ||
        ctl_ask(c, "GET", "/api/paths", NULL, &answer, &ignored) != ERR_OK) {
        c->exit_status = 0;
        return;
    }
    json_set_str(j, "socket", c->daemon.socket);
    json_set_str(j, "page", json_get_str(answer, "page"));
    if (json_get_int(answer, "pid", 0) > 0) {
        json_set_int(j, "pid", json_get_int(answer, "pid", 0));
    }
    json_free(answer);
}

enum err_code ctl_query_paths(struct ctl *c, struct err *e)
{
    (void)e;
    struct json *j = json_object();
    json_set_str(j, "config", c->config.file);
    if (c->config.account != NULL) {
        json_set_str(j, "account", c->config.account);
    }
    json_set_str(j, "state_dir", c->config.state_dir);
    json_set_str(j, "socket", c->config.socket);
    page_set(j, &c->config);
    running_add(c, j);
    if (c->json) {
        ctl_print_json(j);
    } else {
        for (const struct json *one = json_first(j); one != NULL; one = json_next(one)) {
            char number[24];
            snprintf(number, sizeof(number), "%lld", (long long)json_int(one, 0));
            const char *text = json_is_number(one) ? number : json_str(one);
            char *clean = ctl_table_clean(text != NULL ? text : "-");
            printf("%-10s %s\n", json_key(one), clean);
            free(clean);
        }
    }
    json_free(j);
    return ERR_OK;
}
