"""A person whose app Spotify restricts: statistics and tags come from elsewhere, or not."""

import csv
import json
import os
import resource
import signal
import urllib.request

from harness import GENRES, Scenario, slow, until

STATISTICS = ("danceability", "energy", "key", "loudness", "mode", "speechiness", "acousticness",
              "instrumentalness", "liveness", "valence", "tempo", "time_signature")


class Restricted(Scenario):
    fake_arguments = ("--songs", "300", "--regime", "restricted")
    order = "spotify,dataset,reccobeats,musicbrainz"

    def setUp(self):
        super().setUp()
        self.fake.switch(musicbrainz_interval_ms=0, lastfm_rate=0)
        self.environment["GENRED_SOURCES_ORDER"] = self.order

    def source(self, name):
        rows = self.ctl("sources")["sources"]
        return next(row for row in rows if row["name"] == name)

    def wait_for_sources(self):
        until(lambda: self.ctl("status")["sources_pending"] == 0 and
              all(row["state"] != "asking" for row in self.ctl("sources")["sources"]) and
              self.ctl("status")["running"] is None, "the sources are through")

    def assertSound(self):
        """No song twice, none that is not liked."""
        shown = {s["uri"]: s["shown"] for s in self.fake.control("/songs")["songs"]}
        likes = {shown.get(like["uri"], like["uri"]) for like in self.fake.state()["likes"]}
        for name, uris in self.fake.contents().items():
            self.assertEqual(len(uris), len(set(uris)), name)
            self.assertLessEqual(set(uris), likes, name)

    def assertAskedOnce(self):
        for service, queries in self.fake.control("/asked?answered=yes").items():
            for query, ids in queries.items():
                if service != "spotify":
                    twice = [key for key, times in ids.items() if len(times) > 1]
                    self.assertEqual(twice, [], (service, query))


