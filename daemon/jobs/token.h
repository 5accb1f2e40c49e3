/* The login that is kept: sealed in the store, open in locked memory, refreshed when it runs out.
 */
#ifndef DAEMON_JOBS_TOKEN_H
#define DAEMON_JOBS_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/seal.h"
#include "spotify/auth.h"
#include "store/store.h"

struct token {
    struct store *store; /* borrowed */
    struct seal_key key;
    char client_id[128];
    char accounts_url[256];
    int64_t account; /* whose login it is; 0: nobody is logged in */
    bool dead;       /* Spotify says that the login has ended */
    int64_t ended_s; /* UTC, when it said so */
    int64_t refused; /* how often, so far: once may be an outage */
    struct auth_token held;
};

/* Opens what the store has for this client id; nobody is logged in when it has none, or one that
 * this key or client id does not open (logged). */
ERR_NODISCARD enum err_code token_load(struct token *t, struct err *e);
/* Seals and stores it with the account. */
ERR_NODISCARD enum err_code token_save(struct token *t, struct err *e);
/* Takes it out of memory and store. */
ERR_NODISCARD enum err_code token_forget(struct token *t, struct err *e);
void token_close(struct token *t);

/* A refresh token to use: not of a login that has ended. */
bool token_is_set(const struct token *t);
/* When an ended login is tried once more, UTC: Spotify has been wrong about it in outages. 0:
 * never.
 */
int64_t token_again_at(const struct token *t);
/* NULL when it runs out within a minute and must be refreshed first. */
const struct secret *token_get(struct token *t);
ERR_NODISCARD enum err_code token_ask(struct token *t, struct http_req *req, struct err *e);
/* Stores what the answer brings before it is used. invalid_grant marks the login as dead, also
 * across restarts: nobody asks with it again but once, at token_again_at. */
ERR_NODISCARD enum err_code token_take(struct token *t, const struct http_res *res, struct err *e);

#endif
