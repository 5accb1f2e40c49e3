#include "spotify/endpoint.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/url.h"

const char *endpoint_name(enum endpoint_family family)
{
    static const char *const names[ENDPOINT_N] = {
        [ENDPOINT_NONE] = "none",
        [ENDPOINT_TOKEN] = "token",
        [ENDPOINT_ME] = "me",
        [ENDPOINT_LIKED] = "liked songs",
        [ENDPOINT_PLAYLISTS] = "list of playlists",
        [ENDPOINT_CREATE] = "playlist creation",
        [ENDPOINT_ITEMS_READ] = "playlist items",
        [ENDPOINT_ITEMS_WRITE] = "playlist changes",
        [ENDPOINT_UNFOLLOW] = "unfollowing",
        [ENDPOINT_STATISTICS] = "audio statistics",
        [ENDPOINT_ARTISTS] = "artists",
        [ENDPOINT_PLAYLIST] = "playlist",
        [ENDPOINT_ALBUMS] = "saved albums",
        [ENDPOINT_ALBUM_TRACKS] = "songs of an album",
    };
    assert(family >= 0 && family < ENDPOINT_N);
    return names[family];
}

bool endpoint_id_ok(const char *id)
{
    static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    return strlen(id) == 22 && strspn(id, base62) == 22;
}

__attribute__((format(printf, 4, 5))) static void
fill(struct http_req *r, enum http_method method, enum endpoint_family family, const char *fmt, ...)
{
    r->method = method;
    r->auth = HTTP_AUTH_BEARER;
    r->family = (int)family;
    r->idempotent = method == HTTP_GET;
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(r->url, sizeof(r->url), fmt, args);
    va_end(args);
    assert(n > 0 && (size_t)n < sizeof(r->url));
    (void)n;
}

static void body_json(struct http_req *r, struct json *body)
{
    r->content_type = "application/json";
    json_print(body, false, &r->body);
    json_free(body);
}

void endpoint_me(struct http_req *r, const char *api)
{
    fill(r, HTTP_GET, ENDPOINT_ME, "%s/me", api);
}

void endpoint_liked(struct http_req *r, const char *api, int64_t offset)
{
    fill(r, HTTP_GET, ENDPOINT_LIKED, "%s/me/tracks?limit=%d&offset=%lld", api, ENDPOINT_LIKED_PAGE,
         (long long)offset);
    r->tag = offset;
}

void endpoint_playlists(struct http_req *r, const char *api, int64_t offset)
{
    fill(r, HTTP_GET, ENDPOINT_PLAYLISTS, "%s/me/playlists?limit=%d&offset=%lld", api,
         ENDPOINT_PLAYLISTS_PAGE, (long long)offset);
    r->tag = offset;
}

static const char *items_word(enum endpoint_shape shape)
{
    return shape == ENDPOINT_NEW ? "items" : "tracks";
}

void endpoint_items(struct http_req *r, const char *api, enum endpoint_shape shape,
                    const char *playlist, int64_t offset)
{
    fill(r, HTTP_GET, ENDPOINT_ITEMS_READ,
         "%s/playlists/%s/%s?limit=%d&offset=%lld&additional_types=track%%2Cepisode", api, playlist,
         items_word(shape), ENDPOINT_ITEMS_PAGE, (long long)offset);
    r->tag = offset;
}

void endpoint_playlist(struct http_req *r, const char *api, const char *playlist)
{
    fill(r, HTTP_GET, ENDPOINT_PLAYLIST, "%s/playlists/%s?fields=id%%2Cname%%2Csnapshot_id", api,
         playlist);
}

void endpoint_albums(struct http_req *r, const char *api, int64_t offset)
{
    fill(r, HTTP_GET, ENDPOINT_ALBUMS, "%s/me/albums?limit=%d&offset=%lld", api,
         ENDPOINT_ALBUMS_PAGE, (long long)offset);
    r->tag = offset;
}

void endpoint_album_tracks(struct http_req *r, const char *api, const char *album, int64_t offset)
{
    fill(r, HTTP_GET, ENDPOINT_ALBUM_TRACKS, "%s/albums/%s/tracks?limit=%d&offset=%lld", api, album,
         ENDPOINT_ALBUM_PAGE, (long long)offset);
    r->tag = offset;
}

