/* Logging in and out: the address for the browser, the short-lived redirect listener, the answer.
 */
#ifndef DAEMON_SESSION_H
#define DAEMON_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "daemon/jobs/token.h"
#include "daemon/net/loop.h"
#include "daemon/net/runner.h"
#include "daemon/net/server.h"
#include "daemon/policy.h"

struct app;

struct session {
    struct app *app;
    struct runner *runner;
    struct policy policy;
    struct auth_login login;
    struct token candidate; /* of the login under way */
    struct server *redirect;
    struct server_stream *page; /* the browser waits for the outcome */
    struct loop_timer *expiry;
    int64_t run; /* 0: no login is under way */
};

void session_open(struct session *s, struct app *app);
void session_close(struct session *s);

/* Begins a login (an older one that waits is given up). {authorize_url, run, expires_at} in *ret.
 * paste: the redirect listener may fail to open. */
ERR_NODISCARD enum err_code session_begin(struct session *s, bool paste, struct json **ret,
                                          struct err *e);
/* The redirected URL, pasted. The outcome is told by the login's run. */
ERR_NODISCARD enum err_code session_answer(struct session *s, const char *url, struct err *e);
/* forget: everything that was fetched and learned goes too, and ERR_BUSY is the answer while what
 * was cancelled for it has not ended: ask again in a moment. */
ERR_NODISCARD enum err_code session_logout(struct session *s, bool forget, struct err *e);
bool session_is_busy(const struct session *s);
/* Gives a login up. False when none is under way. */
bool session_cancel(struct session *s);

#endif
