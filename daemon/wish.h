/* What somebody wants done, whether it can be, and the job that does it. */
#ifndef DAEMON_WISH_H
#define DAEMON_WISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "daemon/jobs/job.h"

struct app;

enum wish_kind {
    WISH_SYNC,    /* brings everything up to date with the genres chosen before */
    WISH_SORT,    /* likewise, and may choose others */
    WISH_DROP,    /* unfollows the playlists of a genre */
    WISH_RELEASE, /* leaves them to the person */
    WISH_UNDO,
    WISH_APPLY,
    WISH_ADOPT,
    WISH_LEARN,  /* reads playlists as examples; with a genre, labels their songs with it */
    WISH_PLACES, /* reads the list of the person's own playlists */
};

/* Owned. */
struct wish {
    enum wish_kind kind;
    char **genres; /* (n_genres) of a sort: none: those chosen before; else the one */
    size_t n_genres;
    double threshold; /* < 0: the configuration's */
    bool dry_run;
    bool yes;          /* also what would take out much, or was judged anew */
    bool wait;         /* sorts only when all sources have answered */
    int64_t run;       /* to undo; 0: the newest that wrote something */
    struct json *plan; /* to apply; see daemon/jobs/apply.c */
    char *playlist;    /* to adopt: id or name */
    char **playlists;  /* (n_playlists) to learn from: likewise */
    size_t n_playlists;
    bool may_remove; /* from it, what genred put in */
};

/* From a request's body. ERR_USAGE; *ret is to be freed only on success. */
ERR_NODISCARD enum err_code wish_parse(enum wish_kind kind, const struct json *body,
                                       struct wish *ret, struct err *e);
void wish_free(struct wish *wish);
/* Whether a run of `running` gives what `wish` wants. */
bool wish_is_fulfilled(const struct wish *running, const struct wish *wish);
/* Completes it: names as the tree has them, the run to undo. ERR_LOGIN, ERR_USAGE. */
ERR_NODISCARD enum err_code wish_check(struct app *app, struct wish *wish, struct err *e);
/* The job for the run of that number. */
ERR_NODISCARD enum err_code wish_job(struct app *app, struct wish *wish, int64_t run,
                                     struct job **ret_job, struct err *e);

#endif
