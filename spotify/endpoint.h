/* Spotify's endpoints: each function fills a request. Shapes that changed in February 2026 come as
 * new and old; which one an app may use is spotify/access.h. Limits: reference of the Web API. */
#ifndef SPOTIFY_ENDPOINT_H
#define SPOTIFY_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/http.h"

enum endpoint_family {
    ENDPOINT_NONE,
    ENDPOINT_TOKEN,
    ENDPOINT_ME,
    ENDPOINT_LIKED,
    ENDPOINT_PLAYLISTS,
    ENDPOINT_CREATE,
    ENDPOINT_ITEMS_READ,
    ENDPOINT_ITEMS_WRITE,
    ENDPOINT_UNFOLLOW,
    ENDPOINT_STATISTICS,
    ENDPOINT_ARTISTS,
    ENDPOINT_PLAYLIST,
    ENDPOINT_ALBUMS,
    ENDPOINT_ALBUM_TRACKS,
    ENDPOINT_N
};

/* Name in settings, logs and status. */
const char *endpoint_name(enum endpoint_family family);

enum endpoint_shape { ENDPOINT_NEW, ENDPOINT_OLD };

#define ENDPOINT_LIKED_PAGE      50
#define ENDPOINT_PLAYLISTS_PAGE  50
#define ENDPOINT_ITEMS_PAGE      50
#define ENDPOINT_ALBUMS_PAGE     20 /* of 50: each comes with up to 50 songs */
#define ENDPOINT_ALBUM_PAGE      50
#define ENDPOINT_STATISTICS_MAX  100
#define ENDPOINT_ARTISTS_MAX     50
#define ENDPOINT_WRITE_MAX       100
#define ENDPOINT_PLAYLIST_CAP    10000
#define ENDPOINT_NAME_MAX        100
#define ENDPOINT_DESCRIPTION_MAX 300

/* api is api_url of the configuration. */
void endpoint_me(struct http_req *r, const char *api);
void endpoint_liked(struct http_req *r, const char *api, int64_t offset);
void endpoint_playlists(struct http_req *r, const char *api, int64_t offset);
void endpoint_items(struct http_req *r, const char *api, enum endpoint_shape shape,
                    const char *playlist, int64_t offset);
/* A playlist's name and snapshot, without its songs. */
void endpoint_playlist(struct http_req *r, const char *api, const char *playlist);
/* The saved albums. */
void endpoint_albums(struct http_req *r, const char *api, int64_t offset);
/* More songs of one album. */
void endpoint_album_tracks(struct http_req *r, const char *api, const char *album, int64_t offset);
/* ids: (n) Spotify ids, n <= ENDPOINT_STATISTICS_MAX. */
void endpoint_statistics(struct http_req *r, const char *api, const char *const *ids, size_t n);
/* n <= ENDPOINT_ARTISTS_MAX. */
void endpoint_artists(struct http_req *r, const char *api, const char *const *ids, size_t n);

struct endpoint_playlist_new {
    const char *name;
    const char *description;
    bool is_public;
};
/* user: the id from /me, for the old shape. */
void endpoint_create(struct http_req *r, const char *api, enum endpoint_shape shape,
                     const char *user, const struct endpoint_playlist_new *playlist);
/* Puts the n tracks of `add`, in their order, at a zero-based place. */
struct endpoint_addition {
    const char *const *ids;
    size_t n; /* <= ENDPOINT_WRITE_MAX */
    int64_t place;
};
void endpoint_add(struct http_req *r, const char *api, enum endpoint_shape shape,
                  const char *playlist, const struct endpoint_addition *add);
void endpoint_remove(struct http_req *r, const char *api, enum endpoint_shape shape,
                     const char *playlist, const char *const *ids, size_t n);
/* Deleting a playlist is ceasing to follow it, and following it again brings it back. */
void endpoint_unfollow(struct http_req *r, const char *api, enum endpoint_shape shape,
                       const char *playlist);

void endpoint_follow(struct http_req *r, const char *api, enum endpoint_shape shape,
                     const char *playlist);

/* 22 characters of base 62: what may stand in a URL or a body. */
bool endpoint_id_ok(const char *id);

#endif
