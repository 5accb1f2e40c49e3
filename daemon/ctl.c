#include "daemon/ctl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "daemon/ctl_account.h"
#include "daemon/ctl_table.h"

#define REPLY_MAX ((size_t)64 << 20)

enum err_code ctl_failure(struct ctl *c, const struct json *j, struct err *e)
{
    const char *name = json_get_str(j, "error");
    const char *message = json_get_str(j, "message");
    int64_t status = json_get_int(j, "exit_status", 0);
    int64_t at_s = 0;
    enum err_code code = err_code_of_name(name != NULL ? name : "");
    if (code == ERR_OK) {
        code = ERR_BUG;
    }
    char *hint = ctl_account_hint(&c->config,
                                  message != NULL ? message : "the daemon failed without a reason");
    err_set(e, code, "%s", hint);
    free(hint);
    const char *at = json_get_str(j, "retry_at");
    if (at != NULL && text_to_time(at, &at_s)) {
        e->retry_at_s = at_s;
    } else {
        e->retry_at_s = json_get_int(j, "retry_at", 0);
    }
    c->exit_status = status > 0 && status < 256 ? (int)status : 0;
    return code;
}

struct json *ctl_failure_json(const struct err *e, int exit_status)
{
    struct json *j = json_object();
    json_set_str(j, "message_type", "error");
    json_set_str(j, "error", err_name(e->code));
    json_set_str(j, "message", e->text);
    json_set_int(j, "exit_status", exit_status);
    if (e->retry_at_s > 0) {
        char at[32];
        text_time(e->retry_at_s, at, sizeof(at));
        json_set_str(j, "retry_at", at);
    }
    return j;
}

static enum err_code reply_take(struct ctl *c, int status, const struct buf *text,
                                struct json **ret_json, struct err *e)
{
    struct json *j = NULL;
    struct err ignored;
    bool valid = json_parse(buf_str(text), text->len, &j, &ignored) == ERR_OK;
    enum err_code code = ERR_OK;
    if (status >= 400 && valid && json_get_str(j, "message") != NULL) {
        code = ctl_failure(c, j, e);
    } else if (status >= 400) {
        code = err_set(e, ERR_BUG, "the daemon answers with status %d", status);
    } else if (!valid) {
        code = err_set(e, ERR_FORMAT, "the daemon's answer is no JSON");
    } else if (ret_json != NULL) {
        *ret_json = j;
        return ERR_OK;
    }
    json_free(j);
    return code;
}

enum err_code ctl_ask(struct ctl *c, const char *method, const char *target,
                      const struct json *body, struct json **ret_json, struct err *e)
{
    struct buf text = {0};
    struct buf reply = {.max = REPLY_MAX};
    struct ctl_http http = {.fd = -1};
    if (body != NULL) {
        json_print(body, false, &text);
    }
    const char *sent = text_equal(method, "GET") ? NULL : body != NULL ? buf_str(&text) : "{}";
    enum err_code code = ctl_daemon_open(&c->daemon, &http, e);
    if (code == ERR_OK) {
        code = ctl_http_ask(&http, method, target, sent, e);
    }
    if (code == ERR_OK) {
        code = ctl_http_read_all(&http, &reply, e);
    }
    if (code == ERR_OK) {
        code = reply_take(c, http.status, &reply, ret_json, e);
    }
    ctl_http_close(&http);
    buf_free(&reply);
    buf_free(&text);
    return code;
}

void ctl_print_json(const struct json *j)
{
    struct buf b = {.max = REPLY_MAX};
    json_print(j, false, &b);
    printf("%s\n", buf_str(&b));
    fflush(stdout);
    buf_free(&b);
}

void ctl_say(const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    char *clean = ctl_table_clean(text);
    fprintf(stderr, "genrectl: %s\n", clean);
    free(clean);
}

void ctl_names_split(const char *text, struct json *names)
{
    while (*text != '\0') {
        size_t n = strcspn(text, ",");
        char *word = mem_strndup(text, n);
        char *name = text_trim(word);
        if (*name != '\0') {
            json_add_str(names, name);
        }
        free(word);
        text += n + (text[n] == ',');
    }
}
