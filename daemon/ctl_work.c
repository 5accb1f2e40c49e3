#include "daemon/ctl_work.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/ctl_follow.h"
#include "daemon/ctl_run.h"
#include "daemon/ctl_show.h"
#include "daemon/ctl_table.h"

enum err_code ctl_work_sync(struct ctl *c, struct err *e)
{
    struct json *body = json_object();
    json_set_bool(body, "wait", command_has(&c->command, OPTION_WAIT));
    json_set_bool(body, "yes", command_has(&c->command, OPTION_YES));
    enum err_code code = ctl_run_whole(c, "/api/sync", body, e);
    json_free(body);
    return code;
}

enum err_code ctl_work_sort(struct ctl *c, struct err *e)
{
    const struct command *command = &c->command;
    double threshold = 0;
    const char *wanted = command->value[OPTION_THRESHOLD];
    struct json *body = json_object();
    if (command_has(command, OPTION_GENRES)) {
        struct json *genres = json_array();
        ctl_names_split(command->value[OPTION_GENRES], genres);
        json_set(body, "genres", genres);
    }
    if (wanted != NULL && text_to_num(wanted, 0, 1, &threshold)) {
        json_set_num(body, "threshold", threshold);
    }
    json_set_bool(body, "dry_run",
                  command_has(command, OPTION_DRY_RUN) || command_has(command, OPTION_PLAN));
    json_set_bool(body, "wait", command_has(command, OPTION_WAIT));
    json_set_bool(body, "yes", command_has(command, OPTION_YES));
    enum err_code code = ctl_run_whole(c, "/api/sort", body, e);
    json_free(body);
    return code;
}

/* Asks at the terminal. ERR_CANCELLED: no, or interrupted. */
static enum err_code confirm(struct ctl *c, const char *question, struct err *e)
{
    fprintf(stderr, "%s [y/N] ", question);
    fflush(stderr);
    struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                           {.fd = c->stop_fd, .events = POLLIN}};
    while (poll(fds, 2, -1) < 0 && errno == EINTR) {
    }
    if (fds[1].revents != 0) {
        fputc('\n', stderr);
        return err_set(e, ERR_CANCELLED, "interrupted");
    }
    char answer[64] = "";
    if (fgets(answer, sizeof(answer), stdin) == NULL || (answer[0] != 'y' && answer[0] != 'Y')) {
        c->exit_status = 1;
        return err_set(e, ERR_CANCELLED, "nothing was done");
    }
    return ERR_OK;
}

/* Commands that begin an account, or look at what is there without one. */
static bool may_be_new(const struct command_row *row)
{
    bool asks = row->kind == COMMAND_ASK || row->kind == COMMAND_WORK;
    return !asks || row->id == COMMAND_LOGIN || row->id == COMMAND_RESTORE;
}

enum err_code ctl_work_check(struct ctl *c, struct err *e)
{
    const char *threshold = c->command.value[OPTION_THRESHOLD];
    double ignored;
    if (threshold != NULL && !text_to_num(threshold, 0, 1, &ignored)) {
        return err_set(e, ERR_USAGE, "--threshold is no number from 0 to 1: \"%.64s\"", threshold);
    }
    if (command_has(&c->command, OPTION_GENRES) &&
        c->command.value[OPTION_GENRES][strspn(c->command.value[OPTION_GENRES], " ,")] == '\0') {
        return err_set(e, ERR_USAGE, "--genres names no genre");
    }
    if (c->command.value[OPTION_ACCOUNT] != NULL && !may_be_new(c->command.row) &&
        !file_exists(c->config.state_dir)) {
        const char *name = c->command.value[OPTION_ACCOUNT];
        return err_set(e, ERR_USAGE,
                       "there is no account '%s': 'genrectl --account %s login' makes it", name,
                       name);
    }
    bool drop = c->command.row->id == COMMAND_DROP;
    bool forget = c->command.row->id == COMMAND_LOGOUT && command_has(&c->command, OPTION_FORGET);
    if (!(drop || forget) || command_has(&c->command, OPTION_YES)) {
        return ERR_OK;
    }
    if (!isatty(STDIN_FILENO) || c->json) {
        return err_set(e, ERR_USAGE, "%s: where nobody can be asked it needs --yes",
                       drop ? "drop unfollows a playlist" : "logout --forget empties the database");
    }
    char *clean = ctl_table_clean(drop ? c->command.args[0] : "");
    char *question =
        drop ? mem_printf("unfollow the playlist of %s?", clean)
             : mem_strdup("empty the database, with your labels and the record of the playlists?");
    enum err_code code = confirm(c, question, e);
    free(question);
    free(clean);
    return code;
}

static enum err_code of_genre(struct ctl *c, const char *target, struct err *e)
{
    struct json *body = json_object();
    json_set_str(body, "genre", c->command.args[0]);
    enum err_code code = ctl_run_whole(c, target, body, e);
    json_free(body);
    return code;
}

enum err_code ctl_work_drop(struct ctl *c, struct err *e)
{
    return of_genre(c, "/api/drop", e);
}

enum err_code ctl_work_release(struct ctl *c, struct err *e)
{
    return of_genre(c, "/api/release", e);
}

enum err_code ctl_work_undo(struct ctl *c, struct err *e)
{
    int64_t run = 0;
    if (c->command.n_args > 0 && !text_to_int(c->command.args[0], 1, INT64_MAX, &run)) {
        return err_set(e, ERR_USAGE, "\"%.40s\" is no number of a run: see 'genrectl runs'",
                       c->command.args[0]);
    }
    struct json *body = json_object();
    json_set_int(body, "run", run);
    enum err_code code = ctl_run_whole(c, "/api/undo", body, e);
    json_free(body);
    return code;
}

void ctl_work_playlist(const char *text, char *out, size_t out_size)
{
    const char *at = strstr(text, "playlist/");
    at = at != NULL ? at : strstr(text, "playlist:");
    text_copy(out, out_size, at != NULL ? at + strlen("playlist/") : text);
    if (at != NULL) {
        out[strcspn(out, "?/")] = '\0';
    }
}

enum err_code ctl_work_adopt(struct ctl *c, struct err *e)
{
    char playlist[512];
    ctl_work_playlist(c->command.args[0], playlist, sizeof(playlist));
    struct json *body = json_object();
    json_set_str(body, "playlist", playlist);
    json_set_str(body, "genre", c->command.args[1]);
    json_set_bool(body, "may_remove", command_has(&c->command, OPTION_MAY_REMOVE));
    enum err_code code = ctl_run_whole(c, "/api/adopt", body, e);
    json_free(body);
    return code;
}

enum err_code ctl_work_watch(struct ctl *c, struct err *e)
{
    struct ctl_follow f;
    enum err_code code = ctl_follow_open(c, 0, &f, e);
    while (code == ERR_OK) {
        struct json *event = NULL;
        code = ctl_follow_next(&f, -1, &event, e);
        if (event != NULL && !c->json) {
            ctl_show_event(event);
        }
        json_free(event);
    }
    ctl_follow_close(&f);
    return code;
}
