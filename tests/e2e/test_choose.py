"""What the page's genres, thresholds and places do: the routes behind them, over the unix socket."""

import http.client
import json
import os
import signal
import socket
import sqlite3

from harness import DEADLINE_S, Scenario, slow, until


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=DEADLINE_S)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Choosing(Scenario):
    def request(self, method, path, body=None):
        connection = Connection(os.path.join(self.state_dir, "genred.sock"))
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        connection.request(method, path, data)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text)

    def get(self, path):
        status, document = self.request("GET", path)
        self.assertEqual(status, 200, document)
        return document

    def post(self, path, body, status=200):
        got, document = self.request("POST", path, body)
        self.assertEqual(got, status, document)
        return document

    def refused(self, path, body, says, status=400):
        failure = self.post(path, body, status)
        self.assertEqual(failure["message_type"], "error")
        self.assertIn(says, failure["message"])
        return failure

    def again(self):
        self.stop()
        self.start()

    def flat(self, genres=None):
        genres = genres or self.get("/api/genres")
        return {g["name"]: g for top in genres["genres"] for g in [top, *top["children"]]}

    def hidden(self):
        return {g["name"]: g["merged_into"] for g in self.get("/api/genres")["hidden"]}

    def wait(self, answer):
        run = answer["run"]
        until(lambda: self.get("/api/status")["running"] is None, "the run's end")
        return self.get(f"/api/runs?run={run}")

    def songs(self, genre):
        return [song["id"] for song in self.get("/api/list?genre=" + genre)["tracks"]]


class Logged(Choosing):
    def setUp(self):
        super().setUp()
        self.start()
        self.login()
        self.sort()


