#include <string.h>

#include "store/account.h"
#include "store/backup.h"
#include "store/backup_text.h"
#include "store/sql.h"
#include "store/track.h"

struct restoring {
    struct store *s;
    const struct store_backup_text *of;
    int64_t logged_in; /* 0: nobody */
    int64_t account;
    int64_t playlist; /* that items go to; 0: they are left out, the playlist was known */
    struct store_backup_counts counts;
};

static enum err_code wrong(const struct backup_text_record *r, struct err *e, const char *what)
{
    return err_set(e, ERR_USAGE, "line %lld: %s '%s'", (long long)r->line, what, r->id);
}

static enum err_code restore_account(struct restoring *w, const struct backup_text_record *r,
                                     struct err *e)
{
    int64_t id = 0;
    enum err_code code =
        w->logged_in
            ? sql_int(w->s, &id, 0, e, "SELECT id FROM account WHERE id = ? AND user_id = ?", "is",
                      w->logged_in, r->id)
            : sql_int(w->s, &id, 0, e,
                      "SELECT id FROM account WHERE user_id = ? ORDER BY id LIMIT 1", "s", r->id);
    if (code == ERR_OK && !id && w->logged_in)
        code = err_set(e, ERR_USAGE,
                       "line %lld: the backup is of the account '%s', and somebody else is logged "
                       "in",
                       (long long)r->line, r->id);
    if (code == ERR_OK && !id)
        code = sql_int(w->s, &id, 0, e,
                       "INSERT INTO account(key, user_id, name) VALUES(?1, ?1, ?2) RETURNING id",
                       "ss", r->id, r->name);
    w->account = id;
    return code;
}

/* Genres that were chosen here count more. */
static enum err_code restore_genres(struct restoring *w, const struct backup_text_record *r,
                                    struct err *e)
{
    int64_t none = 0;
    enum err_code code = sql_int(
        w->s, &none, 0, e, "SELECT 1 FROM account WHERE id = ? AND genres = ''", "i", w->account);
    if (code || !none || !*r->name)
        return code;
    w->counts.genres = 1;
    return sql_run(w->s, e, "UPDATE account SET genres = ? WHERE id = ?", "si", r->name,
                   w->account);
}

/* So do changes that were made here, of the same genre, and places that were chosen here. */
static enum err_code restore_tree(struct restoring *w, const struct backup_text_record *r,
                                  struct err *e)
{
    struct arena a = {0};
    struct store_account account;
    struct buf text;
    enum err_code code = store_account_get(w->s, w->account, &a, &account, e);
    buf_init(&text, BACKUP_TEXT_LINE_MAX);
    if (code == ERR_OK && *account.tree == '\0')
        buf_add_str(&text, r->name);
    else if (code == ERR_OK) {
        buf_add_str(&text, account.tree);
        code = w->of->merge ? w->of->merge(w->of->ctx, &text, r->name, e) : ERR_OK;
    }
    if (code == ERR_OK && strcmp(buf_str(&text), account.tree) != 0) {
        w->counts.edits = 1;
        code = store_account_edit(w->s, w->account, buf_str(&text), e);
    }
    buf_free(&text);
    arena_free(&a);
    return code;
}

static enum err_code restore_places(struct restoring *w, const struct backup_text_record *r,
                                    struct err *e)
{
    return sql_int(w->s, &w->counts.places, 0, e,
                   "UPDATE account SET places = ?1 WHERE id = ?2 AND places = '' AND ?1 <> ''"
                   " RETURNING 1",
                   "si", r->name, w->account);
}

/* 0: unknown. */
static enum err_code song_find(struct restoring *w, const char *sid, int64_t *ret_track,
                               struct err *e)
{
    return sql_int(w->s, ret_track, 0, e, "SELECT id FROM track WHERE sid = ?", "s", sid);
}

/* Of a song that is known the likes tell more. */
static enum err_code restore_song(struct restoring *w, const struct backup_text_record *r,
                                  struct err *e)
{
    int64_t track = 0;
    enum err_code code = song_find(w, r->id, &track, e);
    if (code || track)
        return code;
    w->counts.songs++;
    return store_track_put(w->s, &r->song, &track, e);
}

static enum err_code restore_artist(struct restoring *w, const struct backup_text_record *r,
                                    struct err *e)
{
    return sql_run(w->s, e, "INSERT OR IGNORE INTO artist(sid, name) VALUES(?, ?)", "ss", r->id,
                   r->name);
}

/* Without a snapshot the next run reads it before it writes, and sees what the person did since. Of
 * a genre that has a playlist here it becomes a further volume. */
static enum err_code restore_playlist(struct restoring *w, const struct backup_text_record *r,
                                      struct err *e)
{
    int64_t known = 0;
    enum err_code code = sql_int(w->s, &known, 0, e,
                                 "SELECT id FROM playlist WHERE sid = ?1 OR (account = ?3"
                                 " AND ?1 = '' AND marker = ?2)",
                                 "ssi", r->id, r->marker, w->account);
    w->playlist = 0;
    if (code || known) {
        w->counts.playlists_known += known != 0;
        return code;
    }
    w->counts.playlists++;
    return sql_int(w->s, &w->playlist, 0, e,
                   "INSERT INTO playlist(account, genre, volume, marker, sid, name, listed, state,"
                   "  adopted, shared, may_remove) VALUES(?1, ?2,"
                   "  CASE WHEN ?7 IN ('released', 'dropped')"
                   "  THEN -1 - (SELECT coalesce(max(id), 0) FROM playlist) WHEN EXISTS(SELECT 1 "
                   "FROM playlist WHERE account = ?1 AND genre = ?2"
                   "    AND volume = ?3) THEN (SELECT max(volume) + 1 FROM playlist"
                   "    WHERE account = ?1 AND genre = ?2) ELSE ?3 END,"
                   "  ?4, nullif(?5, ''), ?6, ?5 <> '', ?7, ?8 = 'adopted', ?8 = 'shared', ?9)"
                   " RETURNING id",
                   "isisssssi", w->account, r->genre, r->volume, r->marker, r->id, r->name,
                   r->state, r->origin, (int64_t)r->may_remove);
}

