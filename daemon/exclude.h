/* Songs and artists that are to stay out of genred's playlists, as JSON documents. */
#ifndef DAEMON_EXCLUDE_H
#define DAEMON_EXCLUDE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"

struct app;

/* What a person wants out, or in again. */
struct exclude_wish {
    const char *const *items; /* (n) songs as track_find takes them; artists by id, URI, address or
                                 whole name */
    size_t n;
    bool artist; /* all of them are artists */
    bool forget; /* in again; then a unique part of the name is enough for an artist too */
};

/* {"songs": [{id, name, artists}], "artists": [{id, name, songs}]}: those named. ERR_USAGE when one
 * of them is unknown or may mean several: then nothing is changed. */
ERR_NODISCARD enum err_code exclude_put(struct app *a, const struct exclude_wish *wish,
                                        struct json **ret, struct err *e);
/* The same of all that is excluded, with excluded_at. */
ERR_NODISCARD enum err_code exclude_list(struct app *a, struct json **ret, struct err *e);

#endif
