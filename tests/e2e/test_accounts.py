"""Several accounts in one daemon: what is each one's own, and what befalls one alone."""

import os
import signal
import subprocess
import urllib.request

from harness import BUILD, Fake, Scenario, until


class Accounts(Scenario):
    """The first account and anna, each with a user of its own: a fake for each."""

    def setUp(self):
        super().setUp()
        self.other = Fake("--songs", "200", "--seed", "7")
        self.addCleanup(self.other.stop)
        # The environment wins over the file, so that what differs must stand in the file.
        for key in ("API_URL", "ACCOUNTS_URL", "CLIENT_ID"):
            del self.environment["GENRED_SPOTIFY_" + key]
        self.configure()

    def configure(self, anna=""):
        def urls(fake):
            return "".join(f"{key} = {fake.about[key]}\n"
                           for key in ("api_url", "accounts_url", "client_id"))
        self.config = os.path.join(self.directory, "genred.conf")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(f"[spotify]\n{urls(self.fake)}[sort]\ngenres = rock, pop\n"
                       f"[account anna]\n{urls(self.other)}genres = electronic\n"
                       f"sync_interval = 2h\nplaylist_name = {{genre}} of anna (genred)\n{anna}")
        self.environment["GENRED_CONFIG"] = self.config

    def stop(self, number=signal.SIGTERM):
        pids = self.pids() if self.daemon else {}
        super().stop(number)
        for pid in pids.values():  # a child ends with the service, however that ended
            until(lambda pid=pid: not os.path.exists(f"/proc/{pid}"), "the child is gone")

    def login_as(self, *account):
        with self.popen(*account, "login", "--no-browser", stdout=subprocess.PIPE,
                        stderr=subprocess.DEVNULL) as process:
            url = process.stdout.readline().strip()
            with urllib.request.urlopen(url, timeout=60) as page:
                page.read()
            self.assertEqual(process.wait(30), 0)

    def anna(self, *arguments, status=0):
        return self.ctl("--account", "anna", *arguments, status=status)

    def own_dir(self):
        return os.path.join(self.state_dir, "accounts", "anna")

    def running(self):
        """{name: runs} without any daemon being started for the question."""
        return {a["name"]: a["running"] for a in self.ctl("accounts")["accounts"]}

    def pids(self):
        """{name: pid} of those that run."""
        return {name: self.ctl("--account", name, "status")["pid"]
                for name, runs in self.running().items() if runs}


class Together(Accounts):
    def setUp(self):
        super().setUp()
        self.start()
        self.login_as()
        self.login_as("--account", "anna")

    def test_each_sorts_into_its_own_playlists(self):
        self.ctl("sync")
        self.anna("sync")
        self.assertEqual(set(self.fake.playlists()), {"rock (genred)", "pop (genred)"})
        self.assertEqual(set(self.other.playlists()), {"electronic of anna (genred)"})
        for fake in (self.fake, self.other):
            liked = {like["uri"] for like in fake.state()["likes"]}
            for items in fake.contents().values():
                self.assertLessEqual(set(items), liked)
            self.assertEqual(fake.state()["violations"], [])

    def test_each_has_its_own_login_state_and_schedule(self):
        first, anna = self.ctl("status"), self.anna("status")
        self.assertIsNone(first["account"])
        self.assertEqual(anna["account"], "anna")
        self.assertEqual(first["accounts"], [{"name": "anna", "running": True}])
        self.assertNotIn("accounts", anna)
        self.assertNotEqual(first["pid"], anna["pid"])
        self.assertEqual(os.stat(self.own_dir()).st_mode & 0o777, 0o700)
        for name in ("genred.db", "key"):
            self.assertTrue(os.path.exists(os.path.join(self.own_dir(), name)))
        self.ctl("sync")
        self.anna("sync")
        first, anna = self.ctl("status"), self.anna("status")
        self.assertLess(anna["next_sync"], first["next_sync"])
        self.assertNotEqual(first["liked"], anna["liked"])
        self.ctl("logout")
        self.assertFalse(self.ctl("status")["logged_in"])
        self.assertTrue(self.anna("status")["logged_in"])

    def test_a_revoked_login_is_one_accounts_alone(self):
        self.other.control("/tokens", {"revoke_login": True})
        done = self.run_ctl("--account", "anna", "sync")
        self.assertEqual(done.returncode, 4)
        self.assertIn("genrectl --account anna login", done.stderr)
        self.assertIn("genrectl --account anna login", self.run_ctl("--account", "anna").stdout)
        self.ctl("sync")

    def test_a_killed_child_comes_back_and_the_first_goes_on(self):
        pid = self.anna("status")["pid"]
        os.kill(pid, signal.SIGKILL)
        self.ctl("sync")
        until(lambda: self.pids().get("anna", pid) != pid, "anna's daemon is back")
        self.anna("sync")
        self.assertTrue(self.anna("status")["logged_in"])

    def test_a_command_need_not_wait_for_the_next_try(self):
        for _ in range(3):
            os.kill(self.anna("status")["pid"], signal.SIGKILL)
            self.assertTrue(self.anna("status")["logged_in"])
        self.assertEqual(self.log().count("account: ended name=anna"), 3)

    def test_a_damaged_database_is_one_accounts_alone(self):
        self.stop()
        with open(os.path.join(self.own_dir(), "genred.db"), "r+b") as file:
            file.write(b"\xff" * 4096)
        self.start()
        until(lambda: "account: ended name=anna" in self.log(), "anna's daemon gave up")
        self.assertEqual(self.running(), {"anna": False})
        self.assertIn("genred.db", self.anna("status", status=1)["message"])
        self.ctl("sync")
        self.assertIn("rock (genred)", self.fake.playlists())

    def test_a_value_that_cannot_be_used_is_one_accounts_alone(self):
        self.stop()
        self.configure(anna="threshold = much\n")
        self.start()
        self.assertIn("threshold", self.anna("status", status=2)["message"])
        self.ctl("sync")
        self.configure()
        self.daemon.send_signal(signal.SIGHUP)
        until(lambda: self.running()["anna"], "anna's daemon was started anew")

    def test_hangup_reaches_the_children(self):
        self.configure(anna="genres = rock\n")
        self.daemon.send_signal(signal.SIGHUP)
        until(lambda: "genred: reloaded account=anna" in self.log(), "anna's daemon has read it")
        self.assertEqual(self.anna("status")["genres"], ["rock"])
        self.assertEqual(self.ctl("status")["genres"], ["rock", "pop"])

    def test_children_end_with_a_killed_service(self):
        pid = self.anna("status")["pid"]
        self.stop(signal.SIGKILL)
        until(lambda: not os.path.exists(f"/proc/{pid}"), "the child is gone")
        self.start()
        until(lambda: self.running()["anna"], "the next service has started it")

    def test_a_removed_directory_ends_its_daemon(self):
        pid = self.anna("status")["pid"]
        os.rename(self.own_dir(), os.path.join(self.directory, "away"))
        self.daemon.send_signal(signal.SIGHUP)
        until(lambda: not os.path.exists(f"/proc/{pid}"), "the child is gone")
        self.assertEqual(self.running(), {})

    def test_forgetting_one_leaves_the_other(self):
        self.ctl("sync")
        self.anna("sync")
        self.assertTrue(self.anna("logout", "--forget", "--yes")["forgotten"])
        self.assertEqual(self.anna("status")["liked"], 0)
        self.assertGreater(self.ctl("status")["liked"], 0)


