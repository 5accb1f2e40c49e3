/* Songs and artists as Spotify tells them with the likes. */
#ifndef STORE_TRACK_H
#define STORE_TRACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/library.h"
#include "store/store.h"

/* Inserts or updates a song with its artists. After a change in what the classifier sees it is to
 * be labelled again.
 */
ERR_NODISCARD enum err_code store_track_put(struct store *s, const struct library_track *t,
                                            int64_t *ret_track, struct err *e);
/* The song listed as sid, or relinked from it, or with that ISRC ("": not asked); 0 when unknown.
 */
ERR_NODISCARD enum err_code store_track_find(struct store *s, const char *sid, const char *isrc,
                                             int64_t *ret_track, struct err *e);
/* Its id; "" when there is no such row. */
ERR_NODISCARD enum err_code store_track_sid(struct store *s, int64_t track, struct arena *a,
                                            const char **ret_sid, struct err *e);
/* Whether it is liked or stands in another place that is sorted. */
ERR_NODISCARD enum err_code store_track_is_sorted(struct store *s, int64_t account, int64_t track,
                                                  bool *ret_sorted, struct err *e);
/* A song that the service refuses to put into playlists. */
ERR_NODISCARD enum err_code store_track_refuse(struct store *s, int64_t track, struct err *e);

/* Ids in ascending order of row, from after `*cursor`, at most max; moves the cursor. */
struct store_ids {
    int64_t row[100];
    const char *sid[100];
    size_t n;
};
/* Songs that are sorted of which `source` was never asked. */
ERR_NODISCARD enum err_code store_track_lacking(struct store *s, int64_t account,
                                                const char *source, int64_t *cursor, size_t max,
                                                struct arena *a, struct store_ids *ret_ids,
                                                struct err *e);
/* Artists of such songs of whom `source` was never asked. */
ERR_NODISCARD enum err_code store_artist_lacking(struct store *s, int64_t account,
                                                 const char *source, int64_t *cursor, size_t max,
                                                 struct arena *a, struct store_ids *ret_ids,
                                                 struct err *e);
/* How many each of these would yield. */
ERR_NODISCARD enum err_code store_track_lacking_count(struct store *s, int64_t account,
                                                      const char *source, int64_t *ret_n,
                                                      struct err *e);
ERR_NODISCARD enum err_code store_artist_lacking_count(struct store *s, int64_t account,
                                                       const char *source, int64_t *ret_n,
                                                       struct err *e);

#endif
