/* Sound files in memory, ready to be learned from. */
#ifndef CLASSIFIER_SOUND_RECORDINGS_H
#define CLASSIFIER_SOUND_RECORDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "classifier/audio/strip.h"
#include "classifier/audio/summary.h"
#include "classifier/sound/catalogue.h"
#include "classifier/sound/watch.h"

/* One hearing of a recording: as it is, or changed. */
struct recordings_take {
    struct summary summary;
    struct summary *segments; /* (n_segments); NULL when none were wanted */
    size_t n_segments;
    struct strip *strip; /* likewise */
};

struct recordings_row {
    const char *path;
    uint32_t labels;               /* families of genre.h as bits, at least one */
    size_t group;                  /* below `groups`; of the catalogue, so some may be missing */
    struct recordings_take *takes; /* (n_takes); [0] is as it is, the others only to learn from */
    size_t n_takes;                /* at least 1 */
};

struct recordings {
    struct catalogue catalogue; /* owns the texts */
    struct recordings_row *rows;
    size_t n;
    size_t groups;
    size_t failed; /* files, rows and folders that could not be used: the command then ends with
                      ERR_PARTLY */
};

struct recordings_options {
    double segment_s; /* 0: no segments */
    bool strips;
    /* Changed takes, beside the first: so many of each recording of a rare genre, one that has
     * fewer recordings than the median of the genres that have any. */
    size_t versions;
    bool of_all;     /* not only of rare genres */
    uint32_t kinds;  /* AUGMENT_BIT of each; 0: all */
    double strength; /* as in augment.h */
    uint64_t seed;   /* the same, and the same file names: the same changes */
    size_t threads;  /* as in team.h */
};

/* source: as catalogue_read has it. All files are read, several at a time; the watch's progress
 * counts takes. Memory: 2 KB for each take, 2 KB for each segment, 165 KB for each strip. ERR_IO,
 * ERR_FORMAT: not one could be used; *ret is empty then. Caller: recordings_free. */
ERR_NODISCARD enum err_code recordings_read(const char *source,
                                            const struct recordings_options *options,
                                            const struct watch *watch, struct recordings *ret,
                                            struct err *e);
void recordings_free(struct recordings *r);

#endif
