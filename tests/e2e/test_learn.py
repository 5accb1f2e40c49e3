"""One's own playlists as examples: what genred offers, and that it forces nothing."""

import os

from harness import Scenario


class Learn(Scenario):
    fake_arguments = ("--songs", "400")

    def setUp(self):
        super().setUp()
        self.start()
        self.login()
        self.ctl("sync")
        truth = {s["uri"]: s for s in self.fake.control("/songs")["songs"]}
        liked = [truth[like["uri"]] for like in self.fake.state()["likes"]
                 if like["uri"] in truth]
        self.quiet = [s["uri"] for s in liked if (s["statistics"] or {}).get("energy", 1) < 0.35]
        self.assertGreater(len(self.quiet), 12)
        self.fake.control("/playlist", {"do": "create", "name": "Late Evening!",
                                        "uris": self.quiet})
        self.fake.forget_requests()

    def test_a_rule_is_offered(self):
        lesson = self.ctl("learn", "late evening!")["lessons"][0]
        self.assertEqual(lesson["songs"], len(self.quiet))
        self.assertGreater(lesson["known"], 10)
        self.assertIn("energy <= 0.3", lesson["rule"])
        self.assertGreater(lesson["precision"], 0.8)
        self.assertGreater(lesson["recall"], 0.8)
        self.assertEqual(self.fake.writes(), [])
        self.assertEqual(self.ctl("genres")["chosen"] if "chosen" in self.ctl("genres") else [], [])

    def test_the_offer_can_be_taken_as_it_is(self):
        text = self.run_ctl("learn", "Late Evening!").stdout
        self.assertIn("[own]\nlate-evening = ", text)
        path = os.path.join(self.directory, "genres.conf")
        with open(path, "w") as tree:
            tree.write(text[text.index("[own]"):].split("\n\n")[0])
        self.stop()
        self.start(GENRED_CLASSIFIER_TREE=path)
        summary = self.ctl("sort", "--genres", "late-evening")
        self.assertGreater(summary["playlists"][0]["added"], 0.7 * len(self.quiet))
        self.assertNoViolations()

    def test_labels_only_when_asked(self):
        self.ctl("learn", "Late Evening!")
        song = self.quiet[0].rpartition(":")[2]
        genre = lambda: next(g for g in self.ctl("why", song, "--genres", "jazz")["genres"]
                             if g["genre"] == "jazz")
        self.assertFalse(genre()["yours"])
        self.ctl("learn", "Late Evening!", "--as", "jazz")
        self.assertTrue(genre()["yours"])

    def test_what_there_is_nothing_to_learn_from(self):
        self.ctl("learn", "no such list", status=2)
        self.ctl("learn", status=2)
        self.ctl("learn", "Late Evening!", "--as", "no such genre", status=2)
        self.fake.control("/playlist", {"do": "create", "name": "Two", "uris": self.quiet[:2]})
        self.assertIsNone(self.ctl("learn", "Two")["lessons"][0]["rule"])
