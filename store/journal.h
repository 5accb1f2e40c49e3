/* What each run changed in the playlists, in the order of the writes: enough to restore them. */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/content.h"
#include "store/outbox.h"
#include "store/store.h"

struct store_journal_row {
    const char *playlist; /* Spotify's id */
    const char *genre;
    const char *name;
    enum store_verb verb;
    const char *item;       /* the song's id; "" of a playlist's own creation and end */
    int64_t place;          /* zero-based, in the list just before a removal or just after an
                               addition; -1: not known */
    const char *after;      /* the item before that place; "": none */
    enum store_item_by was; /* whose it was until then */
};
/* (n) in the order of the writes. */
ERR_NODISCARD enum err_code store_journal_list(struct store *s, int64_t run, struct arena *a,
                                               struct store_journal_row **ret_rows, size_t *ret_n,
                                               struct err *e);
/* The newest run of the account that wrote something; 0: there is none. An undo that did not come
 * to its end is not one: the run that it was to take back is. */
ERR_NODISCARD enum err_code store_journal_newest(struct store *s, int64_t account, int64_t *ret_run,
                                                 struct err *e);

/* The snapshots of a playlist around a run. */
struct store_journal_snapshot {
    const char *playlist;
    const char *before;
    const char *after; /* "": its outcome was never told */
};
ERR_NODISCARD enum err_code store_journal_snapshots(struct store *s, int64_t run, struct arena *a,
                                                    struct store_journal_snapshot **ret_list,
                                                    size_t *ret_n, struct err *e);

/* --- for those that write; run 0, or one no longer remembered: nothing is kept --- */

/* One change of a playlist of the store. */
struct store_journal_change {
    int64_t run;
    int64_t playlist; /* its row */
    enum store_verb verb;
    const char *item;
    int64_t track; /* its row; 0: none */
};
/* Call before the change: `content` is the list that its place counts in, just before a removal or
 * just after an addition. */
ERR_NODISCARD enum err_code store_journal_add(struct store *s, const struct store_journal_change *c,
                                              const struct store_content *content, struct err *e);
/* The playlist's snapshot before the run's first write and after its last. */
ERR_NODISCARD enum err_code store_journal_begin(struct store *s, int64_t run, int64_t playlist,
                                                struct err *e);
ERR_NODISCARD enum err_code store_journal_end(struct store *s, int64_t run, int64_t playlist,
                                              const char *snapshot, struct err *e);

#endif
