/* The genre tree with the person's songs counted, as a JSON document. */
#ifndef DAEMON_GENRES_H
#define DAEMON_GENRES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "daemon/jobs/opinion.h"

struct app;

/* "Genres" of daemon/page/api.ts. One pass over the songs, whatever the number of genres. */
ERR_NODISCARD enum err_code genres_json(struct app *a, struct json **ret, struct err *e);

/* Whether the genre is offered: neither hidden nor merged into another. */
bool genres_is_shown(const struct tree_genre *g);

#define GENRES_EXAMPLES 3

/* Songs that are of one genre; those excluded are not among them. */
struct genres_count {
    size_t n;
    size_t example[GENRES_EXAMPLES]; /* (n, GENRES_EXAMPLES at most) the most probable first */
};
/* ret: (o->genres). After opinion_judge. */
void genres_count(const struct opinion *o, struct genres_count *ret);
/* Those songs as [{"id","name","artists"}]. */
struct json *genres_examples(const struct opinion *o, const struct genres_count *c);

#endif
