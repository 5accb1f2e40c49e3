#include "daemon/net/client_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/url.h"

#define REPLY_MAX_DEFAULT ((size_t)8 << 20)
#define SLOWEST_BYTES_S   10L

void client_call_close(struct client_call *call)
{
    if (call->easy) {
        if (call->multi)
            curl_multi_remove_handle(call->multi, call->easy);
        curl_easy_cleanup(call->easy);
        call->easy = NULL;
        call->multi = NULL;
    }
    for (struct curl_slist *h = call->headers; h; h = h->next)
        secret_zero(h->data, strlen(h->data));
    curl_slist_free_all(call->headers);
    call->headers = NULL;
}

void client_call_free(struct client_call *call)
{
    client_call_close(call);
    if (call->secret_body && call->body.data)
        secret_zero(call->body.data, call->body.len);
    buf_free(&call->body);
    http_res_clear(&call->res);
    free(call);
}

/* Seconds of a Retry-After header, which holds a number or a date (RFC 9110 section 10.2.3). */
static int64_t retry_after_s(CURL *easy)
{
    struct curl_header *h = NULL;
    int64_t seconds = 0;
    if (curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
        return -1;
    if (text_to_int(h->value, 0, 1000000000, &seconds))
        return seconds;
    time_t at = curl_getdate(h->value, NULL);
    if (at < 0)
        return -1;
    int64_t left = (int64_t)at - clock_utc_s();
    return left > 0 ? left : 0;
}

static bool is_json(CURL *easy)
{
    char *type = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type) != CURLE_OK || !type)
        return false;
    size_t n = strcspn(type, "; ");
    return (n == 16 && strncasecmp(type, "application/json", n) == 0) ||
           (n > 5 && strncasecmp(type + n - 5, "+json", 5) == 0);
}

void client_call_fail(struct client_call *call, const char *why)
{
    call->res.result = call->sent ? HTTP_RESULT_UNKNOWN : HTTP_RESULT_UNSENT;
    call->res.status = 0;
    buf_free(&call->res.body);
    text_copy(call->res.failure, sizeof(call->res.failure), why);
}

void client_call_finish(struct client_call *call, CURLcode code)
{
    if (code == CURLE_OK) {
        long status = 0;
        curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
        call->res.result = HTTP_RESULT_REPLY;
        call->res.status = (int)status;
        call->res.retry_after_s = retry_after_s(call->easy);
        call->res.is_json = is_json(call->easy);
    } else if (code == CURLE_WRITE_ERROR && call->res.body.overflow) {
        char why[96];
        snprintf(why, sizeof(why), "the reply is longer than %zu bytes", call->reply_max);
        client_call_fail(call, why);
    } else if (code == CURLE_ABORTED_BY_CALLBACK) {
        client_call_fail(call, "the connection ended under a request that is not sent twice");
    } else {
        client_call_fail(call, call->error[0] ? call->error : curl_easy_strerror(code));
    }
    client_call_close(call);
}

static size_t on_curl_write(char *data, size_t size, size_t n, void *ctx)
{
    struct client_call *call = ctx;
    return buf_add(&call->res.body, data, size * n) ? n * size : 0;
}

/* libcurl sends a request again by itself when a kept connection turns out to be dead (7.88,
 * Curl_retry_request), POST included. The first writing of one that is not idempotent must be its
 * last. */
static int on_curl_prereq(void *ctx, char *remote, char *local, int remote_port, int local_port)
{
    (void)remote;
    (void)local;
    (void)remote_port;
    (void)local_port;
    struct client_call *call = ctx;
    if (call->sent > 0 && !call->idempotent)
        return CURL_PREREQFUNC_ABORT;
    call->sent++;
    return CURL_PREREQFUNC_OK;
}

static bool header_add(struct client_call *call, const char *line)
{
    struct curl_slist *more = curl_slist_append(call->headers, line);
    if (more)
        call->headers = more;
    return more != NULL;
}

