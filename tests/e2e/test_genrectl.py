#!/usr/bin/env python3
"""genrectl against a scripted daemon: what it prints, asks, and exits with. $GENRECTL names the program."""
import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
GENRECTL = os.environ.get("GENRECTL", os.path.join(HERE, "../../build/genrectl"))


class Ctl(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="genrectl-")
        self.addCleanup(shutil.rmtree, self.dir)
        self.program = os.path.join(self.dir, "genrectl")
        shutil.copy(GENRECTL, self.program)
        shutil.copy(os.path.join(HERE, "stub_genred.py"), os.path.join(self.dir, "genred"))
        os.chmod(os.path.join(self.dir, "genred"), 0o755)
        keep = {k: v for k, v in os.environ.items()
                if not k.startswith(("GENRED_", "XDG_", "DISPLAY", "WAYLAND"))}
        self.env = dict(keep, HOME=self.dir, STUB_DIR=self.dir, GENRED_DAEMON_STATE_DIR=self.dir)

    def start(self, *args, mode="", **more):
        return subprocess.Popen([self.program, *args], env=dict(self.env, STUB_MODE=mode), text=True,
                                **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                                   "stderr": subprocess.PIPE, **more})

    def run_ctl(self, *args, mode="", status=0, text=None):
        p = self.start(*args, mode=mode, **({"stdin": subprocess.PIPE} if text is not None else {}))
        out, err = p.communicate(text, timeout=40)
        self.assertEqual(p.returncode, status, out + err)
        return out, err

    def noted(self, name):
        path = os.path.join(self.dir, name)
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as f:
            return [line for line in f.read().splitlines() if line != "GET /api/paths"]

    def test_status_is_what_is_meant_without_a_command(self):
        out, _ = self.run_ctl()
        self.assertIn("ann", out)
        self.assertIn("600 liked, 590 labelled", out)
        self.assertIn("rock (genred)", out)
        self.assertEqual(self.noted("starts")[-1], "ended")

    def test_status_json_is_one_document(self):
        out, err = self.run_ctl("--json", "status")
        self.assertEqual(json.loads(out)["access"], "development")
        self.assertEqual(out.count("\n"), 1)
        self.assertEqual(err, "")

    def test_genres_list_runs(self):
        out, _ = self.run_ctl("genres")
        self.assertIn("\n  grunge", out)
        self.assertIn("chosen", out)
        out, _ = self.run_ctl("list", "rock & roll")
        self.assertIn("93 %", out)
        self.assertIn("GET /api/list?genre=rock%20%26%20roll", self.noted("requests"))
        self.assertIn("done", self.run_ctl("runs")[0])

    def test_names_of_songs_command_no_terminal(self):
        for args in (["list", "rock"], ["sort"]):
            out, err = self.run_ctl(*args)
            for bad in "\x1b\x07\u202e\x9b":
                self.assertNotIn(bad, out + err)

    def test_sort_table(self):
        out, err = self.run_ctl("sort", "--genres", "rock, jazz", "--threshold=0.4", "--dry-run")
        self.assertRegex(out, r"rock \(genred\) +12 +3 +70 +97 % ")
        self.assertIn("90 %  Zweites Lied - Ä", out)
        self.assertIn("sort: liked: 50 of 600", err)
        self.assertIn('POST /api/sort {"genres":["rock","jazz"],"threshold":0.4,"dry_run":true,'
                      '"wait":false,"yes":false}', self.noted("requests"))

    def test_sort_json_passes_events_on_as_they_are(self):
        out, err = self.run_ctl("sort", "--json")
        lines = out.splitlines()
        self.assertEqual([json.loads(x)["message_type"] for x in lines],
                         ["progress", "progress", "summary"])
        self.assertIn('{"message_type":"progress", "run":7', lines[0])
        self.assertEqual(err, "")
        self.assertEqual(len(self.run_ctl("sort", "--json", "--quiet")[0].splitlines()), 1)

    def test_exit_statuses(self):
        out, _ = self.run_ctl("sync", mode="partly", status=3)
        self.assertIn("two songs are gone", out)
        _, err = self.run_ctl("sync", mode="rate", status=6)
        self.assertIn("2999-01-01", err)
        out, _ = self.run_ctl("sync", "--json", mode="rate", status=6)
        last = json.loads(out.splitlines()[-1])
        self.assertEqual((last["message_type"], last["retry_at"]), ("error", "2999-01-01T00:00:00Z"))
        self.assertEqual(out.count('"error"'), 2)
        out, err = self.run_ctl("sort", mode="refuse", status=4)
        self.assertEqual(err, "genrectl: the login has ended: genrectl login\n")
        out, _ = self.run_ctl("sort", "--json", mode="refuse", status=4)
        self.assertEqual(json.loads(out)["error"], "login")
        self.run_ctl("sort", "--threshold", "2", status=2)
        self.run_ctl("drop", "rock", status=2)
        self.run_ctl("drop", "rock", "--yes")

    def test_failures_to_start_are_passed_on(self):
        _, err = self.run_ctl(mode="config", status=2)
        self.assertEqual(err, "genrectl: line 3: malformed\n")
        began = time.monotonic()
        _, err = self.run_ctl(mode="busy", status=1)
        self.assertIn("locked", err)
        self.assertLess(time.monotonic() - began, 15)
        os.unlink(os.path.join(self.dir, "genred"))
        self.env["PATH"] = "/nonexistent"
        out, _ = self.run_ctl("--json", status=5)
        self.assertIn("cannot start genred", json.loads(out)["message"])

    def test_death_in_mid_command(self):
        for args, mode in ((["sort"], "die"), (["status"], "silent")):
            began = time.monotonic()
            _, err = self.run_ctl(*args, mode=mode, status=5)
            self.assertLess(time.monotonic() - began, 5)
            self.assertIn("went away", err)
        self.assertEqual(len([x for x in self.noted("starts") if x != "ended"]), 2)

    def test_a_stale_socket_is_no_daemon(self):
        s = socket.socket(socket.AF_UNIX)
        s.bind(os.path.join(self.dir, "genred.sock"))
        s.close()
        self.run_ctl("status")

    @unittest.skipIf(os.getuid() == 0, "root may use every socket")
    def test_a_forbidden_socket(self):
        s = socket.socket(socket.AF_UNIX)
        s.bind(os.path.join(self.dir, "genred.sock"))
        s.listen()
        os.chmod(os.path.join(self.dir, "genred.sock"), 0)
        _, err = self.run_ctl("status", status=5)
        self.assertIn("may not use", err)
        self.assertEqual(self.noted("starts"), [])

    def test_many_at_once_share(self):
        for _ in range(3):
            running = [self.start("sort") for _ in range(8)]
            for p in running:
                out, err = p.communicate(timeout=40)
                self.assertEqual(p.returncode, 0, out + err)

    def test_interrupt_cancels_the_run(self):
        p = self.start("sort", "--json", mode="stall")
        p.stdout.readline()
        p.stdout.readline()
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=20)
        self.assertEqual(p.returncode, 130, out + err)
        self.assertEqual(json.loads(out.splitlines()[-1])["error"], "cancelled")
        self.assertIn('POST /api/cancel {"run":7}', self.noted("requests"))

    def test_login(self):
        out, err = self.run_ctl("login", "--no-browser")
        lines = out.splitlines()
        self.assertEqual(lines[0], "https://accounts.example/authorize?client_id=x&state=y")
        self.assertEqual(lines[1], "logged in as ann")
        self.assertNotIn("wait", err)

    def test_login_by_pasting(self):
        url = "http://127.0.0.1:8888/callback?code=abc&state=y"
        self.run_ctl("login", "--paste", text=url + "\n")
        self.assertIn('POST /api/login/answer {"url":"%s"}' % url, self.noted("requests"))
        out, err = self.run_ctl("login", "--paste", text="", status=2)
        self.assertIn("no address came", err)
        self.run_ctl("login", "--paste", text="rm -rf\n", status=2)

    def test_cancel_and_paths_start_no_daemon(self):
        self.assertEqual(json.loads(self.run_ctl("cancel", "--json")[0]), {"cancelled": False})
        paths = json.loads(self.run_ctl("paths", "--json")[0])
        self.assertEqual(paths["socket"], os.path.join(self.dir, "genred.sock"))
        self.assertEqual(self.noted("starts"), [])

    def test_doctor(self):
        self.env["GENRED_SPOTIFY_CLIENT_ID"] = "x"
        out, _ = self.run_ctl("doctor")
        self.assertIn("✓ model", out)
        out, _ = self.run_ctl("doctor", mode="refuse", status=1)
        self.assertIn("what to do: mend it", out)
        self.env["GENRED_SORT_THRESHOLD"] = "7"
        out, _ = self.run_ctl("doctor", "--json", status=1)
        self.assertFalse(json.loads(out)["ok"])

    def test_warnings_of_the_configuration_come_once(self):
        path = os.path.join(self.dir, "c.conf")
        with open(path, "w", encoding="utf-8") as f:
            f.write("[sort]\nthreshhold = 0.4\n")
        _, err = self.run_ctl("--config", path, "status")
        self.assertEqual(err, 'genrectl: warning: %s: line 2: unknown key "threshhold" in [sort], '
                              'did you mean "threshold"?\n' % path)

    def test_drop_asks_on_a_terminal(self):
        for answer, status in ((b"n\n", 1), (b"y\n", 0)):
            master, slave = pty.openpty()
            p = self.start("drop", "rock", stdin=slave)
            os.write(master, answer)
            out, err = p.communicate(timeout=20)
            os.close(master)
            os.close(slave)
            self.assertEqual(p.returncode, status, out + err)
            self.assertIn("unfollow the playlist of rock?", err)

    def test_a_bar_on_a_terminal(self):
        master, slave = pty.openpty()
        p = self.start("sort", stderr=slave)
        p.communicate(timeout=20)
        os.close(slave)
        shown = os.read(master, 65536).decode()
        os.close(master)
        self.assertIn("[########################] 100 %", shown)
        self.assertTrue(shown.endswith("\r\x1b[K"))

    def test_words(self):
        self.assertIn("sort", self.run_ctl("--help")[0])
        self.assertIn("--threshold P", self.run_ctl("sort", "--help")[0])
        self.assertRegex(self.run_ctl("--version")[0], r"^genrectl \d+\.\d+\.\d+\n$")
        self.assertIn('did you mean "sort"', self.run_ctl("srot", status=2)[1])
        for shell in ("bash", "zsh", "fish"):
            self.assertIn("genrectl", self.run_ctl("completion", shell)[0])
        self.assertEqual(self.noted("starts"), [])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
