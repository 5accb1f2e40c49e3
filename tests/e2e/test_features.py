#!/usr/bin/env python3
"""genrectl features: numbers of sound files, good and bad, without daemon, login or configuration."""
import csv
import io
import json
import math
import os
import pty
import shutil
import struct
import subprocess
import tempfile
import unittest
import wave
import zlib

from test_train import BUILD

ONE = ["rms", "spectral_centroid", "spectral_bandwidth", "spectral_rolloff", "zero_crossing_rate", "melspectrogram",
       "harmonic", "percussive", "onset_strength"]
SEVERAL = {"mfcc": 20, "chroma_stft": 12, "spectral_contrast": 7, "tonnetz_from_chroma_stft": 6}


def pixels(path):
    """Width, height and rows of an RGB picture, filters undone as PNG's standard has them."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert (depth, colour) == (8, 2)
        packed += body if kind == b"IDAT" else b""
        at += 12 + size
    raw, rows, before = zlib.decompress(packed), [], bytes(3 * width)
    for y in range(height):
        kind, line = raw[y * (3 * width + 1)], bytearray(raw[y * (3 * width + 1) + 1:(y + 1) * (3 * width + 1)])
        for i, value in enumerate(line):
            left, up = line[i - 3] if i >= 3 else 0, before[i]
            corner = before[i - 3] if i >= 3 else 0
            near = min((abs(up - corner), 0, left), (abs(left - corner), 1, up),
                       (abs(left + up - 2 * corner), 2, corner))[2]
            line[i] = (value + (0, left, up, (left + up) // 2, near)[kind]) & 255
        rows.append(bytes(line))
        before = rows[-1]
    return width, height, rows


class Features(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="genred-features-")
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def sound(self, name, seconds=1.0, hz=440.0, level=0.5):
        with wave.open(self.path(name), "wb") as out:
            out.setparams((1, 2, 22050, 0, "NONE", ""))
            out.writeframes(b"".join(struct.pack("<h", round(32767 * level * math.sin(2 * math.pi * hz * i / 22050)))
                                     for i in range(int(22050 * seconds))))
        return self.path(name)

    def features(self, *args, status=0):
        done = subprocess.run([f"{BUILD}/genrectl", "features", *args], capture_output=True, text=True, timeout=60,
                              env={"PATH": os.environ["PATH"], "HOME": self.dir})
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout, done.stderr

    def test_json_has_librosas_names_and_shapes(self):
        out, err = self.features("--json", self.sound("a.wav"))
        self.assertEqual(err, "")
        got = json.loads(out)
        for name in ONE:
            self.assertEqual(sorted(got[name]), ["mean", "var"], name)
            self.assertEqual(sorted(got["range"][name]), ["max", "min"], name)
        for name, n in SEVERAL.items():
            self.assertEqual(len(got[name]), n, name)
            self.assertEqual(sorted(got[name][n - 1]), ["mean", "var"], name)
            self.assertEqual(len(got["range"][name]), n, name)
            self.assertEqual(sorted(got["range"][name][n - 1]), ["max", "min"], name)
        self.assertAlmostEqual(got["range"]["rms"]["max"], 0.3535, delta=0.002)
        self.assertEqual((got["frames"], got["sample_rate"], got["duration_s"]), (44, 22050, 1.0))
        self.assertGreater(got["tempo"], 0)
        self.assertAlmostEqual(got["harmonic_rms"], math.sqrt(got["harmonic"]["var"] + got["harmonic"]["mean"] ** 2))
        self.assertEqual(got["source"], {"sample_rate": 22050, "channels": 1})
        self.assertAlmostEqual(got["spectral_rolloff"]["mean"], 440, delta=40)

    def test_csv_and_json_tell_the_same(self):
        path = self.sound('comma, "quote".wav')
        got = json.loads(self.features("--json", path)[0])
        head, row = csv.reader(io.StringIO(self.features("--csv", path)[0]))
        self.assertEqual(len(head), len(row))
        cells = dict(zip(head, row))
        self.assertEqual(cells["file"], path)
        self.assertAlmostEqual(float(cells["rms_mean"]), got["rms"]["mean"], places=6)
        self.assertAlmostEqual(float(cells["mfcc20_var"]) / got["mfcc"][19]["var"], 1, places=6)
        self.assertAlmostEqual(float(cells["rms_min"]), got["range"]["rms"]["min"], places=6)
        self.assertAlmostEqual(float(cells["mfcc20_max"]), got["range"]["mfcc"][19]["max"], places=4)
        self.assertAlmostEqual(float(cells["chroma_stft1_mean"]), got["chroma_stft"][0]["mean"], places=6)
        self.assertAlmostEqual(float(cells["onset_strength_mean"]), got["onset_strength"]["mean"], places=6)

    def test_table_is_for_people(self):
        out, _ = self.features(self.sound("a.wav", seconds=2))
        self.assertIn("2.0 s of 22050 Hz, 1 channel;", out)
        for name in [*ONE, *SEVERAL]:
            self.assertIn(f"\n{name} ", out)

    def test_a_bad_file_is_told_and_the_next_goes_on(self):
        good, other = self.sound("good.wav"), self.sound("other.wav", hz=880)
        with open(self.path("text.mp3"), "w", encoding="utf-8") as file:
            file.write("no sound at all\n" * 50)
        open(self.path("empty.flac"), "wb").close()
        os.mkdir(self.path("dir.ogg"))
        os.mkfifo(self.path("fifo.wav"))
        bad = [self.path(name) for name in ("text.mp3", "empty.flac", "dir.ogg", "fifo.wav", "none.wav")]
        out, err = self.features("--json", bad[0], good, *bad[1:], other, status=3)
        lines = [json.loads(line) for line in out.splitlines()]
        self.assertEqual([line.get("file") for line in lines[:-1]], [bad[0], good, *bad[1:], other])
        self.assertIn("rms", lines[1])
        self.assertIn("rms", lines[6])
        self.assertEqual([line.get("error") for line in lines[2:6]], ["format", "io", "io", "io"])
        self.assertEqual((lines[-1]["error"], lines[-1]["exit_status"]), ("partly", 3))
        out, err = self.features("--csv", *bad, good, status=3)
        self.assertEqual(len(out.splitlines()), 2)
        self.assertEqual(len(err.splitlines()), 6)
        for path, line in zip(bad, err.splitlines()):
            self.assertIn(f"genrectl: {path} ", line)

    def test_nothing_usable_is_a_failure(self):
        _, err = self.features(self.path("none.wav"), status=1)
        self.assertIn("none.wav cannot be opened: No such file", err)
        _, err = self.features(self.path("a.wav"), self.path("b.wav"), status=1)
        self.assertIn("2 of 2 files could not be used", err)

    def test_names_command_no_terminal(self):
        _, err = self.features(self.path("a\x1b]0;x\x07.wav"), self.sound("a.wav"), status=3)
        self.assertNotIn("\x1b", err)
        self.assertNotIn("\x07", err)

    def on_terminal(self, *args):
        """Standard output, and what a terminal got on standard error."""
        main, side = pty.openpty()
        self.addCleanup(os.close, main)
        done = subprocess.run([f"{BUILD}/genrectl", "features", *args], stdout=subprocess.PIPE, stderr=side, text=True,
                              timeout=60, check=True, env={"PATH": os.environ["PATH"], "HOME": self.dir})
        os.write(side, b"END\n")
        os.close(side)
        shown = b""
        while b"END" not in shown:
            shown += os.read(main, 65536)
        return done.stdout, shown.decode().replace("END", "").strip()

    def test_a_bar_for_many_files_on_a_terminal(self):
        paths = [self.sound(f"{i}.wav", hz=200 + 50 * i) for i in range(10)]
        out, shown = self.on_terminal("--csv", *paths)
        self.assertEqual([row[0] for row in csv.reader(io.StringIO(out))], ["file", *paths])
        for part in ("0 of 10", "5 of 10", "10 of 10", "[############............]  50 %"):
            self.assertIn(part, shown)
        self.assertTrue(shown.endswith("\x1b[K"), shown)  # nothing of it stays
        self.assertEqual(self.on_terminal("--csv", *paths[:4])[1], "")
        self.assertEqual(self.on_terminal("--csv", "--quiet", *paths)[1], "")
        self.assertEqual(self.features("--csv", *paths)[1], "")

    def test_flags_that_do_not_go_together(self):
        path = self.sound("a.wav")
        self.features("--csv", "--json", path, status=2)
        self.features("--png", self.path("out.png"), path, path, status=2)
        self.features(status=2)

    def test_picture(self):
        out = self.path("out.png")
        self.features("--png", out, self.sound("a.wav", seconds=2))
        width, height, rows = pixels(out)
        self.assertEqual((width, height), (1200, 572))
        bright = [sum(row[3 * 600:3 * 600 + 3]) for row in rows]
        mel, chroma = bright[166:422], bright[428:572]
        self.assertEqual((255 - mel.index(max(mel))) // 2, 16)  # the band of 440 Hz, counted from below
        self.assertIn(max(chroma), chroma[24:36])  # A is the tenth of twelve from below
        ink = [y for y in range(160) if rows[y][3 * 600] < 100]
        self.assertAlmostEqual(min(ink), 40, delta=10)
        self.assertAlmostEqual(max(ink), 119, delta=10)

    def test_m4a_where_built_for_it(self):
        source, out = self.sound("a.wav", seconds=3), self.path("a.m4a")
        with open(out, "wb") as file:
            file.write(b"\0\0\0\x20ftypM4A \0\0\0\0")
        _, err = self.features(out, status=1)
        if "FFMPEG=yes" in err or shutil.which("ffmpeg") is None:
            self.skipTest("built without FFmpeg")
        for codec, within in (("alac", 1e-9), ("aac", 0.02)):
            subprocess.run(["ffmpeg", "-loglevel", "error", "-y", "-i", source, "-c:a", codec, "-movflags",
                            "+faststart", out], check=True)
            plain, packed = (json.loads(self.features("--json", path)[0]) for path in (source, out))
            for name in ("rms", "spectral_centroid", "melspectrogram"):
                self.assertAlmostEqual(packed[name]["mean"] / plain[name]["mean"], 1, delta=within, msg=codec + name)
            os.truncate(out, os.path.getsize(out) // 2)
            self.assertIn("ends early", self.features(out, status=1)[1])

    def test_no_picture_of_what_cannot_be_read(self):
        self.features("--png", self.path("out.png"), self.path("none.wav"), status=1)
        self.assertFalse(os.path.exists(self.path("out.png")))


if __name__ == "__main__":
    unittest.main()
