/* What each source said of songs and artists, with its date. Which source counts where several
 * speak is decided when it is read: by the order in force. */
#ifndef STORE_FACT_H
#define STORE_FACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/song.h"
#include "store/store.h"

#define STORE_SOURCES_MAX 16

/* From now on these sources count, first choice first; what others said is kept but not read.
 * Until this is called none counts. With an order other than that of the last time all songs are
 * to be labelled again. */
ERR_NODISCARD enum err_code store_fact_order(struct store *s, const char *const *sources, size_t n,
                                             struct err *e);

/* Whether a source counts. */
ERR_NODISCARD enum err_code store_fact_counts(struct store *s, const char *source, bool *ret_counts,
                                              struct err *e);

/* stat: (SONG_STATS), where the mask's bit is set. mask 0: asked, and it knows nothing. A song
 * whose inputs change is to be labelled again; so with the others below. */
ERR_NODISCARD enum err_code store_fact_stats_put(struct store *s, int64_t track, const char *source,
                                                 int64_t now_s, uint32_t mask, const float *stat,
                                                 struct err *e);

/* Texts that a source has for a song or an artist; "" where it has none. */
struct store_words {
    const char *tags;    /* "a; b" */
    const char *weights; /* "100; 57", one per tag, or "" */
    const char *label;   /* of a song: its record label */
};
ERR_NODISCARD enum err_code store_fact_artist_put(struct store *s, int64_t artist,
                                                  const char *source, int64_t now_s,
                                                  const struct store_words *words, struct err *e);
ERR_NODISCARD enum err_code store_fact_track_put(struct store *s, int64_t track, const char *source,
                                                 int64_t now_s, const struct store_words *words,
                                                 struct err *e);

/* Fills label, tags and statistics of a song: a value is that of the first source that knows it;
 * tags are those of all sources, each once. */
ERR_NODISCARD enum err_code store_fact_read(struct store *s, int64_t track, struct arena *a,
                                            struct song *song, struct err *e);

/* Songs of which everything is to be known. */
struct store_songs {
    int64_t *row;      /* (n) */
    struct song *song; /* (n) */
    size_t n;
};
/* store_fact_read of songs of an account that are sorted, ascending by row; the same in two
 * questions. */
ERR_NODISCARD enum err_code store_fact_read_all(struct store *s, int64_t account, struct arena *a,
                                                struct store_songs *songs, struct err *e);

/* Which source told what of a song: "reccobeats 2026-11-21, spotify 2026-11-20"; NULL: none did. */
struct store_origin {
    const char *stats;
    const char *tags;
    const char *label;
};
ERR_NODISCARD enum err_code store_fact_origin(struct store *s, int64_t track, struct arena *a,
                                              struct store_origin *ret_origin, struct err *e);

#endif
