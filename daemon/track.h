/* Which song of the library a person means. */
#ifndef DAEMON_TRACK_H
#define DAEMON_TRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct app;

#define TRACK_ID_LEN 22

/* The id in "spotify:KIND:ID" or "https://open.spotify.com/KIND/ID?si=..."; false: it is neither.
 */
bool track_link(const char *text, const char *kind, char ret_id[TRACK_ID_LEN + 1]);

/* text: Spotify's id, URI or address of the song, or its name, or "name - artist", as the library
 * has it (case ignored, also a part of it when only one song fits). ERR_USAGE when none fits, or
 * several: then the sentence names some. */
ERR_NODISCARD enum err_code track_find(struct app *a, const char *text, int64_t *ret_track,
                                       struct err *e);

#endif
