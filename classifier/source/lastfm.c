#include "classifier/source/lastfm.h"

#include "base/json.h"
#include "base/text.h"
#include "base/url.h"
#include "classifier/source/tags.h"

#define DAY_S        ((int64_t)86400)
#define WEIGHT_LEAST 10 /* of 100; lighter ones are what a few people thought */

enum stage { STAGE_ARTIST, STAGE_TRACK };

/* www.last.fm/api/errorcodes */
enum fault {
    FAULT_NONE = 0,
    FAULT_AUTH = 4,
    FAULT_NOT_FOUND = 6,
    FAULT_FAILED = 8,
    FAULT_KEY = 10,
    FAULT_OFFLINE = 11,
    FAULT_TEMPORARY = 16,
    FAULT_SUSPENDED = 26,
    FAULT_RATE = 29,
};

static void ask(const struct source_place *place, size_t stage, const struct source_item *items,
                size_t n, struct http_req *req)
{
    struct buf url;
    (void)n;
    buf_init(&url, sizeof(req->url));
    buf_printf(&url, "%s/?", place->url);
    url_param(&url, "method", stage == STAGE_ARTIST ? "artist.getTopTags" : "track.getTopTags");
    url_param(&url, "artist", stage == STAGE_ARTIST ? items[0].name : items[0].artist);
    if (stage == STAGE_TRACK)
        url_param(&url, "track", items[0].name);
    url_param(&url, "autocorrect", "1");
    url_param(&url, "api_key", place->key);
    url_param(&url, "format", "json");
    text_copy(req->url, sizeof(req->url), buf_str(&url));
    req->method = HTTP_GET;
    req->idempotent = true;
    req->secret_url = true;
    buf_free(&url);
}

static int64_t fault_of(const struct http_res *res)
{
    struct json *j = NULL;
    struct err ignored = {0};
    if (json_parse(buf_str(&res->body), res->body.len, &j, &ignored))
        return FAULT_NONE;
    int64_t fault = json_get_int(j, "error", FAULT_NONE);
    json_free(j);
    return fault;
}

static void complain(const struct http_res *res, struct retry_answer *answer)
{
    switch (fault_of(res)) {
    case FAULT_AUTH:
    case FAULT_KEY:
    case FAULT_SUSPENDED:
        answer->verdict = RETRY_GIVE_UP;
        err_set(&answer->err, ERR_CONFIG, "Last.fm refuses the key: check lastfm_key in [sources]");
        break;
    case FAULT_RATE:
        retry_hold(res, source_lastfm.hold_ms, 1, 0, answer);
        break;
    case FAULT_FAILED:
    case FAULT_OFFLINE:
    case FAULT_TEMPORARY:
        answer->verdict = RETRY_GIVE_UP;
        err_set(&answer->err, ERR_NETWORK, "Last.fm has trouble: it asks to try again later");
        break;
    default:
        break;
    }
}

static enum err_code take(size_t stage, const struct source_item *items, size_t n,
                          const struct http_res *res, struct arena *a,
                          struct source_find *ret_finds, struct err *e)
{
    struct json *j = NULL;
    (void)stage;
    (void)items;
    (void)n;
    ret_finds[0].verdict = SOURCE_ABSENT;
    if (res->status >= 400)
        return ERR_OK;
    enum err_code code = json_parse(buf_str(&res->body), res->body.len, &j, e);
    const struct json *top = json_get(j, "toptags");
    if (code == ERR_OK && !json_is_object(top) &&
        json_get_int(j, "error", FAULT_NONE) != FAULT_NOT_FOUND)
        code = err_set(e, ERR_FORMAT, "Last.fm answers without a list of tags");
    if (code == ERR_OK)
        tags_take(json_get(top, "tag"), WEIGHT_LEAST, a, &ret_finds[0]);
    json_free(j);
    return code;
}

static const struct source_stage stages[] = {
    [STAGE_ARTIST] = {"artist tags", SOURCE_ARTISTS, 1, false},
    [STAGE_TRACK] = {"song tags", SOURCE_TRACKS, 1, false},
};

const struct source source_lastfm = {
    .name = "lastfm",
    .title = "Last.fm",
    .gives = "tags of artists and songs",
    .needs_key = true,
    .interval_ms = 250,
    .window = 2,
    .hold_ms = 60000,
    .known_again_s = 180 * DAY_S,
    .absent_again_s = 30 * DAY_S,
    .stages = stages,
    .n_stages = 2,
    .ask = ask,
    .take = take,
    .complain = complain,
};
