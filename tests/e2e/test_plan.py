"""A plan that the person reads, edits and has carried out; and playlists of their own under care."""

import os

from harness import GENRES, Scenario


class Plan(Scenario):
    def setUp(self):
        super().setUp()
        self.start()
        self.login()
        self.path = os.path.join(self.directory, "plan")

    def read(self):
        with open(self.path) as plan:
            return plan.read()

    def write(self, text):
        with open(self.path, "w") as plan:
            plan.write(text)

    def make(self, *arguments):
        if os.path.exists(self.path):
            os.remove(self.path)
        summary = self.sort("--plan", self.path, *arguments)
        self.assertTrue(summary["dry_run"])
        return summary

    def songs(self, sign):
        return [line.split()[1] for line in self.read().splitlines() if line.startswith(sign + " ")]

    def test_a_plan_is_a_dry_run(self):
        self.make()
        self.assertEqual(self.fake.writes(), [])
        self.assertEqual(self.ctl("status")["genres"], [])

    def test_as_it_is_it_does_what_a_sort_does(self):
        self.make()
        self.ctl("apply", self.path)
        planned = self.fake.contents()
        self.fake.forget_requests()
        self.sort()
        self.assertEqual(self.fake.writes(), [])
        self.assertEqual(self.fake.contents(), planned)
        self.assertEqual(self.ctl("status")["genres"], GENRES.split(","))
        self.assertNoViolations()

    def test_exactly_what_stands_there(self):
        self.make()
        lines = self.read().splitlines()
        adds = [line for line in lines if line.startswith("+ ")]
        out, never, later = (line.split()[1] for line in adds[:3])
        text = self.read()
        text = text.replace(adds[0] + "\n", "# not this one\n")
        text = text.replace(adds[1], "! " + never + "   # never")
        text = text.replace(adds[2], "  #" + adds[2])
        self.write(text + "\n# a last word\n")
        kept = self.read()
        self.ctl("apply", self.path)
        self.assertEqual(self.read(), kept)
        written = {uri.rpartition(":")[2] for uri in sum(self.fake.contents().values(), [])}
        self.assertEqual(len(sum(self.fake.contents().values(), [])), len(adds) - 3)
        only_once = {song for song in (out, never, later)
                     if sum(song == line.split()[1] for line in adds) == 1}
        self.assertEqual(only_once & written, set())
        self.sort()  # what was only left out comes with the next sort, what was forbidden does not
        first = self.fake.contents()[self.name_of(text)]
        self.assertNotIn("spotify:track:" + never, first)
        self.assertIn("spotify:track:" + out, first)

    def name_of(self, text):
        genre = next(line for line in text.splitlines() if line.startswith("playlist ")).split()[3]
        return genre + " (genred)"

    def test_a_plan_of_changes(self):
        self.sort()
        self.fake.control("/unlike", {"n": 8})
        self.fake.control("/like", {"n": 6})
        self.make("--yes")
        gone = self.songs("-")
        self.assertGreater(len(gone), 0)
        self.ctl("apply", self.path)
        now = {uri.rpartition(":")[2] for uri in sum(self.fake.contents().values(), [])}
        self.assertEqual(set(gone) & now, set())
        self.assertLessEqual(set(self.songs("+")), now)
        self.ctl("undo")
        back = {uri.rpartition(":")[2] for uri in sum(self.fake.contents().values(), [])}
        self.assertLessEqual(set(gone), back)

    def test_a_playlist_that_changed_since(self):
        self.sort()
        self.fake.control("/like", {"n": 20})
        self.make()
        before = self.fake.contents()
        name = next(name for name in before if name in self.read())
        playlist = self.fake.playlists()[name]
        self.fake.control("/playlist", {"do": "remove", "id": playlist["id"], "index": 0})
        before = self.fake.contents()
        error = self.ctl("apply", self.path, status=1)
        number = next(i for i, line in enumerate(self.read().splitlines(), 1)
                      if line.startswith("playlist " + playlist["id"]))
        self.assertIn("line %d: this playlist has changed since" % number, error["message"])
        self.assertEqual(self.fake.contents(), before)
        self.make()
        self.ctl("apply", self.path)

    def test_a_genre_that_is_not_the_playlists(self):
        self.sort()
        self.fake.control("/like", {"n": 30})
        self.make()
        heading = next(line for line in self.read().splitlines() if line.startswith("playlist "))
        other = next(genre for genre in GENRES.split(",") if genre != heading.split()[3])
        self.write(self.read().replace(heading, " ".join(heading.split()[:3] + [other]), 1))
        before = self.fake.contents()
        self.assertIn("of another genre", self.ctl("apply", self.path, status=1)["message"])
        self.assertEqual(self.fake.contents(), before)

    def test_a_song_that_they_add_to_a_plan_stays(self):
        self.sort()
        playlist = max(self.fake.playlists().values(), key=lambda p: len(p["items"]))
        foreign = self.fake.contents()[playlist["name"]][0]
        self.fake.control("/unlike", {"uri": foreign})
        self.sort()
        self.assertNotIn(foreign, self.fake.contents()[playlist["name"]])
        self.fake.control("/like", {"n": 20})
        self.make()
        heading = next(line for line in self.read().splitlines()
                       if line.startswith("playlist " + playlist["id"]))
        self.write(self.read().replace(
            heading, heading + "\n+ " + foreign.rpartition(":")[2], 1))
        self.ctl("apply", self.path)
        self.sort()
        self.assertIn(foreign, self.fake.contents()[playlist["name"]])

    def test_what_is_no_plan(self):
        for text, word in (("", "no playlist"), ("+ 4uLU6hMCjMI75M1A2tKUQC\n", "before any"),
                           ("playlist new\n", "line 1"), ("playlist new - rock\n* x\n", "line 2"),
                           ("playlist new - rock\n+ a b\n", "line 2"), ("a\0b", "no text")):
            self.write(text)
            self.assertIn(word, self.ctl("apply", self.path, status=2)["message"], text)
        self.write("playlist new - nonsense\n+ 4uLU6hMCjMI75M1A2tKUQC\n")
        self.assertIn("line 1", self.ctl("apply", self.path, status=1)["message"])
        self.write("playlist new - rock\n+ 4uLU6hMCjMI75M1A2tKUQC\n")
        self.assertIn("line 2", self.ctl("apply", self.path, status=1)["message"])
        self.write("playlist new - rock\nplaylist new - rock\n")
        self.assertIn("twice", self.ctl("apply", self.path, status=1)["message"])
        self.ctl("sync")
        song = next(like["uri"] for like in self.fake.state()["likes"]
                    if like["uri"].startswith("spotify:track:")).rpartition(":")[2]
        self.write("playlist new - rock\n+ %s\n+ %s\n" % (song, song))
        self.assertIn("line 3: this song stands there twice",
                      self.ctl("apply", self.path, status=1)["message"])
        self.ctl("apply", os.path.join(self.directory, "absent"), status=1)
        self.make()
        self.sort("--plan", self.path, status=2)  # it is there already
        self.assertEqual(self.fake.contents(), {})

    def test_the_preview_tells_why(self):
        self.sort()
        name, items = max(self.fake.contents().items(), key=lambda entry: len(entry[1]))
        playlist = self.fake.playlists()[name]
        self.fake.control("/playlist", {"do": "remove", "id": playlist["id"], "uri": items[4]})
        self.fake.control("/unlike", {"uri": items[7]})
        said = items[9].rpartition(":")[2]
        genre = name.split()[0]
        self.ctl("label", said, "--not", genre)
        self.fake.forget_requests()
        summary = self.sort("--dry-run")
        changes = next(p for p in summary["playlists"] if p["genre"] == genre)["changes"]
        whys = {change["id"]: (change["verb"], change["why"]) for change in changes}
        self.assertEqual(whys[items[4].rpartition(":")[2]], ("veto", "edited"))
        self.assertEqual(whys[items[7].rpartition(":")[2]], ("remove", "unliked"))
        self.assertEqual(whys[said], ("remove", "said"))
        self.assertEqual(self.fake.writes(), [])
        shown = self.run_ctl("sort", "--genres", GENRES, "--dry-run").stdout
        for word in ("you took it out", "no longer among your songs", "you said so", "that you keep out"):
            self.assertIn(word, shown)


