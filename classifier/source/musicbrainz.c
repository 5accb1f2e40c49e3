#include "classifier/source/musicbrainz.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/url.h"
#include "classifier/source/name.h"
#include "classifier/source/tags.h"
#include "classifier/title.h"

#define DAY_S       ((int64_t)86400)
#define ADDRESS     "https://open.spotify.com/artist/"
#define SCORE_LEAST 90 /* of 100, in a search by name */
#define ISRC_LENGTH 12

enum stage { STAGE_LINKS, STAGE_TAGS, STAGE_ISRC, STAGE_NAME, STAGE_SONG };

/* --- asking
 * ----------------------------------------------------------------------------------------- */

/* A phrase in Lucene's syntax: only quotes and backslashes mean something in it. */
static void add_phrase(struct buf *query, const char *text)
{
    buf_add_char(query, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_add_char(query, '\\');
        buf_add_char(query, (unsigned char)*text < ' ' ? ' ' : *text);
    }
    buf_add_char(query, '"');
}

static void ask_links(const struct source_item *items, size_t n, struct buf *url)
{
    buf_add_str(url, "/url?");
    for (size_t i = 0; i < n; i++) {
        char address[sizeof(ADDRESS) + 64];
        text_copy(address, sizeof(address), ADDRESS);
        text_copy(address + sizeof(ADDRESS) - 1, 64, items[i].sid);
        url_param(url, "resource", address);
    }
    url_param(url, "inc", "artist-rels");
}

static void ask_tags(const struct source_item *items, size_t n, struct buf *url)
{
    struct buf query;
    buf_init(&query, 8192);
    for (size_t i = 0; i < n; i++)
        buf_printf(&query, "%sarid:%s", i ? " OR " : "", items[i].link);
    buf_add_str(url, "/artist?");
    url_param(url, "query", buf_str(&query));
    url_param(url, "limit", "100");
    buf_free(&query);
}

static void ask_name(const struct source_item *item, struct buf *url)
{
    struct buf query;
    buf_init(&query, 4096);
    buf_add_str(&query, "artist:");
    add_phrase(&query, item->name);
    buf_add_str(url, "/artist?");
    url_param(url, "query", buf_str(&query));
    url_param(url, "limit", "5");
    buf_free(&query);
}

static void ask_song(const struct source_item *item, struct buf *url)
{
    char title[512];
    struct buf query;
    buf_init(&query, 4096);
    title_plain(item->title, title, sizeof(title));
    buf_printf(&query, "arid:%s AND recording:", item->link);
    add_phrase(&query, title);
    buf_add_str(url, "/recording?");
    url_param(url, "query", buf_str(&query));
    url_param(url, "limit", "1");
    buf_free(&query);
}

static void ask_isrc(const struct source_item *item, struct buf *url)
{
    buf_add_str(url, "/isrc/");
    url_encode(url, item->isrc);
    buf_add_char(url, '?');
    url_param(url, "inc", "artist-credits");
}

static void ask(const struct source_place *place, size_t stage, const struct source_item *items,
                size_t n, struct http_req *req)
{
    struct buf url;
    buf_init(&url, sizeof(req->url));
    buf_add_str(&url, place->url);
    switch ((enum stage)stage) {
    case STAGE_LINKS:
        ask_links(items, n, &url);
        break;
    case STAGE_TAGS:
        ask_tags(items, n, &url);
        break;
    case STAGE_ISRC:
        ask_isrc(items, &url);
        break;
    case STAGE_NAME:
        ask_name(items, &url);
        break;
    case STAGE_SONG:
        ask_song(items, &url);
        break;
    }
    url_param(&url, "fmt", "json");
    assert(!url.overflow);
    text_copy(req->url, sizeof(req->url), buf_str(&url));
    req->method = HTTP_GET;
    req->idempotent = true;
    buf_free(&url);
}

/* --- taking
 * ----------------------------------------------------------------------------------------- */

/* Only what is a UUID is kept, and so comes into a request. */
static bool is_mbid(const char *s)
{
    if (!s || strlen(s) != 36)
        return false;
    for (int i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s[i] != '-' : !isxdigit((unsigned char)s[i]))
            return false;
    }
    return true;
}

static void go_on(struct source_find *find, size_t stage, const char *mbid, struct arena *a)
{
    find->verdict = SOURCE_ON;
    find->stage = stage;
    find->link = mbid ? arena_str(a, mbid) : "";
}