class Sources(Restricted):
    def test_a_sort_waits_for_statistics_and_not_for_tags(self):
        self.start()
        self.login()
        self.fake.control("/hold", {"match": "GET /musicbrainz/**", "count": 1000})
        summary = self.sort()
        self.assertIn("MusicBrainz is still being asked", " ".join(summary["notes"]))
        self.assertEqual(self.source("musicbrainz")["artists"]["known"], 0)
        before = self.fake.contents()
        known = {s["uri"] for s in self.fake.control("/songs")["songs"] if s["reccobeats"]}
        likes = {like["uri"] for like in self.fake.state()["likes"]}
        self.assertGreaterEqual(self.ctl("status")["with_statistics"], len(known & likes) - 20)
        runs = len(self.ctl("runs")["runs"])
        self.fake.control("/hold", method="DELETE")
        self.fake.control("/release", {})
        until(lambda: len(self.ctl("runs")["runs"]) > runs, "tags were sorted in")
        self.wait_for_sources()
        after = self.fake.contents()
        self.assertNotEqual(before, after)
        self.assertGreater(sum(map(len, after.values())), sum(map(len, before.values())))
        self.assertEqual(self.ctl("status")["labelled"], self.ctl("status")["liked"])
        self.assertSound()
        self.assertAskedOnce()
        self.assertNoViolations()

    def test_wait_sorts_with_all_that_can_be_known(self):
        self.start()
        self.login()
        self.ctl("sort", "--genres", GENRES, "--wait")
        self.assertEqual(self.ctl("status")["sources_pending"], 0)
        contents = self.fake.contents()
        self.fake.forget_requests()
        summary = self.ctl("sync")
        self.assertEqual((summary["added"], summary["removed"]), (0, 0))
        self.assertEqual(self.fake.contents(), contents)
        self.assertEqual([r["path"] for r in self.fake.requests(False)
                          if r.get("service") not in (None, "spotify")], [])
        self.assertNoViolations()

    def test_a_command_without_a_service_waits_too(self):
        self.login()
        self.ctl("sort", "--genres", GENRES, "--wait")
        self.assertGreater(self.ctl("status")["with_tags"], 0)
        self.assertAskedOnce()
        self.assertNoViolations()

    def test_a_dry_run_tells_the_cost_and_asks_nobody(self):
        self.start()
        self.login()
        cost = self.sort("--dry-run")["cost"]
        calls = {row["name"]: row["calls"] for row in cost["sources"]}
        self.assertFalse(any("reccobeats" in r["path"] for r in self.fake.requests(False)))
        self.fake.forget_requests()
        self.sort()
        paths = [r["path"] for r in self.fake.requests(False)]
        spotify = [p for p in paths if p.startswith("/v1/me") or p.startswith("/v1/playlists")]
        refused = 2  # statistics and artists are asked once, and not again
        self.assertEqual(len(spotify), cost["reads"] - refused + cost["writes"])
        statistics = sum(p.startswith("/reccobeats") for p in paths)
        self.assertGreaterEqual(statistics, calls["reccobeats"])
        self.assertLessEqual(statistics, calls["reccobeats"] + 3)  # asked while pages still came
        text = self.run_ctl("sort", "--dry-run").stdout
        self.assertRegex(text, r"a sort costs \d+ calls to Spotify")

    def test_killed_in_the_middle_it_goes_on(self):
        self.start()
        self.login()
        self.fake.control("/hold", {"match": "GET /musicbrainz/ws/2/isrc/*", "nth": 3,
                                    "when": "before"})
        self.sort()
        self.fake.control("/wait_held?timeout=20")
        self.stop(signal.SIGKILL)
        self.fake.control("/hold", method="DELETE")
        self.fake.control("/release", {})
        self.start()  # goes on by itself
        self.wait_for_sources()
        self.assertAskedOnce()
        self.assertSound()
        self.assertNoViolations()

    def test_a_source_that_is_left_out_neither_counts_nor_is_asked(self):
        self.start()
        self.login()
        self.ctl("sort", "--genres", GENRES, "--wait")
        with_all = self.fake.contents()
        self.stop()
        self.start(GENRED_SOURCES_ORDER="spotify")
        self.assertEqual(self.source("reccobeats")["state"], "off")
        until(lambda: self.ctl("status")["running"] is None and
              self.ctl("sync")["labelled"] == self.ctl("status")["liked"], "all are labelled")
        self.assertNotEqual(self.fake.contents(), with_all)
        why = self.ctl("why", self.ctl("review", "-n", "1")["tracks"][0]["id"])
        self.assertNotIn("reccobeats", json.dumps(why))
        self.stop()
        self.fake.forget_requests()
        self.start()
        self.ctl("sync")
        self.assertEqual(self.source("reccobeats")["state"], "ready")
        self.assertFalse(any("reccobeats" in r["path"] for r in self.fake.requests(False)))

    def test_reloads_while_sources_are_asked(self):
        self.start()
        self.login()
        self.fake.control("/hold", {"match": "GET /musicbrainz/ws/2/isrc/*", "nth": 2,
                                    "when": "before"})
        self.sort()
        self.fake.control("/wait_held?timeout=20")
        for n in range(3):
            self.daemon.send_signal(signal.SIGHUP)
            until(lambda n=n: self.log().count("genred: reloaded") == n + 1, "it has reloaded")
        self.fake.control("/hold", method="DELETE")
        self.fake.control("/release", {})
        self.wait_for_sources()
        self.assertGreater(self.source("musicbrainz")["artists"]["known"], 0)
        self.assertSound()

    def test_a_full_disk_is_a_sources_own_trouble(self):
        self.start()
        self.login()
        self.sort()
        self.wait_for_sources()
        self.fake.control("/like", {"n": 40})
        self.fake.switch(reccobeats_unknown=0)
        size = os.path.getsize(os.path.join(self.state_dir, "genred.db")) + 20000
        resource.prlimit(self.daemon.pid, resource.RLIMIT_FSIZE, (size, size))
        self.run_ctl("sort", "--genres", GENRES)
        self.stop()
        self.start()
        self.ctl("sync", "--wait")
        self.assertSound()
        self.assertEqual(self.ctl("status")["sources_pending"], 0)
        self.assertNoViolations()

    def test_why_names_source_and_date(self):
        self.start()
        self.login()
        self.ctl("sort", "--genres", GENRES, "--wait")
        song = self.ctl("list", "rock")["tracks"][0]
        why = self.ctl("why", song["id"])
        sources = {p["source"] for g in why["genres"] for p in g["parts"] if p["source"]}
        self.assertTrue(any(s.startswith("musicbrainz 20") for s in sources), sources)


