#include "daemon/ctl_account.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/account.h"
#include "daemon/ctl_table.h"

#define READY_MS 30000
#define STEP_MS  25

/* What the service says of the account, after being told to start it if it does not run. */
static enum err_code ask(const struct ctl_daemon *service, const char *name, bool start,
                         struct json **ret, struct err *e)
{
    struct ctl_http http = {.fd = -1};
    struct buf text = {0};
    struct buf reply = {0};
    struct json *body = json_object();
    json_set_str(body, "name", name);
    json_set_bool(body, "start", start);
    json_print(body, false, &text);
    json_free(body);
    enum err_code code = ctl_daemon_open(service, &http, e);
    if (code == ERR_OK) {
        code = ctl_http_ask(&http, "POST", "/api/account", buf_str(&text), e);
    }
    if (code == ERR_OK) {
        code = ctl_http_read_all(&http, &reply, e);
    }
    if (code == ERR_OK) {
        code = json_parse(buf_str(&reply), reply.len, ret, e);
    }
    ctl_http_close(&http);
    buf_free(&reply);
    buf_free(&text);
    return code;
}

static enum ctl_account_result failure_take(const struct json *failure, int *ret_exit_status,
                                            struct err *e)
{
    const char *name = json_get_str(failure, "error");
    const char *message = json_get_str(failure, "message");
    enum err_code code = err_code_of_name(name != NULL ? name : "");
    err_set(e, name != NULL && code != ERR_OK ? code : ERR_UNREACHABLE, "%s",
            message != NULL ? message : "the account's daemon ended at once, see the log");
    *ret_exit_status = (int)json_get_int(failure, "exit_status", 0);
    return e->code == ERR_BUSY ? CTL_ACCOUNT_BUSY : CTL_ACCOUNT_FAILED;
}

/* One answer of the service. *ret_wait: it is still starting. */
static enum ctl_account_result answer_take(const struct json *answer, bool *ret_wait,
                                           int *ret_exit_status, struct err *e)
{
    const char *state = json_get_str(answer, "state");
    *ret_wait = text_equal(state, "starting");
    if (text_equal(state, "running")) {
        return CTL_ACCOUNT_READY;
    }
    if (text_equal(state, "failed")) {
        return failure_take(json_get(answer, "failure"), ret_exit_status, e);
    }
    const char *message = json_get_str(answer, "message");
    if (message != NULL && json_get_str(answer, "error") != NULL) {
        return failure_take(answer, ret_exit_status, e);
    }
    return CTL_ACCOUNT_NONE;
}

static enum ctl_account_result wait_ready(const struct ctl_daemon *service, const char *name,
                                          int *ret_exit_status, struct err *e)
{
    int64_t deadline_ms = clock_boot_ms() + READY_MS;
    bool start = true;
    while (clock_boot_ms() < deadline_ms) {
        struct json *answer = NULL;
        bool wait;
        if (ask(service, name, start, &answer, e) != ERR_OK) {
            return e->code == ERR_CANCELLED ? CTL_ACCOUNT_FAILED : CTL_ACCOUNT_NONE;
        }
        start = false;
        enum ctl_account_result result = answer_take(answer, &wait, ret_exit_status, e);
        json_free(answer);
        if (!wait) {
            return result;
        }
        struct pollfd stop = {.fd = service->stop_fd, .events = POLLIN};
        if (poll(&stop, 1, STEP_MS) > 0) {
            err_set(e, ERR_CANCELLED, "interrupted");
            return CTL_ACCOUNT_FAILED;
        }
    }
    err_set(e, ERR_UNREACHABLE, "the account's daemon is not ready after %d s", READY_MS / 1000);
    return CTL_ACCOUNT_FAILED;
}

enum ctl_account_result ctl_account_start(const struct config *c, int stop_fd, int *ret_exit_status,
                                          struct err *e)
{
    struct ctl_daemon service;
    struct err ignored;
    bool none;
    enum ctl_account_result result = CTL_ACCOUNT_NONE;
    if (ctl_daemon_find_first(c, stop_fd, &service, &none, &ignored) == ERR_OK) {
        result = wait_ready(&service, c->account, ret_exit_status, e);
    }
    ctl_daemon_close(&service);
    return result;
}

void ctl_account_names(const struct json *accounts, struct buf *b)
{
    for (const struct json *one = json_first(accounts); one != NULL; one = json_next(one)) {
        const char *name = json_get_str(one, "name");
        buf_printf(b, "%s%s%s", b->len > 0 ? ", " : "", name != NULL ? name : "",
                   json_get_bool(one, "running", false) ? " (runs)" : "");
    }
}

static void list_print(const struct ctl *c, const struct json *accounts)
{
    static const struct ctl_table_column columns[] = {{"account", false, false},
                                                      {"daemon", false, true}};
    if (json_size(accounts) == 0) {
        puts("there is no account beside the first; genrectl --account NAME login makes one");
        return;
    }
    struct ctl_table t;
    ctl_table_init(&t, columns, 2);
    for (const struct json *one = json_first(accounts); one != NULL; one = json_next(one)) {
        ctl_table_add(&t, json_get_str(one, "name"));
        ctl_table_add(&t, json_get_bool(one, "running", false) ? "runs" : "does not run");
    }
    ctl_table_print(&t, ctl_table_width(1), c->color);
}

enum err_code ctl_account_show(struct ctl *c, struct err *e)
{
    struct json *answer = NULL;
    struct err ignored;
    bool none;
    enum err_code code = ERR_OK;
    if (ctl_daemon_find_first(&c->config, c->stop_fd, &c->daemon, &none, &ignored) == ERR_OK) {
        code = ctl_ask(c, "GET", "/api/accounts", NULL, &answer, e);
    } else {
        answer = json_object();
        json_set(answer, "accounts", account_json(&c->config));
    }
    if (code == ERR_OK && c->json) {
        ctl_print_json(answer);
    } else if (code == ERR_OK) {
        list_print(c, json_get(answer, "accounts"));
    }
    json_free(answer);
    return code;
}

char *ctl_account_hint(const struct config *c, const char *text)
{
    static const char plain[] = "genrectl login";
    const char *at = strstr(text, plain);
    if (c->account == NULL || at == NULL) {
        return mem_strdup(text);
    }
    return mem_printf("%.*sgenrectl --account %s login%s", (int)(at - text), text, c->account,
                      at + strlen(plain));
}