/* False when the token could break out of its header. */
static bool header_add_bearer(struct client_call *call, const struct secret *bearer)
{
    for (size_t i = 0; i < bearer->len; i++) {
        if (bearer->bytes[i] <= ' ' || bearer->bytes[i] > '~')
            return false;
    }
    char *line = mem_printf("Authorization: Bearer %s", bearer->bytes);
    bool ok = header_add(call, line);
    secret_zero(line, strlen(line));
    free(line);
    return ok;
}

static void set_method(struct client_call *call, const struct http_req *req)
{
    bool has_body = req->method == HTTP_POST || req->method == HTTP_PUT || call->body.len > 0;
    if (has_body) { /* a length even when it is 0, never chunks */
        curl_easy_setopt(call->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(call->easy, CURLOPT_POSTFIELDS, buf_str(&call->body));
        curl_easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
    } else {
        curl_easy_setopt(call->easy, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(call->easy, CURLOPT_CUSTOMREQUEST, http_method_name(req->method));
}

static void set_limits(struct client_call *call, const struct client_options *o)
{
    CURL *easy = call->easy;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT,
                     1L); /* else cancelling joins the resolver's thread */
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)o->total_ms);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, SLOWEST_BYTES_S);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)o->stall_s);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 60L);
}

static void set_transport(struct client_call *call, bool is_https, const struct client_options *o)
{
    CURL *easy = call->easy;
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, is_https ? "https" : "http");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     is_https ? (long)CURL_HTTP_VERSION_2TLS : (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, is_https ? 1L : 0L);
    if (!is_https)
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    if (o->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, o->ca_file);
    if (o->user_agent)
        curl_easy_setopt(easy, CURLOPT_USERAGENT, o->user_agent);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
}

static bool set_headers(struct client_call *call, const struct http_req *req,
                        const struct secret *bearer)
{
    char type[128] = "Content-Type:"; /* without a value: curl's own is left out */
    if (req->content_type)
        snprintf(type, sizeof(type), "Content-Type: %s", req->content_type);
    if (!header_add(call, "Expect:") || !header_add(call, type))
        return false;
    if (req->auth == HTTP_AUTH_BEARER && bearer && secret_is_set(bearer) &&
        !header_add_bearer(call, bearer))
        return false;
    curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
    return true;
}

struct client_call *client_call_new(const struct http_req *req, client_fn *fn, void *ctx)
{
    struct client_call *call = mem_alloc(sizeof(*call));
    call->fn = fn;
    call->ctx = ctx;
    call->idempotent = req->idempotent;
    call->secret_body = req->secret_body;
    call->reply_max = req->reply_max ? req->reply_max : REPLY_MAX_DEFAULT;
    call->res.retry_after_s = -1;
    buf_init(&call->res.body, call->reply_max);
    buf_init(&call->body, req->body.max);
    if (req->body.len > 0)
        buf_add(&call->body, req->body.data, req->body.len);
    return call;
}

const char *client_call_prepare(struct client_call *call, const struct http_req *req,
                                const struct secret *bearer, const struct client_options *options)
{
    bool is_https = strncasecmp(req->url, "https://", 8) == 0;
    if (!is_https && !url_is_loopback(req->url))
        return "the address is neither https nor on this machine";
    call->easy = curl_easy_init();
    if (!call->easy)
        return "out of memory";
    curl_easy_setopt(call->easy, CURLOPT_PRIVATE, call);
    curl_easy_setopt(call->easy, CURLOPT_ERRORBUFFER, call->error);
    curl_easy_setopt(call->easy, CURLOPT_WRITEFUNCTION, on_curl_write);
    curl_easy_setopt(call->easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(call->easy, CURLOPT_PREREQFUNCTION, on_curl_prereq);
    curl_easy_setopt(call->easy, CURLOPT_PREREQDATA, call);
    curl_easy_setopt(call->easy, CURLOPT_URL, req->url);
    set_method(call, req);
    set_limits(call, options);
    set_transport(call, is_https, options);
    return set_headers(call, req, bearer) ? NULL : "a header cannot be made";
}
