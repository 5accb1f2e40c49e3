/* MPEG-4 files (M4A: AAC, ALAC) by FFmpeg's libraries, in builds with FFMPEG=yes; the others say
 * that they cannot. The only file that knows those libraries. */
#ifndef CLASSIFIER_AUDIO_DECODE_AV_H
#define CLASSIFIER_AUDIO_DECODE_AV_H

#include <stddef.h>

#include "base/err.h"

struct decode_av;

struct decode_av_about {
    int rate;
    int channels;
    double frames; /* that the file promises; 0: unknown */
};

/* fd can be sought in, and stays the caller's. ERR_FORMAT. Caller: decode_av_close. */
ERR_NODISCARD enum err_code decode_av_open(int fd, struct decode_av **ret,
                                           struct decode_av_about *ret_about, struct err *e);
/* Up to `frames` frames of interleaved samples, 0 at the end, also where the rest is damaged. */
size_t decode_av_read(struct decode_av *d, float *ret, size_t frames);
void decode_av_close(struct decode_av *d);

#endif