class Alone(Accounts):
    def test_without_a_service_one_is_started_for_the_command(self):
        self.login_as("--account", "anna")
        self.anna("sync")
        self.assertEqual(set(self.other.playlists()), {"electronic of anna (genred)"})
        self.assertEqual(self.running(), {"anna": False})
        self.assertFalse(os.path.exists(os.path.join(self.state_dir, "genred.db")))

    def test_the_service_takes_over_from_a_command(self):
        os.makedirs(self.own_dir(), 0o700)
        watch = self.popen("--account", "anna", "watch", stdout=subprocess.DEVNULL)
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        until(lambda: self.running().get("anna"), "the command's own daemon runs")
        own = self.pids()["anna"]
        self.start()
        until(lambda: "account: ended name=anna" in self.log(), "the service found it taken")
        self.assertEqual(self.pids(), {"anna": own})
        watch.send_signal(signal.SIGINT)
        watch.wait(30)
        until(lambda: self.pids().get("anna", own) != own, "the service has taken it over")
        self.login_as("--account", "anna")
        self.anna("sync")

    def test_a_mistyped_account_is_none(self):
        for command in (("status",), ("sync",), ("sort", "--genres", "rock")):
            done = self.run_ctl("--account", "amna", *command)
            self.assertEqual(done.returncode, 2)
            self.assertIn("there is no account 'amna'", done.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.state_dir, "accounts", "amna")))

    def test_the_environment_names_an_account_too(self):
        self.environment["GENRED_ACCOUNT"] = "anna"
        paths = self.ctl("paths")
        self.assertEqual(paths["state_dir"], self.own_dir())
        self.assertEqual(paths["socket"], os.path.join(self.state_dir, "genred-anna.sock"))
        self.assertIsNone(paths["page"])

    def test_names_that_cannot_be(self):
        for name in ("Bad Name!", "", "a/b", "..", "ä", "x" * 33):
            done = self.run_ctl("--account", name, "status")
            self.assertEqual(done.returncode, 2, name)
            self.assertIn("an account's name has 1 to 32", done.stderr)
        daemon = subprocess.run([os.path.join(BUILD, "genred"), "--account", "Bad Name!"],
                                env=self.environment, capture_output=True, text=True, timeout=30)
        self.assertEqual(daemon.returncode, 2)
        self.assertEqual(os.path.exists(self.state_dir), False)

    def test_a_socket_that_would_be_too_long(self):
        self.environment["GENRED_DAEMON_SOCKET"] = "/tmp/" + "s" * 90 + ".sock"
        done = self.run_ctl("--account", "a" * 32, "status")
        self.assertEqual(done.returncode, 2)
        self.assertIn("107 bytes", done.stderr)

    def test_a_list_for_people(self):
        self.assertIn("no account beside the first", self.run_ctl("accounts").stdout)
        os.makedirs(self.own_dir())
        self.assertRegex(self.run_ctl("accounts").stdout, "anna +does not run")
        self.assertRegex(self.run_ctl("status").stdout, "accounts +anna\n")

    def test_a_hook_knows_whose_it_is(self):
        told = os.path.join(self.directory, "told")
        self.environment["GENRED_DAEMON_ON_FAILURE"] = f'echo "$GENRED_ACCOUNT" >> {told}'
        self.start()
        self.login_as("--account", "anna")
        self.other.control("/tokens", {"revoke_login": True})
        self.anna("sync", status=4)
        until(lambda: os.path.exists(told) and os.path.getsize(told), "the hook has run")
        with open(told, encoding="utf-8") as file:
            self.assertEqual(file.read(), "anna\n")
        os.kill(self.pids()["anna"], signal.SIGKILL)
        until(lambda: "account: ended name=anna" in self.log(), "a hook blinds nobody to children")
