/* After the person agreed: the code becomes a token, the token says who they are, both are kept. */
#ifndef DAEMON_JOBS_LOGIN_H
#define DAEMON_JOBS_LOGIN_H

#include "daemon/jobs/job.h"
#include "daemon/jobs/token.h"

/* The candidate's store, key, client id and accounts_url are set; it holds the new login while the
 * job runs, and is saved at the end. A login that fails leaves the one before untouched. Takes the
 * code. */
struct job *login_new(struct token *candidate, const struct auth_login *login, struct secret *code,
                      const char *api_url);

#endif
