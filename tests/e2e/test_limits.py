"""Rate limits, bans, faults, kills: what happens when Spotify or the machine does not play along."""

import os
import pathlib
import resource
import signal
import stat
import subprocess

from harness import BUILD, GENRES, Scenario, clean_contents, slow, until


class Limits(Scenario):
    def setUp(self):
        super().setUp()
        self.start()
        self.login()

    def test_a_short_wait_is_sat_out(self):
        self.fake.control("/faults", {"script": [
            {"match": "GET /v1/me/tracks", "nth": 2, "kind": "429"}]})
        self.sort()
        self.assertNoViolations()

    def test_a_long_wait_is_status_6_and_survives_a_restart(self):
        self.fake.control("/ban", {"seconds": 80000, "reason": "QUOTA_EXCEEDED"})
        error = self.sort(status=6)
        self.assertIn("retry_at", error)
        self.stop()
        self.start()
        self.assertIsNotNone(self.ctl("status")["cooldown_until"])
        self.fake.forget_requests()
        self.sort(status=6)
        self.assertEqual(self.fake.requests(), [])
        self.assertNoViolations()


@slow
class SlowResume(Scenario):
    def test_a_run_resumes_by_itself(self):
        self.start()
        self.login()
        self.sort()
        self.fake.control("/like", {"n": 5})
        self.fake.control("/ban", {"seconds": 47})
        self.sort(status=6)
        runs = len(self.ctl("runs")["runs"])
        until(lambda: [r for r in self.ctl("runs")["runs"][:-runs or None]
                       if r["outcome"] == "done"], "the daemon came back by itself")
        self.assertNoViolations()


@slow
class SlowFaults(Scenario):
    kinds = ("reset", "lost_request", "lost_answer", "reset_body", "slow", "cut", "truncated",
             "garbage", "html", "html_200", "empty", "empty_502", "500", "500_done", "502", "503",
             "504", "429", "429_text", "429_no_header", "expired_token", "close", "chunked", "gzip")

    def test_every_fault_at_ten_percent(self):
        expected = clean_contents(*self.fake_arguments)
        for kind in self.kinds:
            with self.subTest(kind=kind):
                self.doCleanups()
                self.setUp()
                self.start()
                self.login()
                self.fake.control("/faults", {"kinds": [kind], "rate": 0.1, "seed": 3})
                for _ in range(5):
                    done = self.run_ctl("sort", "--genres", GENRES)
                    if done.returncode == 0:
                        break
                self.fake.control("/faults", method="DELETE")
                self.sort()
                self.assertEqual(self.fake.contents(), expected)
                self.assertNoViolations()


