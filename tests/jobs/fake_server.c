#include "tests/jobs/fake_server.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/url.h"

void fake_server_song_id(int song, char out[FAKE_ID])
{
    snprintf(out, FAKE_ID, "%022d", song);
}

void fake_server_init(struct fake_server *f, size_t songs)
{
    *f = (struct fake_server){.n_likes = songs, .bad_song = -1};
    for (size_t i = 0; i < songs; i++)
        f->likes[i] = (int)(songs - i);
}

struct fake_playlist *fake_server_playlist(struct fake_server *f, const char *name)
{
    for (size_t i = 0; i < f->n_playlists; i++) {
        if (strcmp(f->playlists[i].name, name) == 0 && f->playlists[i].followed)
            return &f->playlists[i];
    }
    return NULL;
}

static void reply(struct http_res *res, int status, struct json *j)
{
    res->result = HTTP_RESULT_REPLY;
    res->status = status;
    res->is_json = true;
    res->retry_after_s = -1;
    if (j)
        json_print(j, false, &res->body);
    json_free(j);
}

static void refuse(struct http_res *res, int status, const char *message)
{
    struct json *j = json_object();
    struct json *error = json_object();
    json_set_int(error, "status", status);
    json_set_str(error, "message", message);
    json_set(j, "error", error);
    reply(res, status, j);
}

static struct json *track(int song)
{
    char id[FAKE_ID];
    char text[64];
    struct json *j = json_object();
    struct json *album = json_object();
    struct json *artist = json_object();
    struct json *artists = json_array();
    fake_server_song_id(song, id);
    json_set_str(j, "id", id);
    json_set_str(j, "type", "track");
    snprintf(text, sizeof(text), "spotify:track:%s", id);
    json_set_str(j, "uri", text);
    json_set_str(j, "name", "a song");
    fake_server_song_id(1000 + song % 2, id);
    json_set_str(artist, "id", id);
    json_set_str(artist, "name", song % 2 ? "the odd ones" : "the even ones");
    json_add(artists, artist);
    json_set(j, "artists", artists);
    json_set_str(album, "name", "an album");
    json_set_str(album, "release_date", "1999");
    json_set(j, "album", album);
    return j;
}

static int64_t offset_of(const struct http_req *req)
{
    char text[32];
    return url_query_get(req->url, "offset", text, sizeof(text)) ? strtoll(text, NULL, 10) : 0;
}

static struct json *page(int64_t offset, size_t total)
{
    struct json *j = json_object();
    json_set_int(j, "total", (int64_t)total);
    json_set_str(j, "next", offset + 50 < (int64_t)total ? "more" : NULL);
    return j;
}

static void liked(struct fake_server *f, const struct http_req *req, struct http_res *res)
{
    int64_t offset = offset_of(req);
    struct json *j = page(offset, f->n_likes);
    struct json *items = json_array();
    json_set_int(j, "total", (int64_t)f->n_likes + f->total_lie);
    for (size_t i = (size_t)offset; i < f->n_likes && i < (size_t)offset + 50; i++) {
        struct json *entry = json_object();
        json_set_str(entry, "added_at", "2026-01-01T00:00:00Z");
        if (f->likes[i] >= 0)
            json_set(entry, "track", track(f->likes[i]));
        else
            json_set_null(entry, "track");
        json_add(items, entry);
    }
    json_set(j, "items", items);
    reply(res, 200, j);
}

/* Up to 50 of its songs, which do not tell their album. */
static struct json *album_page(const struct fake_album *album, int64_t offset)
{
    struct json *j = page(offset, album->n);
    struct json *songs = json_array();
    for (size_t i = (size_t)offset; i < album->n && i < (size_t)offset + 50; i++) {
        struct json *song = track(album->first + (int)i);
        json_set_null(song, "album");
        json_add(songs, song);
    }
    json_set(j, "items", songs);
    return j;
}

static void saved_albums(const struct fake_server *f, const struct http_req *req,
                         struct http_res *res)
{
    if (f->no_albums) {
        refuse(res, 403, "Forbidden");
        return;
    }
    int64_t offset = offset_of(req);
    struct json *j = page(offset, f->n_albums);
    struct json *items = json_array();
    json_set_str(j, "next", offset + 20 < (int64_t)f->n_albums ? "more" : NULL);
    for (size_t i = (size_t)offset; i < f->n_albums && i < (size_t)offset + 20; i++) {
        char id[FAKE_ID];
        struct json *entry = json_object();
        struct json *album = json_object();
        fake_server_song_id(f->albums[i].first, id);
        json_set_str(album, "id", id);
        json_set_str(album, "name", "an album");
        json_set_str(album, "release_date", "1999");
        json_set(album, "tracks", album_page(&f->albums[i], 0));
        json_set_str(entry, "added_at", "2026-01-01T00:00:00Z");
        json_set(entry, "album", album);
        json_add(items, entry);
    }
    json_set(j, "items", items);
    reply(res, 200, j);
}

