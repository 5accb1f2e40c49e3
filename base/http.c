#include "base/http.h"

#include <string.h>

#include "base/secret.h"

static void wipe_body(struct buf *b)
{
    if (b->data != NULL) {
        secret_zero(b->data, b->cap);
    }
    buf_free(b);
}

void http_req_clear(struct http_req *r)
{
    if (r == NULL) {
        return;
    }
    if (r->secret_body) {
        wipe_body(&r->body);
    }
    buf_free(&r->body);
    memset(r, 0, sizeof(*r));
}

void http_res_clear(struct http_res *r)
{
    if (r == NULL) {
        return;
    }
    /* Some replies hold tokens, and nothing here tells which. */
    wipe_body(&r->body);
    memset(r, 0, sizeof(*r));
}

const char *http_method_name(enum http_method method)
{
    switch (method) {
    case HTTP_GET:
        return "GET";
    case HTTP_POST:
        return "POST";
    case HTTP_PUT:
        return "PUT";
    case HTTP_DELETE:
        return "DELETE";
    }
    return "?";
}
