/* Spotify's rules as the runner wants them: verdicts, tokens, the cool-down of the whole app. */
#ifndef DAEMON_POLICY_H
#define DAEMON_POLICY_H

#include "base/err.h"
#include "daemon/jobs/token.h"
#include "daemon/net/runner.h"

struct app;

struct policy {
    struct app *app;
    struct token *token; /* the one that its runner's requests use */
};

/* p is borrowed by the runner. */
struct runner_policy policy_make(struct policy *p);
/* Reads the cool-down and the access that were learned before. */
ERR_NODISCARD enum err_code policy_load(struct app *a, struct err *e);
/* Stores what was learned about the app's access, if anything was. */
void policy_remember(struct app *a);

#endif
