/* A sound as a picture: waveform, mel spectrogram, chromagram, one below the other. The only file
 * that knows libpng. */
#ifndef CLASSIFIER_AUDIO_PICTURE_H
#define CLASSIFIER_AUDIO_PICTURE_H

#include "base/buf.h"
#include "base/err.h"
#include "classifier/audio/sketch.h"

/* Adds a PNG image of SKETCH_WIDTH by some 570 to b. Deep notes and low frequencies are at the
 * bottom of their parts. */
ERR_NODISCARD enum err_code picture_make(const struct sketch *s, struct buf *b, struct err *e);

#endif
