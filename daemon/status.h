/* What genred knows, as JSON documents. */
#ifndef DAEMON_STATUS_H
#define DAEMON_STATUS_H

#include "base/err.h"
#include "base/json.h"

struct app;

ERR_NODISCARD enum err_code status_json(struct app *a, struct json **ret, struct err *e);
ERR_NODISCARD enum err_code status_runs(struct app *a, struct json **ret, struct err *e);
/* One run with what it changed, see history_json. ERR_USAGE when there is none. */
ERR_NODISCARD enum err_code status_run(struct app *a, int64_t id, struct json **ret, struct err *e);

#endif
