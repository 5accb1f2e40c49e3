"""What the person does to genred's playlists, between its runs and in the middle of them."""

import contextlib
import os
import sqlite3
import subprocess

from harness import GENRES, Scenario, until
from test_sources import Restricted


class Edits(Scenario):
    def setUp(self):
        super().setUp()
        self.start()
        self.login()
        self.sort()
        self.name, self.items = max(self.fake.contents().items(), key=lambda entry: len(entry[1]))
        self.id = self.fake.playlists()[self.name]["id"]

    def edit(self, do, **more):
        self.fake.control("/playlist", {"do": do, "id": self.id, **more})

    def now(self):
        return self.fake.contents()[self.name]

    def assertSettled(self):
        self.fake.forget_requests()
        self.ctl("sync")
        self.assertEqual(self.fake.writes(), [])
        self.assertNoViolations()

    def test_moved_from_one_genre_to_another(self):
        song = self.items[3]
        other = min(self.fake.playlists().values(), key=lambda p: len(p["items"]))
        self.edit("remove", uri=song)
        self.fake.control("/playlist", {"do": "add", "id": other["id"], "uris": [song],
                                        "position": 2})
        self.ctl("sync")
        self.assertNotIn(song, self.now())
        self.assertIn(song, self.fake.contents()[other["name"]])
        self.assertSettled()

    def test_their_order_and_doubles_stay(self):
        self.edit("reorder")
        self.edit("add", uris=[self.items[0], self.items[5]], position=4)
        before = self.now()
        self.fake.control("/like", {"n": 15})
        self.sort()
        grown = self.now()
        self.assertEqual([uri for uri in grown if uri in before], before)
        self.fake.control("/unlike", {"uri": self.items[0]})
        self.sort()
        self.assertEqual(self.now().count(self.items[0]), 2)
        self.assertSettled()

    def test_name_and_description_stay(self):
        self.edit("rename", name="Mine now")
        self.edit("describe", description="my words")
        self.edit("publish", public=True)
        self.fake.control("/like", {"n": 15})
        self.sort()
        playlist = next(p for p in self.fake.state()["playlists"] if p["id"] == self.id)
        self.assertEqual((playlist["name"], playlist["description"], playlist["public"]),
                         ("Mine now", "my words", True))
        self.assertGreaterEqual(len(playlist["items"]), len(self.items))
        self.assertEqual([entry["method"] for entry in self.fake.writes()
                          if entry["path"].endswith("/playlists/" + self.id)], [])

    def test_what_they_put_in_and_take_out_stays_out(self):
        foreign = next(like["uri"] for like in self.fake.state()["likes"]
                       if like["uri"].startswith("spotify:track:") and
                       like["uri"] not in self.items)
        self.edit("add", uris=[foreign])
        self.ctl("sync")
        self.edit("remove", uri=foreign)
        for _ in range(2):
            self.ctl("sync")
        self.assertNotIn(foreign, self.now())
        self.ctl("label", foreign.rpartition(":")[2], self.name.split()[0])  # the later word
        self.ctl("sync")
        self.assertIn(foreign, self.now())
        self.assertSettled()

    def run_with_edit(self, edit):
        """A sort whose additions are held while the person edits."""
        self.fake.control("/like", {"n": 25})
        self.fake.control("/hold", {"match": "POST /v1/playlists/" + self.id + "/*", "nth": 1,
                                    "when": "before"})
        process = self.popen("sort", "--genres", GENRES, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        held = self.fake.control("/wait_held?timeout=20")["held"]
        edit()
        self.fake.control("/hold", method="DELETE")
        self.assertEqual(process.wait(60), 0)
        return held

    def test_an_edit_in_mid_run(self):
        def edit():
            self.edit("remove", uri=self.items[2])
            self.edit("remove", uri=self.items[4])
            self.edit("add", local=True, position=0)
        self.run_with_edit(edit)
        grown = self.now()
        self.assertEqual({self.items[2], self.items[4]} & set(grown), set())
        self.assertEqual(sum(uri.startswith("spotify:local") for uri in grown), 1)
        self.ctl("sync")
        self.assertEqual({self.items[2], self.items[4]} & set(self.now()), set())
        self.assertSettled()

    def test_the_same_song_at_the_same_moment(self):
        """They put in just what genred is about to put in: it is there once, in their place."""
        planned = []

        def edit():
            with contextlib.closing(sqlite3.connect(os.path.join(
                    self.state_dir, "genred.db"))) as database:
                planned.extend(database.execute(
                    "SELECT t.sid FROM outbox o JOIN track t ON t.id = o.track"
                    " JOIN playlist p ON p.id = o.playlist WHERE p.sid = ?", (self.id,)))
            self.edit("add", uris=["spotify:track:" + planned[0][0]], position=6)
        self.run_with_edit(edit)
        song = "spotify:track:" + planned[0][0]
        self.assertEqual(self.now().count(song), 1)
        self.assertEqual(self.now().index(song), len(planned) - 1 + 6)
        self.fake.control("/unlike", {"uri": song})
        self.ctl("sync")
        self.assertIn(song, self.now())
        self.assertSettled()

    def test_a_deleted_playlist_comes_back_only_when_asked(self):
        self.edit("unfollow")
        genre = self.name.split()[0]
        self.ctl("sync")
        self.stop()
        self.change("UPDATE playlist SET missing_s = missing_s - 4000 WHERE missing_s > 0")
        self.start()
        for _ in range(2):
            summary = self.sort()
        self.assertNotIn(self.name, self.fake.contents())
        self.assertEqual(next(p for p in summary["playlists"] if p["genre"] == genre)["added"], 0)
        self.ctl("release", genre)
        self.sort()
        self.assertEqual(set(self.now()), set(self.items))

    def test_absent_for_a_moment_it_is_not_deleted(self):
        self.edit("unfollow")
        self.fake.control("/like", {"n": 10})
        summary = self.sort()
        self.assertIn("is not among yours", " ".join(summary["notes"]))
        self.assertEqual([entry for entry in self.fake.writes() if self.id in entry["path"] and
                          entry["path"].endswith(("/items", "/tracks"))][1:], [])
        self.edit("follow")
        self.fake.control("/like", {"n": 25})
        self.sort()
        self.assertGreater(len(self.now()), len(self.items))

    def change(self, statement):
        with contextlib.closing(sqlite3.connect(os.path.join(
                self.state_dir, "genred.db"))) as database, database:
            self.assertGreater(database.execute(statement).rowcount, 0)


class LateTags(Restricted):
    def test_a_new_judgement_takes_nothing_out_unasked(self):
        self.start()
        self.login()
        self.fake.control("/hold", {"match": "GET /musicbrainz/**", "count": 1000})
        self.sort()
        before = self.fake.contents()
        runs = len(self.ctl("runs")["runs"])
        self.fake.control("/hold", method="DELETE")
        self.fake.control("/release", {})
        until(lambda: len(self.ctl("runs")["runs"]) > runs, "tags were sorted in")
        self.wait_for_sources()
        after = self.fake.contents()
        for name, items in before.items():
            self.assertLessEqual(set(items), set(after[name]))
        preview = self.sort("--dry-run")
        held = {(p["name"], "spotify:track:" + change["id"]) for p in preview["playlists"]
                for change in p["changes"] if change["verb"] == "hold"}
        self.assertGreater(len(held), 0)
        self.assertIn("if you agree", self.run_ctl("sort", "--dry-run").stdout)
        self.sort("--yes")
        agreed = self.fake.contents()
        for name, uri in held:
            self.assertNotIn(uri, agreed[name])
        self.assertSound()
        self.assertNoViolations()
