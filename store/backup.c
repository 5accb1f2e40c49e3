#include "store/backup.h"

#include "base/text.h"
#include "store/backup_text.h"
#include "store/sql.h"

/* --- writing
 * -------------------------------------------------------------------------------------- */

struct writing {
    struct store *s;
    int64_t account;
    struct buf *text;
    int64_t lines;
};

static void line_start(struct writing *w, const char *word)
{
    buf_add_str(w->text, word);
    w->lines++;
}

static void field(struct writing *w, const char *text)
{
    backup_text_add(w->text, text);
}

static void line_end(struct writing *w)
{
    buf_add_char(w->text, '\n');
}

static void write_word(struct writing *w, const char *word, const char *text)
{
    line_start(w, word);
    field(w, text);
    line_end(w);
}

/* Without what only the newest format has, an older genred may take it over. */
static enum err_code version_of(struct store *s, int64_t account, int64_t *ret_version,
                                struct err *e)
{
    return sql_int(s, ret_version, 1, e,
                   "SELECT CASE WHEN tree = '' AND places = '' THEN 1 ELSE ?2 END FROM account"
                   " WHERE id = ?1",
                   "ii", account, (int64_t)BACKUP_TEXT_VERSION);
}

static enum err_code write_account(struct writing *w, struct err *e)
{
    struct sql q;
    enum err_code code = sql_start(
        &q, w->s, e, "SELECT user_id, name, genres, tree, places FROM account WHERE id = ?", "i",
        w->account);
    if (code)
        return code;
    while (sql_row(&q, e)) {
        line_start(w, "account");
        field(w, sql_col_str(&q, 0));
        field(w, sql_col_str(&q, 1));
        line_end(w);
        write_word(w, "genres", sql_col_str(&q, 2));
        if (*sql_col_str(&q, 3))
            write_word(w, "tree", sql_col_str(&q, 3));
        if (*sql_col_str(&q, 4))
            write_word(w, "places", sql_col_str(&q, 4));
    }
    return q.code;
}

static enum err_code write_artists_of(struct writing *w, int64_t track, const char *artists,
                                      struct err *e)
{
    struct sql q;
    bool any = false;
    enum err_code code = sql_start(&q, w->s, e,
                                   "SELECT ar.sid, ar.name FROM track_artist ta"
                                   " JOIN artist ar ON ar.id = ta.artist WHERE ta.track = ?"
                                   " ORDER BY ta.place",
                                   "i", track);
    if (code)
        return code;
    while (sql_row(&q, e)) {
        field(w, sql_col_str(&q, 0));
        field(w, sql_col_str(&q, 1));
        any = true;
    }
    if (!any && *artists) {
        field(w, "");
        field(w, artists);
    }
    return q.code;
}

/* Every song that a later line names. */
static enum err_code write_songs(struct writing *w, struct err *e)
{
    struct sql q;
    enum err_code code = sql_start(
        &q, w->s, e,
        "SELECT id, sid, linked_sid, isrc, duration_ms, explicit, release_date, name, album,"
        " artists FROM track WHERE id IN (SELECT i.track FROM playlist_item i"
        "  JOIN playlist p ON p.id = i.playlist WHERE p.account = ?1"
        "  UNION SELECT track FROM correction WHERE account = ?1"
        "  UNION SELECT item FROM exclusion WHERE account = ?1 AND kind = 0) ORDER BY sid",
        "i", w->account);
    if (code)
        return code;
    while (code == ERR_OK && sql_row(&q, e)) {
        line_start(w, "song");
        for (int i = 1; i <= 3; i++)
            field(w, sql_col_str(&q, i));
        backup_text_add_int(w->text, sql_col_int(&q, 4));
        backup_text_add_int(w->text, sql_col_int(&q, 5));
        for (int i = 6; i <= 8; i++)
            field(w, sql_col_str(&q, i));
        code = write_artists_of(w, sql_col_int(&q, 0), sql_col_str(&q, 9), e);
        line_end(w);
    }
    if (code)
        sql_stop(&q);
    return code ? code : q.code;
}

static enum err_code write_items(struct writing *w, int64_t playlist, struct err *e)
{
    struct sql q;
    enum err_code code = sql_start(&q, w->s, e,
                                   "SELECT t.sid, replace(i.by, 'doubled', 'person'), i.p"
                                   " FROM playlist_item i"
                                   " JOIN track t ON t.id = i.track WHERE i.playlist = ?"
                                   " ORDER BY t.sid",
                                   "i", playlist);
    if (code)
        return code;
    while (sql_row(&q, e)) {
        line_start(w, "item");
        field(w, sql_col_str(&q, 0));
        field(w, sql_col_str(&q, 1));
        if (sql_col_is_null(&q, 2))
            field(w, "");
        else
            buf_printf(w->text, "\t%.17g", sql_col_num(&q, 2));
        line_end(w);
    }
    return q.code;
}

