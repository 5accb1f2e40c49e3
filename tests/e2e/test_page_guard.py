"""Who may open the page, and what it may do."""

import grp
import http.client
import json
import os
import pty
import re
import select
import signal
import socket
import sqlite3
import subprocess
import urllib.request

import unixhttp
from harness import BUILD, DEADLINE_S, Scenario, until

PASSWORD = "a long word, wäre gut"


def own_address():
    """An address of this machine that is not loopback; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("192.0.2.1", 9))
            return s.getsockname()[0]
        except OSError:
            return None


class Page(Scenario):
    """A browser of one's own: it has a cookie and a token."""

    listen = "127.0.0.1:0"

    def setUp(self):
        super().setUp()
        self.cookie = None
        self.token = None
        self.host = None

    def open(self, **environment):
        self.start(GENRED_DAEMON_LISTEN=self.listen, **environment)
        self.find()

    def find(self):
        url = self.ctl("web")["page"]
        self.address = url and re.fullmatch(r"http://(.*)/", url).group(1)
        self.host = self.address

    def ask(self, method, path, body=None, **headers):
        """(status, document, headers) of one request, as genred's own page makes it."""
        sent = {"Host": self.host, "Cookie": self.cookie, "X-Genred-Token": self.token}
        if method != "GET":
            sent["Origin"] = "http://" + self.host
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        connection = http.client.HTTPConnection(self.address, timeout=DEADLINE_S)
        try:
            connection.request(method, path, None if body is None else json.dumps(body),
                               {name: value for name, value in sent.items() if value is not None})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        is_json = answer.getheader("Content-Type") == "application/json"
        return answer.status, json.loads(text) if is_json else text, answer.headers

    def assertAnswer(self, status, method, path, body=None, error=None, **headers):
        got, document, sent = self.ask(method, path, body, **headers)
        self.assertEqual(got, status, document)
        if error:
            self.assertEqual(document["error"], error)
            self.assertEqual(document["message_type"], "error")
        return document, sent

    def session(self):
        document, _ = self.assertAnswer(200, "GET", "/api/session")
        self.token = document["token"]
        return document

    def enter(self, password=PASSWORD, **headers):
        document, sent = self.assertAnswer(200, "POST", "/api/session", {"password": password},
                                           **headers)
        self.cookie = sent["Set-Cookie"].split(";")[0]
        self.token = document["token"]
        return document, sent["Set-Cookie"]

    def set_password(self, password=PASSWORD, status=0):
        done = self.run_ctl("--json", "web", "--password", stdin=password + "\n")
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertNotIn(PASSWORD, done.stdout + done.stderr)
        return json.loads(done.stdout.splitlines()[-1])


