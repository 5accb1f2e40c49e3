/* Reading Spotify's answers, leniently: fields are missing, null or of another type at will.
 * Strings go into the arena. ERR_FORMAT only when the answer is not JSON of the expected outer
 * shape. */
#ifndef SPOTIFY_PARSE_H
#define SPOTIFY_PARSE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/library.h"
#include "base/song.h"

struct parse_user {
    const char *account_id; /* "" where the service does not tell it */
    const char *id;
    const char *name; /* display name, else the id */
};
ERR_NODISCARD enum err_code parse_user(const struct buf *body, struct arena *a,
                                       struct parse_user *ret_user, struct err *e);

/* A page of liked songs or of a playlist's items; entries are under `track` or `item`. */
ERR_NODISCARD enum err_code parse_page(const struct buf *body, struct arena *a,
                                       struct library_page *ret_page, struct err *e);
ERR_NODISCARD enum err_code parse_playlists(const struct buf *body, struct arena *a,
                                            struct library_playlists *ret_page, struct err *e);

/* A page of saved albums, each with the first of its songs. */
ERR_NODISCARD enum err_code parse_albums(const struct buf *body, struct arena *a,
                                         struct library_albums *ret_page, struct err *e);
/* A page of an album's songs: its name, release date and time of adding are the album's. */
ERR_NODISCARD enum err_code parse_album_tracks(const struct buf *body,
                                               const struct library_album *album, struct arena *a,
                                               struct library_page *ret_page, struct err *e);
/* One playlist, as much of it as was asked for; ERR_FORMAT without an id. */
ERR_NODISCARD enum err_code parse_playlist(const struct buf *body, struct arena *a,
                                           struct library_playlist *ret_playlist, struct err *e);

/* A created playlist; ERR_FORMAT without an id. */
ERR_NODISCARD enum err_code parse_created(const struct buf *body, struct arena *a,
                                          struct library_playlist *ret_playlist, struct err *e);
/* The snapshot after a write; "" when the answer does not tell it. */
const char *parse_snapshot(const struct buf *body, struct arena *a);

/* stats: (n) results in the order of the n ids asked for; mask 0 where the service knows nothing.
 */
struct parse_statistics {
    uint32_t mask;
    float stat[SONG_STATS];
};
ERR_NODISCARD enum err_code parse_statistics(const struct buf *body, const char *const *ids,
                                             size_t n, struct parse_statistics *ret_stats,
                                             struct err *e);

/* tags: (n) texts "a; b", "" where there are none, in the order of the n ids asked for. */
ERR_NODISCARD enum err_code parse_artist_tags(const struct buf *body, const char *const *ids,
                                              size_t n, struct arena *a, const char **ret_tags,
                                              struct err *e);

/* The `error.message`, `error_description` or the start of a plain-text body, for a sentence. */
void parse_error_text(const struct buf *body, char *out, size_t out_size);

#endif
