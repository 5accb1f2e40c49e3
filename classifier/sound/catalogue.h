/* Which sound files there are to learn from, of which genres, and which of them belong together. */
#ifndef CLASSIFIER_SOUND_CATALOGUE_H
#define CLASSIFIER_SOUND_CATALOGUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "classifier/sound/watch.h"

#define CATALOGUE_MOST ((size_t)100000) /* files */

struct catalogue_row {
    const char *path;
    uint32_t labels; /* families of genre.h as bits, at least one */
    size_t group;    /* below `groups`: rows of one group are never on both sides of a split */
};

struct catalogue {
    struct arena arena;
    struct catalogue_row *rows; /* in the order of the CSV, or of the names */
    size_t n;
    size_t groups;
    size_t bad; /* rows and folders that the watch was told of */
};

/* source: a folder with folders named by genre, as family_of_labels understands them ("hiphop",
 * "disco"), in each of which every file counts whose name does not begin with a dot; or a CSV with
 * the columns `path` (from the CSV's own folder), `labels` (";" between several) and perhaps
 * `group`, for example the artist. Without a group each file is one of its own; the same file twice
 * is one.
 *
 * ERR_IO, or ERR_FORMAT when nothing can be used or there are more than CATALOGUE_MOST. On failure
 * *ret is empty. Caller: catalogue_free. */
ERR_NODISCARD enum err_code catalogue_read(const char *source, const struct watch *watch,
                                           struct catalogue *ret, struct err *e);
void catalogue_free(struct catalogue *c);

#endif
