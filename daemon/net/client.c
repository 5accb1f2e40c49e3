#include "daemon/net/client.h"

#include <stdlib.h>

#include <curl/curl.h>
#include <uv.h>

#include "base/log.h"
#include "base/mem.h"
#include "daemon/net/client_call.h"

#define CONNECTIONS_CACHED 8L

struct call_list {
    struct client_call *first;
    struct client_call *last;
};

struct client_socket {
    uv_poll_t poll;
    struct client *client;
    curl_socket_t fd;
};

struct client {
    struct loop *loop;
    struct client_options options; /* its texts are user_agent and ca_file */
    char *user_agent;
    char *ca_file;
    CURLM *multi; /* made by the first call, freed when idle together with its connections */
    struct loop_timer *timeout; /* curl's */
    struct loop_timer *idle;
    struct loop_timer *turn; /* delivers calls that failed before they began */
    struct call_list open;
    struct call_list done;
    size_t n_calls;
    bool delivering;
    bool closed; /* by client_free inside a callback */
};

static void list_add(struct call_list *list, struct client_call *call)
{
    call->prev = list->last;
    call->next = NULL;
    if (list->last)
        list->last->next = call;
    else
        list->first = call;
    list->last = call;
}

static void list_remove(struct call_list *list, struct client_call *call)
{
    if (call->prev)
        call->prev->next = call->next;
    else
        list->first = call->next;
    if (call->next)
        call->next->prev = call->prev;
    else
        list->last = call->prev;
}

static void client_destroy(struct client *c)
{
    free(c->user_agent);
    free(c->ca_file);
    free(c);
    curl_global_cleanup();
}

static void deliver(struct client *c)
{
    if (c->delivering)
        return;
    c->delivering = true;
    while (!c->closed && c->done.first) {
        struct client_call *call = c->done.first;
        struct http_res res = call->res;
        client_fn *fn = call->fn;
        void *ctx = call->ctx;
        call->res = (struct http_res){0};
        list_remove(&c->done, call);
        c->n_calls--;
        client_call_free(call);
        fn(ctx, &res);
        http_res_clear(&res);
    }
    c->delivering = false;
    if (c->closed)
        client_destroy(c);
    else if (c->n_calls == 0 && c->multi)
        loop_timer_start(c->idle, c->options.idle_ms);
}

/* Moves what curl has finished to the done list, then delivers. */
static void reap(struct client *c)
{
    int left = 0;
    CURLMsg *msg;
    while ((msg = curl_multi_info_read(c->multi, &left)) != NULL) {
        struct client_call *call = NULL;
        if (msg->msg != CURLMSG_DONE)
            continue;
        CURLcode code = msg->data.result;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &call);
        client_call_finish(call, code);
        list_remove(&c->open, call);
        list_add(&c->done, call);
    }
    deliver(c);
}

static void on_timeout(void *ctx)
{
    struct client *c = ctx;
    int running = 0;
    curl_multi_socket_action(c->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    reap(c);
}

static void on_poll(uv_poll_t *handle, int status, int events)
{
    struct client_socket *s = handle->data;
    struct client *c = s->client;
    int running = 0;
    int flags = 0;
    /* libuv has stopped the watcher. With ERR alone curl 7.88 neither reads what came before the
     * error, nor sends again what a dead kept connection never carried. */
    if (status < 0)
        flags = CURL_CSELECT_ERR | CURL_CSELECT_IN | CURL_CSELECT_OUT;
    else
        flags = ((events & UV_READABLE) ? CURL_CSELECT_IN : 0) |
                ((events & UV_WRITABLE) ? CURL_CSELECT_OUT : 0);
    curl_multi_socket_action(c->multi, s->fd, flags, &running);
    reap(c);
}

static void on_socket_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static struct client_socket *socket_new(struct client *c, curl_socket_t fd)
{
    struct client_socket *s = mem_alloc(sizeof(*s));
    int rc = uv_poll_init_socket(loop_uv(c->loop), &s->poll, fd);
    if (rc < 0) {
        log_error("client: cannot watch a socket error=%s", uv_strerror(rc));
        free(s);
        return NULL;
    }
    s->client = c;
    s->fd = fd;
    s->poll.data = s;
    return s;
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *socketp)
{
    (void)easy;
    struct client *c = ctx;
    struct client_socket *s = socketp;
    if (what == CURL_POLL_REMOVE) {
        if (s) {
            curl_multi_assign(c->multi, fd, NULL);
            uv_close((uv_handle_t *)&s->poll, on_socket_closed);
        }
        return 0;
    }
    if (!s) {
        s = socket_new(c, fd);
        if (!s)
            return -1;
        curl_multi_assign(c->multi, fd, s);
    }
    int events =
        ((what & CURL_POLL_IN) ? UV_READABLE : 0) | ((what & CURL_POLL_OUT) ? UV_WRITABLE : 0);
    return uv_poll_start(&s->poll, events, on_poll) == 0 ? 0 : -1;
}

static int on_curl_timer(CURLM *multi, long timeout_ms, void *ctx)
{
    (void)multi;
    struct client *c = ctx;
    if (timeout_ms < 0)
        loop_timer_stop(c->timeout);
    else
        loop_timer_start(c->timeout, timeout_ms);
    return 0;
}

static void multi_close(struct client *c)
{
    loop_timer_stop(c->timeout);
    if (c->multi)
        curl_multi_cleanup(c->multi);
    c->multi = NULL;
}

static void multi_open(struct client *c)
{
    if (c->multi)
        return;
    c->multi = curl_multi_init();
    if (!c->multi) {
        log_error("client: out of memory");
        abort();
    }
    curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
    curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
    curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_CACHED);
}