static void album_songs(const struct fake_server *f, const struct http_req *req,
                        struct http_res *res)
{
    int first = (int)strtol(strstr(req->url, "/albums/") + strlen("/albums/"), NULL, 10);
    for (size_t i = 0; i < f->n_albums; i++) {
        if (f->albums[i].first == first) {
            reply(res, 200, album_page(&f->albums[i], offset_of(req)));
            return;
        }
    }
    refuse(res, 404, "Resource not found");
}

static void set_snapshot(struct json *j, const struct fake_playlist *p)
{
    char snapshot[32];
    snprintf(snapshot, sizeof(snapshot), "s%d", p->version);
    json_set_str(j, "snapshot_id", snapshot);
}

static struct json *playlist_json(const struct fake_playlist *p)
{
    struct json *j = json_object();
    json_set_str(j, "id", p->id);
    json_set_str(j, "name", p->name);
    json_set_str(j, "description", p->description);
    set_snapshot(j, p);
    struct json *contents = json_object();
    json_set_int(contents, "total", (int64_t)p->n);
    json_set(j, "items", contents);
    struct json *owner = json_object();
    json_set_str(owner, "id", "user");
    json_set(j, "owner", owner);
    return j;
}

static void list(struct fake_server *f, struct http_res *res)
{
    struct json *j = page(0, 0);
    struct json *items = json_array();
    size_t n = f->n_playlists;
    if (f->list_lag > 0 && n > 0) {
        f->list_lag--;
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        if (f->playlists[i].followed)
            json_add(items, playlist_json(&f->playlists[i]));
    }
    json_set_int(j, "total", (int64_t)json_size(items));
    json_set(j, "items", items);
    reply(res, 200, j);
}

static struct fake_playlist *new_playlist(struct fake_server *f)
{
    assert(f->n_playlists < FAKE_PLAYLISTS);
    struct fake_playlist *p = &f->playlists[f->n_playlists++];
    *p = (struct fake_playlist){.followed = true, .version = 1};
    snprintf(p->id, sizeof(p->id), "P%021zu", f->n_playlists);
    return p;
}

struct fake_playlist *fake_server_by_hand(struct fake_server *f, int first, size_t n)
{
    struct fake_playlist *p = new_playlist(f);
    snprintf(p->name, sizeof(p->name), "by hand");
    for (; p->n < n; p->n++)
        fake_server_song_id(first + (int)p->n, p->items[p->n]);
    return p;
}

static void create(struct fake_server *f, const struct json *body, struct http_res *res)
{
    struct fake_playlist *p = new_playlist(f);
    snprintf(p->name, sizeof(p->name), "%s", json_get_str(body, "name"));
    snprintf(p->description, sizeof(p->description), "%s", json_get_str(body, "description"));
    reply(res, 201, playlist_json(p));
}

static struct fake_playlist *of_url(struct fake_server *f, const char *url)
{
    const char *at = strstr(url, "/playlists/");
    for (size_t i = 0; at && i < f->n_playlists; i++) {
        if (strncmp(at + 11, f->playlists[i].id, 22) == 0)
            return &f->playlists[i];
    }
    return NULL;
}

static void items(const struct fake_playlist *p, const struct http_req *req, bool old,
                  struct http_res *res)
{
    int64_t offset = offset_of(req);
    struct json *j = page(offset, p->n);
    struct json *entries = json_array();
    for (size_t i = (size_t)offset; i < p->n && i < (size_t)offset + 50; i++) {
        struct json *entry = json_object();
        json_set(entry, old ? "track" : "item", track((int)strtol(p->items[i], NULL, 10)));
        json_add(entries, entry);
    }
    json_set(j, "items", entries);
    reply(res, 200, j);
}

static const char *id_of_uri(const char *uri)
{
    return uri + strlen("spotify:track:");
}