class Care(Scenario):
    def setUp(self):
        super().setUp()
        self.start()
        self.login()
        likes = [like["uri"] for like in self.fake.state()["likes"]
                 if like["uri"].startswith("spotify:track:")]
        self.theirs = likes[40:44]
        made = self.fake.control("/playlist", {"do": "create", "name": "Loud",
                                               "uris": self.theirs})
        self.id = made.get("id") or self.by_name("Loud")["id"]
        self.fake.control("/playlist", {"do": "adopt", "id": self.id})  # the audit lets us write

    def by_name(self, name):
        return next(p for p in self.fake.state()["playlists"] if p["name"] == name)

    def items(self):
        return [item if isinstance(item, str) else item["uri"]
                for item in self.by_name("Loud")["items"]]

    def test_adopted_it_only_gains(self):
        self.ctl("adopt", "loud", "rock")
        self.assertEqual(self.items(), self.theirs)
        self.ctl("sync")
        grown = self.items()
        self.assertGreater(len(grown), len(self.theirs))
        self.assertEqual([uri for uri in grown if uri in self.theirs], self.theirs)
        self.assertEqual(self.fake.contents(), {})  # no second playlist
        ours = next(uri for uri in grown if uri not in self.theirs)
        self.fake.control("/unlike", {"uri": ours})
        self.ctl("sync")
        self.assertIn(ours, self.items())
        why = self.ctl("why", self.theirs[0], "--genres", "rock")
        self.assertTrue(next(g for g in why["genres"] if g["genre"] == "rock")["yours"])
        self.ctl("undo")
        self.assertEqual(self.items(), self.theirs)
        self.assertNoViolations()

    def test_released_it_is_theirs(self):
        self.ctl("adopt", "https://open.spotify.com/playlist/%s?si=x" % self.id, "rock",
                 "--may-remove")
        self.ctl("sync")
        self.ctl("drop", "rock", "--yes", status=2)
        self.ctl("release", "rock")
        self.fake.control("/unlike", {"n": 30})
        before = self.items()
        self.ctl("sync")
        self.assertEqual(self.items(), before)
        self.assertNotIn("rock", self.ctl("status")["genres"])
        self.sort()
        self.assertEqual(self.items(), before)
        self.assertIn("rock (genred)", self.fake.contents())

    def test_our_own_released_is_left_alone(self):
        self.sort()
        before = self.fake.contents()["rock (genred)"]
        self.ctl("release", "rock")
        self.fake.control("/like", {"n": 20})
        self.sort()
        lists = [p["items"] for p in self.fake.state()["playlists"] if p["name"] == "rock (genred)"]
        self.assertEqual(len(lists), 2)
        self.assertIn(before, [[i if isinstance(i, str) else i["uri"] for i in items]
                               for items in lists])

    def test_what_cannot_be_adopted(self):
        self.ctl("adopt", "no such list", "rock", status=2)
        self.ctl("adopt", "Loud", "no such genre", status=2)
        self.fake.control("/playlist", {"do": "create", "name": "Loud"})
        self.assertIn("several", self.ctl("adopt", "Loud", "rock", status=2)["message"])
        self.ctl("adopt", self.id, "rock")
        self.assertIn("already", self.ctl("adopt", self.id, "pop", status=2)["message"])
        self.sort()
        self.ctl("release", "pop")
        self.ctl("release", "pop", status=2)

    def test_two_of_one_genre_are_found_again(self):
        self.sort()
        self.ctl("release", "rock")
        self.sort()
        before = {p["id"]: p["items"] for p in self.fake.state()["playlists"]}
        self.ctl("logout", "--forget", "--yes")
        self.login()
        self.sort()
        after = {p["id"]: p["items"] for p in self.fake.state()["playlists"]}
        self.assertEqual(set(after), set(before))
        self.fake.forget_requests()
        self.sort()
        self.assertEqual(self.fake.writes(), [])
        self.assertNoViolations()

    def test_two_machines_share_a_playlist(self):
        self.sort()
        before = self.fake.contents()
        other = os.path.join(self.directory, "other")
        mine = dict(self.environment)
        for turn in range(3):
            self.stop()
            self.environment = {**mine, "GENRED_DAEMON_STATE_DIR": other}
            self.start()
            if turn == 0:
                self.login()
            self.sort()
            self.stop()
            self.environment = mine
            self.start()
            self.fake.forget_requests()
            self.sort()
            self.assertEqual(self.fake.writes(), [])
        self.assertEqual(self.fake.contents(), before)
        self.assertEqual(len(self.fake.playlists()), 3)
        self.fake.control("/like", {"n": 10})
        self.sort()
        grown = self.fake.contents()
        self.stop()
        self.environment = {**mine, "GENRED_DAEMON_STATE_DIR": other}
        self.start()
        self.sort()
        self.assertEqual(self.fake.contents(), grown)
        self.assertNoViolations()
