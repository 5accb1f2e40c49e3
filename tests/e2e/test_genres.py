"""Genres of a song: the tree, the review, why, the person's word, and what is similar."""

import os
import signal
import sqlite3

from harness import Scenario, until


class Genres(Scenario):
    def setUp(self):
        super().setUp()
        self.start()
        self.login()
        self.sort()

    def songs(self, genre):
        return {song["id"]: song for song in self.ctl("list", genre)["tracks"]}

    def test_the_tree_has_two_levels(self):
        genres = {g["name"]: g for g in self.ctl("genres")["genres"]}
        self.assertEqual(len(genres), 22)
        self.assertGreater(sum(len(g["children"]) for g in genres.values()), 100)
        house = next(c for c in genres["electronic"]["children"] if c["name"] == "house")
        self.assertLessEqual({"title", "tracks", "chosen", "playlist"}, set(house))
        self.assertEqual(genres["electronic"]["tracks"], len(self.songs("electronic")))

    def test_a_sub_genre_gets_its_playlist(self):
        summary = self.sort("--genres", "House, R&B, house")
        self.assertEqual([p["genre"] for p in summary["playlists"]], ["house", "r-and-b"])
        wanted = ["spotify:track:" + song for song in self.songs("house")]
        self.assertEqual(sorted(self.fake.contents()["house (genred)"]), sorted(wanted))
        self.assertNoViolations()

    def test_an_unknown_name_gets_the_three_nearest(self):
        failure = self.ctl("sort", "--genres", "rock,tecno", status=2)
        self.assertRegex(failure["message"], r"^there is no genre 'tecno'; the nearest are "
                                             r"techno, [a-z-]+, [a-z-]+$")

    def test_unsure_songs_are_reviewed_and_in_no_playlist(self):
        tracks = self.ctl("review")["tracks"]
        self.assertTrue(tracks)
        self.assertEqual(self.ctl("review")["unsure"], len(tracks))
        self.assertEqual(self.ctl("review", "-n", "1")["tracks"], tracks[:1])
        self.ctl("review", "-n", "many", status=2)
        sorted_uris = {uri for items in self.fake.contents().values() for uri in items}
        for track in tracks:
            self.assertNotIn("spotify:track:" + track["id"], sorted_uris)
            self.assertEqual(len(track["guesses"]), 2)
            self.assertTrue(track["reasons"])
            for guess in track["guesses"]:
                self.assertLess(guess["p"], guess["threshold"])

    def test_the_persons_word_is_above_the_model(self):
        song = next(iter(self.songs("rock")))
        answer = self.ctl("label", song, "jazz", "--not", "rock")
        self.assertIn({"genre": "jazz", "yours": True},
                      [{k: g[k] for k in ("genre", "yours")} for g in answer["genres"]])
        self.assertNotIn("rock", [g["genre"] for g in answer["genres"]])
        self.assertIn(song, self.songs("jazz"))
        self.assertNotIn(song, self.songs("rock"))
        self.sort("--genres", "rock,jazz")
        contents = self.fake.contents()
        self.assertIn("spotify:track:" + song, contents["jazz (genred)"])
        self.assertNotIn("spotify:track:" + song, contents["rock (genred)"])
        self.stop()
        self.start()
        self.assertIn(song, self.songs("jazz"))  # it is remembered
        self.ctl("label", "--forget", song)
        self.assertIn(song, self.songs("rock"))
        self.assertNoViolations()

    def test_a_word_is_answered_clearly(self):
        failure = self.ctl("label", "no such song", "jazz", status=2)
        self.assertEqual(failure["message"], "none of your songs is 'no such song'")
        song = next(iter(self.songs("rock")))
        before = self.songs("jazz")
        failure = self.ctl("label", song, "jazz", "no-genre", status=2)
        self.assertIn("there is no genre 'no-genre'", failure["message"])
        self.assertEqual(self.songs("jazz"), before)  # nothing was half kept

    def test_why_adds_up(self):
        song = next(iter(self.songs("rock")))
        for genre in self.ctl("why", song)["genres"]:
            parts = sum(part["logit"] for part in genre["parts"])
            self.assertAlmostEqual(genre["logit_of_nothing"] + parts, genre["logit"], delta=1e-3)
            self.assertAlmostEqual(sum(part["share"] for part in genre["parts"]), 1, delta=1e-6)
        named = self.ctl("why", song, "--genres", "jazz,house")["genres"]
        self.assertEqual([g["genre"] for g in named], ["jazz", "house"])
        tags = [p for p in named[0]["parts"] if p["input"] == "tag"]
        self.assertTrue(all(part["source"].startswith("spotify 20") for part in tags))

    def test_similar_songs(self):
        song = next(iter(self.songs("rock")))
        tracks = self.ctl("similar", song, "-n", "5")["tracks"]
        self.assertEqual(len(tracks), 5)
        self.assertNotIn(song, [track["id"] for track in tracks])
        cosines = [track["cosine"] for track in tracks]
        self.assertEqual(cosines, sorted(cosines, reverse=True))
        uris = set(self.fake.contents()["rock (genred)"])
        for track in self.ctl("similar", "--playlist", "rock", "-n", "50")["tracks"]:
            self.assertNotIn("spotify:track:" + track["id"], uris)
        self.ctl("similar", status=2)
        self.ctl("similar", song, "-n", "0", status=2)


