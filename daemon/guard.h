/* Who may use the page: the word that a write carries, the password, and who has given it. Knows no
 * network and no clock: now_ms is of a clock that never jumps (clock_boot_ms). */
#ifndef DAEMON_GUARD_H
#define DAEMON_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/password.h"

#define GUARD_COOKIE      "genred"
#define GUARD_TOKEN_BYTES 32
#define GUARD_TOKEN_SIZE  (2 * GUARD_TOKEN_BYTES + 1)
#define GUARD_SESSIONS    32 /* one more: the one that was used longest ago ends */
#define GUARD_IDLE_MS     ((int64_t)30 * 86400 * 1000)
#define GUARD_TRIES       5                         /* wrong ones before there is a wait */
#define GUARD_WAIT_MS     ((int64_t)30 * 1000)      /* doubled by each further wrong one */
#define GUARD_WAIT_MOST   ((int64_t)15 * 60 * 1000) /* but no longer than this */

struct guard_session {
    char id[GUARD_TOKEN_SIZE]; /* "": free */
    int64_t used_ms;
};

struct guard {
    char token[GUARD_TOKEN_SIZE];      /* hex; of this start of the program */
    char password[PASSWORD_HASH_SIZE]; /* "": none is asked for */
    struct guard_session sessions[GUARD_SESSIONS];
    int wrong;       /* passwords since the last right one */
    int64_t wait_ms; /* until then none is looked at; 0: no wait */
};

/* hash: as it was kept, "" for none. */
void guard_open(struct guard *g, const char *hash);
/* Ends all sessions; the token stays. */
void guard_set_password(struct guard *g, const char *hash);
void guard_close(struct guard *g);

bool guard_has_password(const struct guard *g);
/* NULL is fine. In time that does not depend on what is wrong. */
bool guard_token_is(const struct guard *g, const char *token);
/* cookies: a Cookie header or NULL. True without a password, too; a session that is used goes on.
 */
bool guard_is_in(struct guard *g, const char *cookies, int64_t now_ms);
/* A new session, its id into `id`. ERR_PASSWORD when it is wrong, and ERR_RATE without a look at it
 * after too many wrong ones: *ret_left_ms then. Takes a tenth of a second (see base/password.h). */
ERR_NODISCARD enum err_code guard_enter(struct guard *g, const char *password, int64_t now_ms,
                                        char id[GUARD_TOKEN_SIZE], int64_t *ret_left_ms,
                                        struct err *e);
void guard_leave(struct guard *g, const char *cookies);

#endif
