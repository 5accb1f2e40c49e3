/* One call of daemon/net/client.c: how a plain request becomes a curl handle, and a finished handle
 * a plain reply. Private to the client. */
#ifndef DAEMON_NET_CLIENT_CALL_H
#define DAEMON_NET_CLIENT_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include <curl/curl.h>

#include "base/http.h"
#include "base/secret.h"
#include "daemon/net/client.h"

struct client_call {
    struct client_call *prev;
    struct client_call *next;
    struct client *client;
    CURL *easy;   /* NULL once done */
    CURLM *multi; /* that easy was added to; NULL: none */
    struct curl_slist *headers;
    struct buf body;
    bool secret_body;
    bool idempotent;
    unsigned sent; /* times that curl began to write the request */
    size_t reply_max;
    struct http_res res;
    char error[CURL_ERROR_SIZE];
    client_fn *fn;
    void *ctx;
};

/* Copies the body; res is an empty reply. */
struct client_call *client_call_new(const struct http_req *req, client_fn *fn, void *ctx);
/* Makes `easy`. NULL, or why the request cannot be begun. */
const char *client_call_prepare(struct client_call *call, const struct http_req *req,
                                const struct secret *bearer, const struct client_options *options);
/* Fills res from what curl says, then closes. */
void client_call_finish(struct client_call *call, CURLcode code);
void client_call_fail(struct client_call *call, const char *why);
/* Takes easy out of its multi handle and frees it, and wipes the headers. */
void client_call_close(struct client_call *call);
void client_call_free(struct client_call *call);

#endif
