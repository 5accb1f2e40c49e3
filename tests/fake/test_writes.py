"""The second half: playlist writes, faults, holds, memory."""

import http.client
import json
import os
import tempfile
import threading
import unittest

from test_fake import Case, Fake


class Writes(Case):
    def items(self, key):
        return [p for p in self.fake.state()["playlists"] if p["id"] == key][0]["items"]

    def add(self, key, uris, **more):
        return self.fake.api("POST", f"/playlists/{key}/items", {"uris": uris} | more)

    def test_add(self):
        key, songs = self.make(), self.songs(5)
        self.assertEqual(self.add(key, songs[:2]).status, 201)
        self.assertEqual(self.add(key, songs[2:4], position=0).status, 201)
        self.assertEqual(self.items(key), songs[2:4] + songs[:2])
        self.add(key, songs[:1])
        self.assertEqual(self.items(key).count(songs[0]), 2)  # not idempotent
        removed = self.fake.api("DELETE", f"/playlists/{key}/items",
                                {"items": [{"uri": songs[0]}]})
        self.assertEqual(removed.status, 200)
        self.assertEqual(self.items(key), songs[2:4] + songs[1:2])

    def test_add_is_strict(self):
        key, song = self.make(), self.songs()[0]
        self.refused(self.add(key, [song] * 101), 400,
                     "You can add a maximum of 100 tracks per request")
        self.refused(self.add(key, []), 400, "No uris provided")
        self.refused(self.add(key, [song, "spotify:track:" + "z" * 22]), 400,
                     "Payload contains a non-existing ID")
        local = "spotify:local:a:b:c:10"
        self.refused(self.add(key, [local]), 400, f"Invalid track uri: {local}")
        self.assertEqual(self.add(key, [song], position=1).status, 400)
        self.assertEqual(self.add(key, [song], where=1).status, 400)
        self.assertEqual(self.items(key), [])
        wrong_key = self.fake.api("DELETE", f"/playlists/{key}/items", {"tracks": [{"uri": song}]})
        self.assertEqual(wrong_key.status, 400)
        self.refused(self.fake.api("DELETE", f"/playlists/{key}/items",
                                   {"items": [{"positions": [0]}]}), 400, "No uris provided")

    def test_replace_and_reorder(self):
        key, songs = self.make(), self.songs(6)
        put = f"/playlists/{key}/items"
        self.add(key, songs)
        self.fake.control("playlist", do="add", id=key, local=True)
        order = {"range_start": 0, "insert_before": 3, "range_length": 2}
        self.assertEqual(self.fake.api("PUT", put, order).status, 200)
        self.assertEqual(self.items(key)[:3], [songs[2], songs[0], songs[1]])
        self.assertEqual(self.fake.api("PUT", put, order | {"uris": songs}).status, 400)
        self.assertEqual(self.fake.api("PUT", put, {"uris": songs[:2]}).status, 200)
        self.assertEqual(self.items(key), songs[:2])  # the local file is gone
        self.assertEqual(self.fake.api("PUT", put, {"uris": []}).status, 200)
        self.assertEqual(self.items(key), [])

    def test_cap(self):
        self.fake.control("switch", playlist_cap=3)
        key = self.make()
        self.assertEqual(self.add(key, self.songs(4)).status, 403)
        self.assertEqual(self.add(key, self.songs(3)).status, 201)

    def test_snapshots_and_lags(self):
        self.fake.control("switch", snapshot_lag=2, list_lag=1, public_reads_true=True)
        key = self.make(public=False)

        def listed():
            return key in [p["id"] for p in self.fake.get("/me/playlists").json["items"]]

        self.assertEqual([listed(), listed()], [False, True])
        self.assertTrue(self.fake.get(f"/playlists/{key}").json["public"])
        before = self.fake.get(f"/playlists/{key}").json["snapshot_id"]
        after = self.add(key, self.songs()).json["snapshot_id"]
        seen = [self.fake.get(f"/playlists/{key}").json["snapshot_id"] for _ in range(3)]
        self.assertEqual(seen, [before, before, after])
        self.fake.api("PUT", f"/playlists/{key}", {"name": "Other"})
        self.assertNotEqual(self.fake.state()["playlists"][-1]["snapshot_id"], after)

    def test_unfollow(self):
        key = self.make()
        gone = self.fake.api("DELETE", f"/me/library?uris=spotify:playlist:{key}")
        self.assertEqual(gone.status, 200)
        self.assertEqual(self.fake.get(f"/playlists/{key}").status, 200)
        self.assertNotIn(key, [p["id"] for p in self.fake.get("/me/playlists").json["items"]])
        self.assertEqual(self.fake.violations(), [])

    def test_others_playlists(self):
        mine = self.fake.control("playlist", do="create", name="By hand")["id"]
        self.add(mine, self.songs())
        self.assertIn("write to a playlist the app did not create", self.fake.violations())
        foreign = [p for p in self.fake.state()["playlists"] if p["owner"] == "house.editors"][0]
        self.refused(self.add(foreign["id"], self.songs()), 403, "Forbidden")

    def test_reading(self):
        odds = [p for p in self.fake.state()["playlists"] if p["name"].startswith("Odds")][0]
        path = f"/playlists/{odds['id']}/items"
        rows = self.fake.get(path + "?additional_types=track,episode").json["items"]
        self.assertEqual([row["item"] for row in rows], [row["track"] for row in rows])
        kinds = [(row["item"] or {}).get("type") for row in rows]
        self.assertEqual((kinds.count("episode"), kinds.count(None)), (2, 1))
        self.assertEqual(sum(row["is_local"] for row in rows), 1)
        squeezed = [r["item"] for r in self.fake.get(path).json["items"] if r["item"]]
        self.assertEqual(sum(s["artists"][0]["name"] is None for s in squeezed), 2)
        few = self.fake.get(path + "?fields=total,items(is_local,item(uri,artists.name))").json
        self.assertEqual(set(few), {"total", "items"})
        self.assertEqual(set(few["items"][0]["item"]), {"uri", "artists"})
        self.assertEqual(set(few["items"][0]["item"]["artists"][0]), {"name"})
        self.assertEqual(self.fake.get(path + "?fields=items(").status, 400)


