/* What the classifier said of each song, and the songs it has yet to see. */
#ifndef STORE_LABEL_H
#define STORE_LABEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/song.h"
#include "store/fact.h"
#include "store/store.h"

/* Songs that are sorted without a label of this model, at most max; everything a source said of
 * them is in it. */
ERR_NODISCARD enum err_code store_label_lacking(struct store *s, int64_t account, const char *model,
                                                size_t max, struct arena *a,
                                                struct store_songs *ret_songs, struct err *e);
ERR_NODISCARD enum err_code store_label_lacking_count(struct store *s, int64_t account,
                                                      const char *model, int64_t *ret_n,
                                                      struct err *e);
/* What a model said of songs, row-major. */
struct store_labels {
    const char *model; /* its id */
    size_t n_genres;
    size_t dim;                  /* of its space */
    const float *p;              /* (n, n_genres) probabilities */
    const float *places;         /* (n, dim) */
    const unsigned char *regime; /* (n) what was known, a number of the model's */
};
/* Commits the labels of `songs` in one transaction. */
ERR_NODISCARD enum err_code store_label_put(struct store *s, const struct store_songs *songs,
                                            const struct store_labels *labels, struct err *e);
/* The song of that row with everything a source said of it. ERR_USAGE when there is none. */
ERR_NODISCARD enum err_code store_label_song(struct store *s, int64_t track, struct arena *a,
                                             struct song *ret_song, struct err *e);
/* So all songs of the account that are sorted, ascending by row. */
ERR_NODISCARD enum err_code store_label_songs(struct store *s, int64_t account, struct arena *a,
                                              struct store_songs *ret_songs, struct err *e);

/* A song that is sorted, with its label, for planning and listing. */
struct store_labelled {
    int64_t track;
    const char *sid;
    const char *name;
    const char *artists;
    const char *isrc; /* "" */
    int64_t artist;   /* the first one's row; 0: none */
    int64_t ord;      /* larger: added later; below 0: not liked */
    bool playable;
    bool addable;
    bool excluded;  /* it, the same song under another id, or one of its artists (exclusion.h) */
    const float *p; /* (n_genres); NULL: not labelled */
    const float *place; /* (dim); NULL as p */
    unsigned regime;    /* what was known when it was labelled */
};
/* All songs of the account that are sorted, with the labels of a model (its p and place are not
 * read), newest first, likes before others; a song that is there under two ids (the same ISRC)
 * comes once: as the like, else as the one that was added first. */
ERR_NODISCARD enum err_code store_label_list(struct store *s, int64_t account,
                                             const struct store_labels *of, struct arena *a,
                                             struct store_labelled **ret_list, size_t *ret_n,
                                             struct err *e);

#endif
