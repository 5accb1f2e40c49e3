/* What each liked song is, in genres of the tree: the model's word, moved by the person's
 * corrections, and theirs above all. The one place that decides; playlists, lists and the review
 * ask it. */
#ifndef DAEMON_JOBS_OPINION_H
#define DAEMON_JOBS_OPINION_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "classifier/model.h"
#include "classifier/tree.h"
#include "store/correction.h"
#include "store/label.h"
#include "store/store.h"

struct opinion_at {
    int64_t track;
    size_t song;
};

#define OPINION_NONE SIZE_MAX

struct opinion {
    const struct tree *tree;
    const struct model *model;
    int64_t account;
    struct arena arena;
    struct store_labelled *songs; /* (n) as store_label_list gives them */
    size_t n;
    struct store_correction *corrections; /* (n_corrections) */
    size_t n_corrections;
    struct song *facts;          /* (n) where the tree needs them, else NULL */
    size_t genres;               /* T, of the tree */
    float *p;                    /* (n, T) row-major; of a song without a label 0 */
    float *threshold;            /* (n, T) from which on a song counts as of the genre */
    size_t *target;              /* (T) its column below; OPINION_NONE: nothing is merged into it */
    size_t targets;              /* M */
    float *alone;                /* (n, M) p of a target by itself */
    float *margin;               /* (n, M) of those merged into it (tree_merged_margin) */
    struct opinion_at *by_track; /* (n) where each song stands, ascending by track */
    const signed char *word;     /* (n, T) 1: the person says so, -1: they say not, 0: nothing */
};

/* Reads what is needed. Caller: opinion_free, also on failure. */
ERR_NODISCARD enum err_code opinion_load(struct opinion *o, struct store *store, int64_t account,
                                         const struct model *model, const struct tree *tree,
                                         struct err *e);
/* Fills facts where opinion_load did not need them; also of one that is judged. */
ERR_NODISCARD enum err_code opinion_facts(struct opinion *o, struct store *store, struct err *e);
/* Fills p and word. Pure: any thread. everywhere: a threshold for all genres, < 0: each one's own.
 */
void opinion_judge(struct opinion *o, double everywhere);
void opinion_free(struct opinion *o);

/* The song of that row; OPINION_NONE when it is not among them. */
size_t opinion_find(const struct opinion *o, int64_t track);
/* Whether song i is of genre g; a margin below the threshold still counts. */
bool opinion_is(const struct opinion *o, size_t song, size_t genre, double margin);

#endif