/* Two letters, three letters or digits, seven digits (ISO 3901). */
static bool is_isrc(const char *s)
{
    if (strlen(s) != ISRC_LENGTH)
        return false;
    for (int i = 0; i < ISRC_LENGTH; i++) {
        if (i < 2   ? !isalpha((unsigned char)s[i])
            : i < 5 ? !isalnum((unsigned char)s[i])
                    : !isdigit((unsigned char)s[i]))
            return false;
    }
    return true;
}

/* Where an artist goes who is not linked. */
static void go_look(struct source_find *find, const struct source_item *item, struct arena *a)
{
    if (is_isrc(item->isrc))
        go_on(find, STAGE_ISRC, NULL, a);
    else if (*item->title && *item->name)
        go_on(find, STAGE_NAME, NULL, a);
    else
        find->verdict = SOURCE_ABSENT;
}

/* The artist that an address leads to: the only one, or of several the one of that name. */
static const char *related_mbid(const struct json *url, const char *name)
{
    const char *only = NULL;
    size_t n = 0;
    const struct json *relations = json_get(url, "relations");
    for (const struct json *r = json_first(relations); r; r = json_next(r)) {
        const struct json *artist = json_get(r, "artist");
        const char *mbid = json_get_str(artist, "id");
        const char *theirs = json_get_str(artist, "name");
        if (!is_mbid(mbid) || (only && strcmp(only, mbid) == 0))
            continue;
        if (theirs && name_equal(theirs, name))
            return mbid;
        only = mbid;
        n++;
    }
    return n == 1 ? only : NULL;
}

static bool is_address_of(const struct json *url, const char *sid)
{
    const char *resource = json_get_str(url, "resource");
    size_t prefix = sizeof(ADDRESS) - 1;
    return resource && strncmp(resource, ADDRESS, prefix) == 0 &&
           strcmp(resource + prefix, sid) == 0;
}

static const struct json *url_of(const struct json *answer, const char *sid)
{
    if (is_address_of(answer, sid))
        return answer;
    for (const struct json *u = json_first(json_get(answer, "urls")); u; u = json_next(u)) {
        if (is_address_of(u, sid))
            return u;
    }
    return NULL;
}

static enum err_code take_links(const struct json *answer, const struct source_item *items,
                                size_t n, struct arena *a, struct source_find *finds, struct err *e)
{
    bool is_list = json_is_array(json_get(answer, "urls"));
    bool any = false;
    if (answer && !is_list && !json_get_str(answer, "resource"))
        return err_set(e, ERR_FORMAT, "MusicBrainz answers without addresses");
    for (size_t i = 0; i < n; i++) {
        const struct json *url = url_of(answer, items[i].sid);
        const char *mbid = related_mbid(url, items[i].name);
        any = any || url;
        if (mbid)
            go_on(&finds[i], STAGE_TAGS, mbid, a);
        else
            go_look(&finds[i], &items[i], a);
    }
    if (!any && (json_size(json_get(answer, "urls")) > 0 || (answer && !is_list)))
        return err_set(e, ERR_FORMAT, "MusicBrainz answers about addresses that it was not asked");
    return ERR_OK;
}

static const struct json *artist_of(const struct json *artists, const char *mbid)
{
    for (const struct json *artist = json_first(artists); artist; artist = json_next(artist)) {
        const char *id = json_get_str(artist, "id");
        if (id && strcmp(id, mbid) == 0)
            return artist;
    }
    return NULL;
}

static enum err_code take_tags(const struct json *answer, const struct source_item *items, size_t n,
                               struct arena *a, struct source_find *finds, struct err *e)
{
    const struct json *artists = json_get(answer, "artists");
    bool any = json_size(artists) == 0;
    if (!json_is_array(artists))
        return err_set(e, ERR_FORMAT, "MusicBrainz answers without artists");
    for (size_t i = 0; i < n; i++) {
        const struct json *artist = artist_of(artists, items[i].link);
        any = any || artist;
        tags_take(json_get(artist, "tags"), 1, a, &finds[i]);
    }
    if (!any)
        return err_set(e, ERR_FORMAT, "MusicBrainz answers about artists that it was not asked");
    return ERR_OK;
}