class LastFm(Restricted):
    order = "spotify,dataset,lastfm"

    def test_tags_with_weights(self):
        self.environment["GENRED_SOURCES_LASTFM_KEY"] = self.fake.about["lastfm_key"]
        self.fake.control("/unlike", {"n": 290})
        self.start()
        self.login()
        self.ctl("sort", "--genres", GENRES, "--wait")
        row = self.source("lastfm")
        self.assertGreater(row["artists"]["known"], 0)
        self.assertGreater(row["tracks"]["known"], 0)
        self.assertNotIn(self.fake.about["lastfm_key"], self.log())
        self.assertAskedOnce()
        self.assertNoViolations()

    def test_without_a_key_it_is_not_asked(self):
        self.start()
        self.login()
        self.sort()
        self.assertEqual(self.source("lastfm")["state"], "no key")
        self.assertFalse(any("lastfm" in r["path"] for r in self.fake.requests(False)))

    def test_a_bad_key_is_told_once(self):
        self.environment["GENRED_SOURCES_LASTFM_KEY"] = "0" * 32
        self.start()
        self.login()
        self.sort()
        until(lambda: self.source("lastfm")["state"] == "failed", "the key was refused")
        self.assertIn("lastfm_key", " ".join(self.ctl("status")["warnings"]))
        self.ctl("sync")
        calls = [r for r in self.fake.requests(False) if "lastfm" in r["path"]]
        self.assertLessEqual(len(calls), 2)  # the two that were on their way


@slow
class SlowTrouble(Restricted):
    sentences = {
        "503": "ReccoBeats asks",
        "500": "ReccoBeats has trouble (status 500)",
        "html": "ReccoBeats has trouble (status 502)",
        "html_302": "web page instead of ReccoBeats's data",
        "429": "ReccoBeats asks",
        "reset": "ReccoBeats cannot be reached",
    }

    def test_reccobeats_down(self):
        for kind, sentence in self.sentences.items():
            with self.subTest(kind=kind):
                self.doCleanups()
                self.setUp()
                self.fake.switch(reccobeats_down=kind)
                self.start()
                self.login()
                self.sort()
                until(lambda: self.source("musicbrainz")["artists"]["known"] > 0, "tags came")
                until(lambda: self.source("reccobeats")["error"], "the failure is noted")
                self.assertIn(sentence, " ".join(self.ctl("status")["warnings"]))
                self.assertNotEqual(self.fake.contents(), {})
                self.fake.switch(reccobeats_down="")
                self.fake.control("/clock", {"advance_s": 3600})
                self.stop()
                self.start(GENRED_CLOCK_OFFSET="3600")
                self.ctl("sync", "--wait")
                self.assertGreater(self.ctl("status")["with_statistics"], 200)
                self.assertIsNone(self.source("reccobeats")["error"])
                self.assertSound()
                self.assertNoViolations()


