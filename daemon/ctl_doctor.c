#include "daemon/ctl_doctor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/ctl_table.h"

#define YEAR_S ((int64_t)31556952)

static void check_add(struct json *checks, const char *name, bool ok, const char *message,
                      const char *hint)
{
    struct json *j = json_object();
    json_set_str(j, "name", name);
    json_set_bool(j, "ok", ok);
    json_set_str(j, "message", message);
    json_set_str(j, "hint", ok ? NULL : hint);
    json_add(checks, j);
}

static void __attribute__((format(printf, 5, 6)))
check_addf(struct json *checks, const char *name, bool ok, const char *hint, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    check_add(checks, name, ok, text, hint);
}

static bool config_check(struct ctl *c, struct json *checks)
{
    struct err e;
    if (config_load(c->command.value[OPTION_CONFIG], c->command.value[OPTION_ACCOUNT], &c->config,
                    &e) != ERR_OK) {
        check_add(checks, "config", false, e.text, "correct the file or the variable named here");
        return false;
    }
    const struct config *config = &c->config;
    for (size_t i = 0; i < config->warnings.n; i++) {
        check_add(checks, "config", false, config->warnings.items[i],
                  "correct the name; until then it has no effect");
    }
    check_add(checks, "config", true,
              config->file != NULL ? config->file : "no file, the defaults hold", NULL);
    return true;
}

/* A directory that is not there yet is fine: it is made when needed. */
static void directory_check(struct json *checks, const char *name, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        bool ok = errno == ENOENT;
        check_addf(checks, name, ok, "give yourself access to it", "%s%s%s", path,
                   ok ? " is made when needed" : ": ", ok ? "" : strerror(errno));
        return;
    }
    if (!S_ISDIR(st.st_mode)) {
        check_addf(checks, name, false, "move that file away", "%s is no directory", path);
        return;
    }
    bool ok = access(path, R_OK | W_OK | X_OK) == 0;
    check_addf(checks, name, ok, "give yourself access to it, or set another one in [daemon]",
               "%s%s%s", path, ok ? "" : ": ", ok ? "" : strerror(errno));
}

static void key_check(struct json *checks, const char *state_dir)
{
    struct stat st;
    char *path = mem_printf("%s/key", state_dir);
    char *hint = mem_printf("chmod 600 %s", path);
    if (stat(path, &st) != 0) {
        check_add(checks, "key file", true, "none yet, made at the first login", NULL);
    } else if ((st.st_mode & 077) != 0) {
        check_addf(checks, "key file", false, hint, "others may read %s", path);
    } else {
        check_add(checks, "key file", true, "for its owner alone", NULL);
    }
    free(hint);
    free(path);
}

static void local_checks(struct ctl *c, struct json *checks)
{
    char *socket_dir = mem_strdup(c->config.socket);
    char *slash = strrchr(socket_dir, '/');
    slash[slash == socket_dir] = '\0';
    directory_check(checks, "state", c->config.state_dir);
    key_check(checks, c->config.state_dir);
    if (!text_equal(socket_dir, c->config.state_dir)) {
        directory_check(checks, "socket", socket_dir);
    }
    free(socket_dir);
    char now[32];
    int64_t now_s = clock_utc_s();
    int64_t year = 1970 + now_s / YEAR_S;
    text_time(now_s, now, sizeof(now));
    check_add(checks, "clock", year >= 2025 && year < 2100, now,
              "set the clock: certificates and logins depend on it");
}

/* What only the daemon can see: network, login, model. ERR_CANCELLED when interrupted. */
static enum err_code daemon_checks(struct ctl *c, struct json *checks, struct err *e)
{
    struct json *answer = NULL;
    enum err_code code = ctl_daemon_start(&c->config, c->stop_fd, &c->daemon, e);
    if (code == ERR_OK) {
        bool started = c->daemon.pid > 0;
        check_add(checks, "daemon", true, started ? "started for this check" : "runs", NULL);
        code = ctl_ask(c, "GET", "/api/doctor", NULL, &answer, e);
    }
    if (code == ERR_CANCELLED) {
        return code;
    }
    if (code != ERR_OK) {
        check_add(checks, "daemon", false, e->text,
                  "start genred in a terminal and read what it says");
        return ERR_OK;
    }
    const struct json *list = json_get(answer, "checks");
    for (const struct json *one = json_first(list); one != NULL; one = json_next(one)) {
        json_add(checks, json_copy(one));
    }
    json_free(answer);
    return ERR_OK;
}

static void check_show(const struct ctl *c, const struct json *check)
{
    bool ok = json_get_bool(check, "ok", false);
    const char *name = json_get_str(check, "name");
    const char *message = json_get_str(check, "message");
    const char *hint = json_get_str(check, "hint");
    char *text = mem_printf("%-10s %s", name != NULL ? name : "", message != NULL ? message : "");
    char *clean = ctl_table_clean(text);
    const char *paint = ok ? "\x1b[32m" : "\x1b[31m";
    printf("%s%s%s %s\n", c->color ? paint : "", ok ? "✓" : "✗", c->color ? "\x1b[0m" : "", clean);
    if (!ok && hint != NULL) {
        char *clean_hint = ctl_table_clean(hint);
        printf("             what to do: %s\n", clean_hint);
        free(clean_hint);
    }
    free(clean);
    free(text);
}

static void show(const struct ctl *c, struct json *checks, bool *ret_ok)
{
    *ret_ok = true;
    for (const struct json *one = json_first(checks); one != NULL; one = json_next(one)) {
        *ret_ok = *ret_ok && json_get_bool(one, "ok", false);
        if (!c->json) {
            check_show(c, one);
        }
    }
    if (c->json) {
        struct json *j = json_object();
        json_set_bool(j, "ok", *ret_ok);
        json_set(j, "checks", json_copy(checks));
        ctl_print_json(j);
        json_free(j);
    }
}

enum err_code ctl_doctor_run(struct ctl *c, struct err *e)
{
    struct json *checks = json_array();
    enum err_code code = ERR_OK;
    if (config_check(c, checks)) {
        local_checks(c, checks);
        code = daemon_checks(c, checks, e);
    }
    if (code == ERR_OK) {
        bool ok;
        show(c, checks, &ok);
        c->exit_status = ok ? 0 : 1;
    }
    json_free(checks);
    return code;
}