static void add(struct fake_server *f, struct fake_playlist *p, const struct json *body,
                struct http_res *res)
{
    const struct json *uris = json_get(body, "uris");
    char bad[FAKE_ID];
    size_t n = json_size(uris);
    size_t i = 0;
    fake_server_song_id(f->bad_song < 0 ? 999999 : f->bad_song, bad);
    for (const struct json *u = json_first(uris); u; u = json_next(u)) {
        if (strcmp(id_of_uri(json_str(u)), bad) == 0) {
            refuse(res, 400, "Payload contains a non-existing ID");
            return;
        }
    }
    assert(n <= 100 && p->n + n <= sizeof(p->items) / sizeof(p->items[0]));
    i = (size_t)json_get_int(body, "position", 0);
    assert(i <= p->n);
    memmove(p->items[i + n], p->items[i], (p->n - i) * sizeof(p->items[0]));
    for (const struct json *u = json_first(uris); u; u = json_next(u))
        memcpy(p->items[i++], id_of_uri(json_str(u)), FAKE_ID);
    p->n += n;
    p->version++;
    struct json *j = json_object();
    set_snapshot(j, p);
    reply(res, 201, j);
}

static void take_out(struct fake_playlist *p, const struct json *body, struct http_res *res)
{
    const struct json *gone = json_get(body, "items");
    for (const struct json *g = json_first(gone ? gone : json_get(body, "tracks")); g;
         g = json_next(g)) {
        size_t kept = 0;
        for (size_t i = 0; i < p->n; i++) {
            if (strcmp(p->items[i], id_of_uri(json_get_str(g, "uri"))) != 0)
                memmove(p->items[kept++], p->items[i], FAKE_ID);
        }
        p->n = kept;
    }
    p->version++;
    struct json *j = json_object();
    set_snapshot(j, p);
    reply(res, 200, j);
}

static void statistics(struct fake_server *f, struct http_res *res)
{
    f->statistics_asked++;
    struct json *j = json_object();
    json_set(j, "audio_features", json_array());
    if (f->no_statistics) {
        json_free(j);
        refuse(res, 403, NULL);
        return;
    }
    reply(res, 200, j);
}

static void artists(const struct fake_server *f, const struct http_req *req, struct http_res *res)
{
    char ids[2048];
    struct json *j = json_object();
    struct json *found = json_array();
    if (f->no_statistics) {
        json_free(j);
        json_free(found);
        refuse(res, 403, "Forbidden");
        return;
    }
    url_query_get(req->url, "ids", ids, sizeof(ids));
    char *save = NULL;
    for (char *id = strtok_r(ids, ",", &save); id; id = strtok_r(NULL, ",", &save)) {
        struct json *artist = json_object();
        struct json *genres = json_array();
        json_add_str(genres, strtol(id, NULL, 10) % 2 ? "jazz" : "rock");
        json_set_str(artist, "id", id);
        json_set(artist, "genres", genres);
        json_add(found, artist);
    }
    json_set(j, "artists", found);
    reply(res, 200, j);
}

static void follow(struct fake_server *f, const struct http_req *req, struct http_res *res)
{
    char uri[64] = "";
    url_query_get(req->url, "uris", uri, sizeof(uri));
    const char *id = strstr(uri, "playlist:");
    for (size_t i = 0; id && i < f->n_playlists; i++) {
        if (strcmp(id + strlen("playlist:"), f->playlists[i].id) == 0)
            f->playlists[i].followed = req->method == HTTP_PUT;
    }
    reply(res, 200, NULL);
}

static void playlist_call(struct fake_server *f, const struct http_req *req,
                          const struct json *body, struct http_res *res)
{
    bool old = strstr(req->url, "/tracks") != NULL;
    struct fake_playlist *p = of_url(f, req->url);
    if (p && strstr(req->url, "?fields="))
        reply(res, 200, playlist_json(p));
    else if (old != f->old_shapes)
        refuse(res, 403, "Forbidden");
    else if (!p)
        refuse(res, 404, "Resource not found");
    else if (req->method == HTTP_GET)
        items(p, req, old, res);
    else if (req->method == HTTP_POST)
        add(f, p, body, res);
    else
        take_out(p, body, res);
}

