/* The songs of imported files, as genrectl hands them over. */
#ifndef DAEMON_IMPORT_H
#define DAEMON_IMPORT_H

#include "base/err.h"
#include "base/json.h"

struct app;

/* body: {"rows": [{key, isrc, song, stats, tags, label}], "done": bool}. Once done, what is known
 * of the liked songs is looked up: {"all", "known", "counts"}. ERR_USAGE when a row is not as it
 * should be; then none of this request is kept. */
ERR_NODISCARD enum err_code import_rows(struct app *a, const struct json *body, struct json **ret,
                                        struct err *e);

#endif
