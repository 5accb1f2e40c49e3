#include "spotify/parse.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "spotify/endpoint.h"

static enum err_code parse_object(const struct buf *body, struct json **ret_json, struct err *e)
{
    struct json *j = NULL;
    enum err_code code = json_parse(buf_str(body), body->len, &j, e);
    if (code == ERR_OK && !json_is_object(j))
        code = err_set(e, ERR_FORMAT, "Spotify's answer is no JSON object");
    if (code) {
        json_free(j);
        return code;
    }
    *ret_json = j;
    return ERR_OK;
}

static const char *str(struct arena *a, const struct json *j, const char *key)
{
    return arena_str(a, json_get_str(j, key));
}

enum err_code parse_user(const struct buf *body, struct arena *a, struct parse_user *ret_user,
                         struct err *e)
{
    struct json *j = NULL;
    enum err_code code = parse_object(body, &j, e);
    if (code)
        return code;
    struct parse_user u = {str(a, j, "account_id"), str(a, j, "id"), str(a, j, "display_name")};
    json_free(j);
    if (!*u.id && !*u.account_id)
        return err_set(e, ERR_FORMAT, "Spotify's answer about the person holds no id");
    if (!*u.name)
        u.name = u.id;
    *ret_user = u;
    return ERR_OK;
}

static size_t read_artists(const struct json *list, struct arena *a,
                           const struct library_artist **ret_artists)
{
    size_t n = 0;
    struct library_artist *artists = arena_alloc(a, (json_size(list) + 1) * sizeof(*artists));
    for (const struct json *j = json_first(list); j; j = json_next(j)) {
        if (json_is_object(j))
            artists[n++] = (struct library_artist){str(a, j, "id"), str(a, j, "name")};
    }
    *ret_artists = artists;
    return n;
}

static void read_track(const struct json *j, struct arena *a, struct library_track *t)
{
    const struct json *album = json_get(j, "album");
    t->sid = str(a, j, "id");
    t->uri = str(a, j, "uri");
    t->linked_sid = str(a, json_get(j, "linked_from"), "id");
    t->name = str(a, j, "name");
    t->album = str(a, album, "name");
    t->release_date = str(a, album, "release_date");
    t->isrc = str(a, json_get(j, "external_ids"), "isrc");
    t->n_artists = read_artists(json_get(j, "artists"), a, &t->artists);
    t->duration_ms = json_get_int(j, "duration_ms", 0);
    const struct json *is_explicit = json_get(j, "explicit");
    t->is_explicit = json_is_bool(is_explicit) ? json_bool(is_explicit, false) : -1;
    t->playable = json_get_bool(j, "is_playable", true) && !json_get(j, "restrictions");
}

static enum library_kind kind_of(const struct json *entry, const struct json *item,
                                 const struct library_track *t)
{
    if (!json_is_object(item))
        return LIBRARY_GONE;
    if (json_get_bool(entry, "is_local", false) || json_get_bool(item, "is_local", false) ||
        text_starts_with(t->uri, "spotify:local:"))
        return LIBRARY_LOCAL;
    const char *type = json_get_str(item, "type");
    if ((type && strcmp(type, "track") != 0) || text_starts_with(t->uri, "spotify:episode:"))
        return LIBRARY_EPISODE;
    return endpoint_id_ok(t->sid) ? LIBRARY_TRACK : LIBRARY_GONE;
}

static void read_entry(const struct json *entry, struct arena *a, struct library_entry *ret_entry)
{
    /* Inside a playlist's track object `track` and `episode` are booleans: only an object is the
     * item. */
    const struct json *item = json_get(entry, "item");
    if (!json_is_object(item))
        item = json_get(entry, "track");
    read_track(json_is_object(item) ? item : NULL, a, &ret_entry->track);
    ret_entry->kind = kind_of(entry, item, &ret_entry->track);
    const char *added = json_get_str(entry, "added_at");
    if (!added || !text_to_time(added, &ret_entry->added_s))
        ret_entry->added_s = 0;
}

static enum err_code page_items(const struct json *j, const struct json **ret_items, struct err *e)
{
    const struct json *items = json_get(j, "items");
    if (!json_is_array(items) || !json_is_number(json_get(j, "total")))
        return err_set(e, ERR_FORMAT, "Spotify's answer is no page of a list");
    *ret_items = items;
    return ERR_OK;
}

enum err_code parse_page(const struct buf *body, struct arena *a, struct library_page *ret_page,
                         struct err *e)
{
    struct json *j = NULL;
    const struct json *items = NULL;
    enum err_code code = parse_object(body, &j, e);
    if (code == ERR_OK)
        code = page_items(j, &items, e);
    if (code == ERR_OK) {
        size_t n = json_size(items);
        struct library_entry *entries = arena_alloc(a, (n + 1) * sizeof(*entries));
        size_t i = 0;
        for (const struct json *entry = json_first(items); entry; entry = json_next(entry))
            read_entry(entry, a, &entries[i++]);
        *ret_page = (struct library_page){entries, n, json_get_int(j, "total", 0),
                                          json_get_str(j, "next") != NULL};
    }
    json_free(j);
    return code;
}