void fake_server_answer(struct fake_server *f, const struct http_req *req, struct http_res *res)
{
    struct json *body = NULL;
    struct err e = {0};
    f->requests++;
    f->writes += req->method != HTTP_GET;
    if (req->body.len && json_parse(buf_str(&req->body), req->body.len, &body, &e))
        body = NULL;
    if (strstr(req->url, "/me/tracks"))
        liked(f, req, res);
    else if (strstr(req->url, "/me/albums"))
        saved_albums(f, req, res);
    else if (strstr(req->url, "/albums/"))
        album_songs(f, req, res);
    else if (strstr(req->url, "/audio-features"))
        statistics(f, res);
    else if (strstr(req->url, "/artists?"))
        artists(f, req, res);
    else if (strstr(req->url, "/me/playlists") && req->method == HTTP_GET)
        list(f, res);
    else if (strstr(req->url, "/me/playlists") && f->old_shapes)
        refuse(res, 403, "Forbidden");
    else if (strstr(req->url, "/me/playlists") || strstr(req->url, "/users/"))
        create(f, body, res);
    else if (strstr(req->url, "/me/library"))
        follow(f, req, res);
    else if (strstr(req->url, "/playlists/"))
        playlist_call(f, req, body, res);
    else
        refuse(res, 404, "Service not found");
    json_free(body);
}

/* --- the driver
 * ----------------------------------------------------------------------------------- */

#define FLYING_MAX 32

struct flight {
    struct http_req req;
    struct http_res res;
    int number;
    bool answered;
};

static void lose(struct http_res *res)
{
    http_res_clear(res);
    *res = (struct http_res){.result = HTTP_RESULT_UNKNOWN, .retry_after_s = -1};
}

/* The runner sends reads again; a write's unknown outcome is the job's to know. */
static void carry(struct fake_drive *d, struct flight *f)
{
    bool fails = f->number == d->fail_at;
    bool write = !f->req.idempotent;
    f->answered = true;
    if (fails && d->failure == FAKE_LOST && write) {
        lose(&f->res);
        return;
    }
    if (d->answer)
        d->answer(d->ctx, &f->req, &f->res);
    else
        fake_server_answer(d->server, &f->req, &f->res);
    if (fails && d->failure == FAKE_ANSWER_LOST && write)
        lose(&f->res);
}

static bool stops(const struct fake_drive *d, const struct flight *f, enum fake_failure failure)
{
    return f->number == d->fail_at && d->failure == failure;
}

static void drop(struct flight *flights, size_t n, struct job_io *io, struct job *j)
{
    for (size_t i = 0; i < n; i++) {
        http_req_clear(&flights[i].req);
        http_res_clear(&flights[i].res);
    }
    http_req_clear(&io->req);
    http_res_clear(&io->res);
    job_free(j);
}

static bool take_oldest(struct fake_drive *d, struct job *j, struct job_io *io,
                        struct flight *flights, size_t *n)
{
    if (!flights[0].answered)
        carry(d, &flights[0]);
    if (d->before_take)
        d->before_take(d->server, flights[0].number);
    io->req = flights[0].req;
    io->res = flights[0].res;
    --*n;
    for (size_t i = 0; i < *n; i++)
        flights[i] = flights[i + 1];
    bool goes_on = job_take(j, io);
    http_req_clear(&io->req);
    http_res_clear(&io->res);
    return goes_on;
}

/* False when the program is to end at this exchange. */
static bool send_one(struct fake_drive *d, struct job_io *io, struct flight *flights, size_t *n)
{
    struct flight *f = &flights[(*n)++];
    *f = (struct flight){.req = io->req, .number = ++d->exchanges};
    io->req = (struct http_req){0};
    if (stops(d, f, FAKE_STOP_BEFORE))
        return false;
    if (!d->deferred || stops(d, f, FAKE_STOP_AFTER))
        carry(d, f);
    return !stops(d, f, FAKE_STOP_AFTER);
}

enum err_code fake_drive(struct fake_drive *d, struct job *j, struct err *e)
{
    struct flight *flights = calloc(FLYING_MAX, sizeof(*flights));
    struct job_io io = {0};
    size_t n = 0;
    enum err_code code = ERR_OK;
    for (bool on = true; on;) {
        enum job_wish wish = n < d->window ? job_ask(j, &io) : JOB_WAIT;
        if (wish == JOB_SEND && !send_one(d, &io, flights, &n))
            code = err_set(&io.err, ERR_CANCELLED, "stopped at exchange %d", d->exchanges);
        else if (wish == JOB_WAIT && !take_oldest(d, j, &io, flights, &n))
            code = io.err.code;
        else if (wish == JOB_CPU)
            io.work.run(io.work.ctx);
        else if (wish == JOB_FAIL)
            code = io.err.code;
        on = code == ERR_OK && wish != JOB_DONE;
    }
    *e = io.err;
    drop(flights, n, &io, j);
    free(flights);
    return code;
}