static void take_isrc(const struct json *answer, const struct source_item *item, struct arena *a,
                      struct source_find *find)
{
    for (const struct json *r = json_first(json_get(answer, "recordings")); r; r = json_next(r)) {
        for (const struct json *c = json_first(json_get(r, "artist-credit")); c; c = json_next(c)) {
            const struct json *artist = json_get(c, "artist");
            const char *mbid = json_get_str(artist, "id");
            const char *name = json_get_str(artist, "name");
            const char *credited = json_get_str(c, "name");
            bool same = (name && name_equal(name, item->name)) ||
                        (credited && name_equal(credited, item->name));
            if (same && is_mbid(mbid)) {
                go_on(find, STAGE_TAGS, mbid, a);
                return;
            }
        }
    }
    if (*item->title && *item->name)
        go_on(find, STAGE_NAME, NULL, a);
    else
        find->verdict = SOURCE_ABSENT;
}

static bool is_called(const struct json *artist, const char *name)
{
    const char *theirs = json_get_str(artist, "name");
    if (theirs && name_equal(theirs, name))
        return true;
    for (const struct json *alias = json_first(json_get(artist, "aliases")); alias;
         alias = json_next(alias)) {
        theirs = json_get_str(alias, "name");
        if (theirs && name_equal(theirs, name))
            return true;
    }
    return false;
}

static void take_name(const struct json *answer, const struct source_item *item, struct arena *a,
                      struct source_find *find)
{
    const struct json *artists = json_get(answer, "artists");
    find->verdict = SOURCE_ABSENT;
    for (const struct json *artist = json_first(artists); artist; artist = json_next(artist)) {
        const char *mbid = json_get_str(artist, "id");
        if (is_mbid(mbid) && json_get_int(artist, "score", 0) >= SCORE_LEAST &&
            is_called(artist, item->name)) {
            go_on(find, STAGE_SONG, mbid, a);
            return;
        }
    }
}

static enum err_code take_answer(size_t stage, const struct source_item *items, size_t n,
                                 const struct json *answer, struct arena *a,
                                 struct source_find *finds, struct err *e)
{
    switch ((enum stage)stage) {
    case STAGE_LINKS:
        return take_links(answer, items, n, a, finds, e);
    case STAGE_TAGS:
        return take_tags(answer, items, n, a, finds, e);
    case STAGE_ISRC:
        for (size_t i = 0; i < n; i++)
            take_isrc(answer, &items[i], a, &finds[i]);
        break;
    case STAGE_NAME:
        take_name(answer, items, a, finds);
        break;
    case STAGE_SONG:
        if (json_get_int(answer, "count", 0) > 0)
            go_on(finds, STAGE_TAGS, items[0].link, a);
        else
            finds[0].verdict = SOURCE_ABSENT;
        break;
    }
    return ERR_OK;
}

static enum err_code take(size_t stage, const struct source_item *items, size_t n,
                          const struct http_res *res, struct arena *a,
                          struct source_find *ret_finds, struct err *e)
{
    struct json *answer = NULL;
    enum err_code code = ERR_OK;
    if (res->status < 300)
        code = json_parse(buf_str(&res->body), res->body.len, &answer, e);
    if (code == ERR_OK && res->status >= 300 && stage == STAGE_TAGS)
        ret_finds[0].verdict = SOURCE_ABSENT;
    else if (code == ERR_OK)
        code = take_answer(stage, items, n, answer, a, ret_finds, e);
    json_free(answer);
    return code;
}

static const struct source_stage stages[] = {
    [STAGE_LINKS] = {"links", SOURCE_ARTISTS, 100, false},
    [STAGE_TAGS] = {"tags", SOURCE_ARTISTS, 100, false},
    [STAGE_ISRC] = {"isrc", SOURCE_ARTISTS, 1, true},
    [STAGE_NAME] = {"name", SOURCE_ARTISTS, 1, false},
    [STAGE_SONG] = {"song", SOURCE_ARTISTS, 1, false},
};

const struct source source_musicbrainz = {
    .name = "musicbrainz",
    .title = "MusicBrainz",
    .gives = "genre tags of artists",
    .interval_ms = 1000,
    .window = 1,
    .hold_ms = 5000,
    .known_again_s = 180 * DAY_S,
    .absent_again_s = 30 * DAY_S,
    .stages = stages,
    .n_stages = 5,
    .ask = ask,
    .take = take,
};
