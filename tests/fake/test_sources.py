"""The services beside the music service: strictness, data, faults, log, TLS and proxy."""

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
from urllib.parse import quote, urlencode, urlsplit

from test_fake import Answer, Case, Fake

AGENT = {"User-Agent": "genred/1.0 ( https://example.org/genred )"}
CALM = {
    "reccobeats_unknown": 0.15, "reccobeats_nulls": 0.0, "musicbrainz_linked": 0.7,
    "musicbrainz_isrc": 0.5, "musicbrainz_isrc_genres": False, "musicbrainz_interval_ms": 0,
    "lastfm_unknown": 0.1, "lastfm_error": 0, "lastfm_statuses": False, "lastfm_rate": 0,
    "reccobeats_down": "", "musicbrainz_down": "", "lastfm_down": "", "playlist_reads": True,
}  # fmt: skip
DOWN = (("503", 503), ("500", 500), ("html", 502), ("html_302", 302), ("429", 429))
BROKEN = (ConnectionError, http.client.HTTPException)


class Beside(Case):
    arguments = ("--songs", "300")

    def setUp(self):
        super().setUp()
        self.fake.control("switch", **CALM)
        self.fake.control("log", "DELETE")

    def ask(self, target, **headers):
        return self.fake.send("GET", target, headers=AGENT | headers)

    def recco(self, ids):
        return self.ask("/reccobeats/v1/audio-features?ids=" + ",".join(ids))

    def brainz(self, path, **query):
        pairs = {name.rstrip("_"): value for name, value in query.items()} | {"fmt": "json"}
        return self.ask(f"/musicbrainz/ws/2/{path}?" + urlencode(pairs, True, quote_via=quote))

    def lastfm(self, method, **query):
        whole = {"method": method, "format": "json", "api_key": self.fake.ready["lastfm_key"]}
        return self.ask("/lastfm/2.0/?" + urlencode(whole | query))

    def catalogue(self):
        rows = self.fake.control("songs", "GET")["songs"]
        return [row | {"id": row["uri"].rpartition(":")[2]} for row in rows
                if row["uri"].startswith("spotify:track:")]

    def artists(self, **wanted):
        rows = self.fake.control("artists", "GET")["artists"]
        return [row for row in rows if all(row[name] == each for name, each in wanted.items())]

    def link(self, row):
        return "https://open.spotify.com/artist/" + row["id"]


