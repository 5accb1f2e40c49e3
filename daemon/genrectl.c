/* genrectl: the command line of genred. */
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "daemon/ctl.h"
#include "daemon/ctl_account.h"
#include "daemon/ctl_backup.h"
#include "daemon/ctl_doctor.h"
#include "daemon/ctl_exclude.h"
#include "daemon/ctl_import.h"
#include "daemon/ctl_learn.h"
#include "daemon/ctl_local.h"
#include "daemon/ctl_login.h"
#include "daemon/ctl_plan.h"
#include "daemon/ctl_query.h"
#include "daemon/ctl_web.h"
#include "daemon/ctl_work.h"

typedef enum err_code carry_out_fn(struct ctl *c, struct err *e);

/* NULL for the commands that need no daemon at all, and doctor. */
static carry_out_fn *carry_out_find(enum command_id id)
{
    switch (id) {
    case COMMAND_LOGIN:
        return ctl_login_run;
    case COMMAND_LOGOUT:
        return ctl_query_logout;
    case COMMAND_STATUS:
        return ctl_query_status;
    case COMMAND_SYNC:
        return ctl_work_sync;
    case COMMAND_SORT:
        return ctl_work_sort;
    case COMMAND_GENRES:
        return ctl_query_genres;
    case COMMAND_LIST:
        return ctl_query_list;
    case COMMAND_REVIEW:
        return ctl_query_review;
    case COMMAND_LABEL:
        return ctl_query_label;
    case COMMAND_EXCLUDE:
        return ctl_exclude_run;
    case COMMAND_WHY:
        return ctl_query_why;
    case COMMAND_SIMILAR:
        return ctl_query_similar;
    case COMMAND_SOURCES:
        return ctl_query_sources;
    case COMMAND_WEB:
        return ctl_web_run;
    case COMMAND_IMPORT:
        return ctl_import_run;
    case COMMAND_BACKUP:
        return ctl_backup_run;
    case COMMAND_RESTORE:
        return ctl_backup_restore;
    case COMMAND_RUNS:
        return ctl_query_runs;
    case COMMAND_WATCH:
        return ctl_work_watch;
    case COMMAND_CANCEL:
        return ctl_query_cancel;
    case COMMAND_ACCOUNTS:
        return ctl_account_show;
    case COMMAND_PATHS:
        return ctl_query_paths;
    case COMMAND_DROP:
        return ctl_work_drop;
    case COMMAND_APPLY:
        return ctl_plan_apply;
    case COMMAND_UNDO:
        return ctl_work_undo;
    case COMMAND_ADOPT:
        return ctl_work_adopt;
    case COMMAND_RELEASE:
        return ctl_work_release;
    case COMMAND_LEARN:
        return ctl_learn_run;
    case COMMAND_DOCTOR:
        return ctl_doctor_run;
    case COMMAND_CLASSIFY:
    case COMMAND_FEATURES:
    case COMMAND_TRAIN:
    case COMMAND_EVAL:
    case COMMAND_COMPLETION:
    case COMMAND_HELP:
    case COMMAND_MANUAL:
        break;
    }
    return NULL;
}

static int stop_write_fd = -1; /* a signal handler has no other way to it */

static void stop_note(int number)
{
    int saved = errno;
    char byte = (char)number;
    if (write(stop_write_fd, &byte, 1) < 0) {
        /* The pipe is full of the same news. */
    }
    errno = saved;
}

/* Interruptions become readable, so that no wait is blind to them. A handler and a pipe, since the
 * threads that OpenBLAS starts before main would take a signal that only this one blocks. */
static int stop_open(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = stop_note, .sa_flags = SA_RESTART};
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        return -1;
    }
    stop_write_fd = ends[1];
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        sigaction(numbers[i], &action, NULL);
    }
    return ends[0];
}

static bool wants_color(const struct command *c)
{
    const char *term = getenv("TERM");
    const char *no_color = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && !command_has(c, OPTION_NO_COLOR) &&
           (no_color == NULL || *no_color == '\0') && term != NULL && !text_equal(term, "dumb");
}

static enum err_code prepare(struct ctl *c, struct err *e)
{
    enum err_code code = config_load(c->command.value[OPTION_CONFIG],
                                     c->command.value[OPTION_ACCOUNT], &c->config, e);
    if (code != ERR_OK) {
        return code;
    }
    for (size_t i = 0; i < c->config.warnings.n; i++) {
        ctl_say("warning: %s", c->config.warnings.items[i]);
    }
    return ctl_work_check(c, e);
}

static enum err_code remote_run(struct ctl *c, struct err *e)
{
    enum command_id id = c->command.row->id;
    enum err_code code = ERR_OK;
    c->stop_fd = stop_open();
    if (id != COMMAND_DOCTOR) {
        code = prepare(c, e);
    }
    bool starts = c->command.row->kind != COMMAND_PLAIN;
    if (code == ERR_OK && starts) {
        code = ctl_daemon_start(&c->config, c->stop_fd, &c->daemon, e);
        c->exit_status = code != ERR_OK ? c->daemon.exit_status : 0;
    }
    if (code == ERR_OK) {
        code = carry_out_find(id)(c, e);
    }
    ctl_daemon_close(&c->daemon);
    return code;
}

static int failure_print(const struct ctl *c, const struct err *e)
{
    int status = c->exit_status != 0 ? c->exit_status : err_exit_status(e->code);
    if (c->json && !c->failed_told) {
        struct json *j = ctl_failure_json(e, status);
        ctl_print_json(j);
        json_free(j);
    } else if (!c->json && e->retry_at_s > 0) {
        char at[32];
        char left[48];
        int64_t left_s = e->retry_at_s - clock_utc_s();
        text_time(e->retry_at_s, at, sizeof(at));
        text_duration(left_s * 1000, left, sizeof(left));
        ctl_say("%s; try again in %s (%s)", e->text, left, at);
    } else if (!c->json) {
        ctl_say("%s", e->text);
    }
    return status;
}

static int version_print(bool json)
{
    if (json) {
        struct json *j = json_object();
        json_set_str(j, "version", GENRED_VERSION);
        ctl_print_json(j);
        json_free(j);
    } else {
        printf("genrectl %s\n", GENRED_VERSION);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct ctl c = {.stop_fd = -1, .daemon = {.hold_fd = -1, .guard = {.fd = -1}}};
    struct err e = {0};
    /* Widths of characters; names are UTF-8 whatever the locale says. */
    if (setlocale(LC_CTYPE, "") == NULL || !text_equal(nl_langinfo(CODESET), "UTF-8")) {
        setlocale(LC_CTYPE, "C.UTF-8");
    }
    enum err_code code = command_parse(argc, argv, &c.command, &e);
    c.json = command_has(&c.command, OPTION_JSON);
    c.quiet = command_has(&c.command, OPTION_QUIET);
    if (code == ERR_OK && command_has(&c.command, OPTION_VERSION)) {
        return version_print(c.json);
    }
    if (code == ERR_OK) {
        c.color = wants_color(&c.command);
        bool local = c.command.row->kind == COMMAND_LOCAL || command_has(&c.command, OPTION_HELP) ||
                     command_has(&c.command, OPTION_FROM);
        code = local ? ctl_local_run(&c.command, &e) : remote_run(&c, &e);
    }
    int status = code != ERR_OK ? failure_print(&c, &e) : c.exit_status;
    if (fflush(stdout) != 0 && status == 0) {
        status = 1;
    }
    config_free(&c.config);
    return status;
}