class Tree(Logged):
    def test_genres_have_examples(self):
        for name, genre in self.flat().items():
            songs = self.songs(name)
            self.assertEqual(genre["tracks"], len(songs), name)
            self.assertEqual([s["id"] for s in genre["examples"]], songs[:3], name)
            self.assertEqual((genre["threshold"], genre["rule"], genre["from_page"],
                              genre["merged"]), (None, None, False, []))
        self.assertEqual(self.get("/api/genres")["hidden"], [])

    def test_edits_count_at_once_and_after_a_restart(self):
        before = self.flat()
        after = self.flat(self.post("/api/tree", {"genre": "rock", "title": "Guitars & Co",
                                                  "threshold": 0.97}))
        self.assertEqual(after["rock"]["title"], "Guitars & Co")
        self.assertAlmostEqual(after["rock"]["threshold"], 0.97, places=6)
        self.assertTrue(after["rock"]["from_page"])
        self.assertLess(after["rock"]["tracks"], before["rock"]["tracks"])
        self.post("/api/tree", {"genre": "house", "merge_into": "Guitars & Co"})
        self.post("/api/tree", {"genre": "spoken", "hidden": True})
        self.post("/api/tree", {"genre": "Chill out", "rule": "ambient or \"deep-house\""})
        for _ in range(2):
            genres = self.flat()
            self.assertEqual(self.hidden(), {"spoken": None, "house": "rock"})
            self.assertEqual(genres["rock"]["merged"], ["house"])
            self.assertEqual(genres["chill-out"]["rule"], "ambient or \"deep-house\"")
            self.assertEqual(genres["chill-out"]["title"], "Chill out")
            self.assertNotIn("house", genres)
            self.assertIn("chill-out", self.run_ctl("genres").stdout)
            self.again()
        for edit in ({"genre": "rock", "title": None, "threshold": None},
                     {"genre": "house", "merge_into": None}, {"genre": "spoken", "hidden": False},
                     {"genre": "chill-out", "rule": None}):
            self.post("/api/tree", edit)
        self.assertEqual(self.flat(), before)
        self.assertNotIn("tree\t", self.run_ctl("backup").stdout)  # nothing is left of them

    def test_a_rule_is_tried_without_keeping_it(self):
        before = self.get("/api/genres")
        tried = self.post("/api/rule", {"rule": "\"rock\" and not pop"})
        self.assertGreater(tried["count"], 0)
        self.assertEqual(len(tried["examples"]), min(3, tried["count"]))
        self.assertEqual(self.get("/api/genres"), before)
        kept = self.flat(self.post("/api/tree", {"genre": "r", "rule": "\"rock\" and not pop"}))["r"]
        self.assertEqual((kept["tracks"], kept["examples"]), (tried["count"], tried["examples"]))
        changed = self.flat(self.post("/api/tree", {"genre": "r", "rule": "none"}))["r"]
        self.assertEqual(changed["tracks"], 0)
        self.refused("/api/rule", {"rule": "rok and pop"},
                     "there is no genre \"rok\"; did you mean \"rock\"?")
        for body in (None, b"{", {"rule": 7}, {"rule": ""}, {"rule": "x" * 3000}, [], {}):
            self.post("/api/rule", body, 400)

    def test_what_cannot_be_is_refused_and_changes_nothing(self):
        self.post("/api/tree", {"genre": "house", "merge_into": "techno"})
        before = self.get("/api/genres")
        cases = [
            ({"genre": "techno", "merge_into": "house"}, "merged into itself"),
            ({"genre": "rock", "merge_into": "rock"}, "merged into itself"),
            ({"genre": "rock", "title": "Metal"}, "\"Metal\" is the name of \"metal\" already"),
            ({"genre": "rock", "title": "a\n[hide]\npop = yes"}, "line end"),
            ({"genre": "rock", "title": "\"Rock\""}, "double quote"),
            ({"genre": "rock", "title": ""}, "1 to 60 bytes"),
            ({"genre": "rock", "title": "x" * 61}, "1 to 60 bytes"),
            ({"genre": "rock", "title": 3}, "a title is a text of"),
            ({"genre": "rock", "threshold": 1.5}, "from 0 to 1"),
            ({"genre": "rock", "threshold": "0.5"}, "from 0 to 1"),
            ({"genre": "rock", "hidden": "yes"}, "true or false"),
            ({"genre": "rock", "merge_into": 1}, "merge_into"),
            ({"genre": "rock", "merge_into": "rokc"}, "there is no genre 'rokc'"),
            ({"genre": "rock", "rule": "pop"}, "came with genred"),
            ({"genre": "rock", "rule": None}, "came with genred"),
            ({"genre": "rokc", "hidden": True}, "there is no genre 'rokc'; the nearest are rock"),
            ({"genre": "mine", "rule": "tempo >"}, "compared with nothing"),
            ({"genre": "mine", "rule": "rock", "merge_into": "rock"}, "cannot be merged"),
            ({"genre": "rock"}, "nothing is to be changed"),
            ({"genre": ""}, "must be named"),
            ({"genre": 1}, "must be named"),
            ([], "must be named"),
            (b"{\"genre\":", "no JSON"),
            (None, "must be named"),
        ]
        for body, says in cases:
            self.refused("/api/tree", body, says)
        huge = {"genre": "rock", "title": "x" * (3 << 20)}
        self.refused("/api/tree", huge, "1 to 60 bytes")
        self.assertEqual(self.get("/api/genres"), before)
        self.again()
        self.assertEqual(self.get("/api/genres"), before)

    def test_not_while_a_run_is_at_work(self):
        self.fake.control("/hold", {"match": "GET /v1/me/tracks", "when": "after"})
        self.post("/api/sync", {}, 202)
        self.fake.control("/wait_held?timeout=20")
        self.refused("/api/tree", {"genre": "rock", "hidden": True}, "a run is at work", 409)
        self.refused("/api/region", {"name": "x", "tracks": ["y"]}, "a run is at work", 409)
        self.fake.control("/release", {})
        until(lambda: self.get("/api/status")["running"] is None, "the run's end")
        self.post("/api/tree", {"genre": "rock", "hidden": True})

    def test_a_merged_genres_playlist_is_left_alone(self):
        before = self.fake.contents()
        self.post("/api/tree", {"genre": "pop", "merge_into": "soul"})
        self.wait(self.post("/api/sync", {}, 202))
        after = self.fake.contents()
        self.assertEqual(after["pop (genred)"], before["pop (genred)"])
        self.assertIn("soul (genred)", after)
        self.assertNoViolations()

    def test_a_removed_genre_leaves_nothing_behind(self):
        song = self.songs("electronic")[0]
        self.post("/api/tree", {"genre": "mix", "rule": "rock or pop"})
        self.post("/api/label", {"track": song, "is": ["mix"]})
        self.assertIn(song, self.songs("mix"))
        self.post("/api/choice", {"genres": ["rock", "mix"]})
        self.wait(self.post("/api/sync", {}, 202))
        kept = self.fake.contents()["mix (genred)"]
        self.assertGreater(len(kept), 10)
        self.post("/api/tree", {"genre": "mix", "rule": None})
        self.assertEqual(self.get("/api/choice")["genres"], ["rock"])
        self.assertEqual(self.get("/api/status")["genres"], ["rock"])
        choice = self.get("/api/choice")["genres"]
        self.assertEqual(self.post("/api/choice", {"genres": choice})["genres"], choice)
        self.assertNotIn("\tmix\t", "".join(line for line in self.run_ctl("backup").stdout
                                            .splitlines(True) if line.startswith("label")))
        run = self.wait(self.post("/api/sync", {}, 202))
        self.assertEqual(run["outcome"], "done")
        self.assertEqual(self.fake.contents()["mix (genred)"], kept)  # it is left alone
        states = {p["genre"]: p["state"] for p in self.get("/api/status")["playlists"]}
        self.assertEqual((states["mix"], states["rock"]), ("left", "active"))
        self.assertIn("its genre is gone", self.run_ctl("status").stdout)
        self.assertNotIn(song, self.songs(self.post("/api/region", {
            "name": "mix", "tracks": [self.songs("rock")[0]]})["genre"]))
        self.post("/api/tree", {"genre": "mix", "rule": None})
        self.assertEqual(self.ctl("drop", "--yes", "mix")["job"], "drop")
        self.assertNotIn("mix (genred)", self.fake.contents())
        self.assertNoViolations()

    def test_a_name_that_is_gone_from_the_file_is_not_shown_as_chosen(self):
        with sqlite3.connect(os.path.join(self.state_dir, "genred.db")) as database:
            database.execute("UPDATE account SET genres = 'rock,nothing,pop'")
        self.assertEqual(self.get("/api/choice")["genres"], ["rock", "pop"])
        self.assertEqual([n for n, g in self.flat().items() if g["chosen"]], ["pop", "rock"])

    def test_what_is_chosen_follows_a_merge(self):
        self.post("/api/choice", {"genres": ["pop", "rock", "soul"]})
        self.post("/api/tree", {"genre": "pop", "merge_into": "soul"})
        self.post("/api/tree", {"genre": "rock", "merge_into": "jazz"})
        self.assertEqual(self.get("/api/choice")["genres"], ["soul", "jazz"])
        self.assertEqual([n for n, g in self.flat().items() if g["chosen"]], ["jazz", "soul"])
        self.post("/api/tree", {"genre": "rock", "merge_into": None})
        self.assertEqual(self.get("/api/choice")["genres"], ["soul", "rock"])

    def test_sub_genres_stay_where_they_can_be_seen(self):
        def places():
            tops = self.get("/api/genres")["genres"]
            return {child["name"]: top["name"] for top in tops for child in top["children"]} | {
                top["name"]: None for top in tops}

        before = places()
        mine = [name for name, top in before.items() if top == "metal"]
        self.assertGreater(len(mine), 3)
        self.post("/api/tree", {"genre": "metal", "merge_into": "rock"})
        after = places()
        self.assertEqual({after[name] for name in mine}, {"rock"})
        self.post("/api/tree", {"genre": "rock", "hidden": True})
        after = places()
        self.assertEqual(set(before) - set(after), {"metal", "rock"})  # all others are there
        self.assertIn(None, {after[name] for name in mine})
        self.post("/api/tree", {"genre": "rock", "hidden": False})
        self.post("/api/tree", {"genre": "metal", "merge_into": mine[0]})
        after = places()
        self.assertEqual(set(before) - set(after), {"metal"})
        self.assertNotIn("metal", after.values())
        self.post("/api/tree", {"genre": "metal", "merge_into": None})
        self.assertEqual(places(), before)

    def test_a_failure_after_the_change_says_that_it_is_kept(self):
        def rename(was, now):
            with sqlite3.connect(os.path.join(self.state_dir, "genred.db")) as database:
                database.execute(f"ALTER TABLE {was} RENAME TO {now}")

        rename("playlist", "elsewhere")
        failure = self.post("/api/tree", {"genre": "rock", "title": "Guitars"}, 500)
        self.assertIn("the change is kept, but cannot be shown: ", failure["message"])
        rename("elsewhere", "playlist")
        self.assertEqual(self.flat()["rock"]["title"], "Guitars")
        self.post("/api/tree", {"genre": "rock", "title": "Strings"})
        self.assertEqual(self.flat()["rock"]["title"], "Strings")

    def test_forgetting_everything_forgets_them(self):
        self.post("/api/tree", {"genre": "rock", "title": "Guitars"})
        self.post("/api/choice", {"from": ["albums"]})
        self.ctl("logout", "--forget", "--yes")
        self.assertEqual(self.flat()["rock"]["title"], "rock")
        self.refused("/api/tree", {"genre": "rock", "title": "x"}, "nobody is logged in", 401)
        self.refused("/api/choice", {"genres": []}, "nobody is logged in", 401)
        self.login()
        self.assertEqual(self.flat()["rock"]["title"], "rock")
        self.assertEqual(self.get("/api/choice")["from"], ["liked"])


