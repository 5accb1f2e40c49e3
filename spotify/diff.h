/* The three-way difference of a genre's playlists: what genred wrote last, what is there now, what
 * the classifier wants. Pure. */
#ifndef SPOTIFY_DIFF_H
#define SPOTIFY_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A liked song as a candidate for the genre. */
struct diff_song {
    int64_t track;
    bool enters; /* probable enough to be put in */
    bool stays; /* probable enough to remain once in: a little less, so that songs do not flicker */
};

enum diff_by { DIFF_BY_GENRED, DIFF_BY_PERSON, DIFF_BY_REMOVED };

struct diff_item {
    int64_t track;
    int64_t playlist; /* the volume that holds it */
    enum diff_by by;
    bool held; /* stays in any case */
};

struct diff_volume {
    int64_t playlist;
    int64_t total; /* items in it now */
    int64_t *add;  /* (n_add) tracks, newest liked first; room for n_songs */
    size_t n_add;
    int64_t *remove; /* (n_remove); room for n_items */
    size_t n_remove;
};

/* songs: (n_songs) newest liked first. items: (n_items) ascending by track, of all volumes. Fills
 * the volumes' add and remove; a song that fits into none is counted in *ret_overflow. What the
 * person put in or took out is never touched. cap: items a playlist may hold. O((songs + items) log
 * items). */
void diff_plan(const struct diff_song *songs, size_t n_songs, const struct diff_item *items,
               size_t n_items, struct diff_volume *volumes, size_t n_volumes, int64_t cap,
               size_t *ret_overflow);

#endif
