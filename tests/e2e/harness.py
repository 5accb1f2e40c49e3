"""The real binaries against the strict fake, in a private directory.

`Scenario` starts a fake and, when asked, a daemon; everything is ended and removed afterwards.
$GENRED_BUILD is the directory of the binaries (default build). Classes named Slow... are left out
when $GENRED_E2E is "fast". Nothing here sleeps in place of a condition: the fake holds requests,
and what cannot be held is polled with a deadline.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
BUILD = os.path.join(ROOT, os.environ.get("GENRED_BUILD", "build"))
GENRES = "rock,pop,electronic"
DEADLINE_S = 60


def slow(test_class):
    skip = os.environ.get("GENRED_E2E") == "fast"
    return unittest.skipIf(skip, "slow")(test_class)


def until(condition, what):
    """Polls until the condition gives something true, and returns it."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("waited in vain until " + what)


class Fake:
    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(ROOT, "tests/fake/fake.py"), *arguments],
            stdout=subprocess.PIPE, text=True)
        self.about = json.loads(self.process.stdout.readline())

    def control(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.about["control_url"] + path, data, method=method)
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
            return json.loads(answer.read() or b"null")

    def switch(self, **switches):
        return self.control("/switch", switches)

    def requests(self, api_only=True):
        log = self.control("/log")
        entries = log if isinstance(log, list) else log.get("requests") or log.get("log")
        return [entry for entry in entries if not api_only or entry["path"].startswith("/v1/")]

    def forget_requests(self):
        self.control("/log", method="DELETE")

    def writes(self):
        return [entry for entry in self.requests() if entry["method"] != "GET"]

    def state(self):
        return self.control("/state")

    def playlists(self):
        """{name: playlist} of those that genred made and the person still follows."""
        return {p["name"]: p for p in self.state()["playlists"]
                if "kept by genred" in (p.get("description") or "") and p.get("followed", True)}

    def contents(self):
        return {name: [item if isinstance(item, str) else item["uri"] for item in p["items"]]
                for name, p in self.playlists().items()}

    def asked(self, service):
        """{query: {id: [times]}} of what was truly answered."""
        return self.control("/asked?answered=yes").get(service, {})

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Scenario(unittest.TestCase):
    fake_arguments = ("--songs", "300")

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="genred-e2e-")
        self.addCleanup(shutil.rmtree, self.directory, True)
        self.fake = Fake(*self.fake_arguments)
        self.addCleanup(self.fake.stop)
        self.state_dir = os.path.join(self.directory, "state")
        self.log_path = os.path.join(self.directory, "log")
        self.daemon = None
        self.addCleanup(self.stop)
        self.environment = {key: value for key, value in os.environ.items()
                            if not key.startswith("GENRED_")}
        self.environment.update(
            HOME=self.directory,
            XDG_CONFIG_HOME=os.path.join(self.directory, "config"),
            GENRED_SPOTIFY_API_URL=self.fake.about["api_url"],
            GENRED_SPOTIFY_ACCOUNTS_URL=self.fake.about["accounts_url"],
            GENRED_SPOTIFY_CLIENT_ID=self.fake.about["client_id"],
            GENRED_SPOTIFY_REDIRECT_PORT="0",
            GENRED_SOURCES_ORDER="spotify,dataset",
            GENRED_SOURCES_RECCOBEATS_URL=self.fake.about["reccobeats_url"],
            GENRED_SOURCES_MUSICBRAINZ_URL=self.fake.about["musicbrainz_url"],
            GENRED_SOURCES_MUSICBRAINZ_INTERVAL="20ms",
            GENRED_SOURCES_LASTFM_URL=self.fake.about["lastfm_url"],
            GENRED_SOURCES_CONTACT="person@localhost",
            GENRED_DAEMON_STATE_DIR=self.state_dir,
            GENRED_DAEMON_LISTEN="off")

    # --- the daemon

    def start(self, **environment):
        reading, writing = os.pipe()
        with open(self.log_path, "ab") as log:
            self.daemon = subprocess.Popen(
                [os.path.join(BUILD, "genred"), "--ready", str(writing)], pass_fds=[writing],
                env={**self.environment, **environment}, stderr=log)
        os.close(writing)
        line = os.read(reading, 4096)
        os.close(reading)
        self.assertEqual(line, b"\n")

    def stop(self, number=signal.SIGTERM):
        if self.daemon:
            self.daemon.send_signal(number)
            self.daemon.wait(30)
            self.daemon = None

    def log(self):
        with open(self.log_path) as log:
            return log.read()

    # --- genrectl

    def popen(self, *arguments, **options):
        return subprocess.Popen([os.path.join(BUILD, "genrectl"), *arguments],
                                env=self.environment, text=True, **options)

    def run_ctl(self, *arguments, stdin=None):
        return subprocess.run([os.path.join(BUILD, "genrectl"), *arguments], env=self.environment,
                              capture_output=True, text=True, input=stdin, timeout=120)

    def ctl(self, *arguments, status=0):
        """The last JSON document that genrectl prints, after checking how it ends."""
        done = self.run_ctl("--json", *arguments)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        lines = done.stdout.strip().splitlines()
        return json.loads(lines[-1]) if lines else None

    def login(self):
        with self.popen("login", "--no-browser", stdout=subprocess.PIPE,
                        stderr=subprocess.DEVNULL) as process:
            url = process.stdout.readline().strip()
            with urllib.request.urlopen(url, timeout=DEADLINE_S) as page:
                page.read()
            self.assertEqual(process.wait(30), 0)

    def sort(self, *arguments, status=0):
        return self.ctl("sort", "--genres", GENRES, *arguments, status=status)

    def assertNoViolations(self):
        self.assertEqual(self.fake.state()["violations"], [])


def clean_contents(*fake_arguments):
    """What an undisturbed first sort makes of the same library."""
    scenario = Scenario()
    scenario.fake_arguments = fake_arguments
    scenario.setUp()
    try:
        scenario.start()
        scenario.login()
        scenario.sort()
        return scenario.fake.contents()
    finally:
        scenario.doCleanups()
