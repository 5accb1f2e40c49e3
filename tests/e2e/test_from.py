"""[sort] from: songs of playlists and saved albums are sorted beside the likes, or in their place."""

from harness import GENRES, Scenario


class From(Scenario):
    def setUp(self):
        super().setUp()
        likes = {like["uri"] for like in self.fake.state()["likes"]}
        songs = [song["uri"] for song in self.fake.control("/songs")["songs"]]
        self.strange = [uri for uri in songs
                        if uri.startswith("spotify:track:") and uri not in likes][:40]
        self.assertEqual(len(self.strange), 40)
        self.source = self.fake.control("/playlist", {
            "do": "create", "name": "Found", "uris": self.strange})

    def begin(self, text):
        self.environment["GENRED_SORT_FROM"] = text
        self.start()
        self.login()

    def again(self, text):
        self.stop()
        self.environment["GENRED_SORT_FROM"] = text
        self.start()

    def change(self, do, **more):
        self.fake.control("/playlist", {"do": do, "id": self.source["id"], **more})

    def sorted(self):
        return {uri for uris in self.fake.contents().values() for uri in uris}

    def likes(self):
        return {like["uri"] for like in self.fake.state()["likes"]}

    def reads(self, end):
        return [r for r in self.fake.requests() if r["path"].endswith(end)]

    def assertKept(self):
        """Nothing of the person's was written."""
        self.assertNoViolations()
        for request in self.fake.writes():
            self.assertFalse(request["path"].startswith(("/v1/me/library", "/v1/me/tracks",
                                                         "/v1/me/albums")), request)


class Playlist(From):
    def test_its_songs_come_and_go(self):
        self.begin(f"liked, playlist:https://open.spotify.com/playlist/{self.source['id']}?si=x")
        summary = self.sort()
        there = self.sorted() & set(self.strange)
        self.assertGreater(len(there), 5)
        self.assertTrue(self.sorted() & self.likes())
        status = self.ctl("status")
        self.assertEqual(status["others"], 40)
        self.assertEqual(status["labelled"], status["liked"] + 40)
        self.assertEqual(summary["tracks"], status["liked"] + 40)
        gone = sorted(there)[0]
        self.change("remove", uri=gone)
        self.fake.forget_requests()
        self.sort()
        self.assertNotIn(gone, self.sorted())
        self.assertEqual(self.sorted() & set(self.strange), there - {gone})
        self.assertEqual(len(self.reads(self.source["id"] + "/items")), 1)
        self.assertEqual(self.ctl("status")["others"], 39)
        self.assertKept()

    def test_an_unchanged_one_costs_one_read(self):
        self.begin(f"liked, playlist:{self.source['id']}, albums")
        self.sort()
        self.fake.forget_requests()
        summary = self.sort()
        self.assertEqual([r["path"].removeprefix("/v1") for r in self.fake.requests()],
                         ["/me/tracks", f"/playlists/{self.source['id']}", "/me/albums",
                          "/me/playlists"])
        self.assertEqual((summary["added"], summary["removed"]), (0, 0))

    def test_a_like_in_it_stays_when_it_is_unliked(self):
        self.begin(f"liked, playlist:{self.source['id']}")
        self.sort()
        liked = sorted(self.sorted() & self.likes())[0]
        self.change("add", uris=[liked])
        self.sort()
        self.assertEqual(self.ctl("status")["others"], 40)
        self.fake.control("/unlike", {"uri": liked})
        self.sort()
        self.assertIn(liked, self.sorted())
        self.assertEqual(self.ctl("status")["others"], 41)
        self.change("remove", uri=liked)
        self.sort()
        self.assertNotIn(liked, self.sorted())
        self.assertKept()

    def test_a_song_that_is_liked_stays_when_it_leaves(self):
        self.begin(f"liked, playlist:{self.source['id']}")
        self.sort()
        song = sorted(self.sorted() & set(self.strange))[0]
        self.fake.control("/like", {"uri": song})
        self.change("remove", uri=song)
        self.sort()
        self.assertIn(song, self.sorted())
        self.assertKept()

    def test_one_that_changes_while_it_is_read(self):
        self.change("add", uris=sorted(
            uri for uri in self.likes() if uri.startswith("spotify:track:"))[:100])
        self.fake.control("/faults", {"script": [
            {"match": f"GET /v1/playlists/{self.source['id']}/items", "nth": 2,
             "kind": "shift_remove"}]})
        self.begin(f"playlist:{self.source['id']}")
        self.sort()
        self.assertEqual(len(self.reads(self.source["id"] + "/items")), 6)
        self.sort()
        self.assertEqual(self.ctl("status")["others"], 139)
        self.assertNotIn(self.strange[0], self.sorted())
        self.assertKept()

    def test_every_command_knows_its_songs(self):
        self.begin(f"playlist:{self.source['id']}")
        self.sort()
        song = sorted(self.sorted())[0].rpartition(":")[2]
        self.assertEqual(self.ctl("genres")["songs"], 40)
        self.assertEqual(self.ctl("review")["songs"], 40)
        self.assertEqual(self.ctl("why", song)["id"], song)
        self.assertTrue(self.ctl("similar", song)["tracks"])
        self.assertEqual(self.ctl("label", song, "--not", "rock")["id"], song)


