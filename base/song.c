#include "base/song.h"

const char *const song_stat_name[SONG_STATS] = {
    [SONG_DANCEABILITY] = "danceability",
    [SONG_ENERGY] = "energy",
    [SONG_KEY] = "key",
    [SONG_LOUDNESS] = "loudness",
    [SONG_MODE] = "mode",
    [SONG_SPEECHINESS] = "speechiness",
    [SONG_ACOUSTICNESS] = "acousticness",
    [SONG_INSTRUMENTALNESS] = "instrumentalness",
    [SONG_LIVENESS] = "liveness",
    [SONG_VALENCE] = "valence",
    [SONG_TEMPO] = "tempo",
    [SONG_TIME_SIGNATURE] = "time_signature",
};