/* An album's song does not tell its album. */
static void read_album_entry(const struct json *item, const struct library_album *album,
                             struct arena *a, struct library_entry *ret_entry)
{
    struct library_track *t = &ret_entry->track;
    read_track(json_is_object(item) ? item : NULL, a, t);
    t->album = album->name;
    t->release_date = album->release_date;
    ret_entry->kind = kind_of(NULL, item, t);
    ret_entry->added_s = album->added_s;
}

/* No songs at all where the service does not tell them. */
static struct library_page read_album_page(const struct json *j, const struct library_album *album,
                                           struct arena *a)
{
    const struct json *items = json_get(j, "items");
    struct library_entry *entries = arena_alloc(a, (json_size(items) + 1) * sizeof(*entries));
    size_t n = 0;
    for (const struct json *item = json_first(items); item; item = json_next(item))
        read_album_entry(item, album, a, &entries[n++]);
    return (struct library_page){entries, n, json_get_int(j, "total", (int64_t)n),
                                 json_get_str(j, "next") != NULL};
}

static void read_album(const struct json *entry, struct arena *a, struct library_album *album)
{
    const struct json *j = json_get(entry, "album");
    const char *added = json_get_str(entry, "added_at");
    *album = (struct library_album){
        .sid = str(a, j, "id"),
        .name = str(a, j, "name"),
        .release_date = str(a, j, "release_date"),
    };
    if (!added || !text_to_time(added, &album->added_s))
        album->added_s = 0;
    album->tracks = read_album_page(json_get(j, "tracks"), album, a);
}

enum err_code parse_albums(const struct buf *body, struct arena *a, struct library_albums *ret_page,
                           struct err *e)
{
    struct json *j = NULL;
    const struct json *items = NULL;
    enum err_code code = parse_object(body, &j, e);
    if (code == ERR_OK)
        code = page_items(j, &items, e);
    if (code == ERR_OK) {
        struct library_album *albums = arena_alloc(a, (json_size(items) + 1) * sizeof(*albums));
        size_t n = 0;
        for (const struct json *entry = json_first(items); entry; entry = json_next(entry))
            read_album(entry, a, &albums[n++]);
        *ret_page = (struct library_albums){albums, n, json_get_int(j, "total", 0),
                                            json_get_str(j, "next") != NULL};
    }
    json_free(j);
    return code;
}

enum err_code parse_album_tracks(const struct buf *body, const struct library_album *album,
                                 struct arena *a, struct library_page *ret_page, struct err *e)
{
    struct json *j = NULL;
    const struct json *items = NULL;
    enum err_code code = parse_object(body, &j, e);
    if (code == ERR_OK)
        code = page_items(j, &items, e);
    if (code == ERR_OK)
        *ret_page = read_album_page(j, album, a);
    json_free(j);
    return code;
}

static const char *unescaped(struct arena *a, const struct json *j, const char *key)
{
    const char *escaped = json_get_str(j, key);
    if (!escaped)
        return "";
    size_t n = strlen(escaped) + 1;
    char *text = memcpy(arena_alloc(a, n), escaped, n);
    text_unescape_html(text);
    return text;
}

static struct library_playlist read_playlist(const struct json *j, struct arena *a)
{
    const struct json *contents = json_get(j, "items");
    if (!json_is_object(contents))
        contents = json_get(j, "tracks");
    return (struct library_playlist){
        .sid = str(a, j, "id"),
        .name = unescaped(a, j, "name"),
        .description = unescaped(a, j, "description"),
        .snapshot = str(a, j, "snapshot_id"),
        .owner = str(a, json_get(j, "owner"), "id"),
        .total = json_get_int(contents, "total", -1),
    };
}

enum err_code parse_playlists(const struct buf *body, struct arena *a,
                              struct library_playlists *ret_page, struct err *e)
{
    struct json *j = NULL;
    const struct json *items = NULL;
    enum err_code code = parse_object(body, &j, e);
    if (code == ERR_OK)
        code = page_items(j, &items, e);
    if (code == ERR_OK) {
        struct library_playlist *list = arena_alloc(a, (json_size(items) + 1) * sizeof(*list));
        size_t n = 0;
        for (const struct json *p = json_first(items); p; p = json_next(p)) {
            if (json_get_str(p, "id"))
                list[n++] = read_playlist(p, a);
        }
        *ret_page = (struct library_playlists){list, n, json_get_int(j, "total", 0),
                                               json_get_str(j, "next") != NULL};
    }
    json_free(j);
    return code;
}

