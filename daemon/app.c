#include "daemon/app.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/api.h"
#include "daemon/edits.h"
#include "daemon/setup.h"

static enum err_code open_state(struct app *a, struct err *e)
{
    char *lock = mem_printf("%s/lock", a->config.state_dir);
    char *database = mem_printf("%s/genred.db", a->config.state_dir);
    char *key = mem_printf("%s/key", a->config.state_dir);
    enum err_code code = file_make_dir(a->config.state_dir, 0700, e);
    if (code == ERR_OK)
        code = file_lock(lock, &a->lock_fd, e);
    if (code == ERR_BUSY)
        err_wrap(e, "another genred uses the state directory %s", a->config.state_dir);
    if (code == ERR_OK)
        code = seal_key_load(key, &a->token.key, e);
    if (code == ERR_OK)
        code = store_open(database, &a->store, e);
    free(lock);
    free(database);
    free(key);
    return code;
}

enum err_code app_load_login(struct app *a, struct err *e)
{
    auth_token_wipe(&a->token.held);
    a->token.store = a->store;
    text_copy(a->token.client_id, sizeof(a->token.client_id), a->config.client_id);
    text_copy(a->token.accounts_url, sizeof(a->token.accounts_url), a->config.accounts_url);
    enum err_code code = token_load(&a->token, e);
    return code ? code : policy_load(a, e);
}

gid_t app_socket_group(const struct app *a)
{
    if (!*a->config.socket_group)
        return (gid_t)-1;
    const struct group *group = getgrnam(a->config.socket_group);
    if (!group)
        log_warning("socket: no such group name=%s", a->config.socket_group);
    return group ? group->gr_gid : (gid_t)-1;
}

static void all_closed(void *ctx)
{
    struct app *a = ctx;
    if (a->options.transient >= 0 && !a->lease)
        app_stop(a);
}

/* Our starter is gone; others may still be connected. */
static void lease_ended(void *ctx)
{
    struct app *a = ctx;
    lease_free(a->lease);
    a->lease = NULL;
    if (server_connections(a->unix_server) == 0)
        app_stop(a);
}

static enum err_code make_socket_dir(const struct app *a, struct err *e)
{
    char *dir = mem_strdup(a->config.socket);
    enum err_code code = ERR_OK;
    *strrchr(dir, '/') = '\0';
    if (*dir)
        code = file_make_dir(dir, 0700, e);
    free(dir);
    return code;
}

static enum err_code open_servers(struct app *a, struct err *e)
{
    struct server_options options = {.handler = api_handle, .ctx = a, .all_closed = all_closed};
    gid_t group = app_socket_group(a);
    enum err_code code = make_socket_dir(a, e);
    if (code == ERR_OK)
        code = server_open_unix(a->loop, &options, a->config.socket,
                                group == (gid_t)-1 ? 0600 : 0660, group, &a->unix_server, e);
    if (code == ERR_OK)
        door_open(&a->door);
    return code;
}

static void on_terminate(void *ctx)
{
    app_stop(ctx);
}

static void on_hangup(void *ctx)
{
    struct app *a = ctx;
    accounts_reload(&a->accounts);
    app_reload(a);
}

static void on_audience(void *ctx, bool anybody)
{
    struct app *a = ctx;
    runner_listen(a->runs.runner, anybody);
}

/* Services ask for name, version and a contact. */
static char *user_agent(const struct app *a)
{
    return mem_printf("genred/" GENRED_VERSION " ( %s )",
                      *a->config.contact ? a->config.contact : GENRED_CONTACT);
}

static enum err_code open_loop(struct app *a, struct err *e)
{
    char *agent = user_agent(a);
    struct client_options options = {
        .user_agent = agent,
        .ca_file = getenv("SSL_CERT_FILE"),
        .stall_s = 10,
    };
    a->loop = loop_new();
    loop_signal(a->loop, SIGTERM, on_terminate, a);
    loop_signal(a->loop, SIGINT, on_terminate, a);
    loop_signal(a->loop, SIGHUP, on_hangup, a);
    enum err_code code = client_new(a->loop, &options, &a->client, e);
    free(agent);
    if (code == ERR_OK)
        code = runs_open(&a->runs, a, e);
    if (code == ERR_OK)
        code = sources_open(&a->sources, a, e);
    if (code == ERR_STORE)
        err_wrap(e, "%s/genred.db", a->config.state_dir);
    if (code)
        return code;
    a->events.audience = on_audience;
    a->events.ctx = a;
    session_open(&a->session, a);
    schedule_open(&a->schedule, a);
    expiry_open(&a->expiry, a);
    map_open(&a->map, a);
    accounts_open(&a->accounts, a);
    if (a->options.transient >= 0)
        a->lease = lease_new(a->loop, a->options.transient, lease_ended, a);
    return open_servers(a, e);
}

