/* What a sound file's wrapping tells before any of it is decoded. */
#ifndef CLASSIFIER_AUDIO_CONTAINER_H
#define CLASSIFIER_AUDIO_CONTAINER_H

#include <stdbool.h>

#include "base/err.h"

/* ERR_FORMAT when the file behind fd, which can be sought in, is too short for any, or a RIFF, AIFF
 * or Ogg file that was cut off: libsndfile takes what is there for the whole. *ret_mpeg4 tells
 * whether it is an MPEG-4 file. Leaves the place in the file as it is. */
ERR_NODISCARD enum err_code container_check(int fd, bool *ret_mpeg4, struct err *e);

#endif