class AtOnce(Logged):
    """What is judged is kept for the next question; no change may leave an old answer."""

    def setUp(self):
        super().setUp()
        self.tree = os.path.join(self.directory, "genres.conf")
        self.environment["GENRED_CLASSIFIER_TREE"] = self.tree
        self.configuration = os.path.join(self.directory, "genred.conf")
        self.environment["GENRED_CONFIG"] = self.configuration
        self.put(self.tree, "")
        self.put(self.configuration, "")
        self.again()

    @staticmethod
    def put(path, text):
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)

    def reload(self):
        before = self.log().count("genred: reloaded")
        self.daemon.send_signal(signal.SIGHUP)
        until(lambda: self.log().count("genred: reloaded") > before, "the reload")

    def documents(self):
        """Of each its hash: what differs is named, and not printed whole."""
        paths = ["genres", "list?genre=rock", "curve?genre=rock", "statistics", "review?n=5",
                 "song?track=" + self.song, "why?track=" + self.song]
        return {path: hash(json.dumps(self.get("/api/" + path))) for path in paths}

    def seen(self, change, **told):
        """The change shows at once, and all is as a daemon says that has kept nothing."""
        before = self.documents()
        self.assertEqual(self.documents(), before, told)  # from what is kept
        change()
        after = self.documents()
        self.assertNotEqual(after, before, told)
        self.again()
        self.assertEqual(after, self.documents(), told)

    def test_every_change_is_seen(self):
        self.song = self.songs("rock")[0]
        other = self.songs("electronic")[0]
        edits = [{"genre": "rock", "threshold": 0.9}, {"genre": "rock", "title": "Guitars"},
                 {"genre": "pop", "merge_into": "rock"}, {"genre": "electronic", "hidden": True},
                 {"genre": "fast", "rule": "tempo > 120"}, {"genre": "rock", "threshold": None},
                 {"genre": "pop", "merge_into": None}, {"genre": "electronic", "hidden": False}]
        for edit in edits:
            self.seen(lambda e=edit: self.post("/api/tree", e), edit=edit)
        for word in ({"track": other, "is": ["rock"]}, {"track": other, "not": ["electronic"]},
                     {"track": other, "forget": True}, {"track": self.song, "not": ["rock"]}):
            self.seen(lambda w=word: self.post("/api/label", w), word=word)
        self.seen(lambda: self.post("/api/region", {"name": "Mine", "tracks": [other]}))
        self.seen(lambda: self.ctl("exclude", other))
        self.seen(lambda: self.ctl("exclude", "--forget", other))
        self.seen(lambda: self.post("/api/choice", {"genres": ["rock"]}))

    def test_what_comes_from_outside_is_seen(self):
        self.song = self.songs("rock")[0]
        def sync():
            self.wait(self.post("/api/sync", {}, 202))

        def likes(do):
            self.fake.control("/" + do, {"n": 5})
            sync()

        def take(path, text):
            self.put(path, text)
            self.reload()

        def write():
            with sqlite3.connect(os.path.join(self.state_dir, "genred.db")) as database:
                database.execute("UPDATE correction SET verdict = 1 - verdict")

        self.seen(lambda: likes("like"))
        self.seen(lambda: likes("unlike"))
        self.seen(lambda: take(self.tree, "[threshold]\nrock = 0.95\n"))
        self.seen(lambda: take(self.tree, "[threshold]\nrock = 0.15\n"))
        self.seen(lambda: take(self.configuration, "[sort]\nthreshold = 0.9\n"))
        self.post("/api/label", {"track": self.song, "is": ["jazz"]})
        self.seen(write)
        backup = os.path.join(self.directory, "backup")
        self.put(backup, self.run_ctl("backup").stdout)
        self.post("/api/label", {"track": self.song, "forget": True})
        self.seen(lambda: self.ctl("restore", backup))
        kept = self.get("/api/genres")["songs"]
        self.ctl("logout", "--forget", "--yes")
        self.assertEqual((self.get("/api/genres")["songs"], self.get("/api/statistics")["songs"]),
                         (0, 0))
        self.login()
        sync()
        self.assertEqual(self.get("/api/genres")["songs"], kept)


