#include "daemon/ctl_daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/config_path.h"
#include "daemon/ctl_account.h"

#define READY_MS  30000 /* opening a large database after a crash takes a while */
#define BUSY_MS   6000  /* another one is just starting, or just ending */
#define AGAIN_MS  1000
#define END_MS    10000
#define STEP_MS   25
#define READY_MAX 4096

enum start_result { START_READY, START_BUSY, START_FAILED };

static bool means_none(int why)
{
    return why == ENOENT || why == ECONNREFUSED || why == ENOTDIR;
}

static enum err_code try_socket(const char *path, struct ctl_daemon *d, bool *ret_none,
                                struct err *e)
{
    int why;
    enum err_code code = ctl_http_open(path, d->stop_fd, &d->guard, &why, e);
    *ret_none = means_none(why);
    if (code == ERR_OK) {
        d->socket = path;
    }
    return code;
}

/* Whether the service of the whole system may stand in: the person configured nothing of their own.
 */
static bool may_use_system(const struct config *c)
{
    return (c->file == NULL || text_equal(c->file, CONFIG_PATH_SYSTEM_FILE)) &&
           !config_is_set(c, "daemon", "socket") && !config_is_set(c, "daemon", "state_dir");
}

/* At the first of the two sockets that is there; system NULL: at own alone. */
static enum err_code find_at(const char *own, const char *system, struct ctl_daemon *ret,
                             bool *ret_none, struct err *e)
{
    enum err_code code = try_socket(own, ret, ret_none, e);
    if (code != ERR_OK && *ret_none && system != NULL) {
        bool none;
        struct err ignored;
        if (try_socket(system, ret, &none, &ignored) == ERR_OK) {
            *ret_none = false;
            return ERR_OK;
        }
    }
    return code;
}

enum err_code ctl_daemon_find(const struct config *c, int stop_fd, struct ctl_daemon *ret,
                              bool *ret_none, struct err *e)
{
    *ret = (struct ctl_daemon){
        .socket = c->socket, .stop_fd = stop_fd, .hold_fd = -1, .guard = {.fd = -1}};
    return find_at(c->socket, may_use_system(c) ? c->system_socket : NULL, ret, ret_none, e);
}

enum err_code ctl_daemon_find_first(const struct config *c, int stop_fd, struct ctl_daemon *ret,
                                    bool *ret_none, struct err *e)
{
    const char *system = may_use_system(c) ? CONFIG_PATH_SYSTEM_SOCKET : NULL;
    *ret = (struct ctl_daemon){
        .socket = c->first_socket, .stop_fd = stop_fd, .hold_fd = -1, .guard = {.fd = -1}};
    return find_at(c->first_socket, system, ret, ret_none, e);
}

/* --- starting ----------------------------------------------------------------------------------
 */

/* genred beside our own executable, allocated; "genred" for the search in $PATH if it is not there.
 */
static char *program_find(void)
{
    char own[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);
    if (n > 0) {
        own[n] = '\0';
        char *slash = strrchr(own, '/');
        char *beside = mem_printf("%.*s/genred", (int)(slash - own), own);
        if (access(beside, X_OK) == 0) {
            return beside;
        }
        free(beside);
    }
    return mem_strdup("genred");
}

/* In the child; only what is safe after fork in a program of one thread. Never returns. */
static void child_run(char *const *argv, int hold_fd, int ready_fd)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* A ctrl-C at the terminal is for genrectl, which then asks for the run to be cancelled. */
    setsid();
    int null = open("/dev/null", O_RDWR);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
    }
    fcntl(hold_fd, F_SETFD, 0);
    fcntl(ready_fd, F_SETFD, 0);
    execvp(argv[0], argv);
    char text[160];
    int n = snprintf(text, sizeof(text),
                     "{\"error\":\"unreachable\",\"message\":\"cannot start genred: %s\"}\n",
                     strerror(errno));
    if (n < 0 || write(ready_fd, text, (size_t)n) < 0) {
        _exit(126);
    }
    _exit(127);
}

