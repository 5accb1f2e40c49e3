/* What a music service tells of a person's library, as plain data; strings live in the reader's
 * arena. */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an entry of a list turned out to be; all but LIBRARY_TRACK are counted and otherwise left
 * alone. */
enum library_kind {
    LIBRARY_TRACK,
    LIBRARY_LOCAL,   /* a file of the person's own, without an id */
    LIBRARY_EPISODE, /* a podcast's or a book's */
    LIBRARY_GONE,    /* null: removed, or not told */
    LIBRARY_KINDS
};

struct library_artist {
    const char *sid; /* Spotify's id; "" for a local file's */
    const char *name;
};

struct library_track {
    const char *sid;        /* Spotify's id of what is listed */
    const char *linked_sid; /* the id that it stands for after relinking; "" when the same */
    const char *uri;
    const char *name;
    const char *album;
    const char *release_date;             /* YYYY, YYYY-MM or YYYY-MM-DD; "" */
    const char *isrc;                     /* "" */
    const struct library_artist *artists; /* (n_artists) */
    size_t n_artists;
    int64_t duration_ms; /* 0: not known */
    int is_explicit;     /* 1, 0, -1: not known */
    bool playable;
};

struct library_entry {
    enum library_kind kind;
    int64_t added_s;            /* UTC epoch; 0: not known */
    struct library_track track; /* zero strings are "" whatever the kind */
};

/* One page of a list. */
struct library_page {
    const struct library_entry *entries; /* (n) */
    size_t n;
    int64_t total;
    bool more; /* the service names a next page */
};

/* An album that the person saved. */
struct library_album {
    const char *sid; /* "" when the service tells nothing of it any more */
    const char *name;
    const char *release_date;
    int64_t added_s;            /* UTC epoch; 0: not known */
    struct library_page tracks; /* the first of its songs, without ISRC, added when the album was */
};

struct library_albums {
    const struct library_album *albums; /* (n) */
    size_t n;
    int64_t total;
    bool more;
};

struct library_playlist {
    const char *sid;
    const char *name;        /* unescaped */
    const char *description; /* unescaped */
    const char *snapshot;
    const char *owner;
    int64_t total; /* -1: not told */
};

struct library_playlists {
    const struct library_playlist *playlists; /* (n) */
    size_t n;
    int64_t total;
    bool more;
};

#endif