class File(Choosing):
    def write(self, text):
        with open(self.tree, "w", encoding="utf-8") as out:
            out.write(text)

    def setUp(self):
        super().setUp()
        self.tree = os.path.join(self.directory, "genres.conf")
        self.environment["GENRED_CLASSIFIER_TREE"] = self.tree
        self.write("[own]\nnineties = decade = 90s\n[rename]\nrock = Stone\n[merge]\nhouse = pop\n"
                   "[threshold]\njazz = 0.8\n[hide]\nspoken = yes\n")
        self.start()
        self.login()
        self.ctl("sync")

    def test_the_page_lies_over_the_file(self):
        genres = self.flat()
        self.assertFalse(any(g["from_page"] for g in genres.values()))
        for edit in ({"genre": "rock", "title": "Guitars"}, {"genre": "house", "merge_into": None},
                     {"genre": "jazz", "threshold": None}, {"genre": "spoken", "hidden": False},
                     {"genre": "nineties", "rule": "decade = 90s and rock"}):
            genres = self.flat(self.post("/api/tree", edit))
        for _ in range(2):
            self.assertEqual(genres["rock"]["title"], "Guitars")
            self.assertIn("house", genres)
            self.assertIsNone(genres["jazz"]["threshold"])
            self.assertIn("spoken", genres)
            self.assertEqual(genres["nineties"]["rule"], "decade = 90s and rock")
            self.again()
            genres = self.flat()
        self.post("/api/tree", {"genre": "nineties", "rule": None})  # the file's again
        self.assertEqual(self.flat()["nineties"]["rule"], "decade = 90s")
        self.refused("/api/tree", {"genre": "nineties", "rule": None}, "stands in genres.conf")

    def test_a_file_that_contradicts_wins_and_is_told(self):
        self.post("/api/tree", {"genre": "techno", "merge_into": "trance"})
        self.post("/api/tree", {"genre": "rock", "title": "Guitars"})
        self.write("[merge]\ntrance = techno\n")
        for begin in (self.again, lambda: (self.daemon.send_signal(signal.SIGHUP), until(
                lambda: "genred: reloaded" in self.log(), "the reload"))):
            begin()
            self.assertEqual(self.hidden(), {"trance": "techno"})
            warnings = self.get("/api/status")["warnings"]
            self.assertTrue(any("does not fit genres.conf" in w and "merged into itself" in w
                                for w in warnings), warnings)
        self.post("/api/tree", {"genre": "pop", "title": "Hits"})
        genres = self.flat()
        self.assertEqual((genres["rock"]["title"], genres["pop"]["title"]), ("Guitars", "Hits"))
        self.assertEqual(self.get("/api/status")["warnings"], [])


