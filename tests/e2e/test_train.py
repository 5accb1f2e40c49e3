#!/usr/bin/env python3
"""genrectl train with people's own files: layouts, bad rows, bad files, what cleaning tells."""
import csv
import gzip
import io
import os
import random
import shutil
import subprocess
import tempfile
import unittest

BUILD = os.environ.get("GENRED_BUILD", os.path.join(os.path.dirname(__file__), "../../build"))
FAMILIES = "tag,tracks,families\nbebop,1,jazz\nthrash,2,metal rock\ntechno,4,electronic\n"
COLUMNS = ["track_id", "track_name", "artists", "release_date", "duration_ms", "artist_genres",
           "loudness", "energy", "tempo"]
KINDS = [("blue swing", "bebop", -12), ("iron blood", "thrash", -4), ("night circuit", "techno", -8)]


def songs(n=600):
    """Made-up rows of artists of every part of the split."""
    r = random.Random(1)
    for i in range(n):
        words, tag, loudness = KINDS[i // 4 % 3]
        yield [f"s{i}", f"{words} {i}", f"Act {i // 4}", str(r.randrange(1960, 2020)),
               str(r.randrange(100000, 400000)), tag, f"{loudness + r.random():.2f}",
               f"{r.random():.3f}", f"{r.uniform(80, 180):.1f}"]


def table(rows, columns=None, **how):
    out = io.StringIO()
    w = csv.writer(out, **{"lineterminator": "\n", **how})
    w.writerow(columns or COLUMNS)
    w.writerows(rows)
    return out.getvalue()


class Train(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="genred-train-")
        self.addCleanup(shutil.rmtree, self.dir)
        self.families = self.write("families.csv", FAMILIES)
        self.out = os.path.join(self.dir, "out.model")

    def write(self, name, content):
        path = os.path.join(self.dir, name)
        with open(path, "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        return path

    def train(self, *data, status=0, more=()):
        done = subprocess.run(
            [os.path.join(BUILD, "genrectl"), "train", "--data", *data, "--families", self.families,
             "--epochs", "1", "--out", self.out, *more],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
        text = done.stderr.decode()
        self.assertEqual(done.returncode, status, text)
        return text

    def model(self):
        with open(self.out, "rb") as f:
            return f.read()

    def test_layouts_give_the_same_model(self):
        plain = list(songs())
        self.train(self.write("plain.csv", table(plain)))
        wanted = self.model()
        order = [8, 2, 0, 5, 7, 1, 3, 6, 4]
        mixed = [[row[i] for i in order] for row in plain]
        names = [COLUMNS[i] for i in order]
        commas = [[v.replace(".", ",") if i in (0, 4, 7) else v for i, v in enumerate(row)]
                  for row in mixed]
        shouted = [n.replace("_", " ").upper() for n in names]
        layouts = {
            "order.csv": table(mixed, names),
            "quoted.csv": table(plain, quoting=csv.QUOTE_ALL, lineterminator="\r\n"),
            "semicolons.csv": b"\xef\xbb\xbf" + table(commas, shouted, delimiter=";",
                                                      lineterminator="\r\n").encode(),
            "tabs.tsv": table(mixed, names, delimiter="\t"),
            "packed.csv.gz": gzip.compress(table(plain).encode()),
        }
        for name, content in layouts.items():
            with self.subTest(name):
                os.unlink(self.out)
                self.train(self.write(name, content))
                self.assertEqual(self.model(), wanted)

    def test_genre_column_labels_songs(self):
        genres = {"bebop": "Jazz", "thrash": "metal", "techno": "EDM"}
        rows = [[r[2], r[1], "A#", "Minor", "?" if i % 5 == 0 else r[8], "-1.0", r[6], genres[r[5]]]
                for i, r in enumerate(songs())]
        text = self.train(self.write("genres.csv", table(rows, [
            "artist_name", "track_name", "key", "mode", "tempo", "duration_ms", "loudness",
            "music_genre"])))
        self.assertIn("model ", text)
        self.assertRegex(text, r"statistic missing +120 ")
        self.assertRegex(text, r"duration missing, 0 or -1 +600 ")
        self.assertNotIn("no genre of a known family", text)

    def test_report_and_card(self):
        rows = list(songs())
        rows[7][8] = "0"                  # line 9
        rows[9][6] = "12"                 # line 11
        rows[10][3] = "2999-01-01"        # line 12
        rows[11][2] = "empty_field"       # line 13
        rows.append([*rows[0]])           # line 602: the same id
        rows.append(["new", rows[1][1].upper() + " - Remastered 2011", *rows[1][2:]])
        path = self.write("dirty.csv", table(rows) + "short,row\n")
        report, card = os.path.join(self.dir, "report"), os.path.join(self.dir, "CARD.md")
        text = self.train(path, more=("--report", report, "--card", card))
        self.assertIn("line 604: it has another number of fields than the header; skipped", text)
        with open(report, encoding="utf-8") as f:
            told = f.read()
        self.assertIn("dirty.csv: 603 rows\n", told)
        for rule, line in (("tempo 0", 9), ("loudness above", 11), ("year before", 12),
                           ("placeholder as the artist", 13), ("malformed", 604)):
            self.assertRegex(told, rf"  {rule}.* 1 .*first: line {line}\n")
        self.assertEqual(told.count("same id as an earlier row"), 1)
        self.assertEqual(told.count("same artist and title"), 1)
        with open(card, encoding="utf-8") as f:
            shown = f.read()
        self.assertIn("| tempo 0 | 1 | it and statistics of 0 dropped |", shown)
        self.assertNotIn(self.dir, shown)

    def test_bad_files_are_refused_and_the_old_model_stays(self):
        good = self.write("good.csv", table(songs()))
        packed = gzip.compress(table(songs()).encode())
        self.write("out.model", b"the old model")
        endless = os.path.join(self.dir, "endless.csv")
        with open(endless, "wb") as f:
            f.write(b"a")
            f.truncate(2 << 30)   # takes no room on the disk
        bad = {
            self.write("empty.csv", ""): "is empty",
            self.write("blank.csv", "\n\r\n\n"): "is empty",
            self.write("rows.csv", "\n".join(",".join(r) for r in songs())): "has no column with",
            self.write("header.csv", table([])): "has not one usable row",
            self.write("broken.csv", table([["x"]] * 3)): "has not one usable row",
            self.write("image.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 40):
                "line 1:",
            self.write("wide.csv", "id,name\n".encode("utf-16")): "UTF-16",
            self.write("cut.csv.gz", packed[:len(packed) // 2]): "cannot read",
            self.write("flipped.csv.gz", packed[:-6] + b"\0\0" + packed[-4:]): "cannot read",
            endless: "line 1: longer than 1 MiB",
            self.dir: "cannot",
            os.path.join(self.dir, "absent.csv"): "cannot open",
        }
        for path, why in bad.items():
            for data in ([path], [good, path]):
                with self.subTest(os.path.basename(path), files=len(data)):
                    text = self.train(*data, status=1)
                    last = text.splitlines()[-1]
                    self.assertTrue(last.startswith("genrectl: "), text)
                    self.assertIn(why, last)
                    self.assertEqual(self.model(), b"the old model")
        self.assertEqual([n for n in os.listdir(self.dir) if n.startswith("out.model")],
                         ["out.model"])

    def test_bad_families_are_refused(self):
        good = self.write("good.csv", table(songs()))
        self.write("out.model", b"the old model")
        self.families = self.write("families.csv", "tag,families\nx,polka\n")
        self.assertIn('"polka" is no genre family', self.train(good, status=1))
        self.assertEqual(self.model(), b"the old model")

    def test_many_bad_rows_are_not_all_told(self):
        bad = table(songs()) + "x,y\n" * 5000
        text = self.train(self.write("bad.csv", bad))
        self.assertLess(len(text.splitlines()), 150)
        self.assertRegex(text, r"malformed +5000  row dropped")


if __name__ == "__main__":
    unittest.main()
