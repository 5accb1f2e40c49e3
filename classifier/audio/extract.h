/* From a sound file to its features. A file may come from anywhere and decoders have had holes, so
 * each is read by a process of its own that has nothing but that file and a pipe (cage.h). */
#ifndef CLASSIFIER_AUDIO_EXTRACT_H
#define CLASSIFIER_AUDIO_EXTRACT_H

#include "base/err.h"
#include "classifier/audio/augment.h"
#include "classifier/audio/cage.h"
#include "classifier/audio/decode.h"
#include "classifier/audio/segment.h"
#include "classifier/audio/sketch.h"
#include "classifier/audio/strip.h"
#include "classifier/audio/summary.h"

/* What of a file is wanted beside its summary is filled in where there is a place for it. */
struct extract_options {
    struct cage_limits limits; /* zeros: 300 s, 256 MiB */
    int64_t wall_ms;           /* 0: 600 s */
    struct sketch *sketch;
    struct strip *strip;
    struct summary *segments; /* (SEGMENT_MOST), of the part that is kept */
    double segment_s;         /* length of each */
    /* The first AUGMENT_MOST_S of the sound are changed so before all else; NULL: not. */
    const struct augment_plan *augment;
};

struct extract {
    struct summary summary;
    struct decode_about about;
    uint32_t n_segments; /* 0 when none were wanted */
};

/* Any thread, several at a time. Files over an hour are cut there. The messages follow on the
 * file's name: "is a directory". ERR_IO, ERR_FORMAT. */
ERR_NODISCARD enum err_code extract_run(const char *path, const struct extract_options *options,
                                        struct extract *ret, struct err *e);

#endif