class Curve(Logged):
    def test_it_agrees_with_the_list(self):
        curve = self.get("/api/curve?genre=rock")
        tracks = self.get("/api/list?genre=rock")["tracks"]
        self.assertEqual((curve["genre"], curve["threshold"]), ("rock", None))
        self.assertEqual(curve["count"], len(tracks))
        self.assertAlmostEqual(curve["precision"], sum(t["p"] for t in tracks) / len(tracks))
        self.assertTrue(0 < curve["shown"] < 1)
        points = curve["points"]
        self.assertEqual([p["threshold"] for p in points], [k / 100 for k in range(5, 100)])
        counts = [p["count"] for p in points]
        self.assertEqual(counts, sorted(counts, reverse=True))
        for point in points:
            self.assertEqual(point["precision"] is None, point["count"] == 0)
            self.post("/api/tree", {"genre": "rock", "threshold": point["threshold"]}) \
                if point["threshold"] in (0.3, 0.7) else None
            if point["threshold"] in (0.3, 0.7):
                now = self.get("/api/curve?genre=rock")
                self.assertEqual((now["count"], now["precision"]),
                                 (point["count"], point["precision"]))
                self.assertAlmostEqual(now["shown"], point["threshold"], places=6)

    def test_it_agrees_with_the_genres(self):
        """Whatever is merged, and whatever the own thresholds are."""
        self.post("/api/tree", {"genre": "metal", "threshold": 0.3})
        for genre in ("pop", "metal", "soul"):
            self.post("/api/tree", {"genre": genre, "merge_into": "rock"})
        self.post("/api/tree", {"genre": "r", "rule": "rock and energy > 0.5"})
        self.post("/api/label", {"track": self.songs("electronic")[0], "is": ["rock"]})
        self.post("/api/label", {"track": self.songs("rock")[2], "not": ["rock"]})
        alone = self.get("/api/curve?genre=electronic")
        merged = False
        for genre in ("rock", "electronic", "r"):
            curve = self.get("/api/curve?genre=" + genre)
            self.assertEqual(curve["count"], self.flat()[genre]["tracks"])
            for point in curve["points"][::15]:
                flat = self.flat(self.post("/api/tree", {"genre": genre,
                                                         "threshold": point["threshold"]}))
                self.assertEqual(flat[genre]["tracks"], point["count"], (genre, point))
                now = self.get("/api/curve?genre=" + genre)
                self.assertEqual(now["points"], curve["points"])
                self.assertAlmostEqual(now["precision"] or 0, point["precision"] or 0)
            merged = merged or curve["points"][-1]["count"] > alone["points"][-1]["count"] + 20
            self.post("/api/tree", {"genre": genre, "threshold": None})
        self.assertTrue(merged)

    def test_the_persons_word_is_certain(self):
        before = self.get("/api/curve?genre=jazz")["points"]
        self.post("/api/label", {"track": self.songs("rock")[0], "is": ["jazz"]})
        after = self.get("/api/curve?genre=jazz")["points"]
        self.assertGreaterEqual(after[-1]["count"], 1)
        self.assertGreaterEqual(after[-1]["count"], before[-1]["count"])
        self.assertEqual(self.request("GET", "/api/curve")[0], 400)
        self.assertEqual(self.request("GET", "/api/curve?genre=rokc")[0], 400)


