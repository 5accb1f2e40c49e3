#include "daemon/accounts.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/account.h"
#include "daemon/app.h"
#include "daemon/config_value.h"
#include "daemon/net/child.h"

#define DELAY_MAX_MS INT64_C(300000)
#define PROVEN_MS    INT64_C(600000) /* who lived as long begins anew with short delays */
#define KILL_MS      20000

struct accounts_one {
    struct accounts_one *next;
    struct accounts *of;
    char *name;
    struct child *child; /* NULL: none */
    struct loop_timer *again;
    struct json *failure; /* why it could not start the last time; NULL */
    int64_t started_ms;
    unsigned failures; /* in a row */
    bool ready;
    bool reload_wanted; /* as soon as it is ready: before, the signal would end it */
    bool leaving;       /* its directory is gone */
};

int64_t accounts_delay_ms(unsigned failures)
{
    int64_t delay_ms = 1000;
    for (; failures > 0 && delay_ms < DELAY_MAX_MS; failures--)
        delay_ms *= 2;
    return delay_ms < DELAY_MAX_MS ? delay_ms : DELAY_MAX_MS;
}

static struct accounts_one *find(const struct accounts *as, const char *name)
{
    struct accounts_one *one = as->list;
    while (one && strcmp(one->name, name) != 0)
        one = one->next;
    return one;
}

static void one_free(struct accounts_one *one)
{
    child_free(one->child);
    loop_timer_free(one->again);
    json_free(one->failure);
    free(one->name);
    free(one);
}

static void drop(struct accounts_one *one)
{
    struct accounts_one **at = &one->of->list;
    while (*at != one)
        at = &(*at)->next;
    *at = one->next;
    one_free(one);
}

static void start_later(struct accounts_one *one)
{
    if (clock_boot_ms() - one->started_ms >= PROVEN_MS)
        one->failures = 0;
    loop_timer_start(one->again, accounts_delay_ms(one->failures++));
}

static void on_said(void *ctx, const char *line)
{
    struct accounts_one *one = ctx;
    struct err ignored;
    one->ready = !*line;
    if (one->ready) {
        log_info("account: ready name=%s pid=%d", one->name, child_pid(one->child));
        if (one->reload_wanted)
            child_signal(one->child, SIGHUP);
        one->reload_wanted = false;
        return;
    }
    json_free(one->failure);
    one->failure = NULL;
    if (json_parse(line, strlen(line), &one->failure, &ignored))
        log_warning("account: says nonsense name=%s", one->name);
}

static void on_ended(void *ctx, int64_t status)
{
    struct accounts_one *one = ctx;
    const char *why = json_get_str(one->failure, "message");
    child_free(one->child);
    one->child = NULL;
    one->ready = false;
    if (one->leaving) {
        log_info("account: gone name=%s", one->name);
        drop(one);
        return;
    }
    if (one->of->app->stopping)
        return;
    start_later(one);
    log_warning("account: ended name=%s status=%lld failures=%u reason='%s'", one->name,
                (long long)status, one->failures, why ? why : "");
}

/* Our own program. The link in /proc leads there even when an upgrade has taken the file away. */
static char *program_find(void)
{
    char own[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);
    if (n > 0) {
        own[n] = '\0';
        if (access(own, X_OK) == 0)
            return mem_strdup(own);
    }
    return mem_strdup("/proc/self/exe");
}

static void start(void *ctx)
{
    struct accounts_one *one = ctx;
    struct app *app = one->of->app;
    const struct child_observer observer = {.ctx = one, .said = on_said, .ended = on_ended};
    struct err e = {0};
    char flags[4][12] = {"--account", "--parent", "--ready", "--config"};
    char pid[16];
    char ready[16];
    loop_timer_stop(one->again);
    if (one->child || app->stopping)
        return;
    char *program = program_find();
    snprintf(pid, sizeof(pid), "%d", (int)getpid());
    snprintf(ready, sizeof(ready), "%d", CHILD_READY_FD);
    char *argv[10] = {program, flags[0], one->name, flags[1], pid, flags[2], ready};
    if (app->config.file) {
        argv[7] = flags[3];
        argv[8] = app->config.file;
    }
    json_free(one->failure);
    one->failure = NULL;
    one->reload_wanted = false;
    one->started_ms = clock_boot_ms();
    if (child_start(app->loop, argv, &observer, &one->child, &e)) {
        log_error("account: not started name=%s reason='%s'", one->name, e.text);
        one->failure = events_error(&e);
        start_later(one);
    }
    free(program);
}

