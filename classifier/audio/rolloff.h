/* Frequency below which 85 % of a spectrum lies, librosa 0.10's `feature.spectral_rolloff`. */
#ifndef CLASSIFIER_AUDIO_ROLLOFF_H
#define CLASSIFIER_AUDIO_ROLLOFF_H

/* magnitude: (STFT_BINS, 8). ret_hz: (8), 0 for silence. Any thread. */
void rolloff_block(const float *magnitude, float *ret_hz);

#endif
