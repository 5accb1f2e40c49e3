/* Playlists as files: which songs people keep together. */
#ifndef CLASSIFIER_PLAYLISTS_H
#define CLASSIFIER_PLAYLISTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "classifier/songs.h"

struct playlists {
    uint32_t *songs; /* numbers in a struct songs; of playlist i: [first[i], first[i + 1]) */
    size_t *first;   /* (n + 1) */
    size_t n;
};

enum playlists_part { PLAYLISTS_LEARN, PLAYLISTS_HOLD };

/* A CSV with the columns playlist (a name or number) and track_ids (ids between blanks). Songs that
 * `songs` lacks are left out, and so are playlists with fewer than two others. Held out is every
 * playlist whose name's SHA-256, its first 32 bits over 2^32, is below 0.2. On failure *p is empty.
 * Caller: playlists_free. */
ERR_NODISCARD enum err_code playlists_load(struct playlists *p, const char *path,
                                           const struct songs *songs, enum playlists_part part,
                                           struct err *e);
/* Instead: a "playlist" of the songs of each first artist with two or more. */
void playlists_of_artists(struct playlists *p, const struct songs *songs);
void playlists_free(struct playlists *p);

#endif
