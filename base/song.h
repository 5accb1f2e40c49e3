/* What is known about one song when its genre is decided. Plain data; strings are borrowed. */
#ifndef BASE_SONG_H
#define BASE_SONG_H

#include <stddef.h>
#include <stdint.h>

/* Spotify's audio statistics, in the order of every table, file and model. */
enum song_stat {
    SONG_DANCEABILITY,
    SONG_ENERGY,
    SONG_KEY,      /* 0 C .. 11 B; -1: none found */
    SONG_LOUDNESS, /* dB, usually -60 .. 0 */
    SONG_MODE,     /* 0 minor, 1 major */
    SONG_SPEECHINESS,
    SONG_ACOUSTICNESS,
    SONG_INSTRUMENTALNESS,
    SONG_LIVENESS,
    SONG_VALENCE,
    SONG_TEMPO, /* beats per minute */
    SONG_TIME_SIGNATURE,
    SONG_STATS
};

struct song {
    const char *id;      /* "" never; the service's id */
    const char *name;    /* "" when not known; so are all texts */
    const char *artists; /* "; " between several, first artist first */
    const char *album;
    const char *label;   /* record label */
    const char *tags;    /* genre tags of the artists, "; " between several */
    int year;            /* of release; 0: not known */
    int64_t duration_ms; /* 0: not known */
    int is_explicit;     /* 1, 0, -1: not known */
    uint32_t stat_mask;  /* bit i: stat[i] is known */
    float stat[SONG_STATS];
};

/* "danceability" ..., as columns and JSON keys are called. */
extern const char *const song_stat_name[SONG_STATS];

#endif
