/* What the daemon thinks of all songs: judged once, and kept for the next question as long as
 * nothing changed. */
#ifndef DAEMON_OPINIONS_H
#define DAEMON_OPINIONS_H

#include <stdbool.h>

#include "base/err.h"
#include "daemon/jobs/opinion.h"
#include "daemon/net/loop.h"
#include "store/store.h"

struct app;

/* Zeroed: nothing is kept. */
struct opinions {
    struct opinion kept;
    bool is_kept;
    struct store_stamp stamp; /* of the store when it was read */
    double threshold;         /* of the configuration then */
    struct loop_timer *rest;  /* NULL until something is kept for the first time */
};

/* The opinion as of now; borrowed until the loop goes on, or a change is made. With facts: those
 * are filled. */
ERR_NODISCARD enum err_code opinions_get(struct app *a, bool facts, const struct opinion **ret,
                                         struct err *e);
/* The same, the caller's own: opinion_free. For holding it against a later one. */
ERR_NODISCARD enum err_code opinions_take(struct app *a, struct opinion *ret, struct err *e);
/* With another tree than the one in force. Caller: opinion_free, also on failure. */
ERR_NODISCARD enum err_code opinions_make(struct app *a, const struct tree *tree,
                                          struct opinion *ret, struct err *e);
/* Forgets what is kept: before the tree or the model goes, and when its memory is wanted. */
void opinions_drop(struct app *a);
/* So when it is not as of now any more. */
void opinions_drop_stale(struct app *a);
void opinions_close(struct app *a);

#endif