static void on_idle(void *ctx)
{
    struct client *c = ctx;
    if (c->n_calls == 0)
        multi_close(c);
}

static void on_turn(void *ctx)
{
    deliver(ctx);
}

enum err_code client_new(struct loop *l, const struct client_options *options,
                         struct client **ret_client, struct err *e)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(e, ERR_BUG, "libcurl cannot be initialised");
    struct client *c = mem_alloc(sizeof(*c));
    c->loop = l;
    c->options = *options;
    c->options.user_agent = c->user_agent = mem_strdup(options->user_agent);
    c->options.ca_file = c->ca_file = mem_strdup(options->ca_file);
    if (c->options.connect_ms == 0)
        c->options.connect_ms = 10000;
    if (c->options.total_ms == 0)
        c->options.total_ms = 60000;
    if (c->options.stall_s == 0)
        c->options.stall_s = 20;
    if (c->options.idle_ms == 0)
        c->options.idle_ms = 30000;
    c->timeout = loop_timer_new(l, on_timeout, c);
    c->idle = loop_timer_new(l, on_idle, c);
    c->turn = loop_timer_new(l, on_turn, c);
    *ret_client = c;
    return ERR_OK;
}

void client_free(struct client *c)
{
    if (!c || c->closed)
        return;
    while (c->open.first)
        client_cancel(c->open.first);
    while (c->done.first)
        client_cancel(c->done.first);
    multi_close(c);
    loop_timer_free(c->timeout);
    loop_timer_free(c->idle);
    loop_timer_free(c->turn);
    c->closed = true;
    if (!c->delivering)
        client_destroy(c);
}

struct client_call *client_send(struct client *c, const struct http_req *req,
                                const struct secret *bearer, client_fn *fn, void *ctx)
{
    struct client_call *call = client_call_new(req, fn, ctx);
    call->client = c;
    c->n_calls++;
    loop_timer_stop(c->idle);
    const char *why = client_call_prepare(call, req, bearer, &c->options);
    if (!why) {
        multi_open(c);
        if (curl_multi_add_handle(c->multi, call->easy) == CURLM_OK) {
            call->multi = c->multi;
            list_add(&c->open, call);
            return call;
        }
        why = "libcurl refuses the request";
    }
    client_call_fail(call, why);
    client_call_close(call);
    list_add(&c->done, call);
    loop_timer_start(c->turn, 0);
    return call;
}

void client_cancel(struct client_call *call)
{
    if (!call)
        return;
    struct client *c = call->client;
    list_remove(call->multi ? &c->open : &c->done, call);
    c->n_calls--;
    client_call_free(call);
    if (c->n_calls == 0 && c->multi && !c->delivering)
        loop_timer_start(c->idle, c->options.idle_ms);
}

size_t client_open_calls(const struct client *c)
{
    return c->n_calls;
}