static enum err_code open_model(struct app *a, struct err *e)
{
    enum err_code code = model_open(*a->config.model ? a->config.model : NULL, &a->model, e);
    return code ? code : edits_tree(a, a->config.tree, &a->tree, e);
}

/* Tokens must not land in a core dump, nor be read by a debugger of the same user. */
static void prepare_process(void)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
    /* A file that may grow no more is an error to answer, not the end. */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGXFSZ, &ignore, NULL);
    mem_return_large();
    /* Who started us may have closed its eyes to its children; we wait for ours. */
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigaction(SIGCHLD, &usual, NULL);
}

/* A further account's daemon ends with the service that started it, and keeps that one's bonds with
 * the service manager out of its own hands. */
static enum err_code prepare_child(const struct app *a, struct err *e)
{
    if (a->config.account && setenv("GENRED_ACCOUNT", a->config.account, 1))
        return err_set(e, ERR_IO, "the environment is full");
    if (a->options.parent == 0)
        return ERR_OK;
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    return getppid() == a->options.parent
               ? ERR_OK
               : err_set(e, ERR_CANCELLED, "the service that started this is gone");
}

static enum err_code app_open(struct app *a, struct err *e)
{
    prepare_process();
    enum err_code code = config_load(a->options.config, a->options.account, &a->config, e);
    if (code)
        return code;
    log_level_set(a->config.log_level);
    if (a->options.transient < 0 && !a->options.parent) /* else they are told already */
        config_warn(&a->config);
    code = prepare_child(a, e);
    if (code == ERR_OK)
        code = open_state(a, e);
    if (code == ERR_OK)
        code = setup_lay(a, e);
    if (code == ERR_OK)
        code = app_load_login(a, e);
    if (code == ERR_OK)
        code = door_load(&a->door, a, e);
    if (code == ERR_OK)
        code = open_model(a, e);
    if (code == ERR_OK)
        code = open_loop(a, e);
    return code;
}

static void app_close(struct app *a)
{
    lease_free(a->lease);
    loop_timer_free(a->stopper);
    notify_watchdog_free(a->watchdog);
    events_close(&a->events);
    accounts_close(&a->accounts);
    schedule_close(&a->schedule);
    expiry_close(&a->expiry);
    backup_close(&a->backup);
    map_cancel(&a->map);
    opinions_close(a);
    if (a->session.runner)
        session_close(&a->session);
    if (a->runs.runner)
        runs_close(&a->runs);
    if (a->sources.settle)
        sources_close(&a->sources);
    server_close(a->page_server);
    door_close(&a->door);
    server_close(a->unix_server);
    client_free(a->client);
    loop_free(a->loop);
    token_close(&a->token);
    tree_close(a->tree);
    free(a->edits_left_out);
    model_close(a->model);
    store_close(a->store);
    config_free(&a->config);
    if (a->lock_fd >= 0)
        close(a->lock_fd);
}

/* The starter reads one line: empty when all is well, else why not. */
static void tell_starter(const struct app *a, const struct err *e)
{
    struct buf line;
    if (a->options.ready < 0)
        return;
    buf_init(&line, 8192);
    if (e->code) {
        struct json *event = events_error(e);
        json_print(event, false, &line);
        json_free(event);
    }
    buf_add_char(&line, '\n');
    if (write(a->options.ready, line.data, line.len) < 0)
        log_warning("start: starter gone reason='%s'", strerror(errno));
    close(a->options.ready);
    buf_free(&line);
}

