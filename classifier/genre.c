#include "classifier/genre.h"

#include <stdint.h>
#include <strings.h>

#include "base/text.h"

const char *const genre_name[GENRE_N] = {
    "ambient", "asian-pop", "blues", "classical",  "country", "electronic", "folk", "funk-disco",
    "gospel",  "hip-hop",   "indie", "jazz",       "latin",   "metal",      "pop",  "punk",
    "reggae",  "rock",      "soul",  "soundtrack", "spoken",  "world",
};

size_t genre_find(const char *name)
{
    for (size_t i = 0; i < GENRE_N; i++) {
        if (strcasecmp(name, genre_name[i]) == 0) {
            return i;
        }
    }
    return GENRE_NONE;
}

const char *genre_nearest(const char *name)
{
    return text_nearest(name, genre_name, GENRE_N);
}
