"""Everything of the person is gone from the state directory, byte by byte."""

import os
import subprocess

from harness import GENRES, Scenario


class Forget(Scenario):
    fake_arguments = ("--songs", "200")

    def setUp(self):
        super().setUp()
        self.fake.switch(musicbrainz_interval_ms=0)
        self.environment["GENRED_SOURCES_ORDER"] = "spotify,dataset,reccobeats,musicbrainz"

    def words(self):
        """Ids and longer names of all that the fake knows of the person's library."""
        state = self.fake.state()
        likes = {like["uri"] for like in state["likes"]}
        words = {playlist["id"] for playlist in state["playlists"]}
        words.update(uri.split(":")[-1] for uri in likes if uri and uri.startswith("spotify:track"))
        for song in self.fake.control("/songs")["songs"]:
            if song["uri"] in likes:
                words.update(song["artist_ids"])
                words.update(name for name in [song["name"], *song["artists"]] if len(name) > 9)
        words.update((self.ctl("status")["user"], "person@", "shoegaze of one's own"))
        return {word for word in words if word}

    def found(self, words):
        content = b""
        for entry in os.scandir(self.state_dir):
            if entry.is_file():
                with open(entry.path, "rb") as file:
                    content += file.read() + b"\0"
        return {word for word in words if word.encode() in content}

    def test_no_byte_stays(self):
        self.start()
        self.login()
        self.sort("--wait")
        self.ctl("label", self.ctl("list", "rock")["tracks"][0]["id"], "jazz")
        words = self.words()
        self.assertGreater(len(self.found(words)), 0.9 * (len(words) - 2))
        mine = self.fake.contents()
        self.assertTrue(self.ctl("logout", "--forget", "--yes")["forgotten"])
        self.assertEqual(self.found(words), set())
        status = self.ctl("status")
        self.assertEqual((status["liked"], status["logged_in"], status["user"]), (0, False, None))
        self.assertEqual(self.ctl("runs")["runs"], [])
        self.assertEqual(self.fake.contents(), mine)
        self.stop()
        self.assertEqual(self.found(words), set())
        self.start()
        self.sort(status=4)
        self.assertNoViolations()

    def test_in_the_middle_of_a_run(self):
        self.start()
        self.login()
        self.sort()
        words = self.words()
        self.fake.control("/like", {"n": 30})
        self.fake.control("/hold", {"match": "GET /v1/me/tracks", "when": "after"})
        process = self.popen("sort", "--genres", GENRES, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.fake.control("/wait_held?timeout=20")
        self.ctl("logout", "--forget", "--yes")
        self.fake.control("/release", {})
        self.assertNotEqual(process.wait(20), 0)
        self.assertEqual(self.found(words), set())

    def test_a_new_login_begins_anew(self):
        self.start()
        self.login()
        self.sort()
        self.ctl("logout", "--forget", "--yes")
        calls = self.ctl("status")["budget"]["last_day"]
        self.assertGreater(calls, 0)  # Spotify has not forgotten them either
        self.login()
        self.assertEqual(self.ctl("status")["liked"], 0)
        self.sort()
        self.assertGreater(self.ctl("status")["liked"], 150)

    def test_without_a_service(self):
        self.login()
        self.sort()
        words = self.words()
        self.ctl("logout", "--forget", "--yes")
        self.assertEqual(self.found(words), set())

    def test_it_asks_first(self):
        self.start()
        self.login()
        done = self.run_ctl("logout", "--forget", stdin="")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--yes", done.stderr)
        self.assertTrue(self.ctl("status")["logged_in"])
