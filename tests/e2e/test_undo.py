"""Every run that wrote can be taken back: the lists become what they were, byte for byte, with what
the person did to them since."""

import signal
import urllib.error

from harness import Scenario, slow, until


class Lists(Scenario):
    def setUp(self):
        super().setUp()
        self.start()
        self.login()

    def lists(self):
        """{id: items} of every playlist, whoever made it, that is followed."""
        return {p["id"]: [item if isinstance(item, str) else item["uri"] for item in p["items"]]
                for p in self.fake.state()["playlists"] if p.get("followed", True)}

    def largest(self):
        return max(self.fake.playlists().values(), key=lambda p: len(p["items"]))

    def edit(self, do, playlist, **more):
        self.fake.control("/playlist", {"do": do, "id": playlist["id"], **more})

    def mixed_run(self):
        """A sort that puts in, takes out, and leaves alone; what it found, as lists."""
        self.sort()
        self.fake.control("/unlike", {"n": 12})
        playlist = self.largest()
        self.edit("add", playlist, n=3, position=4)
        self.edit("add", playlist, local=True, position=7)
        self.edit("reorder", playlist)
        self.fake.control("/like", {"n": 15})
        before = self.lists()
        summary = self.sort("--yes")
        self.assertGreater(summary["added"], 0)
        self.assertGreater(summary["removed"], 0)
        return before

    def newest_sort(self):
        return str(next(run["id"] for run in self.ctl("runs")["runs"] if run["job"] == "sort"))


class Undo(Lists):
    def test_lists_are_byte_for_byte_what_they_were(self):
        before = self.mixed_run()
        after = self.lists()
        self.assertNotEqual(after, before)
        summary = self.ctl("undo")
        self.assertEqual(self.lists(), before)
        self.assertEqual(summary["exit_status"], 0)
        self.ctl("undo")
        self.assertEqual(self.lists(), after)
        self.ctl("undo")
        self.assertEqual(self.lists(), before)
        self.assertNoViolations()

    def test_what_was_undone_stays_undone(self):
        before = self.mixed_run()
        self.ctl("undo")
        self.fake.forget_requests()
        self.ctl("sync")
        self.assertEqual(self.lists(), before)
        self.assertEqual(self.fake.writes(), [])

    def test_a_first_sort_leaves_nothing_behind(self):
        before = self.lists()
        self.sort()
        after = self.lists()
        self.fake.forget_requests()
        self.ctl("undo")
        self.assertEqual(self.lists(), before)
        self.assertEqual(len(self.fake.writes()), 3)  # a playlist goes as a whole
        self.ctl("sync")
        self.assertEqual(self.lists(), before)
        self.ctl("undo")
        self.assertEqual(self.lists(), after)
        self.fake.forget_requests()
        self.ctl("sync")
        self.assertEqual(self.fake.writes(), [])
        self.assertNoViolations()

    def test_a_playlist_with_something_of_theirs_is_kept(self):
        self.sort()
        playlist = self.largest()
        self.edit("add", playlist, local=True, position=2)
        theirs = self.lists()[playlist["id"]][2]
        self.ctl("undo")
        self.assertEqual(self.lists()[playlist["id"]], [theirs])

    def test_edits_since_are_kept(self):
        before = self.mixed_run()
        playlist = self.largest()
        items = self.lists()[playlist["id"]]
        was = before[playlist["id"]]
        stays = [uri for uri in items if uri in was]
        put_in = [uri for uri in items if uri not in was]
        self.edit("add", playlist, uris=[put_in[0]], position=0)  # a second copy: theirs now
        self.edit("remove", playlist, uri=stays[5])
        self.edit("add", playlist, local=True, position=6)
        self.ctl("undo")
        now = self.lists()[playlist["id"]]
        self.assertEqual(now.count(put_in[0]), 2)
        self.assertNotIn(stays[5], now)
        self.assertEqual(sum(uri.startswith("spotify:local") for uri in now), 2)
        self.assertEqual({uri for uri in was if uri != stays[5]} - set(now), set())
        order = [uri for uri in now if uri in was and not uri.startswith("spotify:local")]
        self.assertEqual(order, [uri for uri in was if uri != stays[5] and
                                 not uri.startswith("spotify:local")])

    def test_a_run_of_long_ago(self):
        self.sort()
        first = self.ctl("runs")["runs"][0]["id"]
        self.fake.control("/like", {"n": 10})
        self.sort()
        likes = {like["uri"] for like in self.fake.state()["likes"][:10]}
        self.ctl("undo", str(first))
        for items in self.lists().values():
            self.assertLessEqual({uri for uri in items if not uri.startswith("spotify:local")} &
                                 set(sum(self.fake.contents().values(), [])), likes)

    def test_runs_show(self):
        self.mixed_run()
        newest = self.ctl("runs")["runs"][0]
        shown = self.ctl("runs", "show", str(newest["id"]))
        self.assertEqual(sum(p["added"] for p in shown["playlists"]), newest["added"])
        self.assertEqual(sum(p["removed"] for p in shown["playlists"]), newest["removed"])
        for playlist in shown["playlists"]:
            self.assertTrue(playlist["before"])
            self.assertTrue(playlist["after"])
            self.assertEqual(len(playlist["changes"]), playlist["added"] + playlist["removed"])
        self.assertIn("put in", self.run_ctl("runs", "show", str(newest["id"])).stdout)
        self.ctl("runs", "show", "999", status=2)
        self.ctl("runs", "nonsense", status=2)

    def test_a_dropped_genre_comes_back(self):
        self.sort()
        before = self.lists()
        self.ctl("drop", "rock", "--yes")
        self.ctl("undo")
        self.assertEqual(self.lists(), before)
        self.assertIn("rock", self.ctl("status")["genres"])
        self.fake.forget_requests()
        self.ctl("sync")
        self.assertEqual(self.fake.writes(), [])

    def test_nothing_to_undo(self):
        error = self.ctl("undo", status=2)
        self.assertIn("nothing to undo", error["message"])
        self.ctl("sync")
        self.ctl("undo", status=2)
        self.ctl("undo", "1", status=2)
        self.ctl("undo", "x", status=2)

    def test_faults_while_undoing(self):
        before = self.mixed_run()
        self.fake.control("/faults", {"kinds": ["reset", "lost_request", "lost_answer", "cut"], "rate": 0.3,
                                      "seed": 5})
        until(lambda: self.run_ctl("undo", self.newest_sort()).returncode == 0, "an undo ends well")
        self.fake.control("/faults", method="DELETE")
        self.ctl("sync")
        self.assertEqual(self.lists(), before)
        self.assertNoViolations()


@slow
class SlowKilledUndo(Lists):
    def test_killed_around_every_write(self):
        before = self.mixed_run()
        run = self.newest_sort()
        for when in ("before", "after"):
            for number in range(1, 6):
                self.fake.control("/hold", {"match": "* /v1/playlists/**", "nth": number,
                                            "when": when})
                process = self.popen("undo", run)
                until(lambda: process.poll() is not None or self.is_held(), "a request is held")
                self.stop(signal.SIGKILL)
                process.wait(30)
                self.fake.control("/hold", method="DELETE")
                self.start()
        self.ctl("undo", run)
        self.assertEqual(self.lists(), before)

    def is_held(self):
        try:
            return self.fake.control("/wait_held?timeout=0.1")
        except urllib.error.HTTPError:
            return None
