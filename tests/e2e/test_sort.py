"""The main job: first sort, resync, likes that come and go, what is the person's."""

import contextlib
import math
import os
import sqlite3

from harness import GENRES, Scenario, slow


class FirstSort(Scenario):
    def setUp(self):
        super().setUp()
        self.start()
        self.login()

    def test_summary_and_playlists(self):
        summary = self.sort()
        self.assertLessEqual({"dry_run", "tracks", "labelled", "unsorted", "requests", "seconds",
                              "playlists"}, set(summary))
        self.assertEqual([p["genre"] for p in summary["playlists"]], GENRES.split(","))
        contents = self.fake.contents()
        for playlist in summary["playlists"]:
            self.assertLessEqual({"genre", "name", "id", "added", "removed", "total"},
                                 set(playlist))
            items = contents[playlist["name"]]
            self.assertEqual(len(items), playlist["added"])
            self.assertEqual(len(items), len(set(items)))
        for playlist in self.fake.playlists().values():
            self.assertFalse(playlist["public"])
            self.assertRegex(playlist["description"], r"\A[\x20-\x7e]{1,300}\Z")
        self.assertNoViolations()

    def test_newest_liked_first(self):
        self.sort()
        liked = [like["uri"] for like in self.fake.state()["likes"]]
        for items in self.fake.contents().values():
            places = [liked.index(uri) for uri in items]
            self.assertEqual(places, sorted(places))

    def test_idle_resync_asks_for_almost_nothing(self):
        self.sort()
        self.fake.forget_requests()
        summary = self.ctl("sync")
        followed = [p for p in self.fake.state()["playlists"] if p.get("followed", True)]
        self.assertLessEqual(len(self.fake.requests()), 1 + math.ceil(len(followed) / 50))
        self.assertEqual(self.fake.writes(), [])
        self.assertEqual(sum(p["added"] + p["removed"] for p in summary["playlists"]), 0)

    def test_like_goes_on_top(self):
        summary = self.sort()
        name = max(summary["playlists"], key=lambda p: p["total"])["name"]
        uri = self.fake.contents()[name][3]
        self.fake.control("/unlike", {"uri": uri})
        self.sort()
        self.assertNotIn(uri, self.fake.contents()[name])
        self.fake.control("/like", {"uri": uri})
        self.fake.forget_requests()
        self.sort()
        self.assertEqual(self.fake.contents()[name][0], uri)
        reads = [r for r in self.fake.requests() if r["path"].endswith("/me/tracks")]
        self.assertEqual(len(reads), 1)  # a like on top needs no second page
        self.assertNoViolations()

    def test_unlike_needs_two_readings(self):
        self.sort()
        uri = next(iter(self.fake.contents().values()))[0]
        self.fake.control("/unlike", {"uri": uri})
        self.fake.forget_requests()
        self.ctl("sync")
        pages = math.ceil(len(self.fake.state()["likes"]) / 50)
        reads = [r for r in self.fake.requests() if r["path"].endswith("/me/tracks")]
        self.assertEqual(len(reads), 2 * pages)
        self.assertTrue(all(uri not in items for items in self.fake.contents().values()))

    def test_the_persons_edits_stand(self):
        self.sort()
        name, items = max(self.fake.contents().items(), key=lambda entry: len(entry[1]))
        playlist = self.fake.playlists()[name]
        foreign = next(like["uri"] for like in self.fake.state()["likes"]
                       if like["uri"].startswith("spotify:track:") and like["uri"] not in items)
        self.fake.control("/playlist", {"do": "remove", "id": playlist["id"], "uri": items[2]})
        self.fake.control("/playlist", {"do": "add", "id": playlist["id"], "uris": [foreign]})
        for _ in range(2):
            self.sort()
            now = self.fake.contents()[name]
            self.assertNotIn(items[2], now)
            self.assertEqual(now.count(foreign), 1)
        self.fake.forget_requests()
        self.sort()
        self.assertEqual(self.fake.writes(), [])

    def test_a_list_of_the_same_name_is_left_alone(self):
        self.fake.control("/playlist", {"do": "create", "name": "rock (genred)"})
        before = [p for p in self.fake.state()["playlists"] if p["name"] == "rock (genred)"]
        self.sort()
        after = [p for p in self.fake.state()["playlists"] if p["name"] == "rock (genred)"]
        self.assertEqual(len(after), 2)
        self.assertIn(before[0]["items"], [p["items"] for p in after])
        self.assertNoViolations()

    def test_a_genre_no_longer_chosen_stays_as_it_is(self):
        self.sort()
        before = self.fake.contents()["pop (genred)"]
        self.ctl("sort", "--genres", "rock")
        self.assertEqual(self.fake.contents()["pop (genred)"], before)
        summary = self.ctl("sort")
        self.assertEqual([p["genre"] for p in summary["playlists"]], ["rock"])

    def test_old_runs_are_forgotten(self):
        self.stop()
        self.start(GENRED_DAEMON_KEEP_RUNS="3")
        for _ in range(5):
            self.ctl("sync")
        ids = [run["id"] for run in self.ctl("runs")["runs"]]
        self.assertEqual(len(ids), 3)
        self.assertEqual(ids, sorted(ids, reverse=True))

    def test_dry_run_writes_nothing_anywhere(self):
        self.ctl("sync")
        self.stop()
        before = self.database()
        self.start()
        summary = self.sort("--dry-run")
        self.assertTrue(summary["dry_run"])
        self.assertGreater(sum(p["added"] for p in summary["playlists"]), 0)
        self.stop()
        self.assertEqual(self.database(), before)
        self.assertEqual(self.fake.contents(), {})

    def database(self):
        """All that it holds but the calls counted, which were real in a dry run too."""
        path = os.path.join(self.state_dir, "genred.db")
        with contextlib.closing(sqlite3.connect(path)) as database:
            return [line for line in database.iterdump()
                    if not line.startswith("INSERT INTO \"setting\" VALUES('budget'")]

    def test_odd_entries_are_told_apart(self):
        self.sort()
        status = self.ctl("status")
        likes = [like["uri"] for like in self.fake.state()["likes"]]
        kinds = status["liked_kinds"]
        self.assertEqual(kinds["local"], sum(uri.startswith("spotify:local") for uri in likes))
        self.assertEqual(kinds["gone"], likes.count("null"))
        self.assertEqual(status["liked"],
                         len({uri for uri in likes if uri.startswith("spotify:track:")}))
        self.assertGreater(kinds["same_song"], 0)
        self.assertGreater(kinds["unavailable"], 0)

    def test_drop_lets_go(self):
        self.sort()
        self.assertIn("rock (genred)", self.fake.contents())
        self.ctl("drop", "rock", status=2)  # nobody can be asked here
        self.ctl("drop", "rock", "--yes")
        self.assertNotIn("rock (genred)", self.fake.contents())
        self.ctl("drop", "rock", "--yes", status=2)
        self.assertNotIn("rock", self.ctl("status")["genres"])


