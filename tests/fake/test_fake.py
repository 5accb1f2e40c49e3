"""Holds the fake to the reference: each strictness and each way to misbehave, over a socket."""

import base64
import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import unittest
from urllib.parse import parse_qs, urlencode, urlsplit

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENT = "0123456789abcdef0123456789abcdef"
VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())[:43].decode()
REDIRECT = "http://127.0.0.1:5911/callback"


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def message(self):
        return self.json["error"].get("message")


class Fake:
    """A running fake and a client that is as dumb as can be."""

    def __init__(self, *arguments):
        command = [sys.executable, os.path.join(HERE, "fake.py"), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self.ready = json.loads(self.process.stdout.readline())
        self.port = self.ready["port"]
        self.token = ""

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        return self.process.wait(timeout=5)

    def send(self, method, target, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request(method, target, body, headers or {})
            response = connection.getresponse()
            return Answer(response, response.read())
        finally:
            connection.close()

    def api(self, method, path, body=None, **headers):
        headers = {"Authorization": f"Bearer {self.token}", **headers}
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        return self.send(method, "/v1" + path, body, headers)

    def get(self, path):
        return self.api("GET", path)

    def control(self, name, method="POST", /, **body):
        answer = self.send(method, "/_control/" + name, json.dumps(body) if body else None)
        if answer.status != 200:
            raise AssertionError(f"{name}: {answer.body}")
        return answer.json

    def state(self):
        return self.control("state", "GET")

    def violations(self):
        return [row["what"] for row in self.state()["violations"]]

    def issue(self, scope=None):
        more = {"scope": scope} if scope is not None else {}
        self.token = self.control("tokens", issue=more)["access_token"]

    def form(self, **form):
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", "/api/token", urlencode(form), kind)

    def code(self, **changes):
        query = {"client_id": CLIENT, "response_type": "code", "redirect_uri": REDIRECT,
                 "scope": "user-library-read", "state": "s t", "code_challenge": CHALLENGE,
                 "code_challenge_method": "S256"} | changes  # fmt: skip
        wanted = {name: value for name, value in query.items() if value is not None}
        answer = self.send("GET", "/authorize?" + urlencode(wanted))
        return answer, parse_qs(urlsplit(answer.headers.get("location", "")).query)

    def exchange(self, code, **changes):
        return self.form(**{"grant_type": "authorization_code", "code": code, "client_id": CLIENT,
                            "redirect_uri": REDIRECT, "code_verifier": VERIFIER} | changes)


class Case(unittest.TestCase):
    arguments = ("--songs", "130")

    @classmethod
    def setUpClass(cls):
        cls.fake = Fake(*cls.arguments)

    @classmethod
    def tearDownClass(cls):
        assert cls.fake.stop() == 0

    def setUp(self):
        fake = self.fake
        fake.control("switch", regime="extended", statistics=True, rate_limit=0, premium=True,
                     allowlisted=True, deny=False, rotate=False, access_ttl_s=3600,
                     snapshot_lag=0, list_lag=0, playlist_cap=10000, public_reads_true=False,
                     write_ms=0, grace_works=True)
        fake.control("clock", offset_s=0)
        for name in ("faults", "ban", "hold", "log"):
            fake.control(name, "DELETE")
        fake.issue("all")

    def refused(self, answer, status, message=None):
        self.assertEqual((answer.status, answer.message), (status, message))

    def songs(self, n=1):
        rows = self.fake.control("songs", "GET")["songs"]
        return [row["uri"] for row in rows if row["uri"].startswith("spotify:track:")][:n]

    def make(self, **body):
        return self.fake.api("POST", "/me/playlists", {"name": "Made"} | body).json["id"]


class Login(Case):
    def test_round(self):
        answer, back = self.fake.code()
        self.assertEqual((answer.status, back["state"]), (302, ["s t"]))
        granted = self.fake.exchange(back["code"][0])
        self.assertEqual(granted.status, 200)
        self.assertEqual(set(granted.json), {"access_token", "token_type", "expires_in", "scope",
                                             "refresh_token"})
        again = self.fake.exchange(back["code"][0])
        self.assertEqual((again.status, again.json["error"]), (400, "invalid_grant"))

    def test_consent_is_strict(self):
        for changes in ({"client_id": "f" * 32}, {"redirect_uri": "http://localhost:1/callback"},
                        {"redirect_uri": "http://127.0.0.1:1/other"},
                        {"redirect_uri": "http://127.0.0.1:99999/callback"}):
            answer, _ = self.fake.code(**changes)
            self.assertEqual(answer.status, 400)
            self.assertIn("text/html", answer.headers["content-type"])
        for changes, error in (({"code_challenge": None}, "invalid_request"),
                               ({"code_challenge_method": "plain"}, "invalid_request"),
                               ({"scope": "everything"}, "invalid_scope"),
                               ({"response_type": "token"}, "unsupported_response_type")):
            self.assertEqual(self.fake.code(**changes)[1]["error"], [error])
        self.fake.control("switch", deny=True)
        self.assertEqual(self.fake.code()[1]["error"], ["access_denied"])

    def test_code_is_checked(self):
        for changes in ({"code_verifier": "w" * 50}, {"redirect_uri": REDIRECT + "/"}):
            code = self.fake.code()[1]["code"][0]
            self.assertEqual(self.fake.exchange(code, **changes).json["error"], "invalid_grant")
        code = self.fake.code()[1]["code"][0]
        self.fake.control("clock", advance_s=601)
        self.assertEqual(self.fake.exchange(code).json["error"], "invalid_grant")

    def test_token_form(self):
        fake = self.fake
        self.assertEqual(fake.send("POST", "/api/token", "{}").json["error"],
                         "unsupported_grant_type")
        wrong = fake.form(grant_type="refresh_token", refresh_token="x", client_id="nobody")
        self.assertEqual((wrong.status, wrong.json), (400, {
            "error": "invalid_client", "error_description": "Invalid client"}))
        extra = fake.form(grant_type="refresh_token", refresh_token="x", client_id=CLIENT, a="b")
        self.assertEqual(extra.json["error"], "invalid_request")

    def refresh(self, token):
        return self.fake.form(grant_type="refresh_token", refresh_token=token, client_id=CLIENT)

    def test_refresh(self):
        token = self.fake.control("tokens", issue={})["refresh_token"]
        self.assertNotIn("refresh_token", self.refresh(token).json)
        self.fake.control("switch", rotate=True)
        newer = self.refresh(token).json["refresh_token"]
        self.assertEqual(self.refresh(token).json["error_description"], "Refresh token revoked")
        self.assertEqual(self.refresh(newer).status, 200)
        self.assertEqual(self.refresh("junk").json["error_description"], "Invalid refresh token")

    def test_login_ends(self):
        token = self.fake.control("tokens", issue={})["refresh_token"]
        self.fake.control("clock", advance_s=184 * 86400)
        self.assertEqual(self.refresh(token).json, {
            "error": "invalid_grant", "error_description": "Refresh token expired"})
        self.fake.control("clock", offset_s=0)
        self.fake.control("tokens", revoke_login=True)
        self.assertEqual(self.refresh(token).json["error_description"], "Refresh token revoked")
        self.assertEqual(self.fake.get("/me").status, 401)


class Refusals(Case):
    def test_tokens(self):
        self.assertEqual(self.fake.send("GET", "/v1/me").status, 401)
        self.fake.control("tokens", expire_access=True)
        self.refused(self.fake.get("/me"), 401, "The access token expired")

    def test_scopes(self):
        self.fake.issue("")
        for path in ("/me/tracks", "/me/playlists"):
            self.refused(self.fake.get(path), 403, "Insufficient client scope")
        self.refused(self.fake.api("POST", "/me/playlists", {"name": "x"}), 403,
                     "Insufficient client scope")
        self.assertEqual(self.fake.get("/me").status, 200)

    def test_app_is_refused(self):
        self.fake.control("switch", premium=False)
        answer = self.fake.get("/me")
        self.assertEqual(answer.status, 403)
        self.assertTrue(answer.body.startswith(b"Active premium subscription required"))
        self.fake.control("switch", premium=True, allowlisted=False)
        self.assertIn(b"may not be registered", self.fake.get("/me").body)

    def test_parameters(self):
        get = self.fake.get
        self.refused(get("/me/tracks?limit=51"), 400, "Invalid limit")
        for path in ("/me/tracks?limit=0", "/me/tracks?offset=-1", "/me/tracks?page=1",
                     "/me/tracks?limit=1&limit=2", "/me/tracks?market=sweden", "/me?x=1",
                     "/tracks/short", "/tracks?ids=" + "a" * 22 + ",b"):
            self.assertEqual(get(path).status, 400, path)
        self.refused(get("/tracks/" + "a" * 22), 404, "Resource not found")
        self.refused(get("/nothing"), 404, "Service not found")
        self.assertEqual(self.fake.api("PATCH", "/me", b"").status, 405)

    def test_bodies(self):
        post = self.fake.api
        for body in (b"{", b"[]", b'{"name":"a","name":"b"}', b'{"name":NaN}'):
            kind = {"Content-Type": "application/json"}
            self.assertEqual(post("POST", "/me/playlists", body, **kind).status, 400)
        self.assertEqual(post("POST", "/me/playlists", b'{"name":"a"}').status, 400)
        self.assertEqual(post("POST", "/me/playlists", {"name": "a", "owner": 1}).status, 400)

    def test_length_required(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.fake.port, timeout=5)
        connection.putrequest("PUT", "/v1/me/library?uris=x")
        connection.endheaders()
        response = connection.getresponse()
        self.assertEqual(response.status, 411)
        self.assertIn(b"Error 411 (Length Required)!!1", response.read())
        connection.close()

    def test_names(self):
        def status(**body):
            return self.fake.api("POST", "/me/playlists", {"name": "x"} | body).status

        self.assertEqual(status(name="n" * 101), 400)
        self.assertEqual(status(name=" "), 400)
        self.assertEqual(status(description="two\nlines"), 400)
        self.assertEqual(status(description="d" * 301), 500)
        self.assertEqual(status(collaborative=True), 400)
        self.assertEqual(status(public="no"), 400)
        key = self.make(description="a/b & 'c'")
        self.assertEqual(self.fake.get(f"/playlists/{key}").json["description"],
                         "a&#x2F;b &amp; &#x27;c&#x27;")
        empty = self.fake.api("PUT", f"/playlists/{key}", {"description": ""})
        self.assertEqual(empty.status, 400)

    def test_wrong_host(self):
        answer = self.fake.send("GET", "/v1/me", headers={"Host": "example.org"})
        self.assertEqual(answer.status, 404)
        self.assertIn("wrong host", self.fake.violations())

    def test_limits(self):
        self.fake.control("switch", rate_limit=2)
        answers = [self.fake.get("/me") for _ in range(3)]
        self.refused(answers[2], 429, "API rate limit exceeded")
        self.assertLessEqual(int(answers[2].headers["retry-after"]), 30)
        self.fake.get("/me")
        self.assertIn("retry sooner than Retry-After", self.fake.violations())
        self.fake.control("ban", seconds=48925, reason="QUOTA_EXCEEDED")
        answer = self.fake.get("/me/tracks")
        self.assertEqual(answer.json["error"]["reason"], "QUOTA_EXCEEDED")
        self.assertEqual(answer.headers["retry-after"], "48925")
        self.fake.control("clock", advance_s=48926)
        self.fake.issue("all")
        self.assertEqual(self.fake.get("/me").status, 200)


class Regimes(Case):
    def test_restricted(self):
        fake = self.fake
        fake.control("switch", regime="restricted")
        song = self.songs()[0].rpartition(":")[2]
        own = self.make()
        for path in (f"/tracks?ids={song}", f"/playlists/{own}/tracks", "/users/nora.made.up",
                     f"/me/tracks/contains?ids={song}", "/markets"):
            self.refused(fake.get(path), 403, "Forbidden")
        self.refused(fake.get(f"/audio-features/{song}"), 403)
        page = fake.get("/me/tracks?limit=50").json
        for row in page["items"]:
            track = row["track"] or {}
            self.assertFalse({"popularity", "available_markets", "linked_from"} & set(track))
        shape = fake.get(f"/playlists/{own}").json
        self.assertIn("items", shape)
        self.assertNotIn("tracks", shape)
        self.assertNotIn("country", fake.get("/me").json)
        artist = page["items"][0]["track"]["artists"][0]["id"]
        self.assertNotIn("genres", fake.get(f"/artists/{artist}").json)
        foreign = [p for p in fake.get("/me/playlists?limit=50").json["items"]
                   if p["owner"]["id"] == "house.editors"][0]["id"]
        self.assertNotIn("items", fake.get(f"/playlists/{foreign}").json)
        self.refused(fake.get(f"/playlists/{foreign}/items"), 403, "Forbidden")
        self.assertEqual(fake.get("/search?q=a&type=track&limit=11").status, 400)

    def test_extended(self):
        fake = self.fake
        songs = [uri.rpartition(":")[2] for uri in self.songs(3)]
        self.assertEqual(len(fake.get("/tracks?ids=" + ",".join(songs)).json["tracks"]), 3)
        features = fake.get("/audio-features?ids=" + ",".join(songs)).json["audio_features"]
        self.assertEqual(len([f for f in features if f]) + features.count(None), 3)
        fake.control("switch", statistics=False)
        self.assertEqual(fake.get(f"/audio-features?ids={songs[0]}").json,
                         {"error": {"status": 403}})
        shape = fake.get("/me/playlists").json["items"][0]
        self.assertEqual(shape["items"]["total"], shape["tracks"]["total"])

    def test_grace(self):
        fake = self.fake
        fake.control("switch", regime="grace")
        own = self.make()
        self.assertEqual(fake.get(f"/playlists/{own}/tracks?limit=100").status, 200)
        self.assertEqual(fake.api("DELETE", f"/me/library?uris=spotify:playlist:{own}").status,
                         400)
        fake.control("switch", grace_works=False)
        self.refused(fake.get(f"/playlists/{own}/tracks"), 403, "Forbidden")


class Albums(Case):
    def test_saved(self):
        fake = self.fake
        saved = [album["uri"] for album in fake.state()["albums"]]
        page = fake.get("/me/albums?limit=3").json
        self.assertEqual([row["album"]["uri"] for row in page["items"]], saved[:3])
        self.assertEqual((page["total"], page["limit"]), (len(saved), 3))
        self.assertIn("offset=3", page["next"])
        track = page["items"][0]["album"]["tracks"]["items"][0]
        self.assertFalse({"album", "external_ids"} & set(track))
        self.refused(fake.get("/me/albums?limit=51"), 400, "Invalid limit")
        fake.issue("playlist-read-private")
        self.refused(fake.get("/me/albums"), 403, "Insufficient client scope")

    def test_long_one_comes_in_pages(self):
        fake = self.fake
        made = fake.control("album", do="save", songs=120)
        page = fake.get("/me/albums?limit=1").json["items"][0]["album"]["tracks"]
        rows, path = page["items"], page["next"].partition("/v1")[2]
        self.assertEqual((len(rows), page["total"]), (50, 120))
        while path:
            page = fake.get(path).json
            rows += page["items"]
            path = page["next"] and page["next"].partition("/v1")[2]
        self.assertEqual([row["uri"] for row in rows], made["songs"])
        fake.control("album", do="unsave")
        self.assertNotIn(made["id"], json.dumps(fake.state()["albums"]))

    def test_never_written(self):
        uri = self.fake.state()["albums"][0]["uri"]
        key = uri.rpartition(":")[2]
        self.assertEqual(self.fake.api("DELETE", f"/me/albums?ids={key}").status, 200)
        self.assertEqual(self.fake.api("PUT", f"/me/library?uris={uri}", b"").status, 200)
        self.assertEqual(self.fake.violations(), ["write to likes or follows"] * 2)
        self.assertEqual(self.fake.state()["albums"][0]["uri"], uri)
        self.fake.control("switch", regime="restricted")
        self.refused(self.fake.api("DELETE", f"/me/albums?ids={key}"), 403, "Forbidden")
        self.assertEqual(self.fake.get("/me/albums").status, 200)


class Likes(Case):
    def walk(self):
        rows, path = [], "/me/tracks?limit=50"
        while path:
            page = self.fake.get(path).json
            rows += page["items"]
            path = page["next"] and page["next"].partition("/v1")[2]
        return rows

    def test_newest_first_and_awkward(self):
        rows = self.walk()
        self.assertEqual(len(rows), 130)
        moments = [row["added_at"] for row in rows]
        self.assertEqual(moments, sorted(moments, reverse=True))
        tracks = [row["track"] for row in rows]
        self.assertEqual(tracks.count(None), 2)
        tracks = [track for track in tracks if track]
        self.assertEqual(sum(track["is_local"] for track in tracks), 3)
        self.assertEqual(sum("linked_from" in track for track in tracks), 2)
        self.assertTrue(any(track["album"] is None for track in tracks))
        self.assertTrue(any(track.get("is_playable") is False for track in tracks))
        self.assertTrue(any("onerror" in track["name"] for track in tracks))
        codes = [track["external_ids"].get("isrc") for track in tracks]
        self.assertGreater(len([c for c in codes if c]), len({c for c in codes if c}))
        self.assertIn(None, codes)

    def test_person_likes(self):
        liked = self.fake.control("like", n=2)["liked"]
        head = [row["track"]["uri"] for row in self.fake.get("/me/tracks?limit=2").json["items"]]
        self.assertEqual(sorted(head), sorted(liked))
        for uri in liked:
            self.fake.control("unlike", uri=uri)
        self.fake.control("faults", script=[
            {"match": "GET /v1/me/tracks", "nth": 2, "kind": "shift_like"}])
        rows = self.walk()
        self.assertEqual(rows[49], rows[50])  # the page border moved
        self.fake.control("unlike", n=1)

    def test_likes_are_never_written(self):
        key = self.songs()[0]
        self.assertEqual(self.fake.api("PUT", f"/me/library?uris={key}", b"").status, 200)
        self.assertIn("write to likes or follows", self.fake.violations())
        self.refused(self.fake.api("PUT", "/me/library", b'{"uris":["x"]}'), 400,
                     "Missing required field: uris")


if __name__ == "__main__":
    unittest.main(module=None, argv=[sys.argv[0], "discover", "-s", HERE, *sys.argv[1:]])