static enum err_code restore_item(struct restoring *w, const struct backup_text_record *r,
                                  struct err *e)
{
    int64_t fresh = 0;
    int64_t track = 0;
    enum err_code code = song_find(w, r->id, &track, e);
    if (code == ERR_OK && !track)
        code = wrong(r, e, "nothing is told of the song");
    if (code || !w->playlist)
        return code;
    code = sql_int(w->s, &fresh, 0, e,
                   "INSERT OR IGNORE INTO playlist_item(playlist, track, by, p)"
                   " VALUES(?1, ?2, ?3, CASE WHEN ?4 >= 0 THEN ?4 END) RETURNING 1",
                   "iisf", w->playlist, track, r->by, r->p);
    w->counts.items += fresh;
    bool out = strcmp(r->by, "removed") == 0 || strcmp(r->by, "undone") == 0;
    if (code == ERR_OK && fresh && !out)
        code = sql_run(w->s, e, "UPDATE playlist SET total = total + 1 WHERE id = ?", "i",
                       w->playlist);
    return code;
}

static enum err_code restore_correction(struct restoring *w, const struct backup_text_record *r,
                                        struct err *e)
{
    int64_t track = 0;
    int64_t changed = 0;
    enum err_code code = song_find(w, r->id, &track, e);
    if (code == ERR_OK && !track)
        code = wrong(r, e, "nothing is told of the song");
    if (code == ERR_OK && w->of->knows && !w->of->knows(w->of->ctx, w->account, r->genre)) {
        w->counts.dead++;
        return ERR_OK;
    }
    if (code == ERR_OK)
        code = sql_int(w->s, &changed, 0, e,
                       "INSERT INTO correction(account, track, genre, verdict, made_s)"
                       " VALUES(?, ?, ?, ?, ?) ON CONFLICT(account, track, genre) DO UPDATE SET"
                       " verdict = excluded.verdict, made_s = excluded.made_s"
                       " WHERE excluded.made_s > correction.made_s RETURNING 1",
                       "iisii", w->account, track, r->genre, (int64_t)r->is, r->made_s);
    w->counts.corrections += changed;
    return code;
}

static enum err_code restore_exclusion(struct restoring *w, const struct backup_text_record *r,
                                       struct err *e)
{
    int64_t item = 0;
    int64_t changed = 0;
    enum err_code code =
        r->artist ? sql_int(w->s, &item, 0, e, "SELECT id FROM artist WHERE sid = ?", "s", r->id)
                  : song_find(w, r->id, &item, e);
    if (code == ERR_OK && !item)
        code = wrong(r, e,
                     r->artist ? "nothing is told of the artist" : "nothing is told of the song");
    if (code == ERR_OK)
        code = sql_int(w->s, &changed, 0, e,
                       "INSERT INTO exclusion(account, kind, item, made_s) VALUES(?, ?, ?, ?)"
                       " ON CONFLICT(account, kind, item) DO NOTHING RETURNING 1",
                       "iiii", w->account, (int64_t)r->artist, item, r->made_s);
    w->counts.exclusions += changed;
    return code;
}

static enum err_code restore_record(struct restoring *w, const struct backup_text_record *r,
                                    struct err *e)
{
    switch (r->kind) {
    case BACKUP_TEXT_ACCOUNT:
        return restore_account(w, r, e);
    case BACKUP_TEXT_GENRES:
        return restore_genres(w, r, e);
    case BACKUP_TEXT_TREE:
        return restore_tree(w, r, e);
    case BACKUP_TEXT_PLACES:
        return restore_places(w, r, e);
    case BACKUP_TEXT_SONG:
        return restore_song(w, r, e);
    case BACKUP_TEXT_ARTIST:
        return restore_artist(w, r, e);
    case BACKUP_TEXT_PLAYLIST:
        return restore_playlist(w, r, e);
    case BACKUP_TEXT_ITEM:
        return restore_item(w, r, e);
    case BACKUP_TEXT_CORRECTION:
        return restore_correction(w, r, e);
    case BACKUP_TEXT_EXCLUSION:
        return restore_exclusion(w, r, e);
    case BACKUP_TEXT_END:
        break;
    }
    return ERR_OK;
}

enum err_code store_backup_restore(struct store *s, int64_t account,
                                   const struct store_backup_text *text,
                                   struct store_backup_counts *ret_counts, struct err *e)
{
    struct restoring w = {.s = s, .of = text, .logged_in = account};
    struct backup_text reader;
    struct backup_text_record r = {.kind = BACKUP_TEXT_ACCOUNT};
    backup_text_open(&reader, text->text, text->n);
    enum err_code code = store_begin(s, e);
    while (code == ERR_OK && r.kind != BACKUP_TEXT_END) {
        code = backup_text_next(&reader, &r, e);
        if (code == ERR_OK)
            code = restore_record(&w, &r, e);
    }
    code = store_end(s, code, e);
    backup_text_close(&reader);
    if (code == ERR_OK)
        *ret_counts = w.counts;
    return code;
}
