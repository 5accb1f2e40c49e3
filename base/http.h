/* A request and a reply as plain values: code that talks to a service fills the one and is handed
 * the other; only daemon/net/ moves them. */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_DELETE };

/* Which credential the client adds at the last moment, so that a request may be logged whole. */
enum http_auth { HTTP_AUTH_NONE, HTTP_AUTH_BEARER };

struct http_req {
    enum http_method method;
    enum http_auth auth;
    bool idempotent;          /* may be sent again when its outcome is unknown */
    bool secret_body;         /* the body holds a credential: never logged, wiped after use */
    bool secret_url;          /* the URL holds one: it is not logged */
    char url[8192];           /* a hundred addresses, encoded */
    const char *content_type; /* static; NULL: no body */
    struct buf body;
    size_t reply_max; /* bytes of reply body; 0: 8 MiB */
    int64_t tag;      /* the asking step's own mark: a page's offset, a row's id */
    int family;       /* the service's endpoint family, for its policy; 0: none */
};

/* What became of the transfer, apart from the status. */
enum http_result {
    HTTP_RESULT_REPLY,   /* a whole reply came */
    HTTP_RESULT_UNSENT,  /* nothing reached the server: name, connection, TLS */
    HTTP_RESULT_UNKNOWN, /* it may have been carried out: cut, reset, timed out */
};

struct http_res {
    enum http_result result;
    int status;            /* 0 unless HTTP_RESULT_REPLY */
    int64_t retry_after_s; /* from Retry-After; -1: none */
    bool is_json;          /* Content-Type says so */
    struct buf body;
    char failure[160]; /* why, when result is not HTTP_RESULT_REPLY */
};

void http_req_clear(struct http_req *r); /* frees, wipes a secret body, zeroes */
void http_res_clear(struct http_res *r);
const char *http_method_name(enum http_method method);

#endif
