#include "daemon/api.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "daemon/app.h"
#include "daemon/backup.h"
#include "daemon/doctor.h"
#include "daemon/page.h"
#include "daemon/route.h"

/* --- replies
 * -------------------------------------------------------------------------------------- */

void api_reply(struct server_reply *reply, int status, struct json *j)
{
    reply->status = status;
    reply->content_type = "application/json";
    json_print(j, false, &reply->body);
    buf_add_char(&reply->body, '\n');
    json_free(j);
}

static int status_of(enum err_code code)
{
    switch (err_class(code)) {
    case ERR_CLASS_USAGE:
        return 400;
    case ERR_CLASS_LOGIN:
        return 401;
    case ERR_CLASS_LATER:
        return 503;
    case ERR_CLASS_NONE:
    case ERR_CLASS_FAILED:
    case ERR_CLASS_PARTLY:
    case ERR_CLASS_UNREACHABLE:
    case ERR_CLASS_INTERRUPTED:
        break;
    }
    return code == ERR_BUSY ? 409 : 500;
}

void api_refuse(struct server_reply *reply, int status, const struct err *e)
{
    api_reply(reply, status, events_error(e));
}

/* A text of its own and no JSON, which anybody may keep as it comes. */
static void reply_backup(struct app *a, struct server_reply *reply)
{
    struct err e = {0};
    enum err_code code = backup_make(a, &reply->body, &e);
    if (code) {
        buf_free(&reply->body);
        api_refuse(reply, status_of(code), &e);
        return;
    }
    reply->status = 200;
    reply->content_type = "text/plain; charset=utf-8";
}

/* {"run": N} for a wish that was taken. */
static enum err_code take_wish(struct app *a, enum wish_kind kind, const struct json *body,
                               struct json **ret, struct err *e)
{
    struct wish wish;
    int64_t run = 0;
    enum err_code code = wish_parse(kind, body, &wish, e);
    if (code == ERR_OK)
        code = runs_want(&a->runs, &wish, &run, e);
    if (code)
        return code;
    *ret = json_object();
    json_set_int(*ret, "run", run);
    return ERR_OK;
}

static void run_route(struct app *a, const struct route *route, const struct server_request *req,
                      struct server_reply *reply)
{
    struct err e = {0};
    struct json *body = NULL;
    struct json *result = NULL;
    enum err_code code = ERR_OK;
    if (req->body_len && json_parse(req->body, req->body_len, &body, &e))
        code = err_set(&e, ERR_USAGE, "the request's body is no JSON");
    if (code == ERR_OK)
        code = route->fn ? route->fn(a, req, body, &result, &e)
                         : take_wish(a, route->wish, body, &result, &e);
    json_wipe(body);
    if (code)
        api_refuse(reply, status_of(code), &e);
    else
        api_reply(reply, route->status, result);
    if (route->heavy && !runs_is_busy(&a->runs)) {
        model_release_memory(a->model);
        store_release_memory(a->store);
        mem_trim();
    }
}

static bool handle_stream(struct app *a, const struct server_request *req,
                          struct server_reply *reply)
{
    bool get = strcmp(req->method, "GET") == 0;
    int64_t run = 0;
    if (get && strcmp(req->path, "/api/events") == 0) {
        const char *wanted = server_request_query(req, "run");
        if (wanted && !text_to_int(wanted, 1, INT64_MAX, &run))
            reply->status = 404;
        else
            events_listen(&a->events, run, req, reply);
        return true;
    }
    if (get && strcmp(req->path, "/api/doctor") == 0 && !req->from_browser) {
        doctor_examine(a, req, reply);
        return true;
    }
    if (get && strcmp(req->path, "/api/backup") == 0 && !req->from_browser) {
        reply_backup(a, reply);
        return true;
    }
    return false;
}

void api_handle(void *ctx, const struct server_request *req, struct server_reply *reply)
{
    struct app *a = ctx;
    struct err e = {0};
    if (req->from_browser && door_take(&a->door, req, reply))
        return;
    if (page_handle(req, reply))
        return;
    if (handle_stream(a, req, reply))
        return;
    bool path_known = false;
    for (size_t i = 0; i < route_n; i++) {
        const struct route *route = &route_rows[i];
        if (strcmp(route->path, req->path) != 0)
            continue;
        path_known = true;
        if (strcmp(route->method, req->method) != 0 ||
            (req->from_browser && route->browser == ROUTE_NO))
            continue;
        bool guarded = req->from_browser && route->browser == ROUTE_WRITE;
        if (!guarded || door_lets_write(&a->door, req, reply))
            run_route(a, route, req, reply);
        return;
    }
    err_set(&e, ERR_USAGE, path_known ? "this is not allowed here" : "there is nothing here");
    api_refuse(reply, path_known ? 405 : 404, &e);
}