class Places(Logged):
    def test_genres_are_chosen(self):
        choice = self.get("/api/choice")
        self.assertEqual(choice["genres"], ["rock", "pop", "electronic"])
        self.assertEqual(choice["from"], ["liked"])
        self.assertFalse(choice["from_fixed"])
        self.fake.forget_requests()
        choice = self.post("/api/choice", {"genres": ["House", "R&B", "house"]})
        self.assertEqual(choice["genres"], ["house", "r-and-b"])
        self.again()
        self.assertEqual(self.get("/api/choice")["genres"], ["house", "r-and-b"])
        self.assertEqual(self.fake.requests(), [])  # it starts nothing
        self.post("/api/choice", {"genres": []})
        self.assertEqual(self.get("/api/choice")["genres"], [])
        self.refused("/api/choice", {"genres": ["tecno"]}, "the nearest are techno")
        for body in ({}, [], None, b"x", {"genres": "rock"}, {"genres": [1]}, {"from": []},
                     {"from": "liked"}, {"from": ["likes"]}, {"from": [7]}, {"from": ["a,b"]},
                     {"from": ["playlist:short"]}, {"from": ["liked"] * 101},
                     {"genres": ["rock"], "from": ["nowhere"]}):
            self.post("/api/choice", body, 400)
        self.assertEqual(self.get("/api/choice")["genres"], [])  # nothing was half kept

    def test_places_are_chosen(self):
        songs = [song["uri"] for song in self.fake.control("/songs")["songs"]]
        likes = {like["uri"] for like in self.fake.state()["likes"]}
        strange = [u for u in songs if u.startswith("spotify:track:") and u not in likes][:10]
        mine = self.fake.control("/playlist", {"do": "create", "name": "Found", "uris": strange})
        self.assertEqual([p["id"] for p in self.get("/api/choice")["places"]],
                         ["liked", "albums"])
        run = self.wait(self.post("/api/places", {}, 202))
        self.assertEqual((run["job"], run["outcome"]), ("places", "done"))
        places = self.get("/api/choice")["places"]
        self.assertEqual([p["id"] for p in places[:2]], ["liked", "albums"])
        found = {p["name"]: p for p in places[2:]}
        self.assertEqual(found["Found"], {"id": "playlist:" + mine["id"], "name": "Found",
                                          "total": 10, "chosen": False, "refused": False})
        self.assertFalse([name for name in found if "genred" in name])
        link = f"playlist:https://open.spotify.com/playlist/{mine['id']}?si=x"
        choice = self.post("/api/choice", {"from": ["liked", link]})
        self.assertEqual(choice["from"], ["liked", "playlist:" + mine["id"]])
        self.assertEqual([p["id"] for p in choice["places"] if p["chosen"]], choice["from"])
        self.again()
        self.wait(self.post("/api/sync", {}, 202))
        self.assertEqual(self.get("/api/status")["others"], 10)
        self.stop()
        self.start(GENRED_SORT_FROM="liked")
        choice = self.get("/api/choice")
        self.assertEqual((choice["from"], choice["from_fixed"]), (["liked"], True))
        self.refused("/api/choice", {"from": ["albums"]}, "GENRED_SORT_FROM")
        self.assertNoViolations()