class OwnGenres(Scenario):
    def test_a_persons_tree(self):
        tree = os.path.join(self.directory, "genres.conf")
        with open(tree, "w", encoding="utf-8") as out:
            out.write("[rename]\nrock = Guitars\n[alias]\nsteel = metal\n[hide]\npop = yes\n"
                      "[own]\nfast-rock = rock and tempo >= 120\nnineties = decade = 90s\n")
        self.start(GENRED_CLASSIFIER_TREE=tree)
        self.login()
        summary = self.sort("--genres", "guitars,fast-rock,steel")
        self.assertEqual([p["genre"] for p in summary["playlists"]], ["rock", "fast-rock", "metal"])
        contents = self.fake.contents()
        self.assertIn("Guitars (genred)", contents)
        self.assertLess(set(contents["fast-rock (genred)"]), set(contents["Guitars (genred)"]))
        names = [g["name"] for g in self.ctl("genres")["genres"]]
        self.assertIn("nineties", names)
        self.assertNotIn("pop", names)
        self.assertNoViolations()

    def test_a_chosen_genre_may_leave_the_tree(self):
        tree = os.path.join(self.directory, "genres.conf")
        with open(tree, "w", encoding="utf-8") as out:
            out.write("[own]\nfast-rock = rock and tempo >= 120\n")
        self.start(GENRED_CLASSIFIER_TREE=tree)
        self.login()
        self.sort("--genres", "fast-rock,blues,jazz")
        before = self.fake.contents()
        self.stop()
        with open(tree, "w", encoding="utf-8") as out:
            out.write("[merge]\nblues = rock\n")
        self.start(GENRED_CLASSIFIER_TREE=tree)
        summary = self.ctl("sync")
        self.assertEqual([p["genre"] for p in summary["playlists"]], ["rock", "jazz"])
        after = self.fake.contents()
        for name, items in before.items():
            self.assertEqual(after[name], items)  # nothing is taken out of a list that is left alone
        self.assertIn("rock (genred)", after)
        self.assertNoViolations()

    def test_the_tree_is_read_again_on_reload(self):
        tree = os.path.join(self.directory, "genres.conf")
        self.environment["GENRED_CLASSIFIER_TREE"] = tree
        for text in ("[own]\nnineties = decade = 90s\n", "[own]\neighties = decade = 80s\n"):
            with open(tree, "w", encoding="utf-8") as out:
                out.write(text)
            if self.daemon is None:
                self.start()
        self.assertIn("nineties", [g["name"] for g in self.ctl("genres")["genres"]])
        self.daemon.send_signal(signal.SIGHUP)
        until(lambda: "genred: reloaded" in self.log(), "the reload")
        self.assertIn("eighties", [g["name"] for g in self.ctl("genres")["genres"]])
        with open(tree, "w", encoding="utf-8") as out:
            out.write("nonsense\n")
        self.daemon.send_signal(signal.SIGHUP)
        until(lambda: "genres kept" in self.log(), "the refusal")
        self.assertIn("eighties", [g["name"] for g in self.ctl("genres")["genres"]])

    def test_a_bad_tree_is_told(self):
        tree = os.path.join(self.directory, "genres.conf")
        with open(tree, "w", encoding="utf-8") as out:
            out.write("[own]\n\nfast = rock and tempo >\n")
        self.environment["GENRED_CLASSIFIER_TREE"] = tree
        failure = self.ctl("genres", status=2)
        self.assertRegex(failure["message"], r"genres\.conf:? line 3: .*tempo")


class Upgrade(Scenario):
    def test_labels_of_the_first_schema_are_made_anew(self):
        self.start()
        self.login()
        self.sort()
        self.stop()
        before = self.fake.contents()
        with sqlite3.connect(os.path.join(self.state_dir, "genred.db")) as database:
            database.executescript(
                "DROP TABLE correction; DROP TABLE label;"
                "CREATE TABLE label(track INTEGER PRIMARY KEY REFERENCES track ON DELETE CASCADE,"
                "  model TEXT NOT NULL, p BLOB NOT NULL);"
                "INSERT INTO label SELECT id, 'x', zeroblob(88) FROM track;"
                "DROP TABLE track_word; DROP TABLE inquiry; DROP TABLE dataset;"
                "ALTER TABLE tag DROP COLUMN weights;"
                "DROP TABLE playlist_list; DROP TABLE journal; DROP TABLE journal_snapshot;"
                "DROP TABLE exclusion; ALTER TABLE playlist DROP COLUMN adopted;"
                "ALTER TABLE playlist DROP COLUMN shared;"
                "ALTER TABLE playlist DROP COLUMN may_remove;"
                "ALTER TABLE playlist_item DROP COLUMN p; ALTER TABLE outbox DROP COLUMN place;"
                "ALTER TABLE outbox DROP COLUMN p; ALTER TABLE outbox DROP COLUMN becomes;"
                "ALTER TABLE outbox DROP COLUMN run;"
                "DROP TRIGGER liked_in; DROP TRIGGER liked_moved; DROP TRIGGER liked_out;"
                "DROP TABLE place_track; DROP TABLE place; DROP TABLE song;"
                "DROP TABLE map_place; DROP TABLE map;"
                "DROP TABLE listing; ALTER TABLE account DROP COLUMN tree;"
                "ALTER TABLE account DROP COLUMN places;"
                "PRAGMA user_version = 1;")
        database.close()
        self.start()
        summary = self.ctl("sync")
        self.assertEqual(sum(p["added"] + p["removed"] for p in summary["playlists"]), 0)
        self.assertEqual(self.fake.contents(), before)
        status = self.ctl("status")
        self.assertEqual(status["labelled"], status["liked"])