static void add_ids(struct http_req *r, const char *const *ids, size_t n)
{
    size_t len = strlen(r->url);
    for (size_t i = 0; i < n; i++) {
        int added = snprintf(r->url + len, sizeof(r->url) - len, "%s%s", i ? "%2C" : "", ids[i]);
        assert(added > 0 && (size_t)added < sizeof(r->url) - len);
        len += (size_t)added;
    }
}

void endpoint_statistics(struct http_req *r, const char *api, const char *const *ids, size_t n)
{
    assert(n > 0 && n <= ENDPOINT_STATISTICS_MAX);
    fill(r, HTTP_GET, ENDPOINT_STATISTICS, "%s/audio-features?ids=", api);
    add_ids(r, ids, n);
}

void endpoint_artists(struct http_req *r, const char *api, const char *const *ids, size_t n)
{
    assert(n > 0 && n <= ENDPOINT_ARTISTS_MAX);
    fill(r, HTTP_GET, ENDPOINT_ARTISTS, "%s/artists?ids=", api);
    add_ids(r, ids, n);
}

void endpoint_create(struct http_req *r, const char *api, enum endpoint_shape shape,
                     const char *user, const struct endpoint_playlist_new *playlist)
{
    if (shape == ENDPOINT_NEW) {
        fill(r, HTTP_POST, ENDPOINT_CREATE, "%s/me/playlists", api);
    } else {
        struct buf id;
        buf_init(&id, 1024);
        url_encode(&id, user);
        fill(r, HTTP_POST, ENDPOINT_CREATE, "%s/users/%s/playlists", api, buf_str(&id));
        buf_free(&id);
    }
    struct json *body = json_object();
    json_set_str(body, "name", playlist->name);
    json_set_str(body, "description", playlist->description);
    json_set_bool(body, "public", playlist->is_public);
    body_json(r, body);
}

static struct json *track_uri(const char *id)
{
    char uri[64];
    snprintf(uri, sizeof(uri), "spotify:track:%s", id);
    struct json *item = json_object();
    json_set_str(item, "uri", uri);
    return item;
}

void endpoint_add(struct http_req *r, const char *api, enum endpoint_shape shape,
                  const char *playlist, const struct endpoint_addition *add)
{
    assert(add->n > 0 && add->n <= ENDPOINT_WRITE_MAX);
    fill(r, HTTP_POST, ENDPOINT_ITEMS_WRITE, "%s/playlists/%s/%s", api, playlist,
         items_word(shape));
    struct json *body = json_object();
    struct json *uris = json_array();
    for (size_t i = 0; i < add->n; i++) {
        char uri[64];
        snprintf(uri, sizeof(uri), "spotify:track:%s", add->ids[i]);
        json_add_str(uris, uri);
    }
    json_set(body, "uris", uris);
    json_set_int(body, "position", add->place);
    body_json(r, body);
}

void endpoint_remove(struct http_req *r, const char *api, enum endpoint_shape shape,
                     const char *playlist, const char *const *ids, size_t n)
{
    assert(n > 0 && n <= ENDPOINT_WRITE_MAX);
    fill(r, HTTP_DELETE, ENDPOINT_ITEMS_WRITE, "%s/playlists/%s/%s", api, playlist,
         items_word(shape));
    /* The key must fit the path: `items` on /items, `tracks` on /tracks. */
    struct json *body = json_object();
    struct json *items = json_array();
    for (size_t i = 0; i < n; i++)
        json_add(items, track_uri(ids[i]));
    json_set(body, items_word(shape), items);
    body_json(r, body);
}

void endpoint_unfollow(struct http_req *r, const char *api, enum endpoint_shape shape,
                       const char *playlist)
{
    if (shape == ENDPOINT_NEW)
        fill(r, HTTP_DELETE, ENDPOINT_UNFOLLOW, "%s/me/library?uris=spotify%%3Aplaylist%%3A%s", api,
             playlist);
    else
        fill(r, HTTP_DELETE, ENDPOINT_UNFOLLOW, "%s/playlists/%s/followers", api, playlist);
    r->idempotent = true; /* a second one finds nothing left to do */
}

void endpoint_follow(struct http_req *r, const char *api, enum endpoint_shape shape,
                     const char *playlist)
{
    if (shape == ENDPOINT_NEW)
        fill(r, HTTP_PUT, ENDPOINT_UNFOLLOW, "%s/me/library?uris=spotify%%3Aplaylist%%3A%s", api,
             playlist);
    else
        fill(r, HTTP_PUT, ENDPOINT_UNFOLLOW, "%s/playlists/%s/followers", api, playlist);
    r->idempotent = true;
}
