/* Everything that is known of one song, as a JSON document. */
#ifndef DAEMON_SONG_FACTS_H
#define DAEMON_SONG_FACTS_H

#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "base/song.h"
#include "daemon/net/server.h"

struct app;

#define SONG_FACTS_BINS 24 /* at most */

/* How a statistic is counted: bins of one width from low to high. */
struct song_facts_scale {
    const char *title;
    double low;
    double high;
    size_t bins;
};
extern const struct song_facts_scale song_facts_scales[SONG_STATS];
/* The bin of a value; what lies beyond an end goes into the bin there. */
size_t song_facts_bin(enum song_stat stat, double value);

/* GET /api/song?track=&genre= (Song of daemon/page/api.ts); as route_fn. The histograms are of all
 * songs of which the statistic is known, and of those of the genre: the one asked for, else the
 * first that the song is of, else its likeliest. */
ERR_NODISCARD enum err_code song_facts_get(struct app *a, const struct server_request *req,
                                           const struct json *body, struct json **ret,
                                           struct err *e);

#endif