static struct accounts_one *add(struct accounts *as, const char *name)
{
    struct accounts_one *one = mem_alloc(sizeof(*one));
    one->of = as;
    one->name = mem_strdup(name);
    one->again = loop_timer_new(as->app->loop, start, one);
    one->next = as->list;
    as->list = one;
    return one;
}

void accounts_open(struct accounts *as, struct app *app)
{
    *as = (struct accounts){0};
    if (app->options.transient < 0 && !app->config.account)
        as->app = app;
}

static bool is_named(const struct config_list *names, const char *name)
{
    bool found = false;
    for (size_t i = 0; i < names->n && !found; i++)
        found = strcmp(names->items[i], name) == 0;
    return found;
}

void accounts_look(struct accounts *as)
{
    struct config_list names = {0};
    struct accounts_one *next;
    if (!as->app)
        return;
    account_list(as->app->config.accounts_dir, &names);
    for (size_t i = 0; i < names.n; i++) {
        struct accounts_one *one = find(as, names.items[i]);
        start(one ? one : add(as, names.items[i]));
    }
    for (struct accounts_one *one = as->list; one; one = next) {
        next = one->next;
        one->leaving = !is_named(&names, one->name);
        if (one->leaving && one->child)
            child_signal(one->child, SIGTERM);
        else if (one->leaving)
            drop(one);
    }
    config_value_list_free(&names);
}

void accounts_reload(struct accounts *as)
{
    for (struct accounts_one *one = as->list; one; one = one->next) {
        if (one->child && one->ready)
            child_signal(one->child, SIGHUP);
        else
            one->reload_wanted = one->child != NULL;
    }
    accounts_look(as);
}

/* All of them share the services' patience, so each must learn how many there are. */
static enum err_code make(struct accounts *as, const char *name, struct err *e)
{
    char *dir = mem_printf("%s/%s", as->app->config.accounts_dir, name);
    bool was_there = file_exists(dir);
    enum err_code code = was_there ? ERR_OK : file_make_dir(dir, 0700, e);
    if (code == ERR_OK && !was_there) {
        log_info("account: made name=%s", name);
        accounts_reload(as);
        app_reload(as->app);
    }
    free(dir);
    return code;
}

static struct json *state_json(const struct accounts_one *one, const char *name)
{
    struct json *j = json_object();
    const char *state = !one ? "none" : one->ready ? "running" : one->child ? "starting" : "failed";
    json_set_str(j, "name", name);
    json_set_str(j, "state", state);
    if (one && one->failure)
        json_set(j, "failure", json_copy(one->failure));
    return j;
}

enum err_code accounts_ask(struct accounts *as, const char *name, bool start_it, struct json **ret,
                           struct err *e)
{
    struct accounts_one *one = NULL;
    enum err_code code = account_check(name, e);
    if (code == ERR_OK && as->app && start_it)
        code = make(as, name, e);
    if (code)
        return code;
    if (as->app)
        one = find(as, name);
    if (as->app && !one && start_it)
        one = add(as, name);
    if (one && start_it && !one->child)
        start(one);
    *ret = state_json(one, name);
    return ERR_OK;
}

static void kill_all(void *ctx)
{
    struct accounts *as = ctx;
    for (struct accounts_one *one = as->list; one; one = one->next) {
        if (one->child) {
            log_warning("account: killed name=%s", one->name);
            child_signal(one->child, SIGKILL);
        }
    }
}

void accounts_stop(struct accounts *as)
{
    for (struct accounts_one *one = as->list; one; one = one->next) {
        loop_timer_stop(one->again);
        if (one->child)
            child_signal(one->child, SIGTERM);
    }
    if (as->list && !as->killer) {
        as->killer = loop_timer_new(as->app->loop, kill_all, as);
        loop_timer_start(as->killer, KILL_MS);
    }
}

bool accounts_is_busy(const struct accounts *as)
{
    bool any = false;
    for (const struct accounts_one *one = as->list; one; one = one->next)
        any = any || one->child;
    return any;
}

void accounts_close(struct accounts *as)
{
    struct accounts_one *next;
    for (struct accounts_one *one = as->list; one; one = next) {
        next = one->next;
        one_free(one);
    }
    as->list = NULL;
    loop_timer_free(as->killer);
    as->killer = NULL;
}
