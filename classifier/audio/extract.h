/* From a sound file to its features. A file may come from anywhere and decoders have had holes, so
 * each is read by a process of its own that has nothing but that file and a pipe (cage.h). */
#ifndef CLASSIFIER_AUDIO_EXTRACT_H
#define CLASSIFIER_AUDIO_EXTRACT_H

#include "base/err.h"
#include "classifier/audio/cage.h"
#include "classifier/audio/decode.h"
#include "classifier/audio/sketch.h"
#include "classifier/audio/summary.h"

struct extract_options {
    struct cage_limits limits; /* zeros: 300 s, 256 MiB */
    int64_t wall_ms;           /* 0: 600 s */
    struct sketch *sketch;     /* filled in too; NULL: none wanted */
};

struct extract {
    struct summary summary;
    struct decode_about about;
};

/* Any thread, several at a time. Files over an hour are cut there. The messages follow on the
 * file's name: "is a directory". ERR_IO, ERR_FORMAT. */
ERR_NODISCARD enum err_code extract_run(const char *path, const struct extract_options *options,
                                        struct extract *ret, struct err *e);

#endif
