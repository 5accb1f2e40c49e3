/* From the bytes of a sound file to samples: WAV, AIFF, FLAC, Ogg, Opus, MP3 and whatever else
 * libsndfile reads, and MPEG-4 where decode_av.h can. The only file that knows libsndfile. */
#ifndef CLASSIFIER_AUDIO_DECODE_H
#define CLASSIFIER_AUDIO_DECODE_H

#include <stddef.h>

#include "base/err.h"

struct decode;

struct decode_about {
    int rate; /* samples per second */
    int channels;
};

/* The file of a descriptor that can be sought in, which is closed with it, on failure too.
 * ERR_FORMAT when it is no sound file, or shorter than its header says. Caller: decode_close. */
ERR_NODISCARD enum err_code decode_open(int fd, struct decode **ret, struct decode_about *ret_about,
                                        struct err *e);
/* The next samples, at most DECODE_BLOCK of them, the mean of all channels; valid until the next
 * call. *ret_n is 0 at the end. ERR_FORMAT when the file ends before its end, or samples are no
 * numbers or beyond a million. */
ERR_NODISCARD enum err_code decode_read(struct decode *d, const float **ret_x, size_t *ret_n,
                                        struct err *e);
void decode_close(struct decode *d);

#define DECODE_BLOCK ((size_t)16384)

#endif