class ReccoBeats(Beside):
    def test_statistics_are_the_music_services_own(self):
        song = next(row for row in self.catalogue() if row["reccobeats"])
        row = next(row for row in self.recco([song["id"]]).json["content"])
        self.assertEqual(row["href"], "https://open.spotify.com/track/" + song["id"])
        self.assertEqual(row["isrc"], song["isrc"])
        expected = {name: value for name, value in song["statistics"].items()
                    if name != "time_signature"}
        self.assertEqual({name: row[name] for name in expected}, expected)
        self.assertFalse({"time_signature", "duration_ms"} & set(row))

    def test_unknown_are_left_out_and_the_order_is_its_own(self):
        songs = self.catalogue()[:40]
        rows = self.recco([song["id"] for song in songs]).json["content"]
        got = [row["href"].rpartition("/")[2] for row in rows]
        known = [song["id"] for song in songs if song["reccobeats"]]
        self.assertLess(len(known), 40)
        self.assertEqual(sorted(got), sorted(known))
        self.assertNotEqual(got, known)
        self.fake.control("switch", reccobeats_unknown=1.0)
        self.assertEqual(self.recco([songs[0]["id"]]).json, {"content": []})

    def test_more_than_forty_are_dropped_in_silence(self):
        self.fake.control("switch", reccobeats_unknown=0)
        ids = [song["id"] for song in self.catalogue()[:45]]
        rows = self.recco(ids).json["content"]
        self.assertEqual({row["href"].rpartition("/")[2] for row in rows}, set(ids[:40]))
        self.assertEqual(self.fake.violations(), ["more than 40 ids"])

    def test_other_ids(self):
        self.fake.control("switch", reccobeats_unknown=0)
        songs = self.catalogue()
        repeated = self.ask("/reccobeats/v1/audio-features?" + "&".join(
            f"ids={song['id']}" for song in songs[:3])).json["content"]
        self.assertEqual(len(repeated), 3)
        self.assertEqual(self.recco([repeated[0]["id"]]).json["content"], repeated[:1])
        counts = {len(self.recco([song["isrc"]]).json["content"]) for song in songs[:60]
                  if song["isrc"]}
        self.assertEqual(counts, {1, 2})

    def test_nulls(self):
        self.fake.control("switch", reccobeats_nulls=1.0, reccobeats_unknown=0)
        rows = self.recco([song["id"] for song in self.catalogue()[:40]]).json["content"]
        self.assertTrue(all(None in row.values() or row["key"] == -1 for row in rows))

    def test_strict(self):
        def code(target):
            answer = self.ask("/reccobeats" + target)
            return answer.status, answer.json["status"]

        self.assertEqual(code("/v1/audio-features"), (400, 4001))
        self.assertEqual(code("/v1/audio-features?ids=no%20id"), (400, 4004))
        self.assertEqual(code("/v1/audio-features?ids=%ff"), (400, 4002))
        self.assertEqual(code("/v2/audio-features?ids=a"), (404, 4042))
        self.fake.send("GET", "/reccobeats/v1/audio-features?ids=QZFKE0000000&x=1",
                       headers={"Authorization": "Bearer secret"})
        self.assertEqual(sorted(self.fake.violations()), [
            "a credential was sent to another service", "no User-Agent", "unknown parameter x"])


