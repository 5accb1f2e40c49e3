"""The map of all songs: laid out in the background, kept, and steady."""

import os
import sqlite3
import statistics

import unixhttp
from harness import Scenario

SONG = "spotify:track:"


class MapScenario(Scenario):
    def setUp(self):
        super().setUp()
        self.start()
        self.login()

    def socket(self):
        return self.ctl("paths")["socket"]

    def map(self):
        return unixhttp.get(self.socket(), "/api/map")

    def laid_out(self):
        """The map once nothing is being computed, with the event in between."""
        events = unixhttp.Events(self.socket())
        try:
            before = self.map()
            self.assertEqual(before["state"], "computing")
            self.assertTrue(0 <= before["done"] <= 1)
            event = events.wait("map")
            self.assertEqual(event["run"], 0)
        finally:
            events.close()
        after = self.map()
        self.assertEqual((after["state"], after["done"]), ("ready", 1))
        return after

    @staticmethod
    def places(answer):
        return dict(zip(answer["id"], zip(answer["x"], answer["y"])))

    def stored(self):
        with sqlite3.connect(os.path.join(self.state_dir, "genred.db")) as database:
            return {track: place for track, *place in
                    database.execute("SELECT track, x, y, made_of, late FROM map_place")}


class Map(MapScenario):
    def test_every_song_lies_somewhere(self):
        self.assertEqual(self.map()["state"], "absent")
        self.sort()
        answer = self.laid_out()
        sizes = {len(answer[key]) for key in ("id", "name", "artists", "genre", "x", "y")}
        self.assertEqual(sizes, {self.ctl("genres")["songs"]})
        self.assertEqual(len(set(answer["id"])), len(answer["id"]))
        self.assertTrue(all(-1 <= at <= 1 for at in answer["x"] + answer["y"]))
        self.assertGreater(max(answer["x"]) - min(answer["x"]), 1)
        self.assertGreater(max(answer["y"]) - min(answer["y"]), 1)
        tree = self.ctl("genres")["genres"]
        self.assertEqual([(g["name"], g["title"]) for g in answer["genres"]],
                         [(g["name"], g["title"]) for g in tree])

    def test_a_song_has_its_likeliest_family(self):
        self.sort()
        answer = self.laid_out()
        lists = {g["name"]: {t["id"]: t["p"] for t in self.ctl("list", g["name"])["tracks"]}
                 for g in answer["genres"]}
        seen = set()
        for song, genre in zip(answer["id"], answer["genre"]):
            p = [lists[g["name"]].get(song, -1) for g in answer["genres"]]
            self.assertEqual(genre, p.index(max(p)) if max(p) >= 0 else -1)
            seen.add(genre)
        self.assertGreater(len(seen), 5)
        self.assertIn(-1, seen)
        song = answer["id"][answer["genre"].index(-1)]
        self.ctl("label", song, "jazz")
        again = self.map()
        named = again["genres"][again["genre"][again["id"].index(song)]]["name"]
        self.assertEqual(named, "jazz")
        self.assertEqual(self.places(again), self.places(answer))

    def test_like_songs_lie_together(self):
        self.sort()
        answer = self.laid_out()
        genre = dict(zip(answer["id"], answer["genre"]))
        places = self.places(answer)
        same = []
        for song, (x, y) in places.items():
            near = sorted(places, key=lambda s: (places[s][0] - x) ** 2 + (places[s][1] - y) ** 2)
            same.append(statistics.mean(genre[s] == genre[song] for s in near[1:6]))
        chance = sum((answer["genre"].count(g) / len(genre)) ** 2 for g in set(answer["genre"]))
        self.assertGreater(statistics.mean(same), chance + 0.2)

    def test_a_restart_keeps_it_and_a_new_like_moves_nobody(self):
        self.sort()
        first = self.laid_out()
        stored = self.stored()
        self.stop()
        self.start()
        self.assertEqual(self.map(), first)
        self.assertEqual(self.stored(), stored)
        liked = self.fake.control("/like", {"n": 2})["liked"]
        self.ctl("sync")
        second = self.laid_out()
        places = self.places(second)
        self.assertEqual({song: places[song] for song in first["id"]}, self.places(first))
        self.assertEqual(set(places) - set(first["id"]), {uri.removeprefix(SONG) for uri in liked})
        now = self.stored()
        self.assertEqual({track: now[track] for track in stored}, stored)
        self.assertEqual([place[3] for track, place in now.items() if track not in stored], [1, 1])
        self.assertEqual(self.map(), second)  # nothing is left to do

    def test_the_same_from_nothing(self):
        self.sort()
        first = self.laid_out()
        self.stop()
        with sqlite3.connect(os.path.join(self.state_dir, "genred.db")) as database:
            database.execute("DELETE FROM map_place")
            database.execute("DELETE FROM map")
        self.start()
        self.assertEqual(self.places(self.laid_out()), self.places(first))

    def test_many_new_likes_move_all(self):
        self.sort()
        first = self.laid_out()
        self.fake.control("/like", {"n": 30})
        self.ctl("sync")
        second = self.laid_out()
        self.assertEqual(len(second["id"]), len(first["id"]) + 30)
        self.assertEqual({place[3] for place in self.stored().values()}, {0})

    def test_un_liked_and_excluded_songs_are_not_on_it(self):
        self.sort()
        first = self.laid_out()
        gone, out = first["id"][0], first["id"][1]
        self.fake.control("/unlike", {"uri": SONG + gone})
        self.ctl("sync")
        self.ctl("exclude", out)
        answer = self.map()
        self.assertEqual(answer["state"], "ready")
        self.assertEqual(set(first["id"]) - set(answer["id"]), {gone, out})


class Interrupted(MapScenario):
    fake_arguments = ("--songs", "2000")  # long enough to come in between

    def test_stop_and_logout_in_the_middle(self):
        self.sort()
        self.assertEqual(self.map()["state"], "computing")
        self.stop()
        self.assertEqual(self.stored(), {})
        self.start()
        self.assertEqual(self.map()["state"], "computing")
        self.ctl("logout", "--forget", "--yes")
        self.assertEqual(self.map()["state"], "absent")
        self.login()
        self.sort()
        self.assertEqual(len(self.stored()), 0)
        self.laid_out()
        self.assertGreater(len(self.stored()), 0)
