"""Measures the real binaries against the fake and holds the budgets: bench.py BUILD BENCH BUDGETS.

Times are ratios inside this run; nothing here depends on how fast the machine is.
"""

import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
import wave

BUILD, BENCH, BUDGETS = sys.argv[1:4]
SONGS = 10000
GENRES = "rock,indie,pop,hip-hop,electronic,jazz,metal,folk"


class Fake:
    def __init__(self, *args):
        self.process = subprocess.Popen([sys.executable, "tests/fake/fake.py", *args],
                                        stdout=subprocess.PIPE, text=True)
        self.about = json.loads(self.process.stdout.readline())

    def control(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.about["control_url"] + path, data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")

    def log(self):
        log = self.control("/log")
        entries = log if isinstance(log, list) else log.get("requests") or log.get("log")
        return [entry for entry in entries if "/v1/" in entry["path"]]

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Genred:
    def __init__(self, fake, state):
        self.environment = {key: value for key, value in os.environ.items()
                            if not key.startswith("GENRED_")}
        self.environment.update(
            GENRED_SPOTIFY_API_URL=fake.about["api_url"],
            GENRED_SPOTIFY_ACCOUNTS_URL=fake.about["accounts_url"],
            GENRED_SPOTIFY_CLIENT_ID=fake.about["client_id"],
            GENRED_SPOTIFY_REDIRECT_PORT="0", GENRED_DAEMON_STATE_DIR=state,
            GENRED_SOURCES_ORDER="spotify", GENRED_SOURCES_MUSICBRAINZ_INTERVAL="20ms",
            GENRED_SOURCES_RECCOBEATS_URL=fake.about["reccobeats_url"],
            GENRED_SOURCES_MUSICBRAINZ_URL=fake.about["musicbrainz_url"],
            GENRED_DAEMON_LISTEN="off", GENRED_DAEMON_SYNC_INTERVAL="6h", GENRED_CONFIG="")
        del self.environment["GENRED_CONFIG"]

    def start(self):
        reading, writing = os.pipe()
        started = time.monotonic()
        self.daemon = subprocess.Popen([f"{BUILD}/genred", "--ready", str(writing)],
                                       env=self.environment, pass_fds=[writing],
                                       stderr=subprocess.DEVNULL)
        os.close(writing)
        line = os.read(reading, 4096)
        os.close(reading)
        assert line == b"\n", line
        return time.monotonic() - started

    def ctl(self, *args):
        return subprocess.run([f"{BUILD}/genrectl", "--json", *args], env=self.environment,
                              check=True, capture_output=True, text=True).stdout

    def login(self):
        process = subprocess.Popen([f"{BUILD}/genrectl", "login", "--no-browser"],
                                   env=self.environment, stdout=subprocess.PIPE, text=True)
        urllib.request.urlopen(process.stdout.readline().strip()).read()
        assert process.wait() == 0

    def sort(self):
        started = time.monotonic()
        lines = [json.loads(line) for line in self.ctl("sort", "--genres", GENRES).splitlines()]
        return lines[-1], time.monotonic() - started

    def switches(self):
        total = 0
        for task in os.listdir(f"/proc/{self.daemon.pid}/task"):
            with open(f"/proc/{self.daemon.pid}/task/{task}/status") as status:
                total += sum(int(line.split()[1]) for line in status if "ctxt_switches" in line)
        return total

    def resident_mb(self):
        with open(f"/proc/{self.daemon.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024

    def stop(self):
        self.daemon.terminate()
        self.daemon.wait()


def fewest_requests(fake, summary):
    state = fake.control("/state")
    artists = len(fake_artists(fake))
    created = [p for p in summary["playlists"] if p["id"]]
    adds = sum(math.ceil(p["added"] / 100) for p in created)
    # The pages count everything in the list, local files and gaps too.
    pages = math.ceil(len(state["likes"]) / 50)
    return pages + math.ceil(summary["tracks"] / 100) + math.ceil(artists / 50) + len(created) + adds


def fake_artists(fake):
    ids = set()
    for entry in fake.log():
        if entry["path"].endswith("/artists"):
            ids.update(entry["query"].split("ids=")[1].replace("%2C", ",").split(",")
                       if isinstance(entry["query"], str) else entry["query"]["ids"].split(","))
    return ids


def measure(figures):
    with tempfile.TemporaryDirectory() as state:
        fake = Fake("--songs", str(SONGS), "--latency-ms", "40")
        genred = Genred(fake, state)
        try:
            figures["start_cold_s"] = genred.start()
            genred.login()
            fake.control("/log", method="DELETE")
            summary, wall = genred.sort()
            requests = fake.log()
            figures["first_sort_requests"] = len(requests)
            figures["first_sort_requests_over"] = len(requests) / fewest_requests(fake, summary)
            alone = sum(entry["t_end"] - entry["t_start"] for entry in requests)
            figures["first_sort_s"] = wall
            figures["first_sort_wall_share"] = wall / alone
            fake.control("/log", method="DELETE")
            genred.sort()
            idle = fake.log()
            lists = next(e for e in idle if e["path"].endswith("/me/playlists"))
            assert lists
            own = len([p for p in fake.control("/state")["playlists"] if p.get("followed", True)])
            figures["idle_requests"] = len(idle)
            figures["idle_requests_over"] = max(0, len(idle) - 1 - math.ceil(own / 50))
            figures["idle_writes"] = len([e for e in idle if e["method"] != "GET"])
            settle(genred)
            before = genred.switches()
            time.sleep(10)  # the thing measured is what happens in ten seconds
            figures["idle_wakeups"] = genred.switches() - before
            figures["idle_resident_mb"] = genred.resident_mb()
            genred.stop()
            figures["start_with_10000_s"] = genred.start()
            genred.stop()
        finally:
            fake.stop()


SYNCS_A_DAY = 4


def measure_idle_day(figures):
    """A restricted app whose songs are all known: what a day without new likes costs."""
    with tempfile.TemporaryDirectory() as state:
        fake = Fake("--songs", "2000", "--regime", "restricted")
        genred = Genred(fake, state)
        genred.environment["GENRED_SOURCES_ORDER"] = "spotify,dataset,reccobeats,musicbrainz"
        try:
            fake.control("/switch", {"musicbrainz_interval_ms": 0})
            genred.start()
            genred.login()
            genred.ctl("sort", "--genres", GENRES, "--wait")
            settle(genred)
            fake.control("/log", method="DELETE")
            before = genred.switches()
            genred.ctl("sync")
            settle(genred)
            figures["idle_day_wakeups"] = SYNCS_A_DAY * (genred.switches() - before)
            traffic = fake.control("/bytes")
            carried = sum(n for service in traffic.values() for n in service.values())
            figures["idle_day_kb"] = SYNCS_A_DAY * carried / 1024
            figures["idle_day_requests"] = SYNCS_A_DAY * len(fake.log())
            others = [name for name, n in traffic.items() if name != "spotify" and sum(n.values())]
            figures["idle_day_others_asked"] = len(others)
            genred.stop()
        finally:
            fake.stop()


def settle(genred):
    """Waits until connections kept open for reuse are closed."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        before = genred.switches()
        time.sleep(4)
        if genred.switches() == before:
            return


def inner(figures):
    for line in subprocess.run([BENCH], check=True, capture_output=True, text=True).stdout.splitlines():
        entry = json.loads(line)
        if "value" in entry:
            figures[entry["name"]] = entry["value"]
        else:
            figures[entry["name"] + "_s"] = entry["seconds"]
            figures[entry["name"] + "_ratio"] = entry["ratio"]


def sound(figures):
    """An hour of noise at eight bits: as many spectral peaks as there can be."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        with wave.open(file.name, "wb") as out:
            out.setparams((1, 1, 22050, 0, "NONE", ""))
            noise = random.Random(1).randbytes(22050 * 60)
            for _ in range(61):
                out.writeframesraw(noise)
        child = subprocess.Popen([f"{BUILD}/genrectl", "features", "--json", file.name], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0
        figures["features_hour_mb"] = used.ru_maxrss / 1024


def main():
    figures = {}
    inner(figures)
    measure_idle_day(figures)
    sound(figures)
    # Other work on a shared machine only ever adds time: the best of three is the figure.
    for _ in range(3):
        trial = {}
        measure(trial)
        if trial["first_sort_wall_share"] < figures.get("first_sort_wall_share", 1e9):
            figures.update(trial)
        if figures["first_sort_wall_share"] <= 0.25:
            break
    calibration = figures["calibration_s"]
    for name in ("start_cold", "start_with_10000"):
        figures[name + "_ratio"] = figures[name + "_s"] / calibration
    failed = 0
    budgets = {}
    with open(BUDGETS) as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                name, most = line.split()[:2]
                budgets[name] = float(most)
    for name, value in figures.items():
        most = budgets.pop(name, None)
        over = most is not None and value > most
        failed += over
        print(f"{name:26} {value:12.4f}" + (f"   at most {most:g}" if most is not None else "") +
              ("   OVER" if over else ""))
    for name in budgets:
        print(f"{name:26} was not measured")
        failed += 1
    print("calibration is the time of a fixed loop in this run; a _ratio is a time divided by it")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
