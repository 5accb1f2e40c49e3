#include "store/schema.h"

#include <stddef.h>
#include <stdio.h>

#include "store/sql.h"

struct migration {
    const char *name;
    const char *sql;
};

static const struct migration migrations[] = {
    {"first",
     /* Of the program and the app: tokens (sealed), access per endpoint family, cool-down. */
     "CREATE TABLE setting(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
     /* A person; everything of theirs hangs on the row, facts about songs do not. */
     "CREATE TABLE account(id INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, user_id TEXT NOT NULL,"
     "  name TEXT NOT NULL, genres TEXT NOT NULL DEFAULT '', walk INTEGER NOT NULL DEFAULT 0,"
     "  liked_head BLOB, liked_total INTEGER NOT NULL DEFAULT 0, liked_kinds TEXT NOT NULL DEFAULT "
     "'',"
     "  last_sync_s INTEGER NOT NULL DEFAULT 0, last_sort_s INTEGER NOT NULL DEFAULT 0);"
     "CREATE TABLE artist(id INTEGER PRIMARY KEY, sid TEXT UNIQUE NOT NULL, name TEXT NOT NULL);"
     "CREATE TABLE track(id INTEGER PRIMARY KEY, sid TEXT UNIQUE NOT NULL, linked_sid TEXT,"
     "  name TEXT NOT NULL, album TEXT NOT NULL, artists TEXT NOT NULL, release_date TEXT NOT NULL,"
     "  duration_ms INTEGER NOT NULL, explicit INTEGER NOT NULL, isrc TEXT,"
     "  playable INTEGER NOT NULL DEFAULT 1, addable INTEGER NOT NULL DEFAULT 1);"
     "CREATE INDEX track_isrc ON track(isrc) WHERE isrc IS NOT NULL;"
     "CREATE INDEX track_linked ON track(linked_sid) WHERE linked_sid IS NOT NULL;"
     "CREATE TABLE track_artist(track INTEGER NOT NULL REFERENCES track ON DELETE CASCADE,"
     "  place INTEGER NOT NULL, artist INTEGER NOT NULL REFERENCES artist,"
     "  PRIMARY KEY(track, place)) WITHOUT ROWID;"
     "CREATE INDEX track_artist_artist ON track_artist(artist);"
     /* What a source said of a song; mask 0: asked, and it knows nothing. */
     "CREATE TABLE feature(track INTEGER NOT NULL REFERENCES track ON DELETE CASCADE,"
     "  source TEXT NOT NULL, asked_s INTEGER NOT NULL, mask INTEGER NOT NULL, stat BLOB NOT NULL,"
     "  PRIMARY KEY(track, source)) WITHOUT ROWID;"
     /* What a source said of an artist; '' : asked, and it knows nothing. */
     "CREATE TABLE tag(artist INTEGER NOT NULL REFERENCES artist ON DELETE CASCADE,"
     "  source TEXT NOT NULL, asked_s INTEGER NOT NULL, tags TEXT NOT NULL,"
     "  PRIMARY KEY(artist, source)) WITHOUT ROWID;"
     /* float probabilities, one per genre of the model */
     "CREATE TABLE label(track INTEGER PRIMARY KEY REFERENCES track ON DELETE CASCADE,"
     "  model TEXT NOT NULL, p BLOB NOT NULL);"
     /* ord counts from the oldest like upwards; walk is the reading that saw the song last */
     "CREATE TABLE liked(account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,"
     "  track INTEGER NOT NULL REFERENCES track, added_s INTEGER NOT NULL, ord INTEGER NOT NULL,"
     "  walk INTEGER NOT NULL, PRIMARY KEY(account, track)) WITHOUT ROWID;"
     "CREATE TABLE playlist(id INTEGER PRIMARY KEY,"
     "  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE, genre TEXT NOT NULL,"
     "  volume INTEGER NOT NULL, marker TEXT NOT NULL, sid TEXT UNIQUE, name TEXT NOT NULL,"
     "  snapshot TEXT NOT NULL DEFAULT '', total INTEGER NOT NULL DEFAULT 0,"
     "  listed INTEGER NOT NULL DEFAULT 0, missing_s INTEGER NOT NULL DEFAULT 0,"
     "  state TEXT NOT NULL DEFAULT 'active', UNIQUE(account, genre, volume));"
     /* by: 'genred' wrote it, 'person' put it there, 'removed': genred wrote it, the person took it
        out */
     "CREATE TABLE playlist_item(playlist INTEGER NOT NULL REFERENCES playlist ON DELETE CASCADE,"
     "  track INTEGER NOT NULL REFERENCES track, by TEXT NOT NULL,"
     "  PRIMARY KEY(playlist, track)) WITHOUT ROWID;"
     /* state: 'queued', or 'sent' from just before the request until its outcome is known */
     "CREATE TABLE outbox(id INTEGER PRIMARY KEY,"
     "  playlist INTEGER NOT NULL REFERENCES playlist ON DELETE CASCADE, verb TEXT NOT NULL,"
     "  track INTEGER REFERENCES track, state TEXT NOT NULL DEFAULT 'queued');"
     "CREATE INDEX outbox_playlist ON outbox(playlist, verb, id);"
     "CREATE TABLE run(id INTEGER PRIMARY KEY, account INTEGER NOT NULL, job TEXT NOT NULL,"
     "  started_s INTEGER NOT NULL, finished_s INTEGER NOT NULL DEFAULT 0,"
     "  outcome TEXT NOT NULL DEFAULT 'running', message TEXT NOT NULL DEFAULT '',"
     "  requests INTEGER NOT NULL DEFAULT 0, added INTEGER NOT NULL DEFAULT 0,"
     "  removed INTEGER NOT NULL DEFAULT 0);"},
    {"corrections",
     /* Labels are made anew; now with the place in the model's space. */
     "DROP TABLE label;"
     "CREATE TABLE label(track INTEGER PRIMARY KEY REFERENCES track ON DELETE CASCADE,"
     "  model TEXT NOT NULL, p BLOB NOT NULL, place BLOB NOT NULL,"
     "  regime INTEGER NOT NULL);"
     /* The person's word: verdict 1, the song is of the genre; 0, it is not. */
     "CREATE TABLE correction(account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,"
     "  track INTEGER NOT NULL REFERENCES track, genre TEXT NOT NULL, verdict INTEGER NOT NULL,"
     "  made_s INTEGER NOT NULL, PRIMARY KEY(account, track, genre)) WITHOUT ROWID;"},
    {"sources",
     /* A label that is no longer true counts until the next one is made. */
     "ALTER TABLE label ADD COLUMN stale INTEGER NOT NULL DEFAULT 0;"
     "CREATE INDEX liked_track ON liked(track);"
     "ALTER TABLE tag ADD COLUMN weights TEXT NOT NULL DEFAULT '';"
     /* What a source said in words of a song itself. */
     "CREATE TABLE track_word(track INTEGER NOT NULL REFERENCES track ON DELETE CASCADE,"
     "  source TEXT NOT NULL, asked_s INTEGER NOT NULL, tags TEXT NOT NULL, weights TEXT NOT NULL,"
     "  label TEXT NOT NULL, PRIMARY KEY(track, source)) WITHOUT ROWID;"
     /* How far the asking about a song (subject 0) or an artist (1) has come; link: what an
        earlier stage found */
     "CREATE TABLE inquiry(source TEXT NOT NULL, subject INTEGER NOT NULL, item INTEGER NOT NULL,"
     "  stage INTEGER NOT NULL, link TEXT NOT NULL, asked_s INTEGER NOT NULL,"
     "  due_s INTEGER NOT NULL, PRIMARY KEY(source, subject, item)) WITHOUT ROWID;"
     /* Rows of files that the person imported; song: hash of artist and title */
     "CREATE TABLE dataset(key TEXT PRIMARY KEY, isrc TEXT, song INTEGER, mask INTEGER NOT NULL,"
     "  stat BLOB NOT NULL, tags TEXT NOT NULL, label TEXT NOT NULL) WITHOUT ROWID;"
     "CREATE INDEX dataset_isrc ON dataset(isrc) WHERE isrc IS NOT NULL;"
     "CREATE INDEX dataset_song ON dataset(song) WHERE song IS NOT NULL;"},
    {"word",
     /* adopted: the person's own playlist under care; may_remove: genred takes its songs out again
      */
     "ALTER TABLE playlist ADD COLUMN adopted INTEGER NOT NULL DEFAULT 0;"
     /* Another genred of this person's keeps it too: its songs are not this person's word */
     "ALTER TABLE playlist ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;"
     "ALTER TABLE playlist ADD COLUMN may_remove INTEGER NOT NULL DEFAULT 1;"
     /* The whole list in order, as it is at `playlist.snapshot`: a line per item, the id of a song
        or another item's URI */
     "CREATE TABLE playlist_list(playlist INTEGER PRIMARY KEY REFERENCES playlist ON DELETE "
     "CASCADE, items TEXT NOT NULL);"
     /* The probability with which genred's song stands there; NULL: not known */
     "ALTER TABLE playlist_item ADD COLUMN p REAL;"
     /* place: zero-based, of the item before the write; NULL: at the top */
     "ALTER TABLE outbox ADD COLUMN place INTEGER;"
     "ALTER TABLE outbox ADD COLUMN p REAL;"
     /* What playlist_item.by becomes by it; '': no row */
     "ALTER TABLE outbox ADD COLUMN becomes TEXT NOT NULL DEFAULT '';"
     "UPDATE outbox SET becomes = 'genred' WHERE verb = 'add';"
     /* The run that sent it, or 0 */
     "ALTER TABLE outbox ADD COLUMN run INTEGER NOT NULL DEFAULT 0;"
     /* What a run changed in a playlist, in the order of the writes. place: zero-based, in the list
        just before a removal or just after an addition, -1: not known; after: the item before it;
        was: playlist_item.by until then */
     "CREATE TABLE journal(id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run ON DELETE "
     "CASCADE, playlist TEXT NOT NULL, genre TEXT NOT NULL, name TEXT NOT NULL, verb TEXT NOT "
     "NULL, item TEXT NOT NULL, place INTEGER NOT NULL, after TEXT NOT NULL, was TEXT NOT NULL);"
     "CREATE INDEX journal_run ON journal(run);"
     "CREATE TABLE journal_snapshot(run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
     "  playlist TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,"
     "  PRIMARY KEY(run, playlist)) WITHOUT ROWID;"
     /* kind 0: the song `item`; 1: the artist */
     "CREATE TABLE exclusion(account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,"
     "  kind INTEGER NOT NULL, item INTEGER NOT NULL, made_s INTEGER NOT NULL,"
     "  PRIMARY KEY(account, kind, item)) WITHOUT ROWID;"},
    {"places",
     /* A playlist or the saved albums, as they were when last read; refused_s: Spotify would not
        show the songs of this snapshot */
     "CREATE TABLE place(id INTEGER PRIMARY KEY,"
     "  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE, key TEXT NOT NULL,"
     "  name TEXT NOT NULL DEFAULT '', snapshot TEXT NOT NULL DEFAULT '',"
     "  head INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,"
     "  whole INTEGER NOT NULL DEFAULT 0, refused_s INTEGER NOT NULL DEFAULT 0,"
     "  walk INTEGER NOT NULL DEFAULT 0, UNIQUE(account, key));"
     "CREATE TABLE place_track(account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,"
     "  track INTEGER NOT NULL REFERENCES track,"
     "  place INTEGER NOT NULL REFERENCES place ON DELETE CASCADE, ord INTEGER NOT NULL,"
     "  walk INTEGER NOT NULL, PRIMARY KEY(account, track, place)) WITHOUT ROWID;"
     "CREATE INDEX place_track_place ON place_track(place, walk);"
     /* What is sorted: each song that is liked or stands in a place, kept by the triggers. ord of a
        like as there; of another song it is below 0, larger when it was added later. */
     "CREATE TABLE song(account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,"
     "  track INTEGER NOT NULL REFERENCES track, liked INTEGER NOT NULL, ord INTEGER NOT NULL,"
     "  PRIMARY KEY(account, track)) WITHOUT ROWID;"
     "INSERT INTO song SELECT account, track, 1, ord FROM liked;"
     "CREATE INDEX song_track ON song(track);"
     "DROP INDEX liked_track;"
     "CREATE TRIGGER liked_in AFTER INSERT ON liked BEGIN"
     "  INSERT INTO song VALUES(new.account, new.track, 1, new.ord)"
     "  ON CONFLICT DO UPDATE SET liked = 1, ord = excluded.ord; END;"
     "CREATE TRIGGER liked_moved AFTER UPDATE OF ord ON liked WHEN new.ord <> old.ord BEGIN"
     "  UPDATE song SET ord = new.ord WHERE account = new.account AND track = new.track; END;"
     /* Of an account that is being deleted nothing must stay. */
     "CREATE TRIGGER liked_out AFTER DELETE ON liked BEGIN"
     "  DELETE FROM song WHERE account = old.account AND track = old.track;"
     "  INSERT INTO song SELECT account, track, 0, max(ord) FROM place_track"
     "  WHERE account = old.account AND track = old.track"
     "  AND EXISTS(SELECT 1 FROM account WHERE id = old.account) GROUP BY account, track; END;"
     "CREATE TRIGGER place_in AFTER INSERT ON place_track BEGIN"
     "  INSERT INTO song VALUES(new.account, new.track, 0, new.ord)"
     "  ON CONFLICT DO UPDATE SET ord = max(ord, excluded.ord) WHERE NOT liked; END;"
     "CREATE TRIGGER place_moved AFTER UPDATE OF ord ON place_track WHEN new.ord <> old.ord BEGIN"
     "  UPDATE song SET ord = (SELECT max(ord) FROM place_track"
     "    WHERE account = new.account AND track = new.track)"
     "  WHERE account = new.account AND track = new.track AND NOT liked; END;"
     "CREATE TRIGGER place_out AFTER DELETE ON place_track BEGIN"
     "  DELETE FROM song WHERE account = old.account AND track = old.track AND NOT liked;"
     "  INSERT INTO song SELECT account, track, 0, max(ord) FROM place_track"
     "  WHERE account = old.account AND track = old.track"
     "  AND EXISTS(SELECT 1 FROM account WHERE id = old.account) GROUP BY account, track"
     "  ON CONFLICT DO NOTHING; END;"},
    {"map",
     /* Made of all songs when it does not exist; made_of: hash of the label's place; late: it was
        put among the others, who stayed */
     "CREATE TABLE map(account INTEGER PRIMARY KEY REFERENCES account ON DELETE CASCADE,"
     "  model TEXT NOT NULL, scale REAL NOT NULL);"
     "CREATE TABLE map_place(account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,"
     "  track INTEGER NOT NULL REFERENCES track ON DELETE CASCADE, x REAL NOT NULL,"
     "  y REAL NOT NULL, made_of INTEGER NOT NULL, late INTEGER NOT NULL,"
     "  PRIMARY KEY(account, track)) WITHOUT ROWID;"},
    {"choosing",
     /* tree: what was changed in genres on the page, in the syntax of genres.conf; places: what is
        sorted, comma separated, chosen there; '': as configured */
     "ALTER TABLE account ADD COLUMN tree TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE account ADD COLUMN places TEXT NOT NULL DEFAULT '';"
     /* The person's own playlists, as they were when last listed */
     "CREATE TABLE listing(account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,"
     "  ord INTEGER NOT NULL, sid TEXT NOT NULL, name TEXT NOT NULL, total INTEGER NOT NULL,"
     "  PRIMARY KEY(account, ord)) WITHOUT ROWID;"},
};

enum err_code schema_migrate(struct store *s, struct err *e)
{
    const int64_t known = (int64_t)(sizeof(migrations) / sizeof(migrations[0]));
    int64_t version = 0;
    enum err_code code = sql_int(s, &version, 0, e, "PRAGMA user_version", "");
    if (code)
        return code;
    if (version > known)
        return err_set(e, ERR_STORE, "the database is of a newer genred (schema %lld, known %lld)",
                       (long long)version, (long long)known);
    if (version == known)
        return ERR_OK;
    code = store_begin(s, e);
    for (int64_t i = version; code == ERR_OK && i < known; i++) {
        if (sqlite3_exec(s->db, migrations[i].sql, NULL, NULL, NULL) != SQLITE_OK) {
            code = sql_fail(s, e);
            err_wrap(e, "migration '%s'", migrations[i].name);
        }
    }
    if (code == ERR_OK) {
        char set_version[40]; /* PRAGMA takes no parameters; the number is ours. */
        snprintf(set_version, sizeof(set_version), "PRAGMA user_version = %lld", (long long)known);
        if (sqlite3_exec(s->db, set_version, NULL, NULL, NULL) != SQLITE_OK)
            code = sql_fail(s, e);
    }
    return store_end(s, code, e);
}
