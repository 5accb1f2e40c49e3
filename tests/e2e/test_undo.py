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

    def test_what_they_took_out_is_not_put_back(self):
        self.sort()
        playlist = self.largest()
        song = next(uri for uri in self.lists()[playlist["id"]]
                    if uri in {like["uri"] for like in self.fake.state()["likes"]})
        self.fake.control("/unlike", {"uri": song})
        self.ctl("sync")
        run = self.ctl("runs")["runs"][0]
        self.assertEqual(run["removed"], 1)
        self.edit("add", playlist, uris=[song], position=0)
        self.ctl("sync")
        self.edit("remove", playlist, uri=song)
        self.ctl("sync")
        self.ctl("undo", str(run["id"]))
        self.assertNotIn(song, self.lists()[playlist["id"]])

    def test_what_is_excluded_is_not_put_back(self):
        self.sort()
        playlist = self.largest()
        song = self.lists()[playlist["id"]][0]
        self.ctl("exclude", song)
        self.ctl("sync")
        self.assertNotIn(song, self.lists()[playlist["id"]])
        self.ctl("undo")
        self.assertNotIn(song, self.lists()[playlist["id"]])

    def test_a_playlist_taken_over_is_not_deleted(self):
        self.sort()
        first = self.ctl("runs")["runs"][0]["id"]
        rock = self.fake.playlists()["rock (genred)"]
        before = self.lists()[rock["id"]]
        self.ctl("release", "rock")
        self.ctl("adopt", rock["id"], "rock")
        self.ctl("undo", str(first))
        self.assertEqual(self.lists()[rock["id"]], before)

    def test_a_refused_undo_is_not_carried_out_later(self):
        self.sort()
        self.fake.control("/faults", {"script": [
            {"match": method + " /v1/**", "kind": "forbidden", "nth": 1, "count": 12}
            for method in ("DELETE", "PUT")]})
        self.assertNotEqual(self.run_ctl("undo").returncode, 0)
        self.fake.control("/faults", method="DELETE")
        for playlist in self.fake.playlists().values():
            self.edit("add", playlist, local=True, position=0)
        kept = {p["id"] for p in self.fake.playlists().values()}
        for _ in range(2):
            self.ctl("sync")
        self.assertLessEqual(kept, set(self.lists()))

    def test_a_lost_unfollowing(self):
        before = self.lists()
        self.sort()
        self.fake.control("/hold", {"match": "DELETE /v1/**", "nth": 1, "when": "before"})
        process = self.popen("undo")
        self.fake.control("/wait_held?timeout=20")
        self.stop(signal.SIGKILL)
        process.wait(30)
        self.fake.control("/hold", method="DELETE")
        self.start()
        self.ctl("undo")  # the same run once more: the first undo did not come to its end
        self.assertEqual(self.lists(), before)
        self.fake.forget_requests()
        self.ctl("sync")
        self.assertLessEqual(len(self.fake.requests()), 2)
        self.assertNoViolations()

    def test_a_place_that_is_no_more(self):
        """The list became shorter at the last moment: no song is to blame."""
        self.sort()
        playlist = self.largest()
        song = self.lists()[playlist["id"]][-1]
        self.fake.control("/unlike", {"uri": song})
        self.ctl("sync")
        self.fake.control("/faults", {"script": [{"match": "POST /v1/playlists/*/items",
                                                  "kind": "shift_remove", "nth": 1, "count": 1}]})
        self.ctl("undo")
        self.assertIn(song, self.lists()[playlist["id"]])

    def test_a_run_long_forgotten_with_an_unknown_write(self):
        self.stop()
        self.start(GENRED_DAEMON_KEEP_RUNS="2")
        self.sort()
        self.fake.control("/like", {"n": 20})
        self.fake.control("/hold", {"match": "POST /v1/playlists/**", "nth": 1, "when": "after"})
        process = self.popen("sync")
        self.fake.control("/wait_held?timeout=20")
        self.stop(signal.SIGKILL)
        process.wait(30)
        self.fake.control("/hold", method="DELETE")
        self.start(GENRED_DAEMON_KEEP_RUNS="2")
        for _ in range(4):
            self.ctl("learn", "no such list", status=2)
        self.ctl("sync")
        self.fake.forget_requests()
        self.ctl("sync")
        self.assertEqual(self.fake.writes(), [])
        self.assertNoViolations()

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