class Trouble(Restricted):
    def test_musicbrainz_down_fails_nothing_else(self):
        self.fake.switch(musicbrainz_down="503")
        self.start()
        self.login()
        summary = self.sort()
        self.assertEqual(summary["exit_status"], 0)
        self.assertGreater(self.ctl("status")["with_statistics"], 200)
        self.fake.switch(musicbrainz_down="")
        self.fake.control("/clock", {"advance_s": 3600})
        self.stop()
        self.start(GENRED_CLOCK_OFFSET="3600")
        self.ctl("sync", "--wait")
        self.assertGreater(self.ctl("status")["with_tags"], 100)
        self.assertNoViolations()

    def test_a_pause_that_a_source_asks_for_outlives_a_restart(self):
        self.fake.control("/faults", {"script": [
            {"match": "GET /reccobeats/**", "kind": "429", "seconds": 4000}]})
        self.start()
        self.login()
        self.sort()
        self.assertIn("ReccoBeats asks to wait", " ".join(self.ctl("status")["warnings"]))
        self.stop()
        self.fake.forget_requests()
        self.start()
        self.ctl("sync")
        self.assertEqual(self.source("reccobeats")["state"], "waiting")
        self.assertFalse(any("reccobeats" in r["path"] for r in self.fake.requests(False)))
        self.stop()
        self.fake.control("/clock", {"offset_s": 4100})
        self.start(GENRED_CLOCK_OFFSET="4100")
        self.ctl("sync", "--wait")
        self.assertGreater(self.ctl("status")["with_statistics"], 200)
        self.assertNoViolations()

    def test_nobody_waits_again_for_one_that_failed(self):
        self.fake.control("/faults", {"script": [
            {"match": "GET /reccobeats/**", "kind": "wrong_ids", "count": 1000}]})
        self.start()
        self.login()
        self.sort()
        self.fake.control("/faults", method="DELETE")
        self.fake.control("/hold", {"match": "GET /reccobeats/**", "count": 1000})
        self.ctl("sync")  # ends, though the source's answer is held
        self.assertEqual(self.source("reccobeats")["state"], "asking")
        self.fake.control("/hold", method="DELETE")
        self.fake.control("/release", {})
        self.wait_for_sources()
        self.assertGreater(self.ctl("status")["with_statistics"], 200)

    def test_odd_rows(self):
        for kind in ("double_rows", "strings", "null_items"):
            with self.subTest(kind=kind):
                self.doCleanups()
                self.setUp()
                self.fake.control("/faults", {"kinds": [kind], "rate": 1,
                                              "on": "GET /reccobeats/**"})
                self.start()
                self.login()
                self.sort()
                self.assertSound()
                self.assertNoViolations()

    def test_wrong_ids_are_told_and_asked_again(self):
        self.fake.control("/faults", {"script": [
            {"match": "GET /reccobeats/**", "kind": "wrong_ids", "count": 100}]})
        self.start()
        self.login()
        self.sort()
        self.assertIn("ReccoBeats answers about songs that it was not asked about",
                      " ".join(self.ctl("status")["warnings"]))
        self.fake.control("/faults", method="DELETE")
        self.ctl("sync", "--wait")
        self.assertGreater(self.ctl("status")["with_statistics"], 200)

    def test_a_config_that_is_too_fast_is_refused(self):
        self.environment.update(GENRED_SOURCES_MUSICBRAINZ_URL="https://musicbrainz.org/ws/2",
                                GENRED_SOURCES_MUSICBRAINZ_INTERVAL="900ms")
        done = self.run_ctl("status")
        self.assertEqual(done.returncode, 2)
        self.assertIn("one request a second", done.stderr)


