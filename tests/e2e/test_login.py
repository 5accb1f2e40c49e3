"""Logging in, and a login that lasts, ends, or is refused."""

import datetime
import os
import re
import subprocess
import urllib.request

from harness import Scenario, until


class Login(Scenario):
    def begin(self, *arguments, **options):
        process = self.popen("login", *arguments, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, **options)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process, process.stdout.readline().strip()

    def final_address(self, url):
        """Where Spotify sends the browser, without going there."""
        class Stop(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None
        try:
            urllib.request.build_opener(Stop).open(url)
        except urllib.error.HTTPError as answer:
            return answer.headers["Location"]
        return None

    def test_without_a_daemon_one_is_started_and_ends(self):
        self.login()
        self.assertTrue(self.ctl("status")["logged_in"])
        self.sort()
        self.assertFalse(os.path.exists(os.path.join(self.state_dir, "genred.sock")))

    def test_paste(self):
        self.start()
        process, url = self.begin("--paste", stdin=subprocess.PIPE)
        process.stdin.write(self.final_address(url) + "\n")
        process.stdin.close()
        self.assertEqual(process.wait(30), 0)
        self.assertTrue(self.ctl("status")["logged_in"])

    def test_a_foreign_answer_is_refused(self):
        self.start()
        process, url = self.begin("--no-browser")
        answer = self.final_address(url)
        forged = re.sub("state=[^&]*", "state=forged", answer)
        with self.assertRaises(urllib.error.HTTPError):
            urllib.request.urlopen(forged)
        with urllib.request.urlopen(answer) as page:  # the real one is still awaited
            page.read()
        self.assertEqual(process.wait(30), 0)

    def test_denied(self):
        self.fake.switch(deny=True)
        self.start()
        process, url = self.begin("--no-browser")
        with self.assertRaises(urllib.error.HTTPError):
            urllib.request.urlopen(url)
        self.assertEqual(process.wait(30), 4)

    def test_not_logged_in_is_status_4(self):
        self.start()
        self.sort(status=4)
        self.ctl("status")

    def test_no_client_id(self):
        self.environment["GENRED_SPOTIFY_CLIENT_ID"] = ""
        self.start()
        self.assertEqual(self.run_ctl("login", "--no-browser").returncode, 2)

    def test_logout(self):
        self.start()
        self.login()
        self.assertTrue(self.ctl("logout")["logged_out"])
        self.sort(status=4)


class Lasting(Scenario):
    def setUp(self):
        super().setUp()
        self.start()
        self.login()

    def tokens(self):
        return len([r for r in self.fake.requests(False) if r["path"] == "/api/token"])

    def test_expiry_in_mid_run(self):
        self.fake.control("/hold", {"match": "GET /v1/audio-features", "nth": 1, "when": "before"})
        process = self.popen("--json", "sort", "--genres", "rock", stdout=subprocess.DEVNULL)
        self.fake.control("/wait_held?timeout=20")
        self.fake.control("/tokens", {"expire_access": True})
        self.fake.control("/release", {})
        self.assertEqual(process.wait(30), 0)
        self.assertEqual(self.tokens(), 2)
        self.assertNoViolations()

    def test_rotating_refresh_tokens(self):
        self.fake.switch(rotate=True)
        for _ in range(3):
            self.fake.control("/tokens", {"expire_access": True})
            self.sort()
        self.stop()
        self.start()
        self.fake.control("/tokens", {"expire_access": True})
        self.sort()

    def test_revoked_login_ends_without_a_loop(self):
        self.fake.control("/tokens", {"revoke_login": True})
        error = self.sort(status=4)
        self.assertIn("genrectl login", error["message"])
        asked = self.tokens()
        for _ in range(3):
            self.sort(status=4)
        self.assertEqual(self.tokens(), asked)
        self.assertFalse(self.ctl("status")["logged_in"])
        self.login()
        self.sort()

    def test_days_left_and_warning(self):
        status = self.ctl("status")
        self.assertIn(status["login_days_left"], range(178, 186))
        self.assertEqual(status["warnings"], [])
        self.stop()
        self.start(GENRED_CLOCK_OFFSET=str(170 * 86400))
        status = self.ctl("status")
        self.assertLessEqual(status["login_days_left"], 14)
        self.assertIn("genrectl login", status["warnings"][0])

    def test_the_end_is_told_once_at_each_step(self):
        told = os.path.join(self.directory, "told")
        self.environment["GENRED_DAEMON_ON_LOGIN_EXPIRING"] = (
            f'echo "$GENRED_MESSAGE" >> {told}')

        def lines():
            if not os.path.exists(told):
                return []
            with open(told, encoding="utf-8") as file:
                return file.read().splitlines()

        end = datetime.datetime.fromisoformat(self.ctl("status")["login_expires_at"])
        left = int((end - datetime.datetime.now(datetime.timezone.utc)).total_seconds())
        for n, days in enumerate((13.5, 6.5, 2.5, 0.5, -0.5)):
            for again in range(2):
                self.stop()
                self.start(GENRED_CLOCK_OFFSET=str(left - int(days * 86400)))
                until(lambda n=n: len(lines()) == n + 1, f"it is told {days} days before")
                self.ctl("status")
                self.assertEqual(len(lines()), n + 1, again)
        self.assertIn("genrectl login", lines()[0])
        self.assertIn("13 d", lines()[0])
        self.assertIn("has come to its end", lines()[-1])

    def test_an_alarm_tells_it_without_a_restart(self):
        end = datetime.datetime.fromisoformat(self.ctl("status")["login_expires_at"])
        left = int((end - datetime.datetime.now(datetime.timezone.utc)).total_seconds())
        self.stop()
        self.start(GENRED_CLOCK_OFFSET=str(left - 7 * 86400 - 3))
        until(lambda: re.search("login: the login ends in (7 d|6 d 23 h)", self.log()), "the alarm")

    def test_an_ended_login_is_tried_once_more_and_never_again(self):
        self.fake.control("/tokens", {"revoke_login": True})
        self.sort(status=4)
        asked = self.tokens()
        self.stop()
        self.start()
        self.sort(status=4)
        self.assertEqual(self.tokens(), asked)  # known across a restart
        self.stop()
        self.start(GENRED_CLOCK_OFFSET=str(6 * 3600 + 60))
        self.sort(status=4)
        self.assertEqual(self.tokens(), asked + 1)
        self.stop()
        self.start(GENRED_CLOCK_OFFSET=str(20 * 3600))
        self.sort(status=4)
        self.assertEqual(self.tokens(), asked + 1)
        self.ctl("status")
        self.ctl("genres")
        self.login()
        self.sort()

    def test_an_outage_of_the_login_service_heals(self):
        self.sort()
        self.fake.control("/tokens", {"expire_access": True})
        self.fake.control("/faults", {"script": [
            {"match": "POST /api/token", "kind": "invalid_grant"}]})
        self.sort(status=4)
        self.stop()
        self.fake.control("/clock", {"advance_s": 6 * 3600 + 60})
        self.start(GENRED_CLOCK_OFFSET=str(6 * 3600 + 60))
        self.sort()
        self.assertTrue(self.ctl("status")["logged_in"])

    def test_refusals_of_the_app_or_person_have_their_own_sentence(self):
        for switches, status, word in (({"premium": False}, 1, "Premium"),
                                       ({"premium": True, "allowlisted": False}, 1, "list of users")):
            self.fake.switch(**switches)
            self.assertIn(word, self.sort(status=status)["message"])
        self.fake.switch(allowlisted=True)
        self.sort()

    def test_tokens_are_nowhere_to_be_read(self):
        self.sort()
        issued = self.fake.control("/tokens", {"issue": {}})
        self.assertTrue(issued)
        secrets = self.secrets()
        self.assertTrue(secrets)
        self.stop()
        for directory, _, files in os.walk(self.directory):
            for name in files:
                with open(os.path.join(directory, name), "rb") as file:
                    content = file.read()
                for secret in secrets:
                    self.assertNotIn(secret.encode(), content, name)

    def secrets(self):
        """Authorization codes and states are in the log's queries; tokens never are."""
        found = set()
        for entry in self.fake.requests(False):
            query = entry["query"]
            text = query if isinstance(query, str) else "&".join(f"{k}={v}" for k, v in query.items())
            found.update(re.findall(r"code_challenge=([\w-]+)", text))
        return found
