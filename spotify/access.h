/* What the app may do, found out per endpoint family by asking (new shape first, the old one once)
 * and remembered. Dates decide nothing: three kinds of app exist, and any may be changed by
 * Spotify. */
#ifndef SPOTIFY_ACCESS_H
#define SPOTIFY_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/http.h"
#include "spotify/endpoint.h"

/* A refused family is asked again after this long. */
#define ACCESS_ASK_AGAIN_S ((int64_t)7 * 86400)

enum access_state { ACCESS_UNKNOWN, ACCESS_OPEN, ACCESS_REFUSED };

struct access_entry {
    enum access_state state;
    enum endpoint_shape shape; /* to use next */
    int64_t since_s;           /* UTC epoch of the answer */
};

struct access {
    struct access_entry family[ENDPOINT_N];
    bool changed; /* since the owner last stored it */
};

/* False while a refusal is remembered and younger than ACCESS_ASK_AGAIN_S. */
bool access_may_ask(const struct access *a, enum endpoint_family family, int64_t now_s);
/* True once a family has answered: before that only one request of it is sent. */
bool access_is_open(const struct access *a, enum endpoint_family family);
enum endpoint_shape access_shape(const struct access *a, enum endpoint_family family);

enum access_verdict {
    ACCESS_ACCEPTED,  /* 2xx */
    ACCESS_TRY_OTHER, /* this shape was refused: send the other one, access_shape has changed */
    ACCESS_DENIED,    /* both shapes, or the only one: remembered as refused */
    ACCESS_OTHER,     /* the answer says nothing about access: it is the caller's to read */
};

/* Learns from a delivered reply. 403, 405 and 410 speak of access; so do 400 and 404 while the
 * family has never answered, except about a playlist's items, where they speak of a song or of the
 * playlist. */
enum access_verdict access_learn(struct access *a, enum endpoint_family family,
                                 const struct http_res *res, int64_t now_s);

/* The meanings of 403 that concern the whole app or login rather than an endpoint. ERR_OK: none of
 * them. */
enum err_code access_forbidden(const struct http_res *res, struct err *e);

/* "extended", "development" or "unknown": what the families with and without statistics say
 * together. */
const char *access_regime(const struct access *a);

/* One line per known family for the store, and back; unknown words are skipped. */
void access_write(const struct access *a, struct buf *b);
void access_read(struct access *a, const char *text);
/* Forgets every refusal, so that the next request asks again. */
void access_forget(struct access *a);

#endif
