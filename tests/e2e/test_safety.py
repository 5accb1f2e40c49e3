"""Many likes that are gone at once may be a list that came incomplete: genred stops and asks."""

from harness import GENRES, Scenario


class Safety(Scenario):
    def setUp(self):
        super().setUp()
        self.start()
        self.login()
        self.sort()
        self.before = self.fake.contents()

    def unlike_of(self, name, share):
        uris = self.before[name]
        for uri in uris[:int(share * len(uris))]:
            self.fake.control("/unlike", {"uri": uri})

    def test_half_of_the_likes_gone(self):
        self.fake.control("/unlike", {"n": 200})
        for command in ("sync", "sort"):
            error = self.ctl(command, status=1)
            self.assertEqual(error["error"], "confirm")
            self.assertIn("--yes", error["message"])
        self.assertEqual(self.fake.contents(), self.before)
        self.assertGreater(self.ctl("status")["liked"], 290)
        self.ctl("sync", "--yes")
        likes = {like["uri"] for like in self.fake.state()["likes"]}
        after = self.fake.contents()
        self.assertEqual(after, {name: [uri for uri in uris if uri in likes]
                                 for name, uris in self.before.items()})
        self.ctl("sync")
        self.assertNoViolations()

    def test_a_fifth_of_a_playlist_gone(self):
        self.unlike_of("rock (genred)", 0.5)
        error = self.ctl("sync", status=1)
        self.assertIn("rock (genred)", error["message"])
        self.assertEqual(self.fake.contents(), self.before)
        self.ctl("sort", "--genres", GENRES, "--yes")
        self.assertEqual(len(self.fake.contents()["rock (genred)"]),
                         len(self.before["rock (genred)"]) -
                         len(self.before["rock (genred)"]) // 2)

    def test_they_come_back(self):
        gone = [like["uri"] for like in self.fake.state()["likes"][:200]]
        self.fake.control("/unlike", {"n": 200})
        self.ctl("sync", status=1)
        for uri in reversed(gone):
            self.fake.control("/like", {"uri": uri})
        self.ctl("sync")
        self.assertEqual({name: set(uris) for name, uris in self.fake.contents().items()},
                         {name: set(uris) for name, uris in self.before.items()})

    def test_a_few_need_no_word(self):
        self.unlike_of("rock (genred)", 0.2)
        self.ctl("sync")
        self.assertLess(len(self.fake.contents()["rock (genred)"]),
                        len(self.before["rock (genred)"]))
