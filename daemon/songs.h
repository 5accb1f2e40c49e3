/* The person's songs by genre, and their word on them, as JSON documents. */
#ifndef DAEMON_SONGS_H
#define DAEMON_SONGS_H

#include <stddef.h>

#include "base/err.h"
#include "base/json.h"

struct app;

/* The genre tree with the person's counts. */
ERR_NODISCARD enum err_code songs_genres(struct app *a, struct json **ret, struct err *e);
/* The songs of one genre, most probable first. */
ERR_NODISCARD enum err_code songs_list(struct app *a, const char *genre, struct json **ret,
                                       struct err *e);
/* The songs that are sure enough of no genre, the nearest miss first, each with its best guesses
 * and what is missing to be surer. */
ERR_NODISCARD enum err_code songs_review(struct app *a, struct json **ret, struct err *e);

/* What a person says of one song. */
struct songs_word {
    const char *track;       /* id, URI, address of the song, or its name in the library */
    const char *const *is;   /* (n_is) genres it is of */
    size_t n_is;
    const char *const *not;  /* (n_not) genres it is not of */
    size_t n_not;
    bool forget;             /* first take back what was said of it before */
};
/* Keeps it; the document tells the song's genres now and which others moved with it. */
ERR_NODISCARD enum err_code songs_label(struct app *a, const struct songs_word *word,
                                        struct json **ret, struct err *e);

#endif