enum err_code app_run(const struct app_options *options, struct err *e)
{
    struct app a = {.options = *options, .lock_fd = -1};
    enum err_code code = app_open(&a, e);
    tell_starter(&a, e);
    if (code == ERR_OK) {
        a.watchdog = notify_watchdog_new(a.loop);
        notify_ready();
        log_info("genred: ready version=%s socket=%s", GENRED_VERSION, a.config.socket);
        schedule_renew(&a.schedule);
        expiry_renew(&a.expiry);
        if (options->transient < 0)
            sources_wake(&a.sources, false);
        accounts_look(&a.accounts);
        store_release_memory(a.store);
        mem_trim();
        loop_run(a.loop);
    }
    app_close(&a);
    return code;
}

bool app_is_busy(const struct app *a)
{
    return runs_is_busy(&a->runs) || runner_is_busy(a->session.runner) ||
           sources_is_busy(&a->sources);
}

/* Ends the loop once nothing runs any more. */
static void stop_when_idle(void *ctx)
{
    struct app *a = ctx;
    if (app_is_busy(a) || accounts_is_busy(&a->accounts)) {
        loop_timer_start(a->stopper, 10);
        return;
    }
    loop_stop(a->loop);
}

void app_stop(struct app *a)
{
    if (a->stopping)
        return;
    a->stopping = true;
    log_info("genred: stopping");
    notify_stopping();
    accounts_stop(&a->accounts);
    session_cancel(&a->session);
    runs_cancel(&a->runs, 0);
    sources_cancel(&a->sources);
    map_cancel(&a->map);
    a->stopper = loop_timer_new(a->loop, stop_when_idle, a);
    loop_timer_start(a->stopper, 0);
}

void app_rest(struct app *a)
{
    if (app_is_busy(a))
        return;
    opinions_drop_stale(a);
    store_release_memory(a->store);
    mem_trim();
}

void app_use_tree(struct app *a, struct tree *tree)
{
    opinions_drop(a);
    tree_close(a->tree);
    a->tree = tree;
}

static void swap(char **one, char **other)
{
    char *kept = *one;
    *one = *other;
    *other = kept;
}

static void keep_old(char **now, char **old, const char *key)
{
    if (strcmp(*now, *old) != 0)
        log_warning("reload: needs a restart key=%s", key);
    swap(now, old);
}

static void apply(struct app *a, struct config *fresh)
{
    struct err e = {0};
    struct model *model = NULL;
    keep_old(&fresh->state_dir, &a->config.state_dir, "state_dir");
    keep_old(&fresh->socket, &a->config.socket, "socket");
    keep_old(&fresh->listen, &a->config.listen, "listen");
    keep_old(&fresh->page_host, &a->config.page_host, "page_host");
    swap(&fresh->listen_host, &a->config.listen_host);
    fresh->listen_port = a->config.listen_port;
    swap(&fresh->accounts_dir, &a->config.accounts_dir);
    swap(&fresh->first_socket, &a->config.first_socket);
    if (strcmp(fresh->model, a->config.model) != 0) {
        if (model_open(*fresh->model ? fresh->model : NULL, &model, &e))
            log_error("reload: model kept reason='%s'", e.text);
        else {
            opinions_drop(a);
            model_close(a->model);
            a->model = model;
        }
    }
    struct tree *tree = NULL;
    if (edits_tree(a, fresh->tree, &tree, &e))
        log_error("reload: genres kept reason='%s'", e.text);
    else
        app_use_tree(a, tree);
    config_free(&a->config);
    a->config = *fresh;
    *fresh = (struct config){0};
    if (setup_lay(a, &e) || app_load_login(a, &e))
        log_error("reload: login unreadable reason='%s'", e.text);
    door_open(&a->door);
    if (sources_reopen(&a->sources, &e))
        log_error("reload: sources not opened reason='%s'", e.text);
    sources_wake(&a->sources, true);
    log_level_set(a->config.log_level);
    if (!a->options.parent)
        config_warn(&a->config);
}

void app_reload(struct app *a)
{
    struct config fresh = {0};
    struct err e = {0};
    a->reload_wanted = runs_is_busy(&a->runs) || runner_is_busy(a->session.runner);
    if (a->reload_wanted || a->stopping)
        return;
    notify_reloading();
    if (config_load(a->options.config, a->options.account, &fresh, &e))
        log_error("reload: configuration kept reason='%s'", e.text);
    else
        apply(a, &fresh);
    config_free(&fresh);
    log_info("genred: reloaded");
    schedule_renew(&a->schedule);
    expiry_renew(&a->expiry);
    notify_ready();
}
