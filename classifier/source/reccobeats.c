#include "classifier/source/reccobeats.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/text.h"
#include "base/url.h"
#include "classifier/clean.h"

#define BATCH     40
#define DAY_S     ((int64_t)86400)
#define YEAR_LAST 9999 /* no year comes from here */

static void ask(const struct source_place *place, size_t stage, const struct source_item *items,
                size_t n, struct http_req *req)
{
    struct buf ids;
    struct buf url;
    (void)stage;
    buf_init(&ids, sizeof(req->url));
    buf_init(&url, sizeof(req->url));
    for (size_t i = 0; i < n; i++)
        buf_printf(&ids, "%s%s", i ? "," : "", items[i].sid);
    buf_printf(&url, "%s/v1/audio-features?", place->url);
    url_param(&url, "ids", buf_str(&ids));
    text_copy(req->url, sizeof(req->url), buf_str(&url));
    req->method = HTTP_GET;
    req->idempotent = true;
    buf_free(&url);
    buf_free(&ids);
}

/* The last part of "https://open.spotify.com/track/ID", without what follows a '?'. */
static bool href_is(const char *href, const char *sid)
{
    const char *id = href ? strrchr(href, '/') : NULL;
    size_t n = id ? strcspn(id + 1, "?#") : 0;
    return n > 0 && strlen(sid) == n && memcmp(id + 1, sid, n) == 0;
}

static bool isrc_is(const struct json *row, const char *isrc)
{
    const char *told = json_get_str(row, "isrc");
    return told && *isrc && strcasecmp(told, isrc) == 0;
}

/* The first row that names the song; one that only shares its recording is second best. */
static const struct json *row_of(const struct json *content, const struct source_item *item)
{
    const struct json *same_recording = NULL;
    for (const struct json *row = json_first(content); row; row = json_next(row)) {
        if (href_is(json_get_str(row, "href"), item->sid))
            return row;
        if (!same_recording && isrc_is(row, item->isrc))
            same_recording = row;
    }
    return same_recording;
}

static void read_row(const struct json *row, struct source_find *find)
{
    struct song song = {.id = "", .name = "", .artists = "", .album = "", .label = "", .tags = ""};
    for (int i = 0; i < SONG_STATS; i++) {
        const struct json *value = json_get(row, song_stat_name[i]);
        double number = json_num(value, (double)NAN);
        if (!isfinite(number))
            continue;
        song.stat[i] = (float)number;
        song.stat_mask |= UINT32_C(1) << i;
    }
    clean_row(&song, 0, YEAR_LAST);
    find->verdict = song.stat_mask ? SOURCE_KNOWN : SOURCE_ABSENT;
    find->stat_mask = song.stat_mask;
    memcpy(find->stat, song.stat, sizeof(find->stat));
}

static enum err_code take_content(const struct json *content, const struct source_item *items,
                                  size_t n, struct source_find *finds, struct err *e)
{
    size_t found = 0;
    if (!json_is_array(content))
        return err_set(e, ERR_FORMAT, "ReccoBeats answers without a list of songs");
    for (size_t i = 0; i < n; i++) {
        const struct json *row = row_of(content, &items[i]);
        finds[i].verdict = SOURCE_ABSENT;
        found += row != NULL;
        if (row)
            read_row(row, &finds[i]);
    }
    if (found == 0 && json_size(content) > 0)
        return err_set(e, ERR_FORMAT, "ReccoBeats answers about songs that it was not asked about");
    return ERR_OK;
}

static enum err_code take(size_t stage, const struct source_item *items, size_t n,
                          const struct http_res *res, struct arena *a,
                          struct source_find *ret_finds, struct err *e)
{
    struct json *j = NULL;
    (void)stage;
    (void)a;
    if (res->status == 404 || res->status == 400) {
        for (size_t i = 0; i < n; i++)
            ret_finds[i].verdict = SOURCE_ABSENT;
        return ERR_OK;
    }
    enum err_code code = json_parse(buf_str(&res->body), res->body.len, &j, e);
    if (code == ERR_OK)
        code = take_content(json_get(j, "content"), items, n, ret_finds, e);
    json_free(j);
    return code;
}

static const struct source_stage stages[] = {{"features", SOURCE_TRACKS, BATCH, false}};

const struct source source_reccobeats = {
    .name = "reccobeats",
    .title = "ReccoBeats",
    .gives = "audio statistics",
    .stats = ((UINT32_C(1) << SONG_STATS) - 1) & ~(UINT32_C(1) << SONG_TIME_SIGNATURE),
    .is_quick = true,
    .interval_ms = 200,
    .window = 2,
    .absent_again_s = 30 * DAY_S,
    .stages = stages,
    .n_stages = 1,
    .ask = ask,
    .take = take,
};
