#include "daemon/net/server_exchange.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "daemon/net/server_check.h"
#include "daemon/net/server_conn.h"
#include "daemon/net/server_stream.h"

#define DROPPED_MAX ((size_t)1 << 20) /* of a body that is too long: then the connection ends */
#define SHORT_BODY  4096
#define TOO_LONG    "the body is too long"

static const struct {
    const char *name;
    const char *value;
} default_headers[] = {
    {"Content-Security-Policy",
     "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cache-Control", "no-store"},
};

const char *server_request_header(const struct server_request *req, const char *name)
{
    const struct server_exchange *ex = req->connection;
    return MHD_lookup_connection_value(ex->connection, MHD_HEADER_KIND, name);
}

const char *server_request_query(const struct server_request *req, const char *name)
{
    const struct server_exchange *ex = req->connection;
    const char *value = NULL;
    size_t n = 0;
    if (MHD_lookup_connection_value_n(ex->connection, MHD_GET_ARGUMENT_KIND, name, strlen(name),
                                      &value, &n) != MHD_YES)
        return NULL;
    return value ? value : "";
}

void server_request_session(const struct server_request *req, uint64_t session)
{
    const struct server_exchange *ex = req->connection;
    ex->conn->session = session;
}

void server_reply_header(struct server_reply *reply, const char *name, const char *value)
{
    if (strpbrk(value, "\r\n") || reply->n_headers == SERVER_HEADERS) {
        log_error("server: header left out name=%s", name);
        return;
    }
    struct server_header *h = &reply->headers[reply->n_headers++];
    h->name = name;
    h->value = mem_strdup(value);
}

static bool reply_has(const struct server_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->n_headers; i++) {
        if (strcasecmp(reply->headers[i].name, name) == 0)
            return true;
    }
    return false;
}

static void add_headers(struct MHD_Response *response, const struct server_reply *reply,
                        bool closing)
{
    for (size_t i = 0; i < sizeof(default_headers) / sizeof(default_headers[0]); i++) {
        if (!reply_has(reply, default_headers[i].name))
            MHD_add_response_header(response, default_headers[i].name, default_headers[i].value);
    }
    for (size_t i = 0; i < reply->n_headers; i++)
        MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    if (reply->content_type)
        MHD_add_response_header(response, "Content-Type", reply->content_type);
    if (closing)
        MHD_add_response_header(response, "Connection", "close");
}

static void reply_clear(struct server_reply *reply)
{
    buf_free(&reply->body);
    for (size_t i = 0; i < reply->n_headers; i++)
        free(reply->headers[i].value);
    reply->n_headers = 0;
}

