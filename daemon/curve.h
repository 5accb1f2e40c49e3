/* What a threshold of a genre would mean: how many songs it lets in, and how many of them are
 * right. */
#ifndef DAEMON_CURVE_H
#define DAEMON_CURVE_H

#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "daemon/net/server.h"

struct app;

#define CURVE_POINTS 95 /* thresholds 0.05, 0.06 ... 0.99 */

struct curve_point {
    double threshold;
    size_t count;
    double precision; /* NaN where count is 0 */
};

/* A song of which nobody said anything. */
struct curve_song {
    float p;      /* of the genre by itself */
    float margin; /* of those merged into it (tree_merged_margin) */
};

/* The points for n such songs and `sure` songs more that the person gave the genre. Songs that they
 * refused it are among neither. A song counts from p >= threshold on, or when it is of a genre
 * merged into this one; the expected precision is the mean of what
 * is counted: its p then, which is calibrated (classifier/calibrate.h), and 1 for each sure song.
 * Of an own genre p is 0.5 and the rule's margin, no probability; its precision says little. */
void curve_make(const struct curve_song *songs, size_t n, size_t sure,
                struct curve_point ret[CURVE_POINTS]);

/* GET /api/curve?genre= (Curve of daemon/page/api.ts); as route_fn. */
ERR_NODISCARD enum err_code curve_get(struct app *a, const struct server_request *req,
                                      const struct json *body, struct json **ret, struct err *e);

#endif
