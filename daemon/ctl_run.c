#include "daemon/ctl_run.h"

#include <unistd.h>

#include "base/text.h"
#include "daemon/ctl_follow.h"
#include "daemon/ctl_plan.h"
#include "daemon/ctl_show.h"

enum err_code ctl_run_end(struct ctl *c, const struct json *event, struct err *e)
{
    if (text_equal(json_get_str(event, "message_type"), "error")) {
        c->failed_told = c->json;
        return ctl_failure(c, event, e);
    }
    c->exit_status = (int)json_get_int(event, "exit_status", 0);
    if (command_has(&c->command, OPTION_PLAN)) {
        enum err_code code = ctl_plan_write(event, c->command.value[OPTION_PLAN], e);
        if (code != ERR_OK) {
            return code;
        }
    }
    if (!c->json) {
        ctl_show_summary(c, event);
    }
    return ERR_OK;
}

void ctl_run_cancel(struct ctl *c, int64_t run)
{
    /* A first interruption is answered by this; only a second one stops the asking. */
    char info[16];
    while (read(c->stop_fd, info, sizeof(info)) > 0) {
    }
    struct err ignored;
    int exit_status = c->exit_status;
    struct json *body = json_object();
    json_set_int(body, "run", run);
    if (ctl_ask(c, "POST", "/api/cancel", body, NULL, &ignored) != ERR_OK) {
        ctl_say("could not cancel the run: %s", ignored.text);
    }
    c->exit_status = exit_status;
    json_free(body);
}

static enum err_code follow(struct ctl *c, int64_t run, struct err *e)
{
    struct ctl_follow f;
    struct json *event = NULL;
    enum err_code code = ctl_follow_open(c, run, &f, e);
    if (code == ERR_OK) {
        code = ctl_follow_next(&f, -1, &event, e);
    }
    ctl_follow_close(&f);
    if (code == ERR_OK) {
        code = ctl_run_end(c, event, e);
    } else if (code == ERR_CANCELLED) {
        ctl_run_cancel(c, run);
    }
    json_free(event);
    return code;
}

enum err_code ctl_run_whole(struct ctl *c, const char *target, const struct json *body,
                            struct err *e)
{
    struct json *answer = NULL;
    enum err_code code = ctl_ask(c, "POST", target, body, &answer, e);
    if (code != ERR_OK) {
        return code;
    }
    int64_t run = json_get_int(answer, "run", 0);
    code = run > 0 ? follow(c, run, e) : err_set(e, ERR_FORMAT, "the daemon's answer names no run");
    json_free(answer);
    return code;
}