/* Queues the reply, or the stream that the handler has started, and clears it. */
static enum MHD_Result send_reply(struct server_exchange *ex, struct server_reply *reply)
{
    struct MHD_Response *response;
    if (ex->stream) {
        response = server_stream_response(ex->stream);
    } else {
        size_t n = reply->body.len;
        response =
            MHD_create_response_from_buffer(n, buf_steal(&reply->body), MHD_RESPMEM_MUST_FREE);
    }
    if (!response) {
        log_error("server: out of memory");
        abort();
    }
    add_headers(response, reply, ex->conn->server->closing || ex->refused);
    enum MHD_Result rc = MHD_queue_response(ex->connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    reply_clear(reply);
    return rc;
}

static enum MHD_Result send_error(struct server_exchange *ex, int status, const char *why)
{
    struct server_reply reply = {.status = status, .content_type = "text/plain; charset=utf-8"};
    buf_printf(&reply.body, "%s\n", why);
    return send_reply(ex, &reply);
}

static struct server_request request_of(struct server_exchange *ex, const char *path,
                                        const char *method)
{
    struct server_request req = {
        .method = text_equal(method, "HEAD") ? "GET" : method,
        .path = path,
        .body = buf_str(&ex->body),
        .body_len = ex->body.len,
        .from_browser = ex->conn->server->path == NULL,
        .peer_uid = ex->conn->peer.uid,
        .stranger = ex->conn->stranger,
        .connection = ex,
    };
    memcpy(req.peer_address, &ex->conn->peer.address, sizeof(req.peer_address));
    return req;
}

/* The whole request is there. */
static enum MHD_Result handle(struct server *s, struct server_exchange *ex, const char *path,
                              const char *method)
{
    struct server_reply reply = {0};
    struct server_request req = request_of(ex, path, method);
    s->options.handler(s->options.ctx, &req, &reply);
    if (reply.status < 100 || reply.status > 599) {
        log_error("server: handler left no reply method=%s path=%s", method, path);
        reply.status = 500;
    }
    return send_reply(ex, &reply);
}

static struct server_exchange *exchange_new(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct server_exchange *ex = mem_alloc(sizeof(*ex));
    ex->connection = connection;
    ex->conn = info->socket_context;
    ex->conn->busy = true;
    buf_init(&ex->body, SERVER_BODY_MAX);
    return ex;
}

static bool announces_too_much(const struct server_exchange *ex, size_t most)
{
    const char *length = MHD_lookup_connection_value(ex->connection, MHD_HEADER_KIND,
                                                     MHD_HTTP_HEADER_CONTENT_LENGTH);
    int64_t n = 0;
    return length && !text_to_int(length, 0, (int64_t)most, &n);
}

/* The headers are there, and of a body nothing: who is refused has no room here. */
static enum MHD_Result begin(struct server *s, struct server_exchange *ex, const char *path,
                             const char *method)
{
    struct server_reply reply = {0};
    const char *why = "";
    struct server_request req = request_of(ex, path, method);
    size_t most = SERVER_BODY_MAX;
    int status = server_check(s, ex, req.method, &why);
    if (status == 0 && s->options.admit)
        most = s->options.admit(s->options.ctx, &req, &reply);
    if (status == 0 && reply.status == 0 && announces_too_much(ex, most)) {
        status = 413;
        why = TOO_LONG;
    }
    ex->refused = status != 0 || reply.status != 0;
    ex->body.max = most;
    if (status != 0)
        return send_error(ex, status, why);
    return ex->refused ? send_reply(ex, &reply) : MHD_YES;
}

/* Room at once for all that may be short, so that no copy of a password is left where it grew. */
static bool body_add(struct buf *body, const char *data, size_t n)
{
    if (!body->data && body->max >= SHORT_BODY) {
        buf_printf(body, "%*s", SHORT_BODY, "");
        buf_clear(body);
    }
    return buf_add(body, data, n);
}

enum MHD_Result server_exchange_access(void *ctx, struct MHD_Connection *connection,
                                       const char *path, const char *method, const char *version,
                                       const char *data, size_t *data_size, void **exchange)
{
    (void)version;
    struct server *s = ctx;
    struct server_exchange *ex = *exchange;
    if (!ex) { /* the headers */
        *exchange = ex = exchange_new(connection);
        return begin(s, ex, path, method);
    }
    if (*data_size > 0) {
        if (ex->dropped > 0 || !body_add(&ex->body, data, *data_size))
            ex->dropped += *data_size;
        *data_size = 0;
        return ex->dropped > DROPPED_MAX ? MHD_NO : MHD_YES;
    }
    server_conn_arrived(ex->conn);
    if (ex->dropped > 0)
        return send_error(ex, 413, TOO_LONG);
    return handle(s, ex, path, method);
}

void server_exchange_completed(void *ctx, struct MHD_Connection *connection, void **exchange,
                               enum MHD_RequestTerminationCode why)
{
    (void)ctx;
    (void)connection;
    (void)why;
    struct server_exchange *ex = *exchange;
    if (!ex)
        return;
    server_conn_done(ex->conn);
    if (ex->body.data)
        secret_zero(ex->body.data, ex->body.cap);
    buf_free(&ex->body);
    free(ex);
    *exchange = NULL;
}
