#!/usr/bin/env python3
"""genrectl train --curve and eval --html, --json: figures that any reader of XML and HTML takes."""
import hashlib
import html.parser
import json
import os
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

from test_train import BUILD, COLUMNS, FAMILIES, songs, table

VOID = {"meta", "br"}
EVIL = "<img src=x onerror=alert(1)>&'\".csv"


class Page(html.parser.HTMLParser):
    """Refuses tags out of order and whatever runs or comes from elsewhere; collects drawings."""

    def __init__(self, test, text):
        super().__init__()
        self.test, self.open, self.names, self.words = test, [], [], []
        self.feed(text)
        self.close()
        test.assertEqual(self.open, [])

    def handle_starttag(self, tag, attrs):
        self.test.assertNotIn(tag, ("script", "img", "link", "iframe", "object", "image", "use"))
        for name, value in attrs:
            self.test.assertFalse(name.startswith("on") or name in ("src", "href"), name)
            self.test.assertNotIn("url(", value or "")
        self.names.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        self.test.assertEqual(self.open.pop(), tag, self.getpos())

    def handle_data(self, data):
        self.words.append(data)


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="genred-report-")
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.data = cls.write(EVIL, table(songs(), COLUMNS))
        cls.families = cls.write("families.csv", FAMILIES)
        cls.model = os.path.join(cls.dir, "out.model")
        cls.curve = os.path.join(cls.dir, "curve.svg")
        cls.ctl("train", "--epochs", "3", "--out", cls.model, "--curve", cls.curve)
        cls.page = os.path.join(cls.dir, "report.html")
        cls.json = json.loads(cls.ctl("eval", "--model", cls.model, "--html", cls.page, "--json"))

    @classmethod
    def write(cls, name, content):
        path = os.path.join(cls.dir, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(content)
        return path

    @classmethod
    def ctl(cls, command, *more):
        done = subprocess.run(
            [os.path.join(BUILD, "genrectl"), command, "--data", cls.data, "--families",
             cls.families, *more],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=300, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def test_the_curve_is_a_drawing_of_its_own(self):
        root = xml.etree.ElementTree.parse(self.curve).getroot()
        space = "{http://www.w3.org/2000/svg}"
        self.assertEqual(root.tag, space + "svg")
        words = [text.text for text in root.iter(space + "text")]
        for word in ("Training loss", "Macro AUC on validation artists", "epoch", "without statistics"):
            self.assertIn(word, words)
        self.assertEqual(len(list(root.iter(space + "circle"))), 3 * 3)
        height = float(root.get("viewBox").split()[3])
        for text in root.iter(space + "text"):
            if text.get("y"):
                self.assertLessEqual(float(text.get("y")), height)

    def test_the_page_is_whole_and_runs_nothing(self):
        with open(self.page, encoding="utf-8") as f:
            text = f.read()
        page = Page(self, text)
        self.assertNotIn(self.dir, text)
        self.assertNotIn("<img", text)
        self.assertIn(EVIL, page.words)
        # Reliability, its families; curves; two confusions; three times importance; two legends.
        self.assertEqual(page.names.count("svg"), 1 + 22 + 22 + 2 + 3 + 4)
        drawings = text.split("<svg")[1:]
        for drawing in drawings:
            xml.etree.ElementTree.fromstring("<svg" + drawing[:drawing.index("</svg>")] + "</svg>")
        self.assertIn(self.json["model"], text)
        with open(self.data, "rb") as f:
            digest = hashlib.sha256(f.read()).hexdigest()
        self.assertIn(digest, text)
        self.assertEqual(self.json["files"][0], {"name": EVIL, "sha256": digest})

    def test_json_holds_everything(self):
        whole = self.json["without_tags"]
        self.assertEqual(len(whole["families"]), 22)
        for family in whole["families"]:
            bins = family["reliability"]
            self.assertEqual(sum(b["songs"] for b in bins), self.json["songs"])
            error = sum(b["songs"] * abs(b["probability"] - b["true"]) for b in bins if b["songs"])
            self.assertAlmostEqual(family["calibration_error"], error / self.json["songs"], 6)
            if family["songs"]:
                self.assertAlmostEqual(sum(family["taken_for"].values()), 1.0, 6)
            if family["precise"]["threshold"] is not None:
                self.assertGreaterEqual(family["precise"]["precision"], 0.8)
            coverage = [point["coverage"] for point in family["curve"]]
            self.assertEqual(coverage, sorted(coverage))
        self.assertLess(abs(self.json["importance"]["tags"]["shuffled"]), 1e-9)
        self.assertGreater(self.json["importance_with_tags"]["tags"]["shuffled"], 0.0)

    def test_the_same_again(self):
        again = os.path.join(self.dir, "again.html")
        self.ctl("eval", "--model", self.model, "--html", again)
        with open(self.page, "rb") as a, open(again, "rb") as b:
            self.assertEqual(a.read(), b.read())


if __name__ == "__main__":
    unittest.main()
