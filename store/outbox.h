/* Writes to the service, as rows before they are requests. A row is `sent` from just before its
 * request until the outcome is known; one found sent later has an unknown outcome, which only a
 * reading of the playlist settles (store_playlist_merge). */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/playlist.h"
#include "store/store.h"

enum store_verb { STORE_CREATE, STORE_ADD, STORE_REMOVE, STORE_UNFOLLOW, STORE_FOLLOW };

/* As the column has it. */
const char *store_verb_name(enum store_verb verb);
enum store_verb store_verb_find(const char *name);

/* A song to put in or to take out. */
struct store_change {
    enum store_verb verb; /* STORE_ADD or STORE_REMOVE */
    int64_t track;
    int64_t place;              /* of an addition, in the list as it will be; -1: at the top */
    double p;                   /* with which it stands there; NAN: not known */
    enum store_item_by becomes; /* whose it is from then on */
};

#define STORE_BATCH_MAX 100
/* One request's worth of rows. Adds are in the order wanted in the playlist. */
struct store_batch {
    int64_t playlist;
    enum store_verb verb;
    int64_t place; /* of the first, for an addition; -1: at the top */
    int64_t row[STORE_BATCH_MAX];
    int64_t track[STORE_BATCH_MAX];
    const char *sid[STORE_BATCH_MAX];
    enum store_item_by becomes[STORE_BATCH_MAX];
    double p[STORE_BATCH_MAX];
    size_t n; /* 0: nothing is queued */
};

/* Replaces what is queued for the playlist. changes: (n) those at the top in the order wanted
 * there, those with a place ascending by it. Call inside a transaction. */
ERR_NODISCARD enum err_code store_outbox_plan(struct store *s, int64_t playlist,
                                              const struct store_change *changes, size_t n,
                                              struct err *e);
/* Forgets what is queued for the playlist of a genre that is no longer chosen. */
ERR_NODISCARD enum err_code store_outbox_clear(struct store *s, int64_t playlist, struct err *e);
/* Forgets unfollowings and followings of an earlier run, whatever became of them: the list of
 * playlists tells, and to do one twice does no harm. */
ERR_NODISCARD enum err_code store_outbox_forget_follows(struct store *s, int64_t account,
                                                        struct err *e);
/* Queues a creation, an unfollowing or a following unless one is there. */
ERR_NODISCARD enum err_code store_outbox_put(struct store *s, int64_t playlist,
                                             enum store_verb verb, struct err *e);
/* The playlist's next batch: its creation, then removals, then additions, at most max: those with a
 * place as far as the places follow one another, those at the top from the last (which is put there
 * first). Nothing while anything of it is `sent`. */
ERR_NODISCARD enum err_code store_outbox_next(struct store *s, int64_t playlist, size_t max,
                                              struct arena *a, struct store_batch *ret_batch,
                                              struct err *e);
/* run: in whose journal its effect will stand; 0: in none. */
ERR_NODISCARD enum err_code store_outbox_mark_sent(struct store *s, const struct store_batch *b,
                                                   int64_t run, struct err *e);
/* Certainly not carried out: back into the queue. */
ERR_NODISCARD enum err_code store_outbox_requeue(struct store *s, const struct store_batch *b,
                                                 struct err *e);
/* Back into the queue, with all that have a place in the playlist, for its top. */
ERR_NODISCARD enum err_code store_outbox_unplace(struct store *s, const struct store_batch *b,
                                                 struct err *e);
/* Carried out: items, list, total, snapshot and journal follow, the rows end. One transaction. */
ERR_NODISCARD enum err_code store_outbox_done(struct store *s, const struct store_batch *b,
                                              const char *snapshot, struct err *e);
/* An unfollowing or a following was carried out. One transaction. */
ERR_NODISCARD enum err_code store_outbox_followed(struct store *s, const struct store_batch *b,
                                                  struct err *e);
/* Refused for good: the rows end without effect. */
ERR_NODISCARD enum err_code store_outbox_drop(struct store *s, const struct store_batch *b,
                                              struct err *e);
/* An unknown outcome that turned out not to have happened: everything of the playlist is queued
 * again. */
ERR_NODISCARD enum err_code store_outbox_requeue_all(struct store *s, int64_t playlist,
                                                     struct err *e);
/* An unknown outcome that cannot be looked up is taken for carried out: a song once too few can be
 * mended, a song twice cannot. One transaction. */
ERR_NODISCARD enum err_code store_outbox_assume_done(struct store *s, int64_t playlist,
                                                     struct err *e);
/* What a reading of the playlist tells of the outcome of what is `sent`: what arrived counts as
 * carried out, a song that is missing from additions of which most arrived was taken out by the
 * person since, and all its rows end. Call inside a transaction. */
ERR_NODISCARD enum err_code store_outbox_settle(struct store *s, int64_t playlist,
                                                const struct store_reading *reading, struct err *e);
/* Requests that it takes to write all rows of the account, at most `batch` songs in one. */
ERR_NODISCARD enum err_code store_outbox_calls(struct store *s, int64_t account, int64_t batch,
                                               int64_t *ret_n, struct err *e);
/* Rows of any state, of the account. */
ERR_NODISCARD enum err_code store_outbox_count(struct store *s, int64_t account, int64_t *ret_n,
                                               struct err *e);

#endif
