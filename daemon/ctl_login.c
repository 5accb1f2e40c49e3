#include "daemon/ctl_login.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "daemon/ctl_browser.h"
#include "daemon/ctl_follow.h"
#include "daemon/ctl_run.h"

#define ANSWER_MAX 8192

static bool wants_browser(const struct ctl *c)
{
    return !command_has(&c->command, OPTION_NO_BROWSER) &&
           !command_has(&c->command, OPTION_PASTE) && ctl_browser_is_there();
}

static void address_tell(const struct ctl *c, const struct json *answer, const char *url)
{
    if (c->json) {
        struct json *j = json_object();
        json_set_str(j, "message_type", "progress");
        json_set(j, "run", json_copy(json_get(answer, "run")));
        json_set_str(j, "job", "login");
        json_set_str(j, "step", "consent");
        json_set_str(j, "authorize_url", url);
        json_set(j, "expires_at", json_copy(json_get(answer, "expires_at")));
        ctl_print_json(j);
        json_free(j);
        return;
    }
    if (!c->quiet) {
        fputs("Open this address in a browser and agree there:\n", stderr);
    }
    printf("%s\n", url);
    fflush(stdout);
    if (command_has(&c->command, OPTION_PASTE) && !c->quiet) {
        fputs("Then paste the address that the browser ended at, even if the page cannot be "
              "shown:\n",
              stderr);
    }
}

/* Adds what standard input has. 1: a line is whole, -1: it ended without one. */
static int line_read(struct buf *line)
{
    char piece[1024];
    ssize_t got = read(STDIN_FILENO, piece, sizeof(piece));
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
        return 0;
    }
    if (got <= 0) {
        return line->len > 0 ? 1 : -1;
    }
    if (!buf_add(line, piece, (size_t)got)) {
        return -1;
    }
    char *end = memchr(line->data, '\n', line->len);
    if (end == NULL) {
        return 0;
    }
    *end = '\0';
    return 1;
}

/* Sends the pasted line. On a terminal a wrong one may be pasted again: *ret_again. */
static enum err_code answer_send(struct ctl *c, struct buf *line, bool *ret_again, struct err *e)
{
    char *url = text_trim(line->data);
    enum err_code code;
    *ret_again = isatty(STDIN_FILENO);
    if (!ctl_browser_may(url)) {
        code = err_set(e, ERR_USAGE, "the pasted text is no address");
    } else {
        struct json *body = json_object();
        json_set_str(body, "url", url);
        code = ctl_ask(c, "POST", "/api/login/answer", body, NULL, e);
        json_free(body);
    }
    *ret_again = *ret_again && err_class(code) != ERR_CLASS_UNREACHABLE && code != ERR_CANCELLED;
    buf_clear(line);
    return code;
}

/* Standard input has something: takes it, and sends the line once it is whole. */
static enum err_code paste_take(struct ctl *c, struct buf *line, bool *pasting, struct err *e)
{
    int state = line_read(line);
    if (state == 0) {
        return ERR_OK;
    }
    *pasting = false;
    if (state < 0) {
        return err_set(e, ERR_USAGE, "no address came on standard input");
    }
    bool again;
    enum err_code code = answer_send(c, line, &again, e);
    if (code != ERR_OK && again) {
        ctl_say("%s; paste it again", e->text);
        c->exit_status = 0;
        *pasting = true;
        return ERR_OK;
    }
    return code;
}

static enum err_code wait_for_end(struct ctl *c, int64_t run, struct err *e)
{
    struct ctl_follow f;
    struct buf line = {.max = ANSWER_MAX};
    struct json *event = NULL;
    bool pasting = command_has(&c->command, OPTION_PASTE);
    enum err_code code = ctl_follow_open(c, run, &f, e);
    /* Until the browser is back there is nothing to show but a bar that stands still. */
    f.progress.off = true;
    while (code == ERR_OK && event == NULL) {
        code = ctl_follow_next(&f, pasting ? STDIN_FILENO : -1, &event, e);
        if (code == ERR_OK && event == NULL) {
            code = paste_take(c, &line, &pasting, e);
        }
    }
    ctl_follow_close(&f);
    if (code == ERR_OK) {
        code = ctl_run_end(c, event, e);
    } else if (code != ERR_UNREACHABLE) {
        ctl_run_cancel(c, run);
    }
    json_free(event);
    buf_free(&line);
    return code;
}

enum err_code ctl_login_run(struct ctl *c, struct err *e)
{
    struct json *body = json_object();
    struct json *answer = NULL;
    json_set_bool(body, "paste", command_has(&c->command, OPTION_PASTE));
    enum err_code code = ctl_ask(c, "POST", "/api/login", body, &answer, e);
    json_free(body);
    if (code != ERR_OK) {
        return code;
    }
    const char *url = json_get_str(answer, "authorize_url");
    int64_t run = json_get_int(answer, "run", 0);
    if (!ctl_browser_may(url) || run <= 0) {
        code = err_set(e, ERR_FORMAT, "the daemon's answer holds no address to log in at");
    } else {
        address_tell(c, answer, url);
        if (wants_browser(c)) {
            ctl_browser_open(url);
        }
        code = wait_for_end(c, run, e);
    }
    json_free(answer);
    return code;
}