class Misbehaving(Case):
    def script(self, match, kind, **more):
        self.fake.control("faults", script=[{"match": match, "kind": kind} | more])

    def count(self, key):
        return len([p for p in self.fake.state()["playlists"] if p["id"] == key][0]["items"])

    def add(self, key):
        return self.fake.api("POST", f"/playlists/{key}/items", {"uris": self.songs()})

    def test_lost_answer_and_lost_request(self):
        key = self.make()
        for kind, count in (("lost_answer", 1), ("lost_request", 1), ("500_done", 2)):
            self.script("POST /v1/playlists/*/items", kind)
            if kind == "500_done":
                self.assertEqual(self.add(key).status, 500)
            else:
                with self.assertRaises((ConnectionError, http.client.HTTPException)):
                    self.add(key)
            self.assertEqual(self.count(key), count)
        self.add(key)
        self.assertIn("add after an unknown outcome without reading back",
                      self.fake.violations())

    def test_broken_bodies(self):
        for kind in ("cut", "reset_body"):
            self.script("GET /v1/me", kind)
            with self.assertRaises((http.client.IncompleteRead, ConnectionError)):
                self.fake.get("/me")
        for kind in ("truncated", "garbage", "html_200", "empty"):
            self.script("GET /v1/me", kind)
            answer = self.fake.get("/me")
            self.assertEqual(answer.status, 200)
            with self.assertRaises(ValueError):
                json.loads(answer.body)
        for kind in ("slow", "chunked", "close"):
            self.script("GET /v1/me", kind, seconds=0.02)
            self.assertEqual(self.fake.get("/me").json["id"], "nora.made.up")

    def test_statuses(self):
        for kind, status in (("500", 500), ("502", 502), ("503", 503), ("504", 504), ("429", 429),
                             ("429_no_header", 429), ("html", 502), ("expired_token", 401)):
            self.script("GET /v1/me", kind)
            self.assertEqual(self.fake.get("/me").status, status, kind)
        self.assertEqual(self.fake.get("/me").status, 401)  # that token is really dead

    def test_random_is_seeded(self):
        def run():
            self.fake.control("faults", "DELETE")
            self.fake.control("faults", rate=0.5, seed=7, kinds=["500", "502", "empty"])
            return [self.fake.get("/me").status for _ in range(30)]

        first = run()
        self.assertEqual(first, run())
        self.assertGreater(len(set(first)), 2)

    def test_null_items(self):
        self.script("GET /v1/me/playlists", "null_items")
        self.assertIn(None, self.fake.get("/me/playlists").json["items"])

    def test_parallel_writes(self):
        key = self.make()
        self.fake.control("hold", match="POST /v1/playlists/*/items", when="before")
        answers = []
        thread = threading.Thread(target=lambda: answers.append(self.add(key)))
        thread.start()
        held = self.fake.control("wait_held?timeout=5", "GET")["held"]
        self.assertEqual(held[0]["method"], "POST")
        self.assertEqual(self.add(key).status, 500)
        self.fake.control("release")
        thread.join()
        self.assertEqual(answers[0].status, 201)
        self.assertIn("parallel writes to one playlist", self.fake.violations())

    def test_hold_after_and_leave(self):
        key = self.make()
        self.fake.control("hold", match="POST /v1/playlists/*/items", when="after")
        connection = http.client.HTTPConnection("127.0.0.1", self.fake.port, timeout=5)
        connection.request("POST", f"/v1/playlists/{key}/items",
                           json.dumps({"uris": self.songs()}),
                           {"Authorization": f"Bearer {self.fake.token}",
                            "Content-Type": "application/json"})
        self.fake.control("wait_held?timeout=5", "GET")
        self.assertEqual(self.count(key), 1)
        self.fake.control("release", kind="lost_answer")
        with self.assertRaises((ConnectionError, http.client.HTTPException)):
            connection.getresponse()
        connection.close()

    def test_log(self):
        self.fake.control("log", "DELETE")
        self.fake.get("/me/tracks?limit=1")
        row = self.fake.control("log", "GET")["log"][0]
        self.assertEqual((row["n"], row["path"], row["query"], row["status"]),
                         (1, "/v1/me/tracks", "limit=1", 200))

    def test_bulk_single_reads(self):
        song = self.songs()[0].rpartition(":")[2]
        self.fake.control("switch", bulk_single_reads=3)
        for _ in range(4):
            self.fake.get(f"/tracks/{song}")
        self.assertEqual(self.fake.violations(), ["single reads in bulk"])

    def test_control_is_strict(self):
        for name, body in (("switch", {"nothing": 1}), ("switch", {"regime": "x"}),
                           ("faults", {"script": [{"match": "GET /", "kind": "x"}]}),
                           ("playlist", {"do": "x"}), ("hold", {"match": "x"})):
            answer = self.fake.send("POST", "/_control/" + name, json.dumps(body))
            self.assertEqual(answer.status, 400, name)


class Memory(unittest.TestCase):
    def test_state_survives(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "state.json")
            fake = Fake("--songs", "80", "--state", file)
            self.addCleanup(fake.process.kill)
            fake.issue("all")
            fake.control("like", n=3)
            fake.control("playlist", do="create", name="Kept", n=4)
            fake.control("switch", regime="grace")
            before, token = fake.state(), fake.token
            self.assertEqual(fake.stop(), 0)
            fake = Fake("--state", file)
            self.addCleanup(fake.process.kill)
            fake.token = token
            after = fake.state()
            for name in ("likes", "playlists", "regime"):
                self.assertEqual(before[name], after[name])
            self.assertEqual(fake.get("/me").status, 200)
            self.assertEqual(fake.stop(), 0)


if __name__ == "__main__":
    unittest.main()
