/* Mean frequency of a spectrum, librosa 0.10's `feature.spectral_centroid`. */
#ifndef CLASSIFIER_AUDIO_CENTROID_H
#define CLASSIFIER_AUDIO_CENTROID_H

/* magnitude: (STFT_BINS, 8). ret_hz: (8), 0 for silence. Any thread. */
void centroid_block(const float *magnitude, float *ret_hz);

#endif
