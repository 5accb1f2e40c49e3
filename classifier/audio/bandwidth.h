/* Spread of a spectrum round its centroid, librosa 0.10's `feature.spectral_bandwidth` with p=2. */
#ifndef CLASSIFIER_AUDIO_BANDWIDTH_H
#define CLASSIFIER_AUDIO_BANDWIDTH_H

/* magnitude: (STFT_BINS, 8), centroid_hz: (8). ret_hz: (8), 0 for silence. Any thread. */
void bandwidth_block(const float *magnitude, const float *centroid_hz, float *ret_hz);

#endif
