/* Who may use the page: the word that a write carries, the password, and who has given it. Knows no
 * network and no clock: now_ms is of a clock that never jumps (clock_boot_ms). A session is its
 * user's, where users can be told: a browser sends its cookie to every port of a host, and so also
 * to a server of another user, who comes no further with it. */
#ifndef DAEMON_GUARD_H
#define DAEMON_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

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
#define GUARD_PEERS       32                    /* users, and addresses, that are counted apart */
#define GUARD_FORGET_MS   (2 * GUARD_WAIT_MOST) /* after this long another may have its place */

/* Who asks: a user of this machine, or else an address. */
struct guard_peer {
    uid_t uid;           /* (uid_t)-1: not known */
    uint8_t address[16]; /* IPv6; IPv4 as mapped into it */
};

struct guard_session {
    char id[GUARD_TOKEN_SIZE]; /* "": free */
    uint64_t number;           /* never the same again */
    uid_t uid;
    int64_t used_ms;
};

/* Wrong passwords of one peer. */
struct guard_tries {
    struct guard_peer peer;
    int wrong;       /* since the last right one */
    int64_t last_ms; /* when the last wrong one came */
    int64_t wait_ms; /* until then none is looked at; 0: no wait */
};

struct guard {
    char token[GUARD_TOKEN_SIZE];      /* hex; of this start of the program */
    char password[PASSWORD_HASH_SIZE]; /* "": none is asked for */
    struct guard_session sessions[GUARD_SESSIONS];
    uint64_t numbers; /* of sessions so far */
    /* By user and by address. The first user is ours; the last of each counts all those for whom
     * there is no other place, so that many peers win no more tries. */
    struct guard_tries tries[2][GUARD_PEERS];
    void (*ended)(void *ctx, uint64_t session); /* a session is over; NULL: nobody wants to know */
    void *ctx;
};

/* hash: as it was kept, "" for none. */
void guard_open(struct guard *g, const char *hash);
/* Ends all sessions; the token stays. */
void guard_set_password(struct guard *g, const char *hash);
void guard_close(struct guard *g);

bool guard_has_password(const struct guard *g);
/* NULL is fine. In time that does not depend on what is wrong. */
bool guard_token_is(const struct guard *g, const char *token);
/* cookies: a Cookie header or NULL. True without a password, too; a session that is used goes on,
 * and *ret_session is its number, 0 for none. */
bool guard_is_in(struct guard *g, const char *cookies, uid_t uid, int64_t now_ms,
                 uint64_t *ret_session);
/* A new session. ERR_PASSWORD when it is wrong, and ERR_RATE without a look at it after too many
 * wrong ones of this peer: *ret_left_ms then. Takes a tenth of a second (see base/password.h). */
ERR_NODISCARD enum err_code guard_enter(struct guard *g, const struct guard_peer *peer,
                                        const char *password, int64_t now_ms,
                                        const struct guard_session **ret_session,
                                        int64_t *ret_left_ms, struct err *e);
void guard_leave(struct guard *g, const char *cookies, uid_t uid);
/* Ends the sessions that nobody has used for so long, and says in how many ms the next one may have
 * to end; -1: there is none. */
int64_t guard_expire(struct guard *g, int64_t now_ms);

#endif
