/* The authorization code flow with PKCE (RFC 7636, RFC 8252): no client secret, a redirect to
 * loopback. */
#ifndef SPOTIFY_AUTH_H
#define SPOTIFY_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/http.h"
#include "base/secret.h"

/* No wider than needed: reading likes, reading and writing one's own playlists. */
#define AUTH_SCOPES                                                                                \
    "user-library-read playlist-read-private playlist-modify-private playlist-modify-public"
#define AUTH_ANSWER_WITHIN_S 600
/* Spotify ends a login six months after the consent, whatever is refreshed in between. */
#define AUTH_LOGIN_MONTHS 6

/* A login that waits for its answer. */
struct auth_login {
    char client_id[128];
    char state[44];
    char verifier[65];
    char redirect_uri[64]; /* http://127.0.0.1:PORT/callback */
    int64_t begun_s;
    bool pending;
};

struct auth_token {
    struct secret access;
    struct secret refresh;
    int64_t access_expires_s; /* UTC */
    int64_t consent_s;        /* UTC; when the person agreed */
    char scope[256];
};

void auth_begin(struct auth_login *login, const char *client_id, uint16_t port, int64_t now_s);
/* The address for the person's browser. */
void auth_authorize_url(const struct auth_login *login, const char *accounts_url,
                        struct buf *ret_url);
/* Checks what came back to the redirect address (a whole URL or its query): the state, single-use
 * and compared in constant time, the ten minutes, a refusal. Ends the login whatever it says. */
ERR_NODISCARD enum err_code auth_answer(struct auth_login *login, const char *url, int64_t now_s,
                                        struct secret *ret_code, struct err *e);

void auth_code_ask(const struct auth_login *login, const char *accounts_url,
                   const struct secret *code, struct http_req *r);
void auth_refresh_ask(const char *client_id, const char *accounts_url, const struct secret *refresh,
                      struct http_req *r);
/* Reads the reply to either into *t, which holds the token so far: an answer without a refresh
 * token keeps the old one. ERR_LOGIN for invalid_grant, ERR_CONFIG for invalid_client. */
ERR_NODISCARD enum err_code auth_token_take(const struct http_res *res, int64_t now_s,
                                            struct auth_token *t, struct err *e);

/* UTC epoch of consent_s plus six calendar months, 0 when there is no login. */
int64_t auth_login_expires_s(const struct auth_token *t);
void auth_token_wipe(struct auth_token *t);
/* For the store: one secret text with everything in it, and back. */
void auth_token_pack(const struct auth_token *t, struct secret *ret_text);
ERR_NODISCARD enum err_code auth_token_unpack(const struct secret *text,
                                              struct auth_token *ret_token, struct err *e);

#endif