class Albums(From):
    def test_their_songs_come_and_go(self):
        made = self.fake.control("/album", {"do": "save", "songs": 120})
        self.begin("liked,albums")
        self.sort()
        there = self.sorted() & set(made["songs"])
        saved = {uri for album in self.fake.state()["albums"] for uri in album["songs"]}
        self.assertGreater(len(there), 5)
        self.assertEqual(self.ctl("status")["others"], len(saved - self.likes()))
        self.assertEqual(len(self.reads(made["id"] + "/tracks")), 2)
        self.fake.control("/album", {"do": "unsave", "id": made["id"]})
        self.fake.forget_requests()
        self.sort("--yes")
        self.assertFalse(self.sorted() & (set(made["songs"]) - self.likes()))
        self.assertEqual(len(self.reads("/me/albums")), 2)  # one reading without it is not enough
        self.assertKept()

    def test_a_refusal_is_told_and_the_rest_goes_on(self):
        self.fake.control("/faults", {"script": [
            {"match": "GET /v1/me/albums", "kind": "forbidden", "count": 9}]})
        self.begin(f"liked, albums, playlist:{self.source['id']}")
        summary = self.sort(status=3)
        self.assertIn("Spotify refuses the saved albums, so their songs stay as last read",
                      summary["notes"])
        self.assertTrue(self.sorted() & set(self.strange))
        self.sort(status=3)
        self.assertEqual(len(self.reads("/me/albums")), 1)  # a refusal is remembered
        self.fake.control("/faults", method="DELETE")
        self.ctl("status", "--refresh")
        self.sort()
        self.assertKept()


class Edges(From):
    def test_one_that_spotify_does_not_show(self):
        self.fake.switch(regime="restricted")
        foreign = next(p for p in self.fake.state()["playlists"] if p["owner"] == "house.editors")
        self.begin(f"liked, playlist:{foreign['id']}, playlist:{self.source['id']}")
        summary = self.sort(status=3)
        self.assertEqual([note for note in summary["notes"] if foreign["name"] in note],
                         [f"Spotify does not show genred the songs of the playlist "
                          f"'{foreign['name']}', so they stay as last read"])
        self.assertEqual(self.ctl("status")["others"], 40)
        self.assertTrue(self.fake.contents())
        self.fake.forget_requests()
        self.sort(status=3)
        self.assertEqual(self.reads(foreign["id"] + "/items"), [])
        self.assertEqual(self.fake.writes(), [])
        self.fake.switch(regime="extended")
        self.ctl("status", "--refresh")
        self.sort()
        self.assertGreater(self.ctl("status")["others"], 40)
        self.assertKept()

    def test_one_that_is_not_there(self):
        missing = "x" * 22
        self.begin(f"liked, playlist:{missing}")
        summary = self.sort(status=3)
        self.assertIn(f"there is no playlist '{missing}' that genred may see, so its songs stay "
                      "as last read", summary["notes"])

    def test_a_playlist_of_genreds_own_is_no_source(self):
        self.begin("liked")
        self.sort()
        own = self.fake.playlists()["rock (genred)"]
        self.again(f"liked, playlist:{own['id']}")
        before = self.fake.contents()
        summary = self.sort(status=3)
        self.assertIn("genred itself fills", " ".join(summary["notes"]))
        self.assertEqual((self.ctl("status")["others"], self.fake.contents()), (0, before))

    def test_without_the_likes(self):
        self.begin(f"playlist:{self.source['id']}")
        self.sort()
        status = self.ctl("status")
        self.assertEqual((status["liked"], status["others"]), (0, 40))
        self.assertTrue(self.sorted())
        self.assertLessEqual(self.sorted(), set(self.strange))
        self.assertEqual(self.reads("/me/tracks"), [])
        self.assertKept()

    def test_what_is_no_longer_named_leaves_with_the_persons_word(self):
        self.begin(f"liked, playlist:{self.source['id']}")
        self.sort()
        self.assertTrue(self.sorted() & set(self.strange))
        self.again(f"playlist:{self.source['id']}")
        before = self.fake.contents()
        failure = self.ctl("sort", "--genres", GENRES, status=1)
        self.assertIn("nor in a place that [sort] from names", failure["message"])
        self.assertEqual(self.fake.contents(), before)
        self.sort("--yes")
        self.assertLessEqual(self.sorted(), set(self.strange))
        self.again("liked")
        self.sort("--yes")
        self.assertTrue(self.sorted())
        self.assertFalse(self.sorted() & set(self.strange))
        self.assertEqual(self.ctl("status")["others"], 0)
        self.assertKept()
