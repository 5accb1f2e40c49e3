/* The text of a backup, line by line: one record per line, its first word and its fields between
 * tabs; \t, \n, \r and \\ stand for themselves inside a field. genrectl(1) describes the records.
 * Pure; any thread. */
#ifndef STORE_BACKUP_TEXT_H
#define STORE_BACKUP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/library.h"

#define BACKUP_TEXT_VERSION  2                  /* 1 had no tree and places */
#define BACKUP_TEXT_MAX      ((size_t)64 << 20) /* bytes; a longer one is no backup */
#define BACKUP_TEXT_LINE_MAX ((size_t)64 << 10)
#define BACKUP_TEXT_ARTISTS  100 /* of a song */

enum backup_text_kind {
    BACKUP_TEXT_ACCOUNT,    /* id, name */
    BACKUP_TEXT_GENRES,     /* name: chosen, comma separated */
    BACKUP_TEXT_TREE,       /* name: changed on the page, as genres.conf */
    BACKUP_TEXT_PLACES,     /* name: what is sorted, comma separated */
    BACKUP_TEXT_SONG,       /* song */
    BACKUP_TEXT_ARTIST,     /* id, name */
    BACKUP_TEXT_PLAYLIST,   /* id ("": not created yet), name, genre, volume, marker, flags */
    BACKUP_TEXT_ITEM,       /* id of a song, by, p; of the playlist above */
    BACKUP_TEXT_CORRECTION, /* id of a song, genre, is, made_s */
    BACKUP_TEXT_EXCLUSION,  /* id, artist, made_s */
    BACKUP_TEXT_END,        /* nothing follows */
};

/* One record; what its kind does not have is zero. Strings are valid until the next record. */
struct backup_text_record {
    enum backup_text_kind kind;
    int64_t line; /* from 1 */
    const char *id;
    const char *name;
    const char *genre;
    const char *marker;
    const char *by;     /* "genred", "person", "removed", "kept" or "undone" */
    const char *state;  /* "active", "gone", "released" or "dropped" */
    const char *origin; /* "created", "adopted" or "shared" */
    int64_t volume;
    int64_t made_s;
    double p; /* < 0: not known */
    bool is;
    bool artist;
    bool may_remove;
    struct library_track song;
};

struct backup_text {
    const char *text; /* borrowed */
    size_t n;
    size_t at;
    int64_t line;
    bool begun;    /* the first line was read */
    bool account;  /* seen */
    bool playlist; /* seen: items may follow */
    bool ended;
    struct buf copy; /* of the line, cut into fields */
    size_t n_fields;
    char *field[10 + 2 * BACKUP_TEXT_ARTISTS];
    struct library_artist artists[BACKUP_TEXT_ARTISTS];
};

/* text: n bytes, borrowed until backup_text_close. */
void backup_text_open(struct backup_text *b, const char *text, size_t n);
/* The next record; after BACKUP_TEXT_END none may be asked for. ERR_USAGE with the number of the
 * line when it is not what it should be, is of a newer format, or when the text ends too early. */
ERR_NODISCARD enum err_code backup_text_next(struct backup_text *b, struct backup_text_record *ret,
                                             struct err *e);
void backup_text_close(struct backup_text *b);

/* A tab and the field; NULL as "". */
void backup_text_add(struct buf *b, const char *field);
void backup_text_add_int(struct buf *b, int64_t field);
void backup_text_add_time(struct buf *b, int64_t utc_s);

#endif