class Regimes(Scenario):
    def sort_as(self, regime, statistics=True):
        self.fake.switch(regime=regime, statistics=statistics)
        self.start()
        self.login()
        summary = self.sort()
        self.assertNoViolations()
        return summary

    def count(self, ending):
        return len([r for r in self.fake.requests() if r["path"].endswith(ending)])

    def test_extended(self):
        self.sort_as("extended")
        self.assertEqual(self.ctl("status")["access"], "extended")

    def test_grace(self):
        self.sort_as("grace")
        self.assertEqual(self.ctl("status")["access"], "development")

    def test_restricted_is_asked_once_and_remembered(self):
        summary = self.sort_as("restricted")
        self.assertGreater(sum(p["added"] for p in summary["playlists"]), 0)
        self.assertEqual(self.ctl("status")["access"], "development")
        self.stop()
        self.start()
        self.fake.control("/like", {"n": 3})
        self.sort()
        self.assertEqual(self.count("/audio-features"), 1)
        self.assertEqual(self.count("/artists"), 1)

    def test_extended_without_statistics(self):
        self.sort_as("extended", statistics=False)
        self.assertEqual(self.count("/audio-features"), 1)
        self.assertGreater(self.count("/artists"), 1)


@slow
class SlowVolumes(Scenario):
    fake_arguments = ("--songs", "10300")

    def test_beyond_ten_thousand_songs_there_is_a_second_playlist(self):
        self.start()
        self.login()
        total = self.ctl("sort", "--genres", "rock", "--threshold", "0")["playlists"][0]["total"]
        contents = self.fake.contents()
        self.assertEqual(sorted(contents), ["rock (genred)", "rock (genred) 2"])
        self.assertEqual(len(set(contents["rock (genred)"])), 10000)
        self.assertEqual(len(set(contents["rock (genred) 2"])), total - 10000)
        self.fake.forget_requests()
        self.ctl("sort", "--threshold", "0")
        self.assertEqual(self.fake.writes(), [])
        self.assertNoViolations()