@slow
class SlowSources(Restricted):
    fake_arguments = ("--songs", "2000", "--regime", "restricted")

    def test_two_thousand_songs(self):
        self.start()
        self.login()
        self.fake.control("/hold", {"match": "GET /musicbrainz/**", "count": 10000})
        self.sort()  # not one answer of MusicBrainz is needed for it
        first = self.fake.contents()
        self.assertEqual(set(first), {f"{g} (genred)" for g in GENRES.split(",")})
        known = {s["uri"] for s in self.fake.control("/songs")["songs"] if s["reccobeats"]}
        likes = {like["uri"] for like in self.fake.state()["likes"]}
        share = self.ctl("status")["with_statistics"] / len(likes)
        self.assertAlmostEqual(share, len(known & likes) / len(likes), delta=0.03)
        self.fake.control("/hold", method="DELETE")
        self.fake.control("/release", {})
        self.wait_for_sources()
        later = self.fake.contents()
        self.assertGreater(sum(map(len, later.values())), 2 * sum(map(len, first.values())))
        self.ctl("sync")
        self.assertEqual(self.fake.contents(), later)
        self.assertSound()
        self.assertAskedOnce()
        self.assertNoViolations()

    def test_a_source_that_drips_holds_nothing_up(self):
        self.fake.control("/unlike", {"n": 1700})
        self.fake.switch(reccobeats_down="slow")
        self.start()
        self.login()
        summary = self.sort()
        self.assertIn("ReccoBeats is still being asked", " ".join(summary["notes"]))
        self.assertNotEqual(self.fake.contents(), {})

    def test_every_fault_at_ten_percent(self):
        for kind in ("reset", "lost_answer", "cut", "truncated", "garbage", "html", "html_200",
                     "empty", "500", "502", "503", "429", "close", "chunked", "gzip"):
            with self.subTest(kind=kind):
                self.doCleanups()
                self.setUp()
                self.fake.control("/unlike", {"n": 1700})
                self.start()
                self.login()
                for on in ("GET /reccobeats/**", "GET /musicbrainz/**"):
                    self.fake.control("/faults", {"kinds": [kind], "rate": 0.1, "seed": 3,
                                                  "on": on})
                    self.sort("--wait")
                self.fake.control("/faults", method="DELETE")
                self.ctl("sync", "--wait")
                self.assertGreater(self.ctl("status")["with_statistics"], 150)
                self.assertSound()


class Offline(Restricted):
    def test_without_any_network(self):
        self.start()
        self.login()
        self.ctl("sort", "--genres", GENRES, "--wait")
        self.stop()
        about = self.fake.about
        self.fake.stop()
        self.addCleanup(setattr, self.fake, "stop", lambda: None)
        self.fake.stop = lambda: None
        self.assertTrue(about)
        for start in (True, False):
            with self.subTest(service=start):
                if start:
                    self.start()
                song = self.ctl("list", "rock")["tracks"][0]
                self.ctl("why", song["id"])
                self.ctl("similar", song["id"])
                self.assertGreater(len(self.ctl("genres")["genres"]), 20)
                self.assertGreater(self.ctl("status")["with_tags"], 0)
                self.assertGreater(self.source("musicbrainz")["artists"]["known"], 0)
                self.ctl("label", song["id"], "jazz")
                if start:
                    self.stop()
        done = self.run_ctl("classify", "-", stdin="track_name,artists\nA Song,Somebody\n")
        self.assertEqual(done.returncode, 0, done.stderr)


