"""Networks as people have them: no names, a sign-in page, a proxy, IPv6 only, a bad certificate."""

import os
import subprocess
import unittest

from harness import Fake, Scenario, slow, until


def has_ipv6():
    with open("/proc/net/if_inet6", encoding="ascii") as interfaces:
        return "00000000000000000000000000000001" in interfaces.read()


class Connected(Scenario):
    """A source whose address is the trouble; everything else is in order."""
    fake_arguments = ("--songs", "120", "--regime", "restricted")

    def setUp(self):
        super().setUp()
        self.environment["GENRED_SOURCES_ORDER"] = "reccobeats"

    def trouble(self):
        rows = self.ctl("sources")["sources"]
        return next(row for row in rows if row["name"] == "reccobeats")["error"]

    def sort_in_trouble(self, *sentences):
        self.start()
        self.login()
        self.sort()
        until(self.trouble, "the failure is noted")
        for sentence in sentences:
            self.assertIn(sentence, self.trouble())
            self.assertIn(sentence, " ".join(self.ctl("status")["warnings"]))
        self.stop()

    def sort_well(self):
        self.start()
        self.ctl("sync", "--wait")
        self.assertIsNone(self.trouble())
        self.assertGreater(self.ctl("status")["with_statistics"], 80)


@slow
class SlowNetwork(Connected):
    def test_no_names(self):
        good = self.environment["GENRED_SOURCES_RECCOBEATS_URL"]
        self.environment["GENRED_SOURCES_RECCOBEATS_URL"] = "https://reccobeats.invalid"
        self.sort_in_trouble("ReccoBeats cannot be reached", "resolve host")
        self.environment["GENRED_SOURCES_RECCOBEATS_URL"] = good
        self.sort_well()

    def test_a_sign_in_page(self):
        self.fake.control("/faults", {"kinds": ["html_302"], "rate": 1,
                                      "on": "GET /reccobeats/**"})
        self.sort_in_trouble("web page instead of ReccoBeats's data (a sign-in page?)")
        self.fake.control("/faults", method="DELETE")
        self.sort_well()
        self.assertNoViolations()

    def test_a_sign_in_page_before_spotify(self):
        self.start()
        self.login()
        self.fake.control("/faults", {"kinds": ["html_302"], "rate": 1, "on": "GET /v1/**"})
        error = self.sort(status=6)
        self.assertIn("web page instead of Spotify's data (a sign-in page?)", error["message"])
        self.fake.control("/faults", method="DELETE")
        self.sort()
        self.assertNoViolations()


class Network(Connected):
    @unittest.skipUnless(has_ipv6(), "no IPv6 on this machine")
    def test_ipv6_only(self):
        six = Fake("--songs", "120", "--regime", "restricted", "--host", "::1")
        self.addCleanup(six.stop)
        self.environment.update(
            GENRED_SPOTIFY_API_URL=six.about["api_url"],
            GENRED_SPOTIFY_ACCOUNTS_URL=six.about["accounts_url"],
            GENRED_SOURCES_RECCOBEATS_URL=six.about["reccobeats_url"])
        self.start()
        self.login()
        self.sort()
        self.assertEqual(six.state()["violations"], [])
        self.assertGreater(self.ctl("status")["with_statistics"], 80)


class Secured(Connected):
    def setUp(self):
        super().setUp()
        self.certificate = os.path.join(self.directory, "certificate.pem")
        key = os.path.join(self.directory, "key.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
             "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out",
             self.certificate], check=True, capture_output=True)
        self.secure = Fake("--songs", "120", "--regime", "restricted", "--proxy", "yes", "--tls",
                           self.certificate, key)
        self.addCleanup(self.secure.stop)
        self.environment["GENRED_SOURCES_RECCOBEATS_URL"] = self.secure.about["reccobeats_url"]


class Tls(Secured):
    def test_a_proxy_from_the_environment(self):
        self.environment.update(SSL_CERT_FILE=self.certificate,
                                https_proxy=self.secure.about["proxy_url"], no_proxy="")
        self.start()
        self.login()
        self.sort()
        self.assertGreater(self.ctl("status")["with_statistics"], 80)
        services = [r.get("service") for r in self.secure.requests(False)]
        self.assertIn("proxy", services)
        self.assertEqual(self.secure.state()["violations"], [])

    def test_spotify_over_tls(self):
        self.environment.update(
            SSL_CERT_FILE=self.certificate, GENRED_SOURCES_ORDER="spotify",
            GENRED_SPOTIFY_API_URL=self.secure.about["api_url"],
            GENRED_SPOTIFY_ACCOUNTS_URL=self.secure.about["accounts_url"])
        self.start()
        self.login_over_tls()
        self.sort()
        self.assertEqual(self.secure.state()["violations"], [])

    def login_over_tls(self):
        with self.popen("login", "--no-browser", stdout=subprocess.PIPE,
                        stderr=subprocess.DEVNULL) as process:
            url = process.stdout.readline().strip()
            subprocess.run(["curl", "-sfL", "--cacert", self.certificate, "--proto-redir",
                            "=http,https", "-o", os.devnull, url], check=True)
            self.assertEqual(process.wait(30), 0)


@slow
class SlowTls(Secured):
    def test_a_certificate_that_nobody_vouches_for(self):
        self.sort_in_trouble("ReccoBeats cannot be reached", "certificate")
        self.environment["SSL_CERT_FILE"] = self.certificate
        self.sort_well()

    def test_a_proxy_that_is_down(self):
        self.environment.update(SSL_CERT_FILE=self.certificate,
                                https_proxy="http://127.0.0.1:1", no_proxy="")
        self.sort_in_trouble("ReccoBeats cannot be reached", "127.0.0.1")
        self.environment["https_proxy"] = self.secure.about["proxy_url"]
        self.sort_well()
