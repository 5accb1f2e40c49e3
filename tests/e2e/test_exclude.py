"""What a person excludes enters no playlist, and leaves those that genred put it into."""

from harness import Scenario


class Exclude(Scenario):
    def setUp(self):
        super().setUp()
        self.start()
        self.login()
        self.sort()

    def songs(self, genre="rock"):
        return self.ctl("list", genre)["tracks"]

    def name(self, genre):
        return next(p["name"] for p in self.ctl("status")["playlists"] if p["genre"] == genre)

    def held(self):
        """{uri: names of the playlists that hold it}"""
        held = {}
        for name, items in self.fake.contents().items():
            for uri in items:
                held.setdefault(uri, set()).add(name)
        return held

    def artist(self):
        """(id, name, uris of the likes) of an artist with liked songs in a playlist."""
        liked = {like["uri"] for like in self.fake.state()["likes"]}
        held = self.held()
        by = {}
        for song in self.fake.control("/songs")["songs"]:
            if song["uri"] in liked:
                for artist, name in zip(song["artist_ids"], song["artists"]):
                    if artist is not None:
                        by.setdefault((artist, name), set()).add(song["uri"])
        names = [name.lower() for _, name in by]
        titles = {song["name"].lower() for song in self.fake.control("/songs")["songs"]}
        for (artist, name), uris in sorted(by.items()):
            if (name.isascii() and names.count(name.lower()) == 1 and name.lower() not in titles
                    and len(uris & set(held)) > 1):
                return artist, name, uris
        raise AssertionError("no artist has several songs in playlists")

    def test_a_song_leaves_and_stays_out(self):
        song = self.songs()[0]
        uri = "spotify:track:" + song["id"]
        self.assertIn(uri, self.held())
        answer = self.ctl("exclude", uri)
        self.assertEqual([x["id"] for x in answer["songs"]], [song["id"]])
        self.assertEqual(answer["artists"], [])
        self.sort()
        self.assertNotIn(uri, self.held())
        self.fake.forget_requests()
        self.sort()
        self.assertEqual(self.fake.writes(), [])
        self.assertNotIn(song["id"], [s["id"] for s in self.songs()])
        self.assertTrue(self.ctl("why", song["id"])["excluded"])
        self.assertIn("excluded", self.run_ctl("why", song["id"]).stdout)
        self.ctl("label", song["id"], "pop")
        self.sort()
        self.assertNotIn(uri, self.held())
        self.assertNoViolations()

    def test_it_comes_back(self):
        song = self.songs()[0]
        uri = "spotify:track:" + song["id"]
        before = self.held()[uri]
        self.ctl("exclude", song["id"])
        self.sort()
        listed = self.ctl("exclude")
        self.assertEqual([x["id"] for x in listed["songs"]], [song["id"]])
        self.assertRegex(listed["songs"][0]["excluded_at"], r"Z$")
        self.ctl("exclude", "--forget", song["name"])
        self.assertEqual(self.ctl("exclude"), {"songs": [], "artists": []})
        self.sort()
        self.assertEqual(self.held()[uri], before)
        self.assertFalse(self.ctl("why", song["id"])["excluded"])

    def test_all_songs_of_an_artist(self):
        artist, name, uris = self.artist()
        answer = self.ctl("exclude", name.upper())
        self.assertEqual([x["id"] for x in answer["artists"]], [artist])
        self.assertGreater(answer["artists"][0]["songs"], 1)
        self.sort()
        self.assertEqual(uris & set(self.held()), set())
        self.ctl("exclude", "--forget", "https://open.spotify.com/artist/%s?si=x" % artist)
        self.sort()
        self.assertGreater(len(uris & set(self.held())), 1)
        self.ctl("exclude", "--artist", artist)
        self.assertEqual([x["name"] for x in self.ctl("exclude")["artists"]], [name])

    def test_what_the_person_put_there_stays(self):
        rock, pop = self.name("rock"), self.name("pop")
        playlist = self.fake.playlists()[rock]
        inside = set(self.fake.contents()[rock])
        song = next(s for s in self.songs("pop") if "spotify:track:" + s["id"] not in inside)
        uri = "spotify:track:" + song["id"]
        self.fake.control("/playlist", {"do": "add", "id": playlist["id"], "uris": [uri]})
        self.sort()
        self.assertEqual(self.held()[uri], {rock, pop})
        self.ctl("exclude", song["id"])
        self.sort()
        self.assertEqual(self.held()[uri], {rock})
        self.assertNoViolations()

    def test_review_and_similar_leave_it_out(self):
        unsure = self.ctl("review")
        song = unsure["tracks"][0]
        self.ctl("exclude", song["id"])
        after = self.ctl("review")
        self.assertEqual(after["unsure"], unsure["unsure"] - 1)
        self.assertNotIn(song["id"], [s["id"] for s in after["tracks"]])
        first = self.songs()[0]
        second = self.ctl("similar", first["id"])["tracks"][0]
        self.ctl("exclude", second["id"])
        self.assertNotIn(second["id"], [s["id"] for s in self.ctl("similar", first["id"])["tracks"]])

    def test_what_cannot_be_meant(self):
        nobody = self.ctl("exclude", "nobody's song at all", status=2)
        self.assertIn("nobody's song at all", nobody["message"])
        self.assertIn("nobody", self.ctl("exclude", "--artist", "nobody", status=2)["message"])
        self.assertIn("not excluded", self.ctl("exclude", "--forget", "x", status=2)["message"])
        self.ctl("exclude", "--forget", status=2)
        song = self.songs()[0]
        self.ctl("exclude", song["id"], "nobody's song at all", status=2)  # all or none
        self.assertEqual(self.ctl("exclude"), {"songs": [], "artists": []})
        self.assertEqual(self.run_ctl("exclude").stdout, "nothing is excluded\n")