static pid_t child_fork(const struct config *c, int hold_fd, int ready_fd)
{
    char hold[16];
    char ready[16];
    snprintf(hold, sizeof(hold), "%d", hold_fd);
    snprintf(ready, sizeof(ready), "%d", ready_fd);
    char *program = program_find();
    char *argv[10] = {program};
    size_t n = 1;
    char flags[4][16] = {"--config", "--transient", "--ready", "--account"};
    if (c->file != NULL) {
        argv[n++] = flags[0];
        argv[n++] = c->file;
    }
    if (c->account != NULL) {
        argv[n++] = flags[3];
        argv[n++] = c->account;
    }
    argv[n++] = flags[1];
    argv[n++] = hold;
    argv[n++] = flags[2];
    argv[n++] = ready;
    /* Its log shares the terminal with us: only what is worth reading there. */
    if (!config_is_set(c, "daemon", "log_level")) {
        setenv("GENRED_DAEMON_LOG_LEVEL", "warning", 1);
    }
    pid_t pid = fork();
    if (pid == 0) {
        child_run(argv, hold_fd, ready_fd);
    }
    free(program);
    return pid;
}

/* The line of JSON by which a daemon says why it cannot start. */
static enum start_result failure_take(struct ctl_daemon *d, const struct buf *line, struct err *e)
{
    struct json *j = NULL;
    struct err ignored;
    if (json_parse(buf_str(line), line->len, &j, &ignored) != ERR_OK) {
        err_set(e, ERR_UNREACHABLE, "the daemon could not start");
        return START_FAILED;
    }
    const char *name = json_get_str(j, "error");
    const char *message = json_get_str(j, "message");
    enum err_code code = err_code_of_name(name != NULL ? name : "");
    err_set(e, code != ERR_OK ? code : ERR_BUG, "%s",
            message != NULL ? message : "the daemon could not start");
    d->exit_status = (int)json_get_int(j, "exit_status", 0);
    json_free(j);
    return code == ERR_BUSY ? START_BUSY : START_FAILED;
}

/* Until it ended, the time is over, or the person interrupts (once more, if that was why we end).
 */
static void child_wait(const struct ctl_daemon *d, int64_t wait_ms)
{
    int64_t deadline_ms = clock_boot_ms() + wait_ms;
    char info[16];
    while (d->stop_fd >= 0 && read(d->stop_fd, info, sizeof(info)) > 0) {
    }
    struct pollfd stop = {.fd = d->stop_fd, .events = POLLIN};
    while (waitpid(d->pid, NULL, WNOHANG) == 0 && clock_boot_ms() < deadline_ms) {
        if (poll(&stop, 1, STEP_MS) > 0) {
            return;
        }
    }
}

/* What the daemon says on its ready pipe: one byte, or a line of JSON. */
static enum start_result ready_wait(struct ctl_daemon *d, int ready_fd, struct err *e)
{
    struct buf line = {.max = READY_MAX};
    int64_t deadline_ms = clock_boot_ms() + READY_MS;
    enum start_result result = START_FAILED;
    err_set(e, ERR_UNREACHABLE, "the daemon ended before it was ready");
    for (;;) {
        struct pollfd fds[] = {{.fd = ready_fd, .events = POLLIN},
                               {.fd = d->stop_fd, .events = POLLIN}};
        int64_t left_ms = deadline_ms - clock_boot_ms();
        if (left_ms <= 0) {
            err_set(e, ERR_UNREACHABLE, "the daemon is not ready after %d s", READY_MS / 1000);
            break;
        }
        if (poll(fds, 2, (int)left_ms) <= 0) {
            continue;
        }
        if (fds[1].revents != 0) {
            err_set(e, ERR_CANCELLED, "interrupted");
            break;
        }
        char piece[512];
        ssize_t got = read(ready_fd, piece, sizeof(piece));
        if (got > 0 && line.len == 0 && piece[0] != '{') {
            result = START_READY;
            break;
        }
        if (got > 0 && buf_add(&line, piece, (size_t)got) && piece[got - 1] != '\n') {
            continue;
        }
        if (line.len > 0) {
            result = failure_take(d, &line, e);
        }
        break;
    }
    buf_free(&line);
    return result;
}

