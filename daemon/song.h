/* One song of the library: the person's word on it, why it is what it is, and what is like it, as
 * JSON documents. A song is named by its id, URI, address or name (track.h). */
#ifndef DAEMON_SONG_H
#define DAEMON_SONG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"

struct app;

/* What a person says of one song. */
struct song_word {
    const char *track;
    const char *const *is; /* (n_is) genres it is of */
    size_t n_is;
    const char *const *is_not; /* (n_is_not) genres it is not of */
    size_t n_is_not;
    bool forget; /* first take back what was said of it before */
};
/* Keeps it; the document tells the song's genres now and which others moved with it. */
ERR_NODISCARD enum err_code song_label(struct app *a, const struct song_word *word,
                                       struct json **ret, struct err *e);

/* What spoke for and against the genres named between commas, or when that is NULL those that the
 * song is of and the two likeliest others, with where each input came from. */
ERR_NODISCARD enum err_code song_why(struct app *a, const char *track, const char *genres,
                                     struct json **ret, struct err *e);

/* The n liked songs closest to a song, or when track is NULL to those in the playlist of a genre
 * (its name, or the playlist's id). */
ERR_NODISCARD enum err_code song_similar(struct app *a, const char *track, const char *playlist,
                                         size_t n, struct json **ret, struct err *e);

#endif
