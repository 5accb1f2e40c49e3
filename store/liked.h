/* The liked songs of an account, as read page by page. */
#ifndef STORE_LIKED_H
#define STORE_LIKED_H

#include <stdint.h>

#include "base/arena.h"
#include "base/library.h"
#include "store/store.h"

/* Hashes of the newest entries, newest first, and the total, as they were when last read whole. */
#define STORE_LIKED_HEAD 50
struct store_liked_head {
    uint64_t hash[STORE_LIKED_HEAD];
    size_t n; /* 0: never read whole */
    int64_t total;
    int64_t kinds[LIBRARY_KINDS]; /* how many entries of each kind */
    int64_t unplayable;           /* songs that the service does not offer at present */
    int64_t walk;                 /* the reading that it belongs to */
};
ERR_NODISCARD enum err_code store_liked_head_get(struct store *s, int64_t account,
                                                 struct store_liked_head *ret_head, struct err *e);
ERR_NODISCARD enum err_code store_liked_head_put(struct store *s, int64_t account,
                                                 const struct store_liked_head *head,
                                                 struct err *e);

/* Starts one more reading of the whole list; songs seen by it carry its number. */
ERR_NODISCARD enum err_code store_liked_walk(struct store *s, int64_t account, int64_t *ret_walk,
                                             struct err *e);
/* Commits a page's songs in one transaction. bottom: how many entries of the list come after the
 * page's first one, itself included (total - offset). */
ERR_NODISCARD enum err_code store_liked_page(struct store *s, int64_t account, int64_t walk,
                                             int64_t bottom, const struct library_page *page,
                                             struct err *e);
/* Songs not seen by any reading since `walk`, itself included. */
ERR_NODISCARD enum err_code store_liked_missing(struct store *s, int64_t account, int64_t walk,
                                                int64_t *ret_n, struct err *e);
/* Takes those out: they were un-liked. */
ERR_NODISCARD enum err_code store_liked_drop_missing(struct store *s, int64_t account, int64_t walk,
                                                     struct err *e);

/* Forgets all likes: they are no longer sorted. */
ERR_NODISCARD enum err_code store_liked_clear(struct store *s, int64_t account, struct err *e);

/* When the song was liked, UTC; 0: it is not, or that is not known. */
ERR_NODISCARD enum err_code store_liked_since(struct store *s, int64_t account, int64_t track,
                                              int64_t *ret_added_s, struct err *e);

/* Likes, and of them together with the songs of other places: what is known. */
struct store_liked_counts {
    int64_t liked;
    int64_t labelled;   /* by the model of that id */
    int64_t with_stats; /* statistics from any source that counts */
    int64_t with_tags;  /* tags, likewise */
    int64_t same_song;  /* likes that stand there under another id already (ISRC) */
    int64_t others;     /* songs that are sorted though not liked */
};
ERR_NODISCARD enum err_code store_liked_count(struct store *s, int64_t account, const char *model,
                                              struct store_liked_counts *ret_counts, struct err *e);

/* When each song was liked. */
struct store_liked_time {
    int64_t track;
    int64_t added_s; /* UTC epoch */
};
/* All likes, ascending by track. */
ERR_NODISCARD enum err_code store_liked_times(struct store *s, int64_t account, struct arena *a,
                                              struct store_liked_time **ret_list, size_t *ret_n,
                                              struct err *e);

/* A song, of those that are sorted, that a person may mean. */
struct store_found {
    int64_t track;
    const char *sid;
    const char *name;
    const char *artists;
    int fit; /* 2: its id; 1: its whole name; 0: a part of "name - artists" */
};
/* The best fits for a text, at most max; ASCII case is ignored. */
ERR_NODISCARD enum err_code store_liked_search(struct store *s, int64_t account, const char *text,
                                               size_t max, struct arena *a,
                                               struct store_found **ret_list, size_t *ret_n,
                                               struct err *e);

#endif
