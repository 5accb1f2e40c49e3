/* What the parts of genrectl share: the command, how to speak, and plain requests to the daemon. */
#ifndef DAEMON_CTL_H
#define DAEMON_CTL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "daemon/command.h"
#include "daemon/config.h"
#include "daemon/ctl_daemon.h"

struct ctl {
    struct command command;
    struct config config; /* zeroed for commands that need none */
    struct ctl_daemon daemon;
    int stop_fd; /* readable once SIGINT or SIGTERM came; -1 for local commands */
    bool json;
    bool quiet;
    bool color;       /* on standard output */
    bool failed_told; /* the failure's own JSON was printed already */
    int exit_status;  /* of a failure that names its own; 0: by its code */
};

/* One request with its whole reply. An answer of 400 or more is the failure that its JSON tells,
 * with its own exit status in c->exit_status. ret_json NULL: the body is dropped. Caller:
 * json_free. */
ERR_NODISCARD enum err_code ctl_ask(struct ctl *c, const char *method, const char *target,
                                    const struct json *body, struct json **ret_json, struct err *e);
/* The failure that a JSON object of the daemon tells: {"error","message","exit_status","retry_at"}.
 */
enum err_code ctl_failure(struct ctl *c, const struct json *j, struct err *e);
/* The shape of a failure on standard output with --json. Caller: json_free. */
struct json *ctl_failure_json(const struct err *e, int exit_status);

/* Adds the names between commas in text to an array. */
void ctl_names_split(const char *text, struct json *names);

/* One line of JSON on standard output, at once. */
void ctl_print_json(const struct json *j);
/* A sentence for the person, "genrectl: ...", on standard error. */
void ctl_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