static enum start_result start_once(const struct config *c, struct ctl_daemon *d, struct err *e)
{
    int hold[2];
    int ready[2];
    if (pipe2(hold, O_CLOEXEC) != 0) {
        err_set(e, ERR_IO, "cannot make a pipe: %s", strerror(errno));
        return START_FAILED;
    }
    if (pipe2(ready, O_CLOEXEC) != 0) {
        err_set(e, ERR_IO, "cannot make a pipe: %s", strerror(errno));
        close(hold[0]);
        close(hold[1]);
        return START_FAILED;
    }
    pid_t pid = child_fork(c, hold[0], ready[1]);
    close(hold[0]);
    close(ready[1]);
    enum start_result result = START_FAILED;
    d->exit_status = 0;
    if (pid < 0) {
        err_set(e, ERR_IO, "cannot start the daemon: %s", strerror(errno));
        close(hold[1]);
    } else {
        d->pid = pid;
        d->hold_fd = hold[1];
        result = ready_wait(d, ready[0], e);
    }
    close(ready[0]);
    if (result != START_READY) {
        int exit_status = d->exit_status;
        ctl_daemon_close(d);
        d->exit_status = exit_status;
    }
    return result;
}

/* One small request: whoever answers it has seen our guard too, and stays while that is open. */
static enum err_code ping(const struct ctl_daemon *d, struct err *e)
{
    struct ctl_http c;
    struct buf body = {0};
    int why;
    enum err_code code = ctl_http_open(d->socket, d->stop_fd, &c, &why, e);
    if (code != ERR_OK) {
        return code;
    }
    code = ctl_http_ask(&c, "GET", "/api/paths", NULL, e);
    if (code == ERR_OK) {
        code = ctl_http_read_all(&c, &body, e);
    }
    ctl_http_close(&c);
    buf_free(&body);
    return code;
}

/* A further account's daemon is for the service to start, so that it is there from now on. */
static enum start_result start_anyhow(const struct config *c, int stop_fd, struct ctl_daemon *d,
                                      struct err *e)
{
    enum ctl_account_result result = CTL_ACCOUNT_NONE;
    bool none;
    if (c->account != NULL) {
        result = ctl_account_start(c, stop_fd, &d->exit_status, e);
    }
    switch (result) {
    case CTL_ACCOUNT_NONE:
        return start_once(c, d, e);
    case CTL_ACCOUNT_READY:
        return ctl_daemon_find(c, stop_fd, d, &none, e) == ERR_OK ? START_READY : START_BUSY;
    case CTL_ACCOUNT_BUSY:
        return START_BUSY;
    case CTL_ACCOUNT_FAILED:
        break;
    }
    return START_FAILED;
}

enum err_code ctl_daemon_start(const struct config *c, int stop_fd, struct ctl_daemon *ret,
                               struct err *e)
{
    int64_t deadline_ms = clock_boot_ms() + BUSY_MS;
    int64_t start_at_ms = 0;
    for (;;) {
        bool none;
        enum err_code code = ctl_daemon_find(c, stop_fd, ret, &none, e);
        if (code == ERR_OK && ping(ret, e) == ERR_OK) {
            return ERR_OK;
        }
        if (code == ERR_OK) {
            /* It was just ending when we came. */
            code = e->code;
            none = code == ERR_UNREACHABLE;
            ctl_http_close(&ret->guard);
        }
        if (!none) {
            return code;
        }
        if (clock_boot_ms() >= start_at_ms) {
            enum start_result result = start_anyhow(c, stop_fd, ret, e);
            if (result == START_READY) {
                return ERR_OK;
            }
            if (result == START_FAILED || clock_boot_ms() >= deadline_ms) {
                return e->code;
            }
            /* Another one has the state directory: it will listen soon, or is just ending. */
            start_at_ms = clock_boot_ms() + AGAIN_MS;
        }
        struct pollfd stop = {.fd = stop_fd, .events = POLLIN};
        if (poll(&stop, 1, STEP_MS) > 0) {
            return err_set(e, ERR_CANCELLED, "interrupted");
        }
    }
}

enum err_code ctl_daemon_open(const struct ctl_daemon *d, struct ctl_http *ret, struct err *e)
{
    int why;
    enum err_code code = ctl_http_open(d->socket, d->stop_fd, ret, &why, e);
    if (code != ERR_OK && means_none(why)) {
        return err_set(e, ERR_UNREACHABLE, "the daemon went away");
    }
    return code;
}

void ctl_daemon_close(struct ctl_daemon *d)
{
    ctl_http_close(&d->guard);
    if (d->hold_fd >= 0) {
        close(d->hold_fd);
    }
    if (d->pid > 0) {
        child_wait(d, END_MS);
    }
    d->hold_fd = -1;
    d->pid = 0;
}
