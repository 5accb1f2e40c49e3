/* A sound made small enough for a picture. */
#ifndef CLASSIFIER_AUDIO_SKETCH_H
#define CLASSIFIER_AUDIO_SKETCH_H

#include <stddef.h>
#include <stdint.h>

#include "classifier/audio/analysis.h"
#include "classifier/audio/chroma.h"
#include "classifier/audio/mel.h"

#define SKETCH_WIDTH ((size_t)1200)

/* Plain numbers, so that a child process can hand them on. Column by column. */
struct sketch {
    int8_t low[SKETCH_WIDTH];               /* of the samples, 127 stands for 1 */
    int8_t high[SKETCH_WIDTH];              /* likewise */
    uint8_t mel[SKETCH_WIDTH][MEL_N];       /* 255: the loudest, 0: 80 dB below or less */
    uint8_t chroma[SKETCH_WIDTH][CHROMA_N]; /* 255: the strongest */
};

/* Of the part that was kept, ANALYSIS_KEPT_S at most. */
void sketch_make(const struct analysis_view *view, struct sketch *ret);

#endif