class Region(Logged):
    def test_exactly_the_songs_that_were_picked(self):
        rock, jazz = self.flat()["rock"], self.flat()["jazz"]
        picked = self.songs("rock")[:4] + [t["id"] for t in self.get("/api/review?n=2")["tracks"]]
        others = {name: g["tracks"] for name, g in self.flat().items()}
        answer = self.post("/api/region", {"name": " Sunday, early ", "tracks": picked})
        self.assertEqual(answer, {"genre": "sunday-early", "tracks": len(picked)})
        genres = self.flat()
        self.assertEqual(genres["sunday-early"]["title"], "Sunday, early")
        self.assertEqual(genres["sunday-early"]["rule"], "none")
        self.assertTrue(genres["sunday-early"]["chosen"])
        self.assertCountEqual(self.songs("sunday-early"), picked)
        self.assertEqual({n: g["tracks"] for n, g in genres.items() if n != "sunday-early"},
                         others)  # the labels teach nothing
        self.assertEqual((genres["rock"]["examples"], genres["jazz"]["examples"]),
                         (rock["examples"], jazz["examples"]))
        self.wait(self.post("/api/sort", {}, 202))
        uris = ["spotify:track:" + song for song in picked]
        self.assertCountEqual(self.fake.contents()["Sunday, early (genred)"], uris)
        more = self.songs("pop")[0]
        answer = self.post("/api/region", {"name": "sunday, EARLY", "tracks": [more, picked[0]]})
        self.assertEqual(answer, {"genre": "sunday-early",
                                  "tracks": len({*picked, more})})
        self.again()
        self.assertCountEqual(self.songs("sunday-early"), {*picked, more})
        self.refused("/api/tree", {"genre": "sunday-early", "threshold": 0.1}, "has no threshold")
        self.post("/api/tree", {"genre": "sunday-early", "rule": None})
        answer = self.post("/api/region", {"name": "Sunday, early", "tracks": [more]})
        self.assertEqual(answer["tracks"], 1)  # the old songs do not come back
        self.assertNoViolations()

    def test_names(self):
        song = self.songs("rock")[0]
        for name, genre in (("Énergie", "nergie"), ("energy", "my-energy"), ("A!", "a"),
                            ("A?", "a-2")):
            self.assertEqual(self.post("/api/region", {"name": name, "tracks": [song]})["genre"],
                             genre)
        own = self.post("/api/region", {"name": "日本", "tracks": [song]})["genre"]
        self.assertRegex(own, "^own-[0-9a-f]{8}$")
        self.assertEqual(self.flat()[own]["title"], "日本")

    def test_all_or_nothing(self):
        before = self.get("/api/genres")
        song = self.songs("rock")[0]
        strange = [u["uri"].split(":")[2] for u in self.fake.control("/songs")["songs"]
                   if u["uri"].startswith("spotify:track:") and u["uri"] not in
                   {like["uri"] for like in self.fake.state()["likes"]}][0]
        cases = [({"name": "x", "tracks": [song, "nothing"]}, "none of your songs is 'nothing'"),
                 ({"name": "x", "tracks": [song, strange]}, "none of your songs"),
                 ({"name": "x", "tracks": [song, 4]}, "list of ids"),
                 ({"name": "x", "tracks": []}, "1 to 50000"),
                 ({"name": "x", "tracks": song}, "1 to 50000"),
                 ({"name": "x"}, "1 to 50000"),
                 ({"name": "x", "tracks": [song] * 50001}, "1 to 50000"),
                 ({"name": "  ", "tracks": [song]}, "a name"),
                 ({"name": "x" * 61, "tracks": [song]}, "a name"),
                 ({"name": 5, "tracks": [song]}, "a name"),
                 ({"name": "a\nb", "tracks": [song]}, "line end"),
                 ({"name": "Rock", "tracks": [song]}, "there is a genre 'rock' already"),
                 ([], "a name"), (None, "a name"), (b"[", "no JSON")]
        for body, says in cases:
            self.refused("/api/region", body, says)
        self.assertEqual(self.get("/api/genres"), before)
        self.again()
        self.assertEqual(self.get("/api/genres"), before)

    def edited(self):
        genres = {name: (g["title"], g["threshold"], g["rule"], g["chosen"], g["from_page"])
                  for name, g in self.flat().items()}
        return genres, self.get("/api/choice")["from"]

    def test_a_restore_adds_what_is_missing(self):
        song = self.songs("rock")[0]
        for edit in ({"genre": "Mine", "rule": "jazz"}, {"genre": "rock", "title": "Guitars"},
                     {"genre": "pop", "title": "Hits"}, {"genre": "house", "merge_into": "techno"}):
            self.post("/api/tree", edit)
        self.post("/api/label", {"track": song, "is": ["mine"]})
        with sqlite3.connect(os.path.join(self.state_dir, "genred.db")) as database:
            database.execute("INSERT INTO correction SELECT account, track, 'long-gone', 1, 9"
                             " FROM correction WHERE genre = 'mine'")
        file = os.path.join(self.directory, "backup")
        with open(file, "w", encoding="utf-8") as out:
            out.write(self.run_ctl("backup").stdout)
        self.ctl("logout", "--forget", "--yes")
        self.login()
        self.ctl("sync")
        for edit in ({"genre": "Other", "rule": "pop"}, {"genre": "rock", "title": "Stone"},
                     {"genre": "techno", "merge_into": "house"}):
            self.post("/api/tree", edit)
        restored = self.ctl("restore", file)
        self.assertEqual((restored["edits"], restored["labels"], restored["labels_left_out"]),
                         (True, 1, 1))
        for _ in range(2):
            genres = self.flat()
            self.assertEqual((genres["rock"]["title"], genres["pop"]["title"]), ("Stone", "Hits"))
            self.assertEqual((genres["mine"]["rule"], genres["other"]["rule"]), ("jazz", "pop"))
            self.assertEqual(self.hidden(), {"techno": "house"})  # the backup's does not fit it
            self.assertIn(song, self.songs("mine"))
            self.assertEqual(self.get("/api/status")["warnings"], [])
            self.again()
        again = self.ctl("restore", file)
        self.assertEqual((again["edits"], again["labels"]), (False, 0))

    def test_a_backup_has_it_all(self):
        picked = self.songs("rock")[:3]
        self.post("/api/region", {"name": "Sunday # 1", "tracks": picked})
        self.post("/api/tree", {"genre": "rock", "title": "Guitars", "threshold": 0.6})
        self.post("/api/choice", {"from": ["liked", "albums"]})
        before = self.edited()
        text = self.run_ctl("backup").stdout
        self.assertTrue(text.startswith("genred-backup 2\n"))
        file = os.path.join(self.directory, "backup")
        with open(file, "w", encoding="utf-8") as out:
            out.write(text)
        self.ctl("logout", "--forget", "--yes")
        restored = self.ctl("restore", file)
        self.assertEqual((restored["edits"], restored["places"]), (True, True))
        self.login()
        self.assertEqual(self.edited(), before)
        self.ctl("sync")
        self.assertEqual(self.edited(), before)
        self.assertCountEqual(self.songs("sunday-1"), picked)
        kept = [line for line in text.splitlines()[2:]
                if line.split("\t")[0] in ("account", "genres", "tree", "places", "label")]
        self.assertLessEqual(set(kept), set(self.run_ctl("backup").stdout.splitlines()))