class Import(Scenario):
    fake_arguments = ("--songs", "300", "--regime", "restricted")

    def write_export(self, path, songs):
        with open(path, "w", newline="", encoding="utf-8") as file:
            out = csv.writer(file)
            out.writerow(["Track URI", "Track Name", "Artist Name(s)", "Genres",
                          *[name.replace("_", " ").title() for name in STATISTICS]])
            for song in songs:
                statistics = song.get("statistics") or {}
                out.writerow([song["uri"], song["name"], song["artist"],
                              "shoegaze", *[statistics.get(name, "") for name in STATISTICS]])

    def songs(self):
        likes = {like["uri"] for like in self.fake.state()["likes"]}
        token = self.fake.control("/tokens", {"issue": {}})["access_token"]
        found = []
        catalogue = {song["uri"]: song for song in self.fake.control("/songs")["songs"]}
        for offset in range(0, 300, 50):
            request = urllib.request.Request(
                f"{self.fake.about['api_url']}/me/tracks?limit=50&offset={offset}",
                headers={"Authorization": f"Bearer {token}"})
            with urllib.request.urlopen(request, timeout=20) as answer:
                for item in json.load(answer)["items"]:
                    track = item["track"]
                    if track and track["uri"] in likes and track["uri"] in catalogue:
                        found.append({**catalogue[track["uri"]], "name": track["name"],
                                      "artist": track["artists"][0]["name"]})
        return found

    def test_an_export_fills_what_spotify_does_not_tell(self):
        songs = self.songs()
        path = os.path.join(self.directory, "export.csv")
        self.write_export(path, songs)
        self.start()
        self.login()
        first = self.sort()
        self.assertEqual(self.ctl("status")["with_statistics"], 0)
        answer = self.ctl("import", path)
        self.assertGreaterEqual(answer["known"], len(songs) - 5)
        until(lambda: self.ctl("status")["running"] is None, "what was imported is sorted in")
        status = self.ctl("status")
        self.assertEqual(status["labelled"], status["liked"])
        self.assertGreaterEqual(status["with_tags"], len(songs) - 5)
        self.assertEqual(first["exit_status"], 0)
        self.assertEqual(self.ctl("import", path)["known"], answer["known"])  # again: the same

    def test_before_the_first_login_and_for_later_likes(self):
        path = os.path.join(self.directory, "export.csv")
        self.write_export(path, self.songs())
        self.assertEqual(self.ctl("import", path)["known"], 0)
        self.login()
        self.sort()
        self.assertGreater(self.ctl("status")["with_tags"], 250)

    def test_long_texts_fit(self):
        path = os.path.join(self.directory, "long.csv")
        with open(path, "w", newline="", encoding="utf-8") as file:
            out = csv.writer(file)
            out.writerow(["track_id", "track_name", "artists", "artist_genres", "record_label"])
            for i in range(300):
                out.writerow([f"{i:022d}", "Song", "Somebody", "\u0001\U0001f3b5 genre; " * 3000,
                              "label " * 1000])
        self.assertEqual(self.ctl("import", path)["songs"], 300)

    def test_bad_files(self):
        bad = os.path.join(self.directory, "bad.csv")
        good = os.path.join(self.directory, "good.csv")
        with open(bad, "wb") as file:
            file.write(b"\x00\x01\x02")
        with open(good, "w", encoding="utf-8") as file:
            file.write("track_id,track_name,artists,energy\n"
                       "4uLU6hMCjMI75M1A2tKUQC,Song,Somebody,0.5\n"
                       "4uLU6hMCjMI75M1A2tKUQD,Song,Somebody,loud\n")
        done = self.run_ctl("import", bad, good)
        self.assertEqual(done.returncode, 1)
        self.assertIn("bad.csv", done.stderr)
        self.assertIn("1 songs imported", done.stdout)
        done = self.run_ctl("import", good)
        self.assertEqual(done.returncode, 3)
        self.assertIn("line 3", done.stderr)
        done = self.run_ctl("import", os.path.join(self.directory, "none.csv"))
        self.assertEqual(done.returncode, 1)


class Extended(Scenario):
    """Where Spotify still tells statistics, nobody else is asked about them."""

    def setUp(self):
        super().setUp()
        self.fake.switch(musicbrainz_interval_ms=0)
        self.environment["GENRED_SOURCES_ORDER"] = "spotify,dataset,reccobeats,musicbrainz"

    def asked(self):
        return len(self.fake.control("/asked").get("reccobeats", {}).get("features", {}))

    def test_extended(self):
        self.start()
        self.login()
        self.sort("--wait")
        self.assertLess(self.asked(), 10)
        self.assertGreater(self.ctl("status")["with_tags"], 0)
        self.assertNoViolations()

    def test_grace(self):
        self.fake.switch(regime="grace")
        self.start()
        self.login()
        self.sort("--wait")
        self.assertGreater(self.asked(), 250)
        self.assertNoViolations()
