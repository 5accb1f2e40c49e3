/* Spotify's rules as the runner wants them: verdicts, tokens, the cool-down of the whole app. */
#ifndef DAEMON_POLICY_H
#define DAEMON_POLICY_H

#include "base/err.h"
#include "base/retry.h"
#include "daemon/jobs/token.h"
#include "daemon/net/runner.h"

struct app;

struct policy {
    struct app *app;
    struct token *token; /* the one that its runner's requests use */
};

/* p is borrowed by the runner. */
struct runner_policy policy_make(struct policy *p);
/* Reads the call budget and the access that were learned before. */
ERR_NODISCARD enum err_code policy_load(struct app *a, struct err *e);
/* [0, 1): spreads retries. */
double policy_jitter(void);
/* A service's answer as the runner wants it. */
enum runner_verdict policy_verdict(const struct retry_answer *answer, struct runner_delay *ret);
/* Stores the call budget alone. */
void policy_remember_budget(struct app *a);
/* Stores the call budget, and what was learned about the app's access. */
void policy_remember(struct app *a);

#endif