class Song(Logged):
    def test_everything_of_one_song(self):
        listed = self.get("/api/list?genre=rock")["tracks"][0]
        song = self.get("/api/song?track=" + listed["id"])
        self.assertEqual({k: song[k] for k in ("id", "name", "artists")},
                         {k: listed[k] for k in ("id", "name", "artists")})
        self.assertTrue(song["album"])
        self.assertGreater(song["year"], 1900)
        self.assertGreater(song["duration_ms"], 0)
        self.assertRegex(song["liked_at"], r"^\d{4}-\d\d-\d\dT")
        rock = next(g for g in song["genres"] if g["name"] == "rock")
        self.assertEqual((rock["is"], rock["word"], rock["playlist"], rock["p"]),
                         (True, 0, True, listed["p"]))
        self.assertEqual(song["genre"], song["genres"][0]["name"])
        likeliest = [g["p"] for g in song["genres"] if not g["is"]]
        self.assertEqual(likeliest, sorted(likeliest, reverse=True))
        self.assertEqual(len(likeliest), 3)
        self.assertEqual(len(song["numbers"]), 12)
        known = 0
        for number in song["numbers"]:
            self.assertEqual(len(number["all"]), len(number["genre"]))
            self.assertLessEqual(len(number["all"]), 24)
            self.assertTrue(all(g <= a for g, a in zip(number["genre"], number["all"])))
            if number["value"] is not None:
                known += 1
                width = (number["high"] - number["low"]) / len(number["all"])
                at = int((number["value"] - number["low"]) / width)
                at = min(max(at, 0), len(number["all"]) - 1)
                self.assertGreater(number["all"][at], 0)
                self.assertGreater(number["genre"][at], 0)
                self.assertRegex(number["source"], r"^[a-z]+ 20\d\d-")
        with_statistics = self.get("/api/status")["with_statistics"]
        self.assertLessEqual(sum(song["numbers"][1]["all"]), with_statistics)
        for source in song["sources"]:
            self.assertTrue(source["title"] and source["said"])
        self.assertGreater(known, 0)

    def test_against_the_genre_that_was_asked_for(self):
        song = self.songs("rock")[0]
        jazz = self.get(f"/api/song?track={song}&genre=jazz")
        self.assertEqual(jazz["genre"], "jazz")
        self.assertIn("jazz", [g["name"] for g in jazz["genres"]])
        self.post("/api/label", {"track": song, "is": ["jazz"], "not": ["rock"]})
        words = {g["name"]: (g["is"], g["word"])
                 for g in self.get(f"/api/song?track={song}&genre=blues")["genres"]}
        self.assertEqual((words["jazz"], words["rock"]), ((True, 1), (False, -1)))
        for query in ("", "?track=", "?track=nothing", f"?track={song}&genre=rokc"):
            self.assertEqual(self.request("GET", "/api/song" + query)[0], 400)


@slow
class SlowLibrary(Choosing):
    fake_arguments = ("--songs", "9000")

    def test_a_large_plan_arrives_whole_and_can_be_sent_back(self):
        self.start()
        self.login()
        self.ctl("sync")
        names = [g["name"] for g in self.get("/api/genres")["genres"]]
        listener = Connection(os.path.join(self.state_dir, "genred.sock"))
        listener.request("GET", "/api/events")
        events = listener.getresponse()
        run = self.post("/api/sort", {"dry_run": True, "genres": names}, 202)["run"]
        line = b""
        while b'"message_type":"summary"' not in line:
            line = events.readline()
            self.assertTrue(line, "the stream ended")
        plan = json.loads(line.removeprefix(b"data: "))
        self.assertEqual(plan["run"], run)
        self.assertGreater(len(line), 1 << 20)
        wanted = {p["genre"]: len(p["changes"]) for p in plan["playlists"]}
        counts = {g["name"]: g["tracks"] for g in self.get("/api/genres")["genres"]}
        self.assertEqual({g: n for g, n in wanted.items() if n},
                         {g: n for g, n in counts.items() if n})
        self.post("/api/choice", {"genres": ["jazz"]})
        self.assertIn(b'"progress"', self.after(events, {"genres": ["jazz"], "dry_run": True}))
        listener.close()

    def after(self, events, wish):
        """The next event that the same listener gets."""
        self.post("/api/sort", wish, 202)
        line = b"\n"
        while line == b"\n":
            line = events.readline()
        return line

    def test_many_songs_are_picked(self):
        self.start()
        self.login()
        self.ctl("sync")
        songs = {song for g in self.flat() for song in self.songs(g)}
        self.assertGreater(len(songs), 5000)
        answer = self.post("/api/region", {"name": "All", "tracks": sorted(songs)})
        self.assertEqual(answer["tracks"], len(songs))
        self.assertEqual(self.flat()["all"]["tracks"], len(songs))