class Writes(Page):
    def setUp(self):
        super().setUp()
        self.open()

    def test_only_with_the_token(self):
        self.assertEqual(self.session(), {"token": self.token, "password": "none",
                                          "encrypted": True})
        self.assertRegex(self.token, "^[0-9a-f]{64}$")
        self.assertAnswer(200, "POST", "/api/cancel", {})
        good = self.token
        for token in (None, "", "0" * 64, good[:-1], good + "0", good.upper() + " x"):
            self.assertAnswer(403, "POST", "/api/logout", {"forget": True}, "token",
                              X_Genred_Token=token)
        self.assertAnswer(403, "POST", "/api/login", {}, "token", X_Genred_Token=None)
        self.login()
        self.assertAnswer(403, "POST", "/api/logout", {}, "token", X_Genred_Token=None)
        self.assertTrue(self.ctl("status")["logged_in"])
        self.assertAnswer(200, "POST", "/api/logout", {})
        self.assertFalse(self.ctl("status")["logged_in"])

    def test_a_restart_ends_the_token(self):
        self.session()
        old = self.token
        self.stop()
        self.open()
        self.assertAnswer(403, "POST", "/api/cancel", {}, "token")
        self.session()
        self.assertNotEqual(self.token, old)
        self.assertAnswer(200, "POST", "/api/cancel", {})

    def test_other_sites_and_hosts(self):
        self.session()
        port = self.address.split(":")[1]
        self.assertAnswer(421, "GET", "/api/status", Host="evil.example")
        self.assertAnswer(421, "POST", "/api/cancel", {}, Host="evil.example:" + port,
                          Origin="http://evil.example:" + port)
        for origin in (None, "null", "http://evil.example", "https://" + self.address,
                       "http://127.0.0.1:1", "http://" + self.address + ".evil.example"):
            self.assertAnswer(403, "POST", "/api/cancel", {}, Origin=origin)
        for path in ("/api/session", "/api/status", "/api/events"):
            for site in ("cross-site", "same-site"):
                self.assertAnswer(403, "GET", path, Sec_Fetch_Site=site, Sec_Fetch_Mode="cors")
        self.assertAnswer(200, "GET", "/api/status", Sec_Fetch_Site="same-origin")
        _, sent = self.assertAnswer(200, "GET", "/api/session")
        self.assertFalse([name for name in sent if name.startswith("Access-Control")])
        self.assertIsNone(sent["Set-Cookie"])

    def test_what_is_for_the_socket_alone(self):
        self.session()
        for path in ("/api/accounts", "/api/paths", "/api/web"):
            self.assertAnswer(405, "GET", path)
        for path in ("/api/doctor", "/api/backup"):
            self.assertAnswer(404, "GET", path)
        for path in ("/api/import", "/api/restore", "/api/account", "/api/web"):
            self.assertAnswer(405, "POST", path, {"password": PASSWORD, "name": "x"})
        self.assertFalse(self.ctl("web")["password"])

    def test_a_sort_from_the_page(self):
        self.login()
        self.session()
        document, _ = self.assertAnswer(202, "POST", "/api/sort", {"genres": ["rock"]})
        until(lambda: self.ctl("runs")["runs"][0]["finished_at"], "the run ends")
        self.assertEqual(self.ctl("runs")["runs"][0]["id"], document["run"])
        self.assertNoViolations()

    def test_bodies_before_anybody_is_known(self):
        self.session()
        large = {"name": "x" * 20000, "tracks": []}
        self.assertAnswer(413, "POST", "/api/region", large, X_Genred_Token=None)
        self.assertAnswer(403, "POST", "/api/region", large, "token", X_Genred_Token="0" * 64)
        self.assertAnswer(400, "POST", "/api/region", large, "usage")
        self.assertAnswer(413, "POST", "/api/session", {"password": "x" * 4096})

    def test_a_reverse_proxy_without_a_password(self):
        for header in ("Forwarded", "X_Forwarded_For", "X_Real_IP", "Via"):
            document, _ = self.assertAnswer(403, "GET", "/api/status", **{header: "192.0.2.1"})
            self.assertIn("genrectl web --password", document["message"])
        self.assertAnswer(200, "GET", "/api/status")


STRANGER = """
import http.client, json, sys
host, source, method, path, body, headers = json.loads(sys.argv[1])
c = http.client.HTTPConnection(host, source_address=source and (source, 0))
c.request(method, path, body, headers)
a = c.getresponse()
print(a.status, a.read().decode())
"""


class Strangers(Page):
    """Another user of the machine."""

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest("only root can play a stranger")

    def stranger(self, path, method="GET", body=None, source=None, **headers):
        headers["Origin"] = "http://" + self.address
        request = json.dumps([self.address, source, method, path, body and json.dumps(body), headers])
        return subprocess.run(["python3", "-c", STRANGER, request], user=65534, group=65534,
                              extra_groups=[], capture_output=True, text=True, cwd="/",
                              timeout=DEADLINE_S).stdout

    def test_they_get_nothing_without_a_password(self):
        self.open()
        for path in ("/", "/api/session", "/api/status"):
            for source in (None, "127.0.0.9", own_address()):
                self.assertRegex(self.stranger(path, source=source),
                                 "^403 .*genrectl web --password")
        self.assertRegex(self.stranger("/api/session", "POST", {"password": "x" * 5000}), "^403 ")
        self.assertAnswer(200, "GET", "/api/status")
        self.set_password()
        self.assertRegex(self.stranger("/api/session"), '^200 .*"wanted"')
        self.assertRegex(self.stranger("/api/status"), "^401 ")

    def test_they_come_no_further_with_the_cookie_of_another(self):
        self.open()
        self.set_password()
        self.enter()
        self.assertRegex(self.stranger("/api/status", Cookie=self.cookie), "^401 ")
        self.assertRegex(self.stranger("/api/session", Cookie=self.cookie), '"token":null')
        self.assertAnswer(200, "GET", "/api/status")

    def test_their_wrong_passwords_are_their_own(self):
        self.open()
        self.set_password()
        wrong = {"password": "a wrong word"}
        for _ in range(5):
            self.assertRegex(self.stranger("/api/session", "POST", wrong), "^401 ")
        self.assertRegex(self.stranger("/api/session", "POST", {"password": PASSWORD}), "^429 ")
        self.enter()

    def test_a_reload_tells_the_group(self):
        self.open()
        self.assertRegex(self.stranger("/api/status"), "^403 ")
        directory = os.path.join(self.environment["XDG_CONFIG_HOME"], "genred")
        os.makedirs(directory)
        with open(os.path.join(directory, "genred.conf"), "w") as file:
            file.write(f"[daemon]\nsocket_group = {grp.getgrgid(65534).gr_name}\n")
        self.daemon.send_signal(signal.SIGHUP)
        until(lambda: "genred: reloaded" in self.log(), "it has reloaded")
        self.assertRegex(self.stranger("/api/status"), "^200 ")


