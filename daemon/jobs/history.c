#include "daemon/jobs/history.h"

#include <string.h>

#include "store/journal.h"
#include "store/label.h"
#include "store/track.h"

struct history {
    struct store *store;
    struct arena arena;
    struct store_journal_row *rows; /* (n) */
    size_t n;
    struct store_journal_snapshot *snapshots; /* (n_snapshots) */
    size_t n_snapshots;
    bool changes;
};

static enum err_code add_change(struct history *h, struct json *changes,
                                const struct store_journal_row *row, struct err *e)
{
    struct song song = {.name = "", .artists = ""};
    int64_t track = 0;
    enum err_code code = store_track_find(h->store, row->item, "", &track, e);
    if (code == ERR_OK && track)
        code = store_label_song(h->store, track, &h->arena, &song, e);
    if (code)
        return code;
    struct json *change = json_object();
    json_set_str(change, "verb", store_verb_name(row->verb));
    json_set_str(change, "id", row->item);
    json_set_str(change, "name", song.name);
    json_set_str(change, "artists", song.artists);
    json_set_int(change, "place", row->place);
    json_add(changes, change);
    return ERR_OK;
}

static void set_snapshots(const struct history *h, const char *sid, struct json *p)
{
    for (size_t i = 0; i < h->n_snapshots; i++) {
        if (strcmp(h->snapshots[i].playlist, sid) != 0)
            continue;
        json_set_str(p, "before", h->snapshots[i].before);
        json_set_str(p, "after", h->snapshots[i].after);
    }
}

/* All that was done to the playlist of row `first`. */
static enum err_code add_playlist(struct history *h, size_t first, struct json *playlists,
                                  struct err *e)
{
    const char *sid = h->rows[first].playlist;
    int64_t count[] = {[STORE_CREATE] = 0,
                       [STORE_ADD] = 0,
                       [STORE_REMOVE] = 0,
                       [STORE_UNFOLLOW] = 0,
                       [STORE_FOLLOW] = 0};
    struct json *p = json_object();
    struct json *changes = json_array();
    enum err_code code = ERR_OK;
    for (size_t i = first; code == ERR_OK && i < h->n; i++) {
        if (strcmp(h->rows[i].playlist, sid) != 0)
            continue;
        count[h->rows[i].verb]++;
        if (h->changes && *h->rows[i].item)
            code = add_change(h, changes, &h->rows[i], e);
    }
    json_set_str(p, "name", h->rows[first].name);
    json_set_str(p, "genre", h->rows[first].genre);
    json_set_str(p, "id", sid);
    json_set_bool(p, "created", count[STORE_CREATE] > 0);
    json_set_bool(p, "unfollowed", count[STORE_UNFOLLOW] > 0);
    json_set_bool(p, "followed", count[STORE_FOLLOW] > 0);
    json_set_int(p, "added", count[STORE_ADD]);
    json_set_int(p, "removed", count[STORE_REMOVE]);
    set_snapshots(h, sid, p);
    if (h->changes)
        json_set(p, "changes", changes);
    else
        json_free(changes);
    json_add(playlists, p);
    return code;
}

static bool is_first_of_its_playlist(const struct history *h, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (strcmp(h->rows[i].playlist, h->rows[at].playlist) == 0)
            return false;
    }
    return true;
}

enum err_code history_json(struct store *s, int64_t run, bool changes, struct json **ret_playlists,
                           struct err *e)
{
    struct history h = {.store = s, .changes = changes};
    struct json *playlists = json_array();
    enum err_code code = store_journal_list(s, run, &h.arena, &h.rows, &h.n, e);
    if (code == ERR_OK)
        code = store_journal_snapshots(s, run, &h.arena, &h.snapshots, &h.n_snapshots, e);
    for (size_t i = 0; code == ERR_OK && i < h.n; i++) {
        if (is_first_of_its_playlist(&h, i))
            code = add_playlist(&h, i, playlists, e);
    }
    arena_free(&h.arena);
    if (code)
        json_free(playlists);
    else
        *ret_playlists = playlists;
    return code;
}
