"""An app that may write playlists but not read them: genred goes on from its own record."""

from harness import GENRES, Scenario, clean_contents, slow


class RefusedReads(Scenario):
    def setUp(self):
        super().setUp()
        self.start()
        self.login()

    def test_from_the_first_sort_on(self):
        expected = clean_contents(*self.fake_arguments)
        self.fake.switch(playlist_reads=False)
        summary = self.sort()
        self.assertIn("its own record", " ".join(summary["notes"]))
        self.assertEqual(self.fake.contents(), expected)
        self.fake.control("/like", {"n": 30})
        self.fake.control("/unlike", {"index": 100})
        self.sort()
        self.assertIn("its own record", " ".join(self.ctl("status")["warnings"]))
        self.assertSound()
        self.fake.forget_requests()
        self.assertEqual(self.sort()["added"], 0)
        self.assertEqual([r["path"] for r in self.fake.requests() if "/playlists" in r["path"]],
                         [])  # a refusal is remembered
        self.assertNoViolations()

    def test_after_a_while(self):
        self.sort()
        self.fake.switch(playlist_reads=False)
        self.fake.control("/like", {"n": 30})
        self.sort()
        self.assertSound()
        self.assertNoViolations()

    def test_reads_that_come_back(self):
        self.fake.switch(playlist_reads=False)
        self.sort()
        self.fake.control("/like", {"n": 5})
        self.sort()
        self.fake.switch(playlist_reads=True)
        self.ctl("status", "--refresh")
        playlist = next(iter(self.fake.playlists().values()))
        taken = playlist["items"][0]
        self.fake.control("/playlist", {"do": "remove", "id": playlist["id"], "uri": taken})
        self.sort()
        self.assertNotIn(taken, self.fake.contents()[playlist["name"]])  # the person's word
        self.assertEqual([w for w in self.ctl("status")["warnings"] if "record" in w], [])
        self.assertNoViolations()

    def test_an_unknown_addition_is_not_sent_twice(self):
        self.sort()
        self.fake.switch(playlist_reads=False)
        self.fake.control("/like", {"n": 60})
        self.fake.control("/faults", {"script": [
            {"match": "POST /v1/playlists/*/items", "kind": "lost_answer"},
            {"match": "POST /v1/playlists/*/tracks", "kind": "lost_answer"}]})
        summary = self.ctl("sort", "--genres", GENRES, status=3)
        self.assertIn("not sent again", " ".join(summary["notes"]))
        self.fake.control("/faults", method="DELETE")
        self.sort()
        self.assertSound()

    def assertSound(self):
        likes = {like["uri"] for like in self.fake.state()["likes"]}
        for name, uris in self.fake.contents().items():
            self.assertEqual(len(uris), len(set(uris)), name)
            self.assertLessEqual(set(uris), likes, name)


@slow
class SlowRefusedReads(Scenario):
    def test_an_unknown_creation_makes_no_second_playlist(self):
        self.start()
        self.login()
        self.fake.switch(playlist_reads=False)
        self.fake.control("/faults", {"script": [
            {"match": "POST /v1/me/playlists", "kind": "lost_answer"}]})
        self.run_ctl("sort", "--genres", GENRES)
        self.fake.control("/faults", method="DELETE")
        for _ in range(3):
            self.run_ctl("sort", "--genres", GENRES)
        made = [p["name"] for p in self.fake.state()["playlists"]
                if "kept by genred" in (p["description"] or "")]
        self.assertEqual(len(made), len(set(made)))
        self.fake.switch(playlist_reads=True)
        self.ctl("status", "--refresh")
        self.sort()
        self.assertEqual(self.fake.contents(), clean_contents(*self.fake_arguments))
