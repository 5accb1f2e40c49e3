/* Beats per minute: librosa 0.10's `feature.tempo` (`beat.tempo`), the strongest lag of the mean
 * autocorrelation of 8 s windows of the onset strength (`feature.tempogram`; Grosche, Mueller and
 * Kurth 2010), under a log-normal prior round 120 per minute one octave wide (Ellis 2007, "Beat
 * tracking by dynamic programming"), at most 320. */
#ifndef CLASSIFIER_AUDIO_TEMPO_H
#define CLASSIFIER_AUDIO_TEMPO_H

#include <stddef.h>

/* onset: (frames), frames > 0. */
double tempo_estimate(const float *onset, size_t frames);

#endif
