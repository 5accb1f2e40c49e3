/* A made-up track list whose songs are easy to tell apart, and its families. */
#ifndef TESTS_UNIT_MADE_SONGS_H
#define TESTS_UNIT_MADE_SONGS_H

#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/rand.h"

#define MADE_FAMILIES                                                                              \
    "tag,tracks,families\nbebop,1,jazz\nthrash,2,metal rock\nbop,3,\ntechno,4,electronic\n"

/* Writes `songs` rows by `songs` / 4 artists: loud ones are thrash, long ones techno, the rest
 * bebop; every eighth has no tag that tells anything. */
static inline bool made_songs_write(const char *path, size_t songs, uint64_t seed)
{
    static const char *const tags[] = {"bebop", "thrash; bop", "techno"};
    static const char *const words[] = {"blue swing", "iron blood", "night circuit"};
    struct rand_seq r = {seed};
    struct buf b;
    struct err e;
    buf_init(&b, 0);
    buf_add_str(&b, "track_id,track_name,artists,album,release_date,duration_ms,explicit,"
                    "record_label,artist_genres,loudness,energy,tempo\n");
    for (size_t i = 0; i < songs; i++) {
        size_t artist = i / 4, kind = artist % 3;
        buf_printf(&b, "s%zu-%u,%s %zu,Act %zu-%u,,%d,%d,0,Label %zu,%s,%.2f,%.3f,%.1f\n", i,
                   (unsigned)seed, words[kind], i, artist, (unsigned)seed,
                   1960 + (int)rand_below(&r, 60), kind == 2 ? 400000 : 200000, kind,
                   i % 8 == 7 ? "bop" : tags[kind], (kind == 1 ? -4.0 : -12.0) + rand_normal(&r),
                   rand_unit(&r), 100.0 + 20.0 * rand_unit(&r));
    }
    bool ok = file_write(path, b.data, b.len, 0600, &e) == ERR_OK;
    buf_free(&b);
    return ok;
}

static inline bool made_families_write(const char *path)
{
    struct err e;
    return file_write(path, MADE_FAMILIES, strlen(MADE_FAMILIES), 0600, &e) == ERR_OK;
}

#endif