class Password(Page):
    def setUp(self):
        super().setUp()
        self.open()

    def test_it_is_asked_for(self):
        self.session()
        old = self.token
        self.assertTrue(self.set_password()["password"])
        self.assertEqual(self.session(), {"token": None, "password": "wanted", "encrypted": True})
        self.token = old
        for path in ("/api/status", "/api/events", "/api/setup", "/api/paths", "/api/none"):
            self.assertAnswer(401, "GET", path, None, "password")
        self.assertAnswer(401, "POST", "/api/cancel", {}, "password")
        self.assertAnswer(401, "POST", "/api/session", {"password": "another word"}, "password")
        self.assertAnswer(400, "POST", "/api/session", {}, "usage")
        document, cookie = self.enter()
        self.assertEqual((document["password"], document["token"]), ("given", old))
        self.assertRegex(cookie, "^genred=[0-9a-f]{64}; HttpOnly; SameSite=Strict; Path=/$")
        self.assertAnswer(200, "GET", "/api/status")
        self.assertAnswer(403, "POST", "/api/cancel", {}, "token", X_Genred_Token=None)
        self.assertAnswer(200, "POST", "/api/cancel", {})
        self.assertAnswer(401, "GET", "/api/status", None, "password", Cookie="genred=" + "0" * 64)
        self.assertAnswer(403, "POST", "/api/session/end", {}, "token", X_Genred_Token="0")
        document, sent = self.assertAnswer(200, "POST", "/api/session/end", {})
        self.assertEqual(document["token"], None)
        self.assertIn("Max-Age=0", sent["Set-Cookie"])
        self.assertAnswer(401, "GET", "/api/status", None, "password")

    def test_a_change_or_a_restart_ends_all_sessions(self):
        self.set_password()
        self.enter()
        connection = http.client.HTTPConnection(self.address, timeout=DEADLINE_S)
        self.addCleanup(connection.close)
        connection.request("GET", "/api/events", headers={"Cookie": self.cookie})
        stream = connection.getresponse()
        self.assertEqual(stream.status, 200)
        self.set_password("quite another one")
        try:
            stream.read()
        except http.client.IncompleteRead:
            pass
        self.assertAnswer(401, "GET", "/api/status", None, "password")
        self.assertAnswer(401, "POST", "/api/session", {"password": PASSWORD}, "password")
        self.enter("quite another one")
        self.stop()
        self.open()
        self.assertAnswer(401, "GET", "/api/status", None, "password")
        self.enter("quite another one")
        self.assertFalse(self.ctl("web", "--no-password")["password"])
        self.assertEqual(self.session()["password"], "none")
        self.set_password()
        self.set_password("", status=2)
        self.assertAnswer(401, "GET", "/api/status", None, "password", Cookie=None)
        self.ctl("web", "--no-password")
        self.assertAnswer(200, "GET", "/api/status", Cookie=None)

    def test_a_stream_ends_with_its_session(self):
        self.set_password()
        self.enter()
        connection = http.client.HTTPConnection(self.address, timeout=DEADLINE_S)
        self.addCleanup(connection.close)
        connection.request("GET", "/api/events", headers={"Cookie": self.cookie})
        stream = connection.getresponse()
        self.assertEqual(stream.status, 200)
        first = self.cookie
        self.enter()  # another session, whose end is none of the stream's
        self.assertAnswer(200, "POST", "/api/session/end", {})
        self.assertTrue(stream.readline())
        self.assertTrue(stream.readline())
        self.cookie = first
        self.login()  # the stream tells of it
        self.assertIn("login", stream.readline().decode())
        self.assertAnswer(200, "POST", "/api/session/end", {})
        try:
            stream.read()
        except http.client.IncompleteRead:
            pass

    def test_wrong_ones_have_to_wait(self):
        self.set_password()
        for _ in range(5):
            self.assertAnswer(401, "POST", "/api/session", {"password": "a wrong word"}, "password")
        document, sent = self.assertAnswer(429, "POST", "/api/session", {"password": PASSWORD},
                                           "rate")
        self.assertIn(int(sent["Retry-After"]), range(1, 31))
        self.assertIn("retry_at", document)
        self.assertNotIn("Set-Cookie", sent)
        self.set_password()  # over the socket, which needs none
        self.enter()
        self.assertNotIn("a wrong word", self.log())
        self.assertNotIn(PASSWORD, self.log())
        self.assertIn("page: wrong password", self.log())

    def test_what_may_be_one(self):
        self.assertIn("8 characters", self.set_password("seven77", status=2)["message"])
        self.assertEqual(self.run_ctl("web", "--password", stdin="").returncode, 2)
        self.assertEqual(self.run_ctl("web", "--password", "--no-password").returncode, 2)
        self.assertFalse(self.ctl("web")["password"])

    def terminal(self, *lines):
        """genrectl web --password at a terminal that is given these lines: (status, what it shows)."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(os.path.join(BUILD, "genrectl"), ["genrectl", "web", "--password"],
                      self.environment)
        shown = b""
        for line in lines:
            while not shown.endswith(b": "):
                self.assertTrue(select.select([terminal], [], [], DEADLINE_S)[0])
                shown += os.read(terminal, 1024)
            os.write(terminal, line)
            shown += b"|"
        try:
            while piece := os.read(terminal, 1024):
                shown += piece
        except OSError:  # its end
            pass
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()

    def test_at_a_terminal(self):
        word = PASSWORD.encode() + b"\n"
        status, shown = self.terminal(word, word)
        self.assertEqual(status, 0, shown)
        self.assertNotIn("long word", shown)
        self.enter()
        status, shown = self.terminal(b"one long word\n", b"another word\n")
        self.assertEqual((status, "not the same" in shown), (2, True), shown)
        self.assertEqual(self.terminal(b"\x03")[0], 130)
        self.enter()
        status, shown = self.terminal(b"\n")
        self.assertEqual((status, "--no-password" in shown), (2, True), shown)
        self.assertTrue(self.ctl("web")["password"])

    def test_it_is_kept_as_a_hash_and_stays_when_all_is_forgotten(self):
        self.set_password()
        self.login()
        self.ctl("logout", "--forget", "--yes")
        self.stop()
        self.open()
        self.assertEqual(self.session()["password"], "wanted")
        self.enter()
        self.stop()
        for directory, _, files in os.walk(self.directory):
            for name in files:
                with open(os.path.join(directory, name), "rb") as file:
                    self.assertNotIn(PASSWORD.encode(), file.read(), name)

    def test_it_is_no_part_of_what_is_wiped(self):
        self.set_password()
        self.stop(signal.SIGKILL)  # as in the middle of logout --forget
        for name in os.listdir(self.state_dir):
            if name.startswith("genred.db"):
                os.remove(os.path.join(self.state_dir, name))
        self.open()
        self.assertEqual(self.session()["password"], "wanted")
        self.enter()
        path = os.path.join(self.state_dir, "page_password")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        self.stop()
        with open(path, "w"):
            pass
        self.open()
        self.assertAnswer(401, "GET", "/api/status", None, "password")
        self.assertAnswer(401, "POST", "/api/session", {"password": PASSWORD}, "password")
        self.assertIn("page_password", self.log())
        self.set_password()
        self.enter()

    def test_it_is_taken_from_where_it_was_kept_before(self):
        self.set_password()
        self.stop()
        path = os.path.join(self.state_dir, "page_password")
        with open(path) as file:
            kept = file.read().strip()
        os.remove(path)
        with sqlite3.connect(os.path.join(self.state_dir, "genred.db")) as database:
            database.execute("INSERT INTO setting VALUES('page_password', ?)", [kept.encode()])
        self.open()
        self.enter()
        self.ctl("web", "--no-password")
        self.stop()
        self.open()
        self.assertEqual(self.session()["password"], "none")

    def test_it_is_taken_away_by_its_word_alone(self):
        self.set_password()
        socket_path = os.path.join(self.state_dir, "genred.sock")
        for body in ({}, [], {"password": 12345678}, {"password": ""}, {"password": ["x"]}, None):
            connection = unixhttp.Connection(socket_path)
            connection.request("POST", "/api/web", None if body is None else json.dumps(body))
            answer = connection.getresponse()
            self.assertEqual((answer.status, json.loads(answer.read())["error"]), (400, "usage"))
            connection.close()
        done = self.run_ctl("web", "--password", stdin="\n")
        self.assertEqual((done.returncode, "--no-password" in done.stderr), (2, True), done.stderr)
        self.assertTrue(self.ctl("web")["password"])
        self.assertFalse(self.ctl("web", "--no-password")["password"])

    def test_it_is_the_first_accounts(self):
        os.makedirs(os.path.join(self.state_dir, "accounts", "anna"), 0o700)
        done = self.run_ctl("--account", "anna", "web", "--password", stdin=PASSWORD + "\n")
        self.assertEqual(done.returncode, 2)
        self.assertIn("first account's", done.stderr)
        self.assertIn("first account's", self.ctl("--account", "anna", "web")["closed"])
        self.assertFalse(self.ctl("web")["password"])

    def test_without_a_service(self):
        self.stop()
        self.assertTrue(self.set_password()["password"])
        self.assertIsNone(self.ctl("web")["page"])
        self.assertEqual(self.ctl("web", "--open", status=2)["error"], "usage")
        self.open()
        self.assertEqual(self.session()["password"], "wanted")


class Proxy(Page):
    """What a reverse proxy with TLS hands on."""

    name = "genred.example.org"

    def setUp(self):
        super().setUp()
        self.open(GENRED_DAEMON_PAGE_HOST=self.name)
        web = self.ctl("web")
        self.assertIsNone(web["page"])
        self.assertIn("page_host", web["closed"])
        self.set_password()
        self.find()
        self.host = self.name

    def test_its_name_and_origin_are_ours(self):
        self.assertFalse(self.session()["encrypted"])
        document, _ = self.assertAnswer(200, "GET", "/api/session", X_Forwarded_Proto="https")
        self.assertTrue(document["encrypted"])
        document, _ = self.assertAnswer(200, "GET", "/api/session",
                                        Forwarded='for=192.0.2.1;proto=https;by="[::1]"')
        self.assertTrue(document["encrypted"])
        self.assertAnswer(403, "POST", "/api/session", {"password": PASSWORD},
                          Origin="https://evil.example")
        document, cookie = self.enter(Origin="https://" + self.name)
        self.assertTrue(document["encrypted"])
        self.assertIn("; Secure", cookie)
        self.assertAnswer(200, "POST", "/api/cancel", {}, Origin="https://" + self.name)
        self.assertAnswer(421, "GET", "/api/status", Host="other.example.org")
        self.assertIn(self.name, self.run_ctl("web").stdout)
        self.ctl("web", "--no-password")
        self.assertIn("page_host", " ".join(self.ctl("status")["warnings"]))
        self.assertIsNone(self.ctl("web")["page"])


class Network(Page):
    listen = "0.0.0.0:0"

    def warnings(self):
        return " ".join(self.ctl("status")["warnings"])

    def test_without_a_password_it_stays_closed(self):
        self.open()
        web = self.ctl("web")
        self.assertIsNone(web["page"])
        self.assertIn("genrectl web --password", web["closed"])
        self.assertIn("genrectl web --password", self.warnings())
        self.assertIn("genrectl web --password", self.log())
        self.assertIn("genrectl web --password", self.run_ctl("web").stdout)
        self.assertIsNone(self.ctl("paths")["page"])
        self.set_password()
        self.find()
        self.assertNotIn("genrectl web --password", self.warnings())
        self.assertEqual(self.session()["password"], "wanted")
        self.ctl("web", "--no-password")
        until(self.is_closed, "the page is closed")
        self.assertIn("genrectl web --password", self.warnings())
        self.set_password()
        self.find()
        self.enter()

    def is_closed(self):
        try:
            self.ask("GET", "/api/session")
        except OSError:
            return True
        return False

    def test_it_says_that_nothing_is_encrypted(self):
        self.open()
        self.set_password()
        self.stop()
        self.open()
        for text in (self.warnings(), self.log(), self.run_ctl("web").stderr):
            self.assertIn("unencrypted", text)
        self.assertFalse(self.ctl("web")["encrypted"])
        address = own_address()
        if not address:
            self.skipTest("this machine has no other address than loopback")
        self.address = self.host = address + ":" + self.address.split(":")[1]
        self.assertEqual(self.session(), {"token": None, "password": "wanted", "encrypted": False})
        self.assertAnswer(421, "GET", "/api/session", Host="evil.example:" + self.host.split(":")[1])
        _, cookie = self.enter()
        self.assertNotIn("Secure", cookie)
        self.assertAnswer(200, "POST", "/api/cancel", {})


class Setup(Page):
    def setUp(self):
        super().setUp()
        self.client_id = self.environment.pop("GENRED_SPOTIFY_CLIENT_ID")

    def test_a_client_id_from_the_page(self):
        self.open()
        self.session()
        setup, _ = self.assertAnswer(200, "GET", "/api/setup")
        self.assertEqual(setup, {
            "client_id": "", "client_id_fixed": False, "config_file": None,
            "redirect_uri": "http://127.0.0.1/callback",
            "dashboard": "https://developer.spotify.com/dashboard"})
        for wrong in ("", "x" * 32, self.client_id[:-1], self.client_id + "0", None, 7):
            document, _ = self.assertAnswer(400, "POST", "/api/setup", {"client_id": wrong}, "usage")
            self.assertIn("32 characters", document["message"])
        self.assertAnswer(403, "POST", "/api/setup", {"client_id": self.client_id}, "token",
                          X_Genred_Token=None)
        self.assertFalse(self.ctl("status")["client_id_set"])
        setup, _ = self.assertAnswer(200, "POST", "/api/setup",
                                     {"client_id": " " + self.client_id + "\n"})
        self.assertEqual((setup["client_id"], setup["client_id_fixed"]), (self.client_id, False))
        document, _ = self.assertAnswer(200, "POST", "/api/login", {"paste": False})
        with urllib.request.urlopen(document["authorize_url"], timeout=DEADLINE_S) as answer:
            self.assertIn(b"logged in", answer.read())
        self.assertTrue(self.ctl("status")["logged_in"])
        self.stop()
        self.open()
        self.assertTrue(self.ctl("status")["logged_in"])
        self.sort()
        self.daemon.send_signal(signal.SIGHUP)
        until(lambda: "genred: reloaded" in self.log(), "it has reloaded")
        self.assertTrue(self.ctl("status")["logged_in"])
        self.sort()
        self.session()
        self.assertAnswer(200, "POST", "/api/setup", {"client_id": "0" * 32})
        self.assertFalse(self.ctl("status")["logged_in"])  # that was another app's login
        self.ctl("logout", "--forget", "--yes")
        setup, _ = self.assertAnswer(200, "GET", "/api/setup")
        self.assertEqual(setup["client_id"], "")
        self.assertNoViolations()

    def test_one_that_is_set_elsewhere_stays(self):
        self.open(GENRED_SPOTIFY_CLIENT_ID=self.client_id)
        self.session()
        setup, _ = self.assertAnswer(200, "GET", "/api/setup")
        self.assertEqual((setup["client_id"], setup["client_id_fixed"]), (self.client_id, True))
        self.assertAnswer(400, "POST", "/api/setup", {"client_id": "0" * 32}, "usage")
        self.assertEqual(self.assertAnswer(200, "GET", "/api/setup")[0]["client_id"],
                         self.client_id)