enum err_code parse_playlist(const struct buf *body, struct arena *a,
                             struct library_playlist *ret_playlist, struct err *e)
{
    struct json *j = NULL;
    enum err_code code = parse_object(body, &j, e);
    if (code)
        return code;
    struct library_playlist p = read_playlist(j, a);
    json_free(j);
    if (!endpoint_id_ok(p.sid))
        return err_set(e, ERR_FORMAT, "Spotify's answer about a playlist holds no id");
    *ret_playlist = p;
    return ERR_OK;
}

enum err_code parse_created(const struct buf *body, struct arena *a,
                            struct library_playlist *ret_playlist, struct err *e)
{
    enum err_code code = parse_playlist(body, a, ret_playlist, e);
    return code ? err_wrap(e, "the new playlist") : ERR_OK;
}

const char *parse_snapshot(const struct buf *body, struct arena *a)
{
    struct json *j = NULL;
    struct err ignored = {0};
    if (json_parse(buf_str(body), body->len, &j, &ignored) != ERR_OK)
        return "";
    const char *snapshot = str(a, j, "snapshot_id");
    json_free(j);
    return snapshot;
}

static void read_statistics(const struct json *j, struct parse_statistics *s)
{
    for (int i = 0; i < SONG_STATS; i++) {
        const struct json *value = json_get(j, song_stat_name[i]);
        if (!json_is_number(value))
            continue;
        s->stat[i] = (float)json_num(value, 0);
        s->mask |= UINT32_C(1) << i;
    }
}

/* Objects are matched by their id, and only an object without one by its place. */
static size_t place_of(const struct json *j, size_t at, const char *const *ids, size_t n)
{
    const char *id = json_get_str(j, "id");
    if (!id)
        return at < n ? at : SIZE_MAX;
    if (at < n && strcmp(ids[at], id) == 0)
        return at;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(ids[i], id) == 0)
            return i;
    }
    return SIZE_MAX;
}

enum err_code parse_statistics(const struct buf *body, const char *const *ids, size_t n,
                               struct parse_statistics *ret_stats, struct err *e)
{
    struct json *j = NULL;
    enum err_code code = parse_object(body, &j, e);
    const struct json *list = json_get(j, "audio_features");
    if (code == ERR_OK && !json_is_array(list))
        code = err_set(e, ERR_FORMAT, "Spotify's answer holds no audio statistics");
    if (code == ERR_OK) {
        memset(ret_stats, 0, n * sizeof(*ret_stats));
        size_t at = 0;
        for (const struct json *s = json_first(list); s; s = json_next(s), at++) {
            size_t place = json_is_object(s) ? place_of(s, at, ids, n) : SIZE_MAX;
            if (place != SIZE_MAX)
                read_statistics(s, &ret_stats[place]);
        }
    }
    json_free(j);
    return code;
}

static const char *join_tags(const struct json *genres, struct arena *a)
{
    struct buf b;
    buf_init(&b, 4096);
    for (const struct json *g = json_first(genres); g; g = json_next(g)) {
        if (json_str(g))
            buf_printf(&b, "%s%s", b.len ? "; " : "", json_str(g));
    }
    const char *joined = arena_str(a, buf_str(&b));
    buf_free(&b);
    return joined;
}

enum err_code parse_artist_tags(const struct buf *body, const char *const *ids, size_t n,
                                struct arena *a, const char **ret_tags, struct err *e)
{
    struct json *j = NULL;
    enum err_code code = parse_object(body, &j, e);
    const struct json *list = json_get(j, "artists");
    if (code == ERR_OK && !json_is_array(list))
        code = err_set(e, ERR_FORMAT, "Spotify's answer holds no artists");
    if (code == ERR_OK) {
        for (size_t i = 0; i < n; i++)
            ret_tags[i] = "";
        size_t at = 0;
        for (const struct json *artist = json_first(list); artist;
             artist = json_next(artist), at++) {
            size_t place = json_is_object(artist) ? place_of(artist, at, ids, n) : SIZE_MAX;
            if (place != SIZE_MAX)
                ret_tags[place] = join_tags(json_get(artist, "genres"), a);
        }
    }
    json_free(j);
    return code;
}

void parse_error_text(const struct buf *body, char *out, size_t out_size)
{
    struct json *j = NULL;
    struct err ignored = {0};
    const char *text = NULL;
    if (json_parse(buf_str(body), body->len, &j, &ignored) == ERR_OK) {
        text = json_get_str(json_get(j, "error"), "message");
        if (!text)
            text = json_get_str(j, "error_description");
        if (!text)
            text = json_get_str(j, "error");
    } else if (buf_str(body)[0] != '<') {
        text = buf_str(body);
    }
    text_copy(out, out_size < 160 ? out_size : 160, text ? text : "no reason given");
    json_free(j);
}
