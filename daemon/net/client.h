/* The HTTP client: libcurl's multi interface on the event loop. Loop thread only.
 *
 * https anywhere, http to loopback only; no redirects, no cookies; proxies from the environment for
 * https only. A request is never sent twice by itself unless it is idempotent. */
#ifndef DAEMON_NET_CLIENT_H
#define DAEMON_NET_CLIENT_H

#include <stddef.h>

#include "base/err.h"
#include "base/http.h"
#include "base/secret.h"
#include "daemon/net/loop.h"

struct client;
struct client_call;

struct client_options {
    const char *user_agent; /* with a contact */
    const char *ca_file;    /* NULL: the system's */
    int64_t connect_ms;     /* 0: 10,000 */
    int64_t total_ms;       /* 0: 60,000 */
    int64_t stall_s;        /* under 10 bytes/s for so long ends a transfer; 0: 20 */
    int64_t idle_ms; /* open connections are closed this long after the last call; 0: 30,000 */
};

/* res is the callback's to move out; what it leaves is cleared. Never called from inside
 * client_send. */
typedef void client_fn(void *ctx, struct http_res *res);

ERR_NODISCARD enum err_code client_new(struct loop *l, const struct client_options *options,
                                       struct client **ret_client, struct err *e);
/* Cancels what is open (no callbacks). Legal inside callbacks; NULL is fine. */
void client_free(struct client *c);

/* Copies what it needs of req; a secret body's copy is wiped. bearer: put into the Authorization
 * header when req->auth asks for it, and wiped after; NULL none. Every failure, a refused URL
 * included, comes through the callback: HTTP_RESULT_UNSENT when no byte of the request can have
 * left, HTTP_RESULT_UNKNOWN otherwise (a reply longer than req->reply_max included). */
struct client_call *client_send(struct client *c, const struct http_req *req,
                                const struct secret *bearer, client_fn *fn, void *ctx);
/* No callback after this; the call is gone, as it is once its callback runs. Legal inside the
 * callbacks of other calls. NULL is fine. */
void client_cancel(struct client_call *call);
size_t client_open_calls(const struct client *c);

#endif
