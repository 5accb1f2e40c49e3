"""Writes tests/golden/audio_golden.h: what librosa makes of three synthetic signals.

    python3 tests/golden/audio_golden.py GOLDEN.json >tests/golden/audio_golden.h

GOLDEN.json, which is not part of the project, comes from librosa 0.10.1dev at commit d8b50170 with
numpy 1.24.2; the signals' formulas stand in tests/unit/made_sound.h.
"""

import json
import sys

SIGNALS = ["click", "chord", "mix"]
# In the order of summary_rows.
NAMES = ["melspectrogram", "mfcc", "chroma_stft", "rms", "spectral_centroid", "spectral_bandwidth", "spectral_rolloff",
         "zero_crossing_rate", "spectral_contrast", "tonnetz_from_chroma_stft", "harmonic", "percussive",
         "onset_strength"]

with open(sys.argv[1]) as file:
    out = json.load(file)["out"]
print("/* Made by tests/golden/audio_golden.py from numbers of librosa 0.10.1dev; not to be edited. */")
print("#ifndef TESTS_GOLDEN_AUDIO_GOLDEN_H\n#define TESTS_GOLDEN_AUDIO_GOLDEN_H\n")
print('#include "classifier/audio/summary.h"\n')
print("/* clang-format off */")
print("static const struct golden {\n    const char *signal;\n    double tempo;")
print("    double harmonic_rms;\n    double percussive_rms;")
print("    double at[SUMMARY_MOMENTS][2]; /* mean and variance */\n} golden[] = {")
for signal in SIGNALS:
    row = out[signal]
    print(f'    {{"{signal}",\n     {row["tempo"]:.9g},\n     {row["harmonic_rms"]:.9g},')
    print(f'     {row["percussive_rms"]:.9g},\n     {{')
    pairs = [pair for name in NAMES for pair in (row[name] if isinstance(row[name], list) else [row[name]])]
    for i in range(0, len(pairs), 2):
        print("         " + " ".join(f'{{{p["mean"]:.9g}, {p["var"]:.9g}}},' for p in pairs[i:i + 2]))
    print("     }},")
print("};\n/* clang-format on */\n\n#endif")
