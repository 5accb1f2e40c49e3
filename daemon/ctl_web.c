#include "daemon/ctl_web.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/password.h"
#include "base/secret.h"
#include "base/text.h"
#include "daemon/ctl_browser.h"

#define LINE_SIZE (PASSWORD_MAX + 2)

/* One line without its end, byte by byte, so that the next one stays where it is. A signal ends the
 * wait. */
static enum err_code line_read(const struct ctl *c, char line[LINE_SIZE], struct err *e)
{
    size_t n = 0;
    for (;;) {
        struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                               {.fd = c->stop_fd, .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR) {
            return err_set(e, ERR_IO, "cannot wait for a line: %s", strerror(errno));
        }
        if (fds[1].revents != 0) {
            return err_set(e, ERR_CANCELLED, "interrupted");
        }
        if (fds[0].revents == 0) {
            continue;
        }
        char byte;
        ssize_t got = read(STDIN_FILENO, &byte, 1);
        if (got <= 0 && n == 0) {
            return err_set(e, ERR_USAGE, "no password came on standard input");
        }
        if (got <= 0 || byte == '\n') {
            line[n] = '\0';
            return ERR_OK;
        }
        if (byte == '\0' || n == LINE_SIZE - 1) {
            return err_set(e, ERR_USAGE, "a password may have %d bytes at most, and no NUL",
                           PASSWORD_MAX);
        }
        line[n++] = byte;
    }
}

/* From a terminal, which shows nothing of it meanwhile. */
static enum err_code line_ask(const struct ctl *c, const char *prompt, char line[LINE_SIZE],
                              struct err *e)
{
    struct termios shown;
    if (tcgetattr(STDIN_FILENO, &shown) != 0) {
        return err_set(e, ERR_IO, "cannot use the terminal: %s", strerror(errno));
    }
    struct termios hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    hidden.c_lflag |= ECHONL;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden); /* before the prompt: it drops what was typed */
    fputs(prompt, stderr);
    enum err_code code = line_read(c, line, e);
    tcsetattr(STDIN_FILENO, TCSANOW, &shown);
    return code;
}

/* A line may be empty by mistake, as where it comes from a file that is not there. */
static enum err_code new_check(const char *line, struct err *e)
{
    return *line != '\0' ? password_check(line, e)
                         : err_set(e, ERR_USAGE,
                                   "the password is empty, so nothing is changed: --no-password "
                                   "takes it away");
}

static enum err_code password_read(const struct ctl *c, char line[LINE_SIZE], struct err *e)
{
    char again[LINE_SIZE] = "";
    if (!isatty(STDIN_FILENO)) {
        return line_read(c, line, e);
    }
    enum err_code code = line_ask(c, "Password of the page: ", line, e);
    if (code == ERR_OK) {
        code = new_check(line, e);
    }
    if (code == ERR_OK) {
        code = line_ask(c, "Once more: ", again, e);
        if (code == ERR_OK && !text_equal(line, again)) {
            code = err_set(e, ERR_USAGE, "the two are not the same: nothing is changed");
        }
    }
    secret_zero(again, sizeof(again));
    return code;
}

static enum err_code password_set(struct ctl *c, struct json **ret_answer, struct err *e)
{
    char line[LINE_SIZE] = "";
    enum err_code code = ERR_OK;
    bool takes = command_has(&c->command, OPTION_NO_PASSWORD);
    if (!takes) {
        code = password_read(c, line, e);
    }
    if (code == ERR_OK && !takes) {
        code = new_check(line, e);
    }
    if (code == ERR_OK) {
        struct json *body = json_object();
        json_set_str(body, "password", takes ? NULL : line);
        code = ctl_ask(c, "POST", "/api/web", body, ret_answer, e);
        json_wipe(body);
    }
    secret_zero(line, sizeof(line));
    return code;
}

static void show(const struct json *answer)
{
    const char *page = json_get_str(answer, "page");
    const char *host = json_get_str(answer, "host");
    const char *closed = json_get_str(answer, "closed");
    if (page != NULL) {
        printf("%s\n", page);
    }
    if (page != NULL && host != NULL) {
        printf("https://%s/ behind a reverse proxy\n", host);
    }
    printf("password: %s\n", json_get_bool(answer, "password", false) ? "set" : "none");
    if (closed != NULL) {
        printf("no page: %s\n", closed);
    }
    for (const struct json *w = json_first(json_get(answer, "warnings")); w != NULL;
         w = json_next(w)) {
        if (json_str(w) != NULL && !text_equal(json_str(w), closed)) {
            ctl_say("%s", json_str(w));
        }
    }
    fflush(stdout);
}

enum err_code ctl_web_run(struct ctl *c, struct err *e)
{
    struct json *answer = NULL;
    enum err_code code;
    bool takes = command_has(&c->command, OPTION_NO_PASSWORD);
    bool sets = command_has(&c->command, OPTION_PASSWORD);
    if (takes && sets) {
        return err_set(e, ERR_USAGE, "either --password or --no-password");
    }
    code = takes || sets ? password_set(c, &answer, e)
                         : ctl_ask(c, "GET", "/api/web", NULL, &answer, e);
    if (code != ERR_OK) {
        return code;
    }
    if (c->json) {
        ctl_print_json(answer);
    } else {
        show(answer);
    }
    if (command_has(&c->command, OPTION_OPEN)) {
        const char *page = json_get_str(answer, "page");
        if (page == NULL || !ctl_browser_may(page)) {
            code = err_set(e, ERR_USAGE, "there is no page to open");
        } else {
            ctl_browser_open(page);
        }
    }
    json_free(answer);
    return code;
}
