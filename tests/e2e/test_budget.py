"""The call budget: what was sent, the day's ceiling, and that both outlive the program."""

import signal

from harness import GENRES, Scenario, clean_contents, slow, until

DAY_S = 86400


class Counted(Scenario):
    fake_arguments = ("--songs", "600")

    def calls(self):
        return self.ctl("status")["budget"]


class Budget(Counted):
    def test_calls_are_counted_and_kept(self):
        self.start()
        self.login()
        self.sort()
        budget = self.calls()
        sent = len(self.fake.requests(api_only=False))
        self.assertGreaterEqual(sent, budget["last_day"])
        self.assertGreaterEqual(budget["last_day"], len(self.fake.requests()))
        self.assertEqual(budget["last_30_s"], budget["last_day"])
        self.assertIn("in the last day of 2000", self.run_ctl("status").stdout)
        self.stop()
        self.start()
        self.assertEqual(self.calls()["last_day"], budget["last_day"])
        self.stop(signal.SIGKILL)
        self.start()
        self.assertEqual(self.calls()["last_day"], budget["last_day"])
        self.stop()
        self.start(GENRED_CLOCK_OFFSET=str(DAY_S + 1800))
        self.assertEqual(self.calls()["last_day"], 0)

    def test_a_login_and_a_dry_run_count_too(self):
        self.login()  # each command is a daemon of its own here
        first = self.calls()["last_day"]
        self.assertGreater(first, 0)
        self.sort("--dry-run")
        self.assertEqual(self.calls()["last_day"] - first, len(self.fake.requests()) - 1)

    def test_the_daemon_resumes_by_itself(self):
        self.environment["GENRED_SPOTIFY_MAX_CALLS_PER_DAY"] = "20"
        self.start()
        self.login()
        error = self.sort(status=6)
        until(lambda: self.ctl("status")["next_sync"] is not None, "the next run is planned")
        self.assertGreaterEqual(self.ctl("status")["next_sync"], error["retry_at"])

    def test_a_login_needs_no_room(self):
        self.environment["GENRED_SPOTIFY_MAX_CALLS_PER_DAY"] = "3"
        self.start()
        self.login()
        self.sort(status=6)
        self.login()


@slow
class SlowBudget(Counted):
    def test_a_ceiling_ends_a_run_and_the_next_day_goes_on(self):
        expected = clean_contents(*self.fake_arguments)
        self.environment["GENRED_SPOTIFY_MAX_CALLS_PER_DAY"] = "25"
        self.start()
        self.login()
        error = self.sort(status=6)
        self.assertIn("max_calls_per_day", error["message"])
        self.assertIn("25", error["message"])
        self.assertLessEqual(len(self.fake.requests()), 25)
        self.assertEqual(error["retry_at"], self.calls()["room_at"])
        self.fake.forget_requests()
        self.sort(status=6)
        self.assertEqual(self.fake.requests(), [])
        for day in range(1, 8):
            self.stop()
            offset = day * (DAY_S + 1800)
            self.fake.control("/clock", {"offset_s": offset})
            self.fake.forget_requests()
            self.start(GENRED_CLOCK_OFFSET=str(offset))
            done = self.run_ctl("sort", "--genres", GENRES)
            self.assertLessEqual(len(self.fake.requests()), 25)
            if done.returncode == 0:
                break
        self.assertEqual(self.fake.contents(), expected)
        self.assertNoViolations()
