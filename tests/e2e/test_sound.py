"""Models that hear: measured on recordings that they did not learn from."""

import csv
import json
import math
import os
import random
import struct
import unittest
import wave

from harness import Scenario, slow

RATE = 22050
COLUMNS = ([f"{name}_{moment}" for name in (
    "chroma_stft", "rms", "spectral_centroid", "spectral_bandwidth", "rolloff", "zero_crossing_rate",
    "harmony", "perceptr") for moment in ("mean", "var")] + ["tempo"] +
    [f"mfcc{i}_{moment}" for i in range(1, 21) for moment in ("mean", "var")])


def write_sound(path, hz, noise, seconds, seed):
    dice = random.Random(seed)
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(
            struct.pack("<h", int(9000 * (math.sin(2 * math.pi * hz * i / RATE) * (1 - noise) +
                                          noise * dice.uniform(-1, 1))))
            for i in range(int(RATE * seconds))))


def write_table(path, apart):
    """Rows of two genres that lie so far apart; the numbers say nothing of the row's place."""
    dice = random.Random(5)
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["filename", *COLUMNS, "label"])
        for number in range(100):
            for genre, centre in (("rock", 0.0), ("jazz", apart)):
                out.writerow([f"{genre}.{number:05}.wav",
                              *(dice.gauss(centre, 1.0) for _ in COLUMNS), genre])


class Eval(Scenario):
    fake_arguments = ("--songs", "5")

    def ways(self, *arguments, status=0):
        done = self.run_ctl("--json", "eval", *arguments)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        document = json.loads(done.stdout.splitlines()[0])
        return {way["way"]: {model["model"]: model for model in way["models"]}
                for way in document["ways"]}, done.stderr


class Table(Eval):
    def test_a_table_that_tells_and_one_that_does_not(self):
        path = os.path.join(self.directory, "table.csv")
        write_table(path, 1.0)
        ways, _ = self.ways("--table", path)
        self.assertEqual(sorted(ways), ["table_blocks", "table_random"])
        for way in ways.values():
            for name in ("knn", "forest", "logistic", "mlp"):
                self.assertGreater(way[name]["right"], 0.9, name)
        write_table(path, 0.0)
        ways, _ = self.ways("--table", path)
        for name in ("knn", "forest", "logistic", "mlp"):
            self.assertLess(ways["table_blocks"][name]["right"], 0.65, name)

    def test_what_cannot_be_used(self):
        path = os.path.join(self.directory, "table.csv")
        self.assertEqual(self.run_ctl("eval", "--table", path).returncode, 1)
        with open(path, "w") as file:
            file.write("filename,label\nrock.00001.wav,rock\n")
        done = self.run_ctl("eval", "--table", path)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("chroma_stft_mean", done.stderr)
        self.assertEqual(self.run_ctl("eval", "--audio", path + "x").returncode, 1)
        self.assertEqual(self.run_ctl("eval", "--table", path, "--augment").returncode, 2)
        self.assertEqual(self.run_ctl("eval").returncode, 2)


@slow
class Heard(Eval):
    def test_recordings(self):
        folder = os.path.join(self.directory, "sounds")
        for genre, low, noise in (("classical", 220, 0.0), ("metal", 110, 0.9)):
            os.makedirs(os.path.join(folder, genre))
            for i in range(10):
                write_sound(os.path.join(folder, genre, f"{i}.wav"), low * (1 + i / 20), noise, 7, i)
        with open(os.path.join(folder, "metal", "broken.wav"), "w") as file:
            file.write("no sound")
        ways, told = self.ways("--audio", folder, "--epochs", "4", "--augment", status=3)
        self.assertIn("broken.wav", told)
        self.assertEqual(sorted(ways), ["augmented", "leaky", "sound"])
        self.assertEqual(len(ways["sound"]), 7)
        self.assertEqual(len(ways["leaky"]), 4)
        for name in ("knn", "forest", "logistic", "mlp", "cnn"):
            self.assertGreater(ways["sound"][name]["right"], 0.9, name)


if __name__ == "__main__":
    unittest.main()