@slow
class SlowKill(Scenario):
    def test_kill_at_every_write(self):
        expected = clean_contents(*self.fake_arguments)
        writes = 2 * len(expected)
        for when in ("before", "after"):
            for nth in range(1, writes + 1):
                with self.subTest(when=when, nth=nth):
                    self.doCleanups()
                    self.setUp()
                    self.kill_at("POST /v1/**", nth, when)
                    self.start()
                    self.sort()
                    self.assertEqual(self.fake.contents(), expected)
                    self.assertNoViolations()

    def kill_at(self, match, nth, when):
        self.start()
        self.login()
        self.fake.control("/hold", {"match": match, "nth": nth, "when": when})
        process = self.popen("sort", "--genres", GENRES, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        self.fake.control("/wait_held?timeout=20")
        self.stop(signal.SIGKILL)
        self.assertEqual(process.wait(5), 5)  # and no other daemon is started
        self.assertFalse(self.run_ctl("paths", "--json").stdout.count('"pid":1'))
        self.fake.control("/release", {})

    def test_kill_while_the_list_of_playlists_lags(self):
        expected = clean_contents(*self.fake_arguments)
        self.kill_at("POST /v1/me/playlists", 1, "after")
        self.fake.switch(list_lag=2)
        self.start()
        self.sort()
        self.assertEqual(self.fake.contents(), expected)

    def test_kill_while_reading_likes(self):
        expected = clean_contents(*self.fake_arguments)
        self.kill_at("GET /v1/me/tracks", 3, "before")
        self.start()
        self.sort()
        self.assertEqual(self.fake.contents(), expected)


class Machine(Scenario):
    def test_terminate_in_mid_run(self):
        self.start()
        self.login()
        self.fake.control("/hold", {"match": "POST /v1/me/playlists", "nth": 1, "when": "before"})
        process = self.popen("sort", "--genres", GENRES, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        self.fake.control("/wait_held?timeout=20")
        self.stop()
        self.assertNotEqual(process.wait(10), 0)
        self.fake.control("/release", {})
        self.start()
        self.sort()
        self.assertNoViolations()

    def test_disk_full(self):
        self.start()
        self.login()
        size = os.path.getsize(os.path.join(self.state_dir, "genred.db")) + 40000
        resource.prlimit(self.daemon.pid, resource.RLIMIT_FSIZE, (size, size))
        error = self.sort(status=1)
        self.assertIn("database", error["message"])
        self.stop()
        self.start()
        self.sort()

    def test_a_damaged_database_is_told_and_left(self):
        self.start()
        self.login()
        self.stop()
        path = os.path.join(self.state_dir, "genred.db")
        with open(path, "r+b") as file:
            file.write(b"this is no database any more")
        with open(path, "rb") as file:
            before = file.read()
        done = self.run_ctl("status")
        self.assertEqual(done.returncode, 1)
        self.assertIn("damaged", done.stderr)
        with open(path, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_a_read_only_database_is_told(self):
        self.start()
        self.login()
        self.sort()
        self.stop()
        as_nobody = self.as_nobody()
        os.chmod(os.path.join(self.state_dir, "genred.db"), 0o444)
        done = self.run_as(as_nobody, "sort")
        self.assertEqual(done.returncode, 1)
        self.assertIn("read-only", done.stderr)
        for entry in os.scandir(self.state_dir):
            os.chmod(entry.path, 0o600)
        self.assertEqual(self.run_as(as_nobody, "sort").returncode, 0)

    def as_nobody(self):
        """A prefix that gives up root's powers, which no mode of a file stops."""
        if os.geteuid() != 0:
            return []
        parents = pathlib.Path(BUILD, "genred").resolve().parents
        if not all(parent.stat().st_mode & stat.S_IXOTH for parent in parents):
            self.skipTest("nobody may not run the programs here")
        prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        os.chmod(self.directory, 0o755)
        for entry in [self.state_dir, *(e.path for e in os.scandir(self.state_dir))]:
            os.chown(entry, 65534, 65534)
        return prefix

    def run_as(self, prefix, *arguments):
        return subprocess.run([*prefix, os.path.join(BUILD, "genrectl"), *arguments],
                              env=self.environment, capture_output=True, text=True, timeout=60)

    def test_a_key_that_others_may_read_is_refused(self):
        self.start()
        self.stop()
        os.chmod(os.path.join(self.state_dir, "key"), 0o644)
        self.assertEqual(self.run_ctl("status").returncode, 2)

    def test_malformed_config(self):
        path = os.path.join(self.directory, "bad.conf")
        with open(path, "w") as file:
            file.write("[spotify]\nclient_id\n")
        done = self.run_ctl("--config", path, "status")
        self.assertEqual(done.returncode, 2)
        self.assertIn("bad.conf", done.stderr)
        self.assertIn("2", done.stderr)

    def test_an_unknown_key_is_one_warning(self):
        path = os.path.join(self.directory, "odd.conf")
        with open(path, "w") as file:
            file.write("[sort]\ntreshold = 0.6\n")
        done = self.run_ctl("status", "--config", path)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr.count("treshold"), 1)
        self.assertIn("threshold", done.stderr)
        self.assertIn("odd.conf", done.stderr)

    def test_a_second_daemon_says_so(self):
        self.start()
        second = subprocess.run([os.path.join(os.environ.get("GENRED_BUILD", "build"), "genred")],
                                env=self.environment, capture_output=True, text=True, timeout=20)
        self.assertEqual(second.returncode, 1)
        self.assertIn(str(self.daemon.pid), second.stderr)

    def test_interrupt_cancels(self):
        self.start()
        self.login()
        self.fake.control("/hold", {"match": "GET /v1/me/tracks", "nth": 2, "when": "before"})
        process = self.popen("sort", "--genres", GENRES, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        self.fake.control("/wait_held?timeout=20")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20), 130)
        self.fake.control("/release", {})
        until(lambda: self.ctl("status")["running"] is None, "the run has ended")
