/* What genred knows, as JSON documents. */
#ifndef DAEMON_STATUS_H
#define DAEMON_STATUS_H

#include "base/err.h"
#include "base/json.h"

struct app;

ERR_NODISCARD enum err_code status_json(struct app *a, struct json **ret, struct err *e);
/* The genre tree with the person's counts. */
ERR_NODISCARD enum err_code status_genres(struct app *a, struct json **ret, struct err *e);
/* The songs of one genre, most probable first. */
ERR_NODISCARD enum err_code status_list(struct app *a, const char *genre, struct json **ret,
                                        struct err *e);
ERR_NODISCARD enum err_code status_runs(struct app *a, struct json **ret, struct err *e);

#endif