static enum err_code write_playlists(struct writing *w, struct err *e)
{
    struct sql q;
    enum err_code code =
        sql_start(&q, w->s, e,
                  "SELECT id, sid, genre, max(volume, 1), marker, name, state,"
                  " CASE WHEN adopted THEN 'adopted' WHEN shared THEN 'shared' ELSE 'created' END,"
                  " may_remove FROM playlist WHERE account = ? ORDER BY genre, volume",
                  "i", w->account);
    if (code)
        return code;
    while (code == ERR_OK && sql_row(&q, e)) {
        line_start(w, "playlist");
        field(w, sql_col_str(&q, 1));
        field(w, sql_col_str(&q, 2));
        backup_text_add_int(w->text, sql_col_int(&q, 3));
        field(w, sql_col_str(&q, 4));
        field(w, sql_col_str(&q, 5));
        field(w, sql_col_str(&q, 6));
        field(w, sql_col_str(&q, 7));
        field(w, sql_col_int(&q, 8) ? "yes" : "no");
        line_end(w);
        code = write_items(w, sql_col_int(&q, 0), e);
    }
    if (code)
        sql_stop(&q);
    return code ? code : q.code;
}

static enum err_code write_corrections(struct writing *w, struct err *e)
{
    struct sql q;
    enum err_code code = sql_start(&q, w->s, e,
                                   "SELECT t.sid, c.genre, c.verdict, c.made_s FROM correction c"
                                   " JOIN track t ON t.id = c.track WHERE c.account = ?"
                                   " ORDER BY t.sid, c.genre",
                                   "i", w->account);
    if (code)
        return code;
    while (sql_row(&q, e)) {
        line_start(w, "label");
        field(w, sql_col_str(&q, 0));
        field(w, sql_col_str(&q, 1));
        field(w, sql_col_int(&q, 2) ? "yes" : "no");
        backup_text_add_time(w->text, sql_col_int(&q, 3));
        line_end(w);
    }
    return q.code;
}

static enum err_code write_exclusions(struct writing *w, struct err *e)
{
    struct sql q;
    enum err_code code =
        sql_start(&q, w->s, e,
                  "SELECT x.kind, coalesce(t.sid, ar.sid) AS named, x.made_s, ar.name"
                  " FROM exclusion x LEFT JOIN track t ON x.kind = 0 AND t.id = x.item"
                  " LEFT JOIN artist ar ON x.kind = 1 AND ar.id = x.item"
                  " WHERE x.account = ? AND named IS NOT NULL ORDER BY x.kind, named",
                  "i", w->account);
    if (code)
        return code;
    while (sql_row(&q, e)) {
        if (sql_col_int(&q, 0)) {
            line_start(w, "artist");
            field(w, sql_col_str(&q, 1));
            field(w, sql_col_str(&q, 3));
            line_end(w);
        }
        line_start(w, "exclude");
        field(w, sql_col_int(&q, 0) ? "artist" : "song");
        field(w, sql_col_str(&q, 1));
        backup_text_add_time(w->text, sql_col_int(&q, 2));
        line_end(w);
    }
    return q.code;
}

enum err_code store_backup_write(struct store *s, int64_t account, int64_t now_s, struct buf *text,
                                 struct err *e)
{
    static enum err_code (*const parts[])(struct writing *, struct err *) = {
        write_account, write_songs, write_playlists, write_corrections, write_exclusions};
    struct writing w = {.s = s, .account = account, .text = text, .lines = 3};
    char now[24];
    int64_t version = 1;
    enum err_code code = version_of(s, account, &version, e);
    text_time(now_s, now, sizeof(now));
    buf_printf(text, "genred-backup %lld\n# made %s by genred %s\n", (long long)version, now,
               GENRED_VERSION);
    for (size_t i = 0; code == ERR_OK && i < sizeof(parts) / sizeof(parts[0]); i++)
        code = parts[i](&w, e);
    buf_printf(text, "end\t%lld\n", (long long)w.lines);
    if (code == ERR_OK && text->overflow)
        code = err_set(e, ERR_FORMAT, "the backup would be larger than %zu MiB", text->max >> 20);
    return code;
}
