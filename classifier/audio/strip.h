/* What a net hears of a sound: half a minute of its mel spectrogram, frame by frame. */
#ifndef CLASSIFIER_AUDIO_STRIP_H
#define CLASSIFIER_AUDIO_STRIP_H

#include <stdint.h>

#include "classifier/audio/analysis.h"
#include "classifier/audio/mel.h"

#define STRIP_S      30
#define STRIP_FRAMES (1 + (size_t)STRIP_S * STFT_RATE / STFT_HOP)

/* Plain numbers, so that a child process can hand them on. */
struct strip {
    uint32_t frames;                  /* 1 to STRIP_FRAMES; 0 behind them */
    uint8_t mel[STRIP_FRAMES][MEL_N]; /* 255: the loudest of the strip, 0: 80 dB below or less */
};

/* From the middle of the part that was kept. */
void strip_make(const struct analysis_view *view, struct strip *ret);

#endif