class MusicBrainz(Beside):
    def test_many_urls(self):
        rows = self.artists()
        answer = self.brainz("url", resource=[self.link(row) for row in rows],
                             inc="artist-rels").json
        linked = {self.link(row): row for row in rows if row["found_by"] == "linked"}
        self.assertEqual({url["resource"] for url in answer["urls"]}, set(linked))
        self.assertEqual(answer["url-count"], len(linked))
        self.assertGreater(len(linked), len(rows) // 2)
        relations = [url.get("relations", "missing") for url in answer["urls"]]
        self.assertTrue({2, 1} <= {len(each) for each in relations if isinstance(each, list)})
        for url in answer["urls"]:
            got = [each["artist"]["id"] for each in url.get("relations") or ()]
            self.assertIn(got, ([], linked[url["resource"]]["linked_to"]))

    def test_relations_may_be_missing_or_null(self):
        fake = Fake("--songs", "1200")
        self.addCleanup(fake.stop)
        fake.control("switch", musicbrainz_interval_ms=0, musicbrainz_linked=1)
        rows, seen = fake.control("artists", "GET")["artists"], []
        for start in range(0, len(rows), 100):
            query = urlencode({"resource": [self.link(row) for row in rows[start:start + 100]],
                               "inc": "artist-rels", "fmt": "json"}, True)
            answer = fake.send("GET", "/musicbrainz/ws/2/url?" + query, headers=AGENT)
            seen += [url.get("relations", "missing") for url in answer.json["urls"]]
        self.assertTrue("missing" in seen and None in seen and [] in seen)

    def test_one_url(self):
        linked, other = self.artists(found_by="linked")[0], self.artists(found_by="isrc")[0]
        answer = self.brainz("url", resource=self.link(linked), inc="artist-rels")
        self.assertEqual(answer.json["resource"], self.link(linked))
        self.assertNotIn("urls", answer.json)
        self.assertNotIn("relations", self.brainz("url", resource=self.link(linked)).json)
        for resource in (self.link(other), self.link(linked) + "?si=1", self.link(linked) + "/"):
            answer = self.brainz("url", resource=resource, inc="artist-rels")
            self.assertEqual((answer.status, answer.json["error"]), (404, "Not Found"))

    def test_urls_are_strict(self):
        many = [self.link({"id": f"{n:022}"}) for n in range(101)]
        self.assertEqual(self.brainz("url", resource=many, inc="artist-rels").status, 400)
        self.assertEqual(self.brainz("url", resource=many[:100], inc="artist-rels").json["urls"],
                         [])
        self.assertEqual(self.brainz("url", inc="artist-rels").status, 400)
        answer = self.brainz("url", resource=many[0], inc="genres")
        self.assertEqual((answer.status, answer.json["error"]),
                         (400, "genres is not a valid inc parameter for the url resource."))
        self.assertEqual(self.ask("/musicbrainz/ws/2/url?resource=" + "x" * 8200).status, 414)

    def test_artists_by_id(self):
        rows = [row for row in self.artists() if row["mbid"]]
        text = " OR ".join("arid:" + row["mbid"] for row in rows)
        answer = self.brainz("artist", query=text, limit=100).json
        self.assertEqual((answer["count"], answer["offset"]), (len(rows), 0))
        tags = {hit["id"]: {tag["name"]: tag["count"] for tag in hit.get("tags", ())}
                for hit in answer["artists"]}
        self.assertEqual(tags, {row["mbid"]: row["tags"] for row in rows})
        self.assertNotEqual(list(tags), [row["mbid"] for row in rows])
        counts = [count for each in tags.values() for count in each.values()]
        self.assertTrue(min(counts) < 0 and 0 in counts and max(counts) > 5)
        self.assertTrue(any("tags" not in hit for hit in answer["artists"]))
        names = {name for each in tags.values() for name in each}
        self.assertIn("2008 universal fire victim", names)
        self.assertEqual(len(self.brainz("artist", query=text, limit=101).json["artists"]), 25)

    def test_queries_are_strict(self):
        for bad in ('artist:"open', "arid:", "AND artist:a", "artist:a OR", "(artist:a",
                    "artist:a)", "artist:[a", "nothing:a", "artist:a!"):
            answer = self.brainz("artist", query=bad)
            self.assertEqual((answer.status, answer.json["error"]), (
                400, "Search server could not complete query: Bad request"), bad)
        self.assertEqual(self.brainz("artist", query=" ").status, 400)
        self.assertEqual(self.brainz("artist", limit=3).status, 400)
        self.assertEqual(self.brainz("artist", query=r'artist:"a \"b\" \\ c"').status, 200)

    def test_names(self):
        """Everybody is found by name; at times a namesake too, and at times before them."""
        self.fake.control("switch", musicbrainz_linked=0, musicbrainz_isrc=0)
        places, scores = set(), set()
        for row in self.artists(found_by="name"):
            escaped = row["name"].replace("\\", "\\\\").replace('"', '\\"')
            hits = self.brainz("artist", query=f'artist:"{escaped}"', limit=10).json["artists"]
            places.add([hit["id"] for hit in hits].index(row["mbid"]))
            scores.add(tuple(hit["score"] for hit in hits if hit["name"] == row["name"]))
        self.assertTrue({0, 1} <= places)
        self.assertTrue({(100,), (100, 97)} <= scores)
        self.assertTrue(self.artists(found_by="none"))

    def test_lookup(self):
        row = next(row for row in self.artists() if row["tags"])
        value = self.brainz("artist/" + row["mbid"], inc="genres+tags").json
        self.assertEqual({tag["name"]: tag["count"] for tag in value["tags"]}, row["tags"])
        names = {genre["name"] for genre in value["genres"]}
        self.assertTrue(names and names < set(row["tags"]) and "seen live" not in names)
        self.assertEqual(self.brainz("artist/" + row["mbid"][:-1]).json["error"], "Invalid mbid.")
        self.assertEqual(self.brainz("artist/00000000-0000-4000-8000-000000000000").status, 404)

    def test_isrc(self):
        found_by = {row["id"]: row for row in self.artists()}
        for song in self.catalogue()[:80]:
            lead = found_by[song["artist_ids"][0]]
            answer = self.brainz("isrc/" + song["isrc"], inc="artist-credits tags")
            if lead["found_by"] == "isrc":
                credits = [each["artist"]["id"] for recording in answer.json["recordings"]
                           for each in recording["artist-credit"]]
                self.assertIn(lead["mbid"], credits)
            elif lead["found_by"] != "linked":
                self.assertEqual(answer.status, 404)
        self.assertEqual(self.brainz("isrc/qzfke0000001").json["error"], "Invalid isrc.")
        song = next(song for song in self.catalogue()
                    if found_by[song["artist_ids"][0]]["found_by"] == "isrc")
        refused = self.brainz("isrc/" + song["isrc"], inc="artist-credits+genres+tags")
        self.assertEqual((refused.status, refused.json["error"]),
                         (400, "genres is not a valid inc parameter for the isrc resource."))
        self.fake.control("switch", musicbrainz_isrc_genres=True)
        value = self.brainz("isrc/" + song["isrc"], inc="artist-credits+genres+tags").json
        self.assertIn("genres", value["recordings"][0]["artist-credit"][0]["artist"])

    def test_recordings(self):
        song = next(row for row in self.catalogue() if '"' not in row["name"])
        mbid = next(r["mbid"] for r in self.artists() if r["id"] == song["artist_ids"][0])
        query = f'arid:{mbid} AND recording:"{song["name"]}"'
        hits = self.brainz("recording", query=query, limit=5).json["recordings"]
        self.assertEqual((hits[0]["score"], hits[0]["title"]), (100, song["name"]))
        again = self.brainz("recording/" + hits[0]["id"], inc="genres+tags").json
        self.assertEqual(again["title"], song["name"])
        none = self.brainz("recording", query=f'arid:{mbid} AND recording:"no such title at all"')
        self.assertEqual(none.json["count"], 0)

    def test_genres(self):
        names, total = [], None
        while total is None or len(names) < total:
            page = self.brainz("genre/all", limit=100, offset=len(names)).json
            names, total = names + [row["name"] for row in page["genres"]], page["genre-count"]
        self.assertEqual(names, sorted(set(names)))
        self.assertTrue({"hip hop", "r&b", "shoegaze"} <= set(names))
        self.assertFalse({"seen live", "american", "melodic rap"} & set(names))
        self.assertEqual(self.brainz("genre/all", limit="x").status, 400)

    def test_who_asks(self):
        for agent in ({}, {"User-Agent": "curl/8.5.0"}, {"User-Agent": "genred/1.0"},
                      {"User-Agent": "python-requests/2.31 (https://example.org)"}):
            answer = self.fake.send("GET", "/musicbrainz/ws/2/genre/all?fmt=json", headers=agent)
            self.assertEqual(answer.status, 403, agent)
        self.assertEqual(len(self.fake.violations()), 4)
        self.assertEqual(self.ask("/musicbrainz/ws/3/genre/all?fmt=json").status, 404)
        self.assertIn("xml", self.ask("/musicbrainz/ws/2/genre/all").headers["content-type"])

    def test_one_request_a_second(self):
        self.fake.control("switch", musicbrainz_interval_ms=100_000)
        self.fake.control("clock", advance_s=200)
        self.assertEqual(self.brainz("genre/all").status, 200)
        refused = self.brainz("genre/all")
        self.assertEqual(refused.status, 503)
        self.assertTrue(refused.json["error"].startswith("Your requests are exceeding the allow"))
        self.assertEqual(self.fake.violations(), ["MusicBrainz asked too fast"])
        self.fake.control("clock", advance_s=99.99)  # within the tolerance
        self.assertEqual(self.brainz("genre/all").status, 200)
        self.fake.control("clock", advance_s=50)
        self.assertEqual(self.brainz("genre/all").status, 503)


class LastFm(Beside):
    def test_artist(self):
        row = self.artists(lastfm=True)[0]
        value = self.lastfm("artist.getTopTags", artist=row["name"]).json["toptags"]
        counts = [tag["count"] for tag in value["tag"]]
        self.assertEqual((counts[0], counts), (100, sorted(counts, reverse=True)))
        self.assertEqual(value["@attr"], {"artist": row["name"]})
        mangled = row["name"].upper().replace(" ", "-")
        corrected = self.lastfm("artist.getTopTags", artist=mangled, autocorrect=1).json
        self.assertEqual(corrected["toptags"], value)
        self.assertEqual(self.lastfm("artist.getTopTags", artist=mangled).json["error"], 6)
        found = next(row for row in self.artists(lastfm=True) if row["mbid"])
        by_id = self.lastfm("artist.getTopTags", mbid=found["mbid"]).json
        self.assertEqual(by_id["toptags"]["@attr"]["artist"], found["name"])

    def test_awkward_shapes(self):
        self.fake.control("switch", lastfm_unknown=0)
        shapes = [self.lastfm("artist.getTopTags", artist=row["name"]).json["toptags"]["tag"]
                  for row in self.artists()]
        self.assertTrue([] in shapes and any(isinstance(each, dict) for each in shapes))
        names = {tag["name"] for each in shapes if isinstance(each, list) for tag in each}
        self.assertTrue({"seen live", "Hip-Hop"} <= names)

    def test_track(self):
        artists = {row["id"] for row in self.artists(lastfm=True)}
        songs = [row for row in self.catalogue()[:40] if row["artist_ids"][0] in artists]
        found = [self.lastfm("track.getTopTags", artist=row["artists"][0], track=row["name"])
                 .json["toptags"] for row in songs]
        self.assertEqual(found[0]["@attr"]["track"], songs[0]["name"])
        self.assertEqual({bool(each["tag"]) for each in found}, {True, False})

    def test_errors(self):
        def error(answer):
            return answer.status, answer.json["error"]

        row = self.artists(lastfm=False)[0]
        tags = "artist.getTopTags"
        self.assertEqual(error(self.lastfm(tags, artist=row["name"])), (200, 6))
        self.assertEqual(error(self.lastfm(tags)), (200, 6))
        self.assertEqual(error(self.lastfm("artist.getMoods", artist="a")), (200, 3))
        self.assertEqual(error(self.lastfm(tags, artist="a", api_key="x")), (200, 10))
        for number in (8, 26, 29):
            self.fake.control("switch", lastfm_error=number)
            self.assertEqual(error(self.lastfm(tags, artist="a")), (200, number))
        self.fake.control("switch", lastfm_statuses=True)
        self.assertEqual(error(self.lastfm(tags, artist="a")), (429, 29))
        self.assertEqual(self.ask("/lastfm/2.0").status, 404)

    def test_rate(self):
        self.fake.control("switch", lastfm_rate=1)
        self.fake.control("clock", advance_s=1000)
        row = self.artists(lastfm=True)[0]
        numbers = [self.lastfm("artist.getTopTags", artist=row["name"]).json.get("error")
                   for _ in range(6)]
        self.assertEqual(numbers, [None] * 5 + [29])
        self.assertEqual(self.fake.violations(), ["Last.fm asked too fast"])


class Weather(Beside):
    PATHS = {"reccobeats": "/reccobeats/v1/audio-features?ids=QZFKE0000000",
             "musicbrainz": "/musicbrainz/ws/2/genre/all?fmt=json",
             "lastfm": "/lastfm/2.0/?method=artist.getTopTags&format=json"}

    def test_down(self):
        for service, path in self.PATHS.items():
            for kind, status in DOWN:
                self.fake.control("switch", **{f"{service}_down": kind})
                self.assertEqual(self.ask(path).status, status, (service, kind))
                self.fake.control("log", "DELETE")  # Retry-After is not waited for here
            self.fake.control("switch", **{f"{service}_down": "reset"})
            with self.assertRaises(BROKEN):
                self.ask(path)
            self.fake.control("switch", **{f"{service}_down": "slow"})
            connection = http.client.HTTPConnection("127.0.0.1", self.fake.port, timeout=0.2)
            connection.request("GET", path, headers=AGENT)
            answer = connection.getresponse()
            with self.assertRaises(TimeoutError):
                answer.read()
            connection.close()
            self.fake.control("switch", **{f"{service}_down": ""})
            self.assertEqual(self.ask(path).status, 200)

    def test_portal(self):
        self.fake.control("faults", script=[{"match": "GET /reccobeats/**", "kind": "html_302"}])
        answer = self.ask(self.PATHS["reccobeats"])
        self.assertEqual(answer.status, 302)
        self.ask(urlsplit(answer.headers["location"]).path)
        self.assertEqual(self.fake.violations(), ["followed a redirect to a sign-in page"])

    def test_retry_after(self):
        self.fake.control("faults", script=[{"match": "GET /musicbrainz/**", "kind": "503",
                                             "seconds": 900}])
        self.ask(self.PATHS["musicbrainz"])
        self.ask(self.PATHS["reccobeats"])
        self.assertEqual(self.fake.violations(), [])
        self.ask(self.PATHS["musicbrainz"])
        self.assertEqual(len(self.fake.violations()), 1)

    def script(self, kind, match="GET /reccobeats/**"):
        self.fake.control("faults", script=[{"match": match, "kind": kind}])

    def test_wrong_rows(self):
        songs = [song["id"] for song in self.catalogue() if song["reccobeats"]][:5]
        honest = self.recco(songs).json["content"]
        self.script("wrong_ids")
        rows = self.recco(songs).json["content"]
        self.assertTrue(rows)
        self.assertFalse({row["href"].rpartition("/")[2] for row in rows} & set(songs))
        self.script("double_rows")
        rows = self.recco(songs).json["content"]
        self.assertEqual(rows[::2], honest)
        for first, second in zip(rows[::2], rows[1::2]):
            self.assertEqual(first["href"], second["href"])
            self.assertNotEqual(first["tempo"], second["tempo"])
            self.assertNotEqual(first["key"], second["key"])
        self.script("strings")
        rows = self.recco(songs).json["content"]
        kinds = {type(value) for row in rows if row for name, value in row.items()
                 if name in ("energy", "tempo", "valence", "loudness")}
        self.assertTrue({str, list, type(None)} <= kinds)
        linked = self.artists(found_by="linked")[0]
        self.script("wrong_ids", "GET /musicbrainz/**")
        answer = self.brainz("url", resource=self.link(linked), inc="artist-rels")
        self.assertNotEqual(answer.json["resource"], self.link(linked))

    def test_random_kinds(self):
        self.fake.control("faults", kinds="sources", rate=1, seed=5, on="* /musicbrainz/**",
                          seconds=0.01)
        for _ in range(40):
            try:
                self.brainz("genre/all")
            except BROKEN:
                pass
        injected = self.fake.control("faults", "GET")["injected"]
        self.assertGreater(len(injected), 10)
        self.assertFalse({"expired_token", "shift_like", "timeout"} & set(injected))
        self.assertEqual(self.fake.get("/me").status, 200)


class Looking(Beside):
    def test_log_and_bytes(self):
        self.recco(["QZFKE0000000"])
        answer = self.lastfm("artist.getTopTags", artist="x")
        self.fake.get("/me")
        services = [row["service"] for row in self.fake.control("log", "GET")["log"]]
        self.assertEqual(services, ["reccobeats", "lastfm", "spotify"])
        counted = self.fake.control("bytes", "GET")
        self.assertEqual(set(counted), set(services))
        head = sum(len(f"{k}: {v}\r\n") for k, v in answer.headers.items())
        self.assertEqual(counted["lastfm"]["sent"],
                         len("HTTP/1.1 200 OK\r\n") + head + 2 + len(answer.body))
        self.assertGreater(counted["lastfm"]["received"], 100)

    def test_asked(self):
        songs = [song["id"] for song in self.catalogue()[:2]]
        linked, other = self.artists(found_by="linked")[:2]
        self.fake.control("clock", offset_s=5000)
        self.fake.control("faults", script=[{"match": "GET /reccobeats/**", "kind": "500"}])
        for _ in range(2):
            self.recco(songs)
        self.brainz("url", resource=[self.link(linked), self.link(other)], inc="artist-rels")
        self.brainz("artist", query=f"arid:{linked['mbid']} OR arid:{other['mbid']}")
        self.brainz("artist", query='artist:"A B"')
        for code in ("QZFKE0000000", "malformed"):
            self.brainz("isrc/" + code)
        self.lastfm("track.getTopTags", artist="A", track="B")
        asked = self.fake.control("asked", "GET")
        features = asked["reccobeats"]["features"]
        self.assertEqual({key: len(times) for key, times in features.items()},
                         {song: 2 for song in songs})
        answered = self.fake.control("asked?answered=yes", "GET")
        self.assertEqual([len(times) for times in answered["reccobeats"]["features"].values()],
                         [1, 1])
        self.assertGreater(answered["reccobeats"]["features"][songs[0]][0], time.time() + 4000)
        kinds = {service: {kind: list(ids) for kind, ids in each.items()}
                 for service, each in answered.items()}
        self.assertEqual(kinds["musicbrainz"], {
            "url": [self.link(linked), self.link(other)],
            "arid": [linked["mbid"], other["mbid"]], "artist name": ["A B"],
            "isrc": ["QZFKE0000000"]})
        self.assertEqual(kinds["lastfm"], {"track": ["A / B"]})

    def test_refusals_are_no_answers(self):
        self.fake.control("switch", lastfm_error=29, musicbrainz_interval_ms=100_000)
        for code in ("QZFKE0000000", "QZFKE0000001"):
            self.brainz("isrc/" + code)
        self.lastfm("artist.getTopTags", artist="A")
        asked = self.fake.control("asked", "GET")
        self.assertEqual((len(asked["musicbrainz"]["isrc"]), len(asked["lastfm"]["artist"])),
                         (2, 1))
        answered = self.fake.control("asked?answered=yes", "GET")
        self.assertEqual(len(answered["musicbrainz"]["isrc"]), 1)
        self.assertEqual(answered["lastfm"]["artist"], {})

    def test_shares(self):
        self.fake.control("switch", musicbrainz_linked=0, musicbrainz_isrc=1)
        self.assertEqual({row["found_by"] for row in self.artists()}, {"isrc"})
        for bad in (1.5, -0.1, "0.5", True, None):
            answer = self.fake.send("POST", "/_control/switch",
                                    json.dumps({"musicbrainz_linked": bad}))
            self.assertEqual(answer.status, 400, bad)

    def test_playlists_that_may_not_be_read(self):
        song = self.catalogue()[0]["uri"]
        self.fake.control("switch", playlist_reads=False)
        own = self.make()
        for path in ("/me/playlists", f"/playlists/{own}", f"/playlists/{own}/items"):
            self.refused(self.fake.get(path), 403, "Forbidden")
        added = self.fake.api("POST", f"/playlists/{own}/items", {"uris": [song]})
        self.assertEqual(added.status, 201)
        self.fake.control("switch", playlist_reads=True)
        self.assertEqual(self.fake.get(f"/playlists/{own}/items").json["total"], 1)
        self.assertEqual(self.fake.violations(), [])


class Doors(unittest.TestCase):
    """Other ways in: IPv6, TLS, a proxy."""

    def start(self, *arguments):
        fake = Fake("--songs", "30", *arguments)
        self.addCleanup(fake.stop)
        return fake

    def certificate(self):
        if not shutil.which("openssl"):
            self.skipTest("no openssl to make a certificate with")
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        paths = [os.path.join(folder, name) for name in ("cert.pem", "key.pem")]
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost", "-out", paths[0], "-keyout", paths[1]],
            check=True, stderr=subprocess.DEVNULL)
        return paths, ssl.create_default_context(cafile=paths[0])

    def read(self, connection, target):
        self.addCleanup(connection.close)
        connection.request("GET", target, headers=AGENT)
        response = connection.getresponse()
        return Answer(response, response.read())

    def log(self, about):
        where = urlsplit(about["control_url"])
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=5)
        return self.read(connection, "/_control/log").json["log"]

    def test_ipv6(self):
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            self.skipTest("no IPv6 here")
        about = self.start("--host", "::1").ready
        self.assertEqual(about["musicbrainz_url"], f"http://[::1]:{about['port']}/musicbrainz/ws/2")
        connection = http.client.HTTPConnection("::1", about["port"], timeout=5)
        self.assertEqual(self.read(connection, "/musicbrainz/ws/2/genre/all?fmt=json").status, 200)
        with self.assertRaises(ConnectionError):
            socket.create_connection(("127.0.0.1", about["port"]))
        self.assertEqual(len(self.log(about)), 1)

    def test_tls(self):
        paths, trust = self.certificate()
        about = self.start("--tls", *paths).ready
        self.assertEqual(about["reccobeats_url"], f"https://localhost:{about['port']}/reccobeats")
        connection = http.client.HTTPSConnection("localhost", about["port"], timeout=5,
                                                 context=trust)
        self.assertEqual(self.read(connection, "/reccobeats/v1/audio-features?ids=QZFKE0000000")
                         .status, 200)
        self.assertNotEqual(urlsplit(about["control_url"]).port, about["port"])
        self.assertEqual([row["service"] for row in self.log(about)], ["reccobeats"])
        stranger = http.client.HTTPSConnection("localhost", about["port"], timeout=5)
        with self.assertRaises(ssl.SSLError):
            self.read(stranger, "/")

    def test_proxy_to_tls(self):
        paths, trust = self.certificate()
        about = self.start("--tls", *paths, "--proxy", "yes").ready
        way = urlsplit(about["proxy_url"])
        connection = http.client.HTTPSConnection(way.hostname, way.port, timeout=5, context=trust)
        connection.set_tunnel("localhost", about["port"])
        answer = self.read(connection, "/musicbrainz/ws/2/genre/all?fmt=json")
        self.assertEqual((answer.status, len(answer.json["genres"])), (200, 25))
        rows = [(row["service"], row["method"], row["path"], row["status"])
                for row in self.log(about)]
        self.assertEqual(rows[0], ("proxy", "CONNECT", f"localhost:{about['port']}", 200))
        self.assertEqual(rows[1][0], "musicbrainz")
        elsewhere = http.client.HTTPConnection(way.hostname, way.port, timeout=5)
        elsewhere.set_tunnel("example.org", 443)
        with self.assertRaises(OSError):
            self.read(elsewhere, "/")
        self.assertEqual(self.log(about)[-1]["status"], 403)

    def test_proxy_in_the_open(self):
        fake = self.start("--proxy", "yes")
        place = f"127.0.0.1:{fake.port}"
        self.assertEqual(fake.ready["api_url"], f"http://{place}/v1")
        tunnel = http.client.HTTPConnection("127.0.0.1", fake.port, timeout=5)
        tunnel.set_tunnel("127.0.0.1", fake.port)
        for _ in range(2):
            self.assertEqual(self.read(tunnel, "/lastfm/2.0/?format=json").json["error"], 10)
        whole = fake.send("GET", f"http://{place}/lastfm/2.0/?format=json", headers=AGENT)
        self.assertEqual(whole.json["error"], 10)
        self.assertEqual([row["service"] for row in self.log(fake.ready)],
                         ["proxy", "lastfm", "lastfm", "proxy", "lastfm"])
        plain = self.start()
        self.assertEqual(plain.send("GET", f"http://127.0.0.1:{plain.port}/v1/me").status, 400)


if __name__ == "__main__":
    unittest.main()
