"""Statistics of all songs, compared with what the lists, the database and the fake hold."""

import collections
import datetime
import os
import sqlite3
import statistics

import unixhttp
from harness import Scenario, until

SONG = "spotify:track:"


def quartile(values, k):
    return statistics.quantiles(values, n=4, method="inclusive")[k] if len(values) > 1 else values[0]


class Statistics(Scenario):
    def setUp(self):
        super().setUp()
        self.start()
        self.login()

    def statistics(self):
        return unixhttp.get(self.ctl("paths")["socket"], "/api/statistics")

    def listing(self):
        """The map, which names every song that is sorted."""
        def ready():
            answer = unixhttp.get(self.ctl("paths")["socket"], "/api/map")
            return answer if answer["state"] == "ready" else None
        return until(ready, "the map is laid out")

    def lists(self):
        """{family: {id of a song}} of those with songs, in the order of the tree."""
        lists = {g["name"]: {t["id"] for t in self.ctl("list", g["name"])["tracks"]}
                 for g in self.ctl("genres")["genres"]}
        return {name: songs for name, songs in lists.items() if songs}

    def database(self):
        """{id: (seconds of the like, year, artists, tempo, energy)} of all songs."""
        truth = {song["uri"].removeprefix(SONG): song["statistics"] or {}
                 for song in self.fake.control("/songs")["songs"]}
        with sqlite3.connect(os.path.join(self.state_dir, "genred.db")) as database:
            rows = database.execute(
                "SELECT t.sid, liked.added_s, t.release_date, t.artists,"
                " EXISTS(SELECT 1 FROM feature WHERE feature.track = t.id AND mask <> 0)"
                " FROM liked JOIN track t ON t.id = liked.track")
            return {sid: (added, int(date[:4]) if date[:4].isdigit() else None, artists,
                          truth.get(sid, {}).get("tempo") if known else None,
                          truth.get(sid, {}).get("energy") if known else None)
                    for sid, added, date, artists, known in rows}

    def test_before_anything_is_known(self):
        answer = self.statistics()
        self.assertEqual(answer["songs"], 0)
        self.assertEqual(answer["months"], {"from": "", "counts": []})
        for key in ("genres", "decades", "energy", "artists"):
            self.assertEqual(answer[key], [])
        self.assertEqual((sum(answer["tempo"]["bins"]), answer["tempo"]["known"]), (0, 0))

    def test_genres_and_time(self):
        self.sort()
        answer, lists, songs = self.statistics(), self.lists(), self.database()
        self.assertEqual(answer["songs"], self.ctl("genres")["songs"])
        names = [g["name"] for g in answer["genres"]]
        self.assertEqual(names, sorted(lists, key=lambda name: -len(lists[name])))
        self.assertEqual([g["tracks"] for g in answer["genres"]], [len(lists[n]) for n in names])

        months, decades = collections.Counter(), collections.Counter()
        for name, members in lists.items():
            for song in members:
                added, year = songs[song][:2]
                when = datetime.datetime.fromtimestamp(added, datetime.timezone.utc)
                months[f"{when:%Y-%m}", name] += 1
                if year:
                    decades[year // 10 * 10, name] += 1
        year, month = map(int, answer["months"]["from"].split("-"))
        self.assertGreater(len(answer["months"]["counts"]), 2)
        for row in answer["months"]["counts"]:
            for name, count in zip(names, row, strict=True):
                self.assertEqual(count, months.pop((f"{year}-{month:02}", name), 0))
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        self.assertFalse(months)
        self.assertEqual([d["decade"] for d in answer["decades"]],
                         sorted({d["decade"] for d in answer["decades"]}))
        for row in answer["decades"]:
            for name, count in zip(names, row["counts"], strict=True):
                self.assertEqual(count, decades.pop((row["decade"], name), 0))
        self.assertFalse(decades)

    def test_numbers(self):
        self.sort()
        answer, lists, songs = self.statistics(), self.lists(), self.database()
        there = set(self.listing()["id"])
        tempo = answer["tempo"]
        width = (tempo["high"] - tempo["low"]) / len(tempo["bins"])
        self.assertEqual(tempo["known"], sum(tempo["bins"]))
        self.assertGreater(tempo["known"], 200)
        wanted = [0] * len(tempo["bins"])
        for song in there:  # without those that are liked under two ids
            if songs[song][3]:
                at = int((songs[song][3] - tempo["low"]) // width)
                wanted[min(max(at, 0), len(wanted) - 1)] += 1
        self.assertEqual(tempo["bins"], wanted)

        self.assertEqual([e["genre"] for e in answer["energy"]],
                         [g["name"] for g in answer["genres"]
                          if any(songs[s][4] is not None for s in lists[g["name"]])])
        for entry in answer["energy"]:
            values = [songs[s][4] for s in lists[entry["genre"]] if songs[s][4] is not None]
            self.assertEqual(entry["known"], len(values))
            self.assertAlmostEqual(entry["mean"], statistics.mean(values), places=5)
            self.assertAlmostEqual(entry["low"], quartile(values, 0), places=5)
            self.assertAlmostEqual(entry["high"], quartile(values, 2), places=5)

    def test_artists(self):
        self.sort()
        answer, lists = self.statistics(), self.lists()
        listing = self.listing()
        names = [artists.split("; ")[0] for artists in listing["artists"]]
        count = collections.Counter(names)
        shown = answer["artists"]
        self.assertEqual(len(shown), 30)
        self.assertEqual([a["tracks"] for a in shown],
                         sorted((a["tracks"] for a in shown), reverse=True))
        self.assertEqual(shown[0]["tracks"], max(count.values()))
        for artist in shown:
            self.assertEqual(artist["tracks"], count[artist["name"]])
            own = {song for song, name in zip(listing["id"], names) if name == artist["name"]}
            votes = {name: len(own & songs) for name, songs in lists.items()}
            if artist["genre"] is None:
                self.assertEqual(max(votes.values()), 0)
            else:
                self.assertEqual(votes[artist["genre"]], max(votes.values()))

    def test_an_excluded_song_does_not_count(self):
        self.sort()
        before = self.statistics()
        song = sorted(self.lists()[before["genres"][0]["name"]])[0]
        self.ctl("exclude", song)
        after = self.statistics()
        self.assertEqual(after["songs"], before["songs"] - 1)
        tracks = {g["name"]: g["tracks"] for g in after["genres"]}
        self.assertEqual(tracks[before["genres"][0]["name"]], before["genres"][0]["tracks"] - 1)
