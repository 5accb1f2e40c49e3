"""A person moves to a new machine: playlists, vetoes, labels and exclusions come along."""

import os
import stat
import subprocess

from harness import GENRES, Scenario


class Backup(Scenario):
    def setUp(self):
        super().setUp()
        self.file = os.path.join(self.directory, "backup.txt")
        self.start()
        self.login()

    def name(self, genre):
        return next(p["name"] for p in self.ctl("status")["playlists"] if p["genre"] == genre)

    def new_machine(self):
        self.stop()
        self.state_dir = os.path.join(self.directory, "state-%d" % len(os.listdir(self.directory)))
        self.environment["GENRED_DAEMON_STATE_DIR"] = self.state_dir
        self.start()

    def text(self):
        with open(self.file, encoding="utf-8", newline="") as file:
            return file.read()

    def put(self, text):
        with open(self.file, "w", encoding="utf-8", newline="") as file:
            file.write(text)

    def use_it(self):
        """What a person does in a while: (vetoed uri, their own, the labelled and excluded id)."""
        self.sort()
        rock = self.fake.playlists()[self.name("rock")]
        inside = self.fake.contents()[rock["name"]]
        vetoed = inside[1]
        own = next(uri for uri in self.fake.contents()[self.name("pop")] if uri not in inside)
        self.fake.control("/playlist", {"do": "remove", "id": rock["id"], "uri": vetoed})
        self.fake.control("/playlist", {"do": "add", "id": rock["id"], "uris": [own]})
        self.ctl("sync")
        songs = self.ctl("list", "electronic")["tracks"]
        labelled, excluded = songs[0]["id"], songs[1]["id"]
        self.ctl("label", labelled, "pop", "--not", "electronic")
        self.ctl("exclude", excluded)
        self.sort()
        return vetoed, own, labelled, excluded

    def check_moved(self, used):
        """Nothing is written, and every word of the person holds."""
        vetoed, own, labelled, excluded = used
        contents = self.fake.contents()
        self.fake.forget_requests()
        summary = self.ctl("sort")
        self.assertEqual([p["genre"] for p in summary["playlists"]], GENRES.split(","))
        self.assertEqual(self.fake.writes(), [])
        self.assertEqual(self.fake.contents(), contents)
        rock = contents[self.name("rock")]
        self.assertNotIn(vetoed, rock)
        self.assertIn(own, rock)
        words = {g["genre"]: g for g in self.ctl("why", labelled)["genres"]}
        self.assertTrue(words["pop"]["yours"] and words["pop"]["is"])
        words = self.ctl("why", labelled, "--genres", "electronic")["genres"]
        self.assertTrue(words[0]["yours"] and not words[0]["is"])
        self.assertTrue(self.ctl("why", excluded)["excluded"])
        self.assertNoViolations()

    def test_login_then_restore(self):
        used = self.use_it()
        told = self.ctl("backup", self.file)
        self.assertEqual((told["playlists"], told["labels"], told["exclusions"]), (3, 2, 1))
        before = self.text()
        self.new_machine()
        self.login()
        answer = self.ctl("restore", self.file)
        self.assertEqual((answer["playlists"], answer["labels"], answer["exclusions"]), (3, 2, 1))
        self.assertEqual(answer["items"], told["items"])
        self.check_moved(used)
        self.ctl("backup", self.file)
        self.assertEqual(self.text().splitlines()[2:], before.splitlines()[2:])

    def test_restore_then_login(self):
        used = self.use_it()
        self.ctl("backup", self.file)
        self.new_machine()
        self.assertFalse(self.ctl("restore", self.file)["logged_in"])
        self.login()
        self.assertEqual(len(self.ctl("status")["playlists"]), 3)
        self.check_moved(used)

    def test_without_a_service(self):
        used = self.use_it()
        self.stop()
        self.ctl("backup", self.file)
        self.new_machine()
        self.stop()
        self.ctl("restore", self.file)
        self.login()
        self.check_moved(used)

    def test_edits_after_the_backup_count(self):
        self.use_it()
        self.ctl("backup", self.file)
        name = self.name("rock")
        rock = self.fake.playlists()[name]
        gone = rock["items"][0] if isinstance(rock["items"][0], str) else rock["items"][0]["uri"]
        self.fake.control("/playlist", {"do": "remove", "id": rock["id"], "uri": gone})
        self.new_machine()
        self.ctl("restore", self.file)
        self.login()
        self.fake.forget_requests()
        self.ctl("sort")
        self.assertEqual(self.fake.writes(), [])
        self.assertNotIn(gone, self.fake.contents()[name])

    def test_a_deleted_playlist_stays_deleted(self):
        self.use_it()
        rock = self.fake.playlists()[self.name("rock")]
        self.ctl("backup", self.file)
        self.put(self.text().replace("\tactive\t", "\tgone\t", 3))
        self.fake.control("/playlist", {"do": "unfollow", "id": rock["id"]})
        contents = self.fake.contents()
        self.new_machine()
        self.ctl("restore", self.file)
        self.login()
        self.ctl("sort")
        self.assertNotIn(rock["name"], self.fake.contents())
        self.assertEqual(set(self.fake.contents()), set(contents))

    def test_the_text(self):
        self.use_it()
        self.ctl("backup", self.file)
        self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o600)
        lines = self.text().split("\n")
        self.assertEqual(lines[0], "genred-backup 1")
        self.assertTrue(lines[1].startswith("# made 2"))
        self.assertEqual((lines[-2], lines[-1]), ("end\t%d" % (len(lines) - 1), ""))
        self.assertEqual({line.split("\t")[0] for line in lines[2:-1]},
                         {"account", "genres", "song", "playlist", "item", "label", "exclude",
                          "end"})
        out = self.run_ctl("backup").stdout
        self.assertEqual(out.split("\n")[2:], lines[2:])
        for token in self.fake.control("/tokens", {}).values():
            if isinstance(token, str) and len(token) > 20:
                self.assertNotIn(token, out)
        self.assertEqual([f for f in os.listdir(self.directory) if f.startswith("backup.txt.")], [])

    def test_what_is_refused_changes_nothing(self):
        self.use_it()
        self.ctl("backup", self.file)
        good = self.text()
        lines = good.splitlines(True)
        mine = self.run_ctl("backup").stdout.splitlines()[2:]
        for text, what in (("".join(lines[:7]), "line 7"), (good[:-1], "line %d" % len(lines)),
                           (good.replace("backup 1", "backup 3"), "newer"), ("", "line 0"),
                           ("hello\n", "line 1"),
                           (good.replace("account\t", "account\tsome\t", 1), "line 3"),
                           (good.replace("\ngenres\t", "\ngenres\\x\t"), "line 4")):
            self.put(text)
            self.assertIn(what, self.ctl("restore", self.file, status=2)["message"])
        self.assertEqual(self.run_ctl("backup").stdout.splitlines()[2:], mine)
        self.put(good.replace("account\t", "account\tsome", 1))
        self.assertIn("somebody else", self.ctl("restore", self.file, status=2)["message"])
        self.ctl("restore", os.path.join(self.directory, "nothing"), status=1)
        self.put(good)
        again = self.ctl("restore", self.file)
        self.assertEqual((again["playlists"], again["playlists_known"], again["labels"],
                          again["items"]), (0, 3, 0, 0))
        self.assertEqual(self.run_ctl("backup").stdout.splitlines()[2:], mine)

    def test_nobody_is_logged_in(self):
        self.new_machine()
        self.ctl("backup", self.file, status=4)
        self.assertFalse(os.path.exists(self.file))
        self.ctl("backup", status=2)  # --json without a file
        self.assertEqual(self.run_ctl("backup").returncode, 4)

    def test_not_while_a_run_is_at_work(self):
        self.use_it()
        self.ctl("backup", self.file)
        self.fake.control("/hold", {"match": "GET /v1/me/tracks", "when": "after"})
        with self.popen("sync", "--quiet", stdout=subprocess.DEVNULL) as process:
            self.fake.control("/wait_held?timeout=20")
            self.assertIn("run", self.ctl("restore", self.file, status=1)["message"])
            self.fake.control("/release", {})
            self.assertEqual(process.wait(30), 0)
        self.ctl("restore", self.file)
