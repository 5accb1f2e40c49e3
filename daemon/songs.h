/* The person's songs by genre, as JSON documents. */
#ifndef DAEMON_SONGS_H
#define DAEMON_SONGS_H

#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "daemon/jobs/opinion.h"

struct app;

/* The songs of one genre, most probable first. */
ERR_NODISCARD enum err_code songs_list(struct app *a, const char *genre, struct json **ret,
                                       struct err *e);
/* The first `most` songs that are sure enough of no genre, the nearest miss first, each with its
 * best guesses and what is missing to be surer. */
ERR_NODISCARD enum err_code songs_review(struct app *a, size_t most, struct json **ret,
                                         struct err *e);

/* {"id","name","artists"} */
struct json *songs_json(const struct store_labelled *song);

#endif
