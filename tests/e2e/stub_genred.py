#!/usr/bin/env python3
"""A daemon that knows no Spotify: it answers genrectl from a script, to prove genrectl alone.

STUB_MODE: "" | die | stall | busy | config | rate | partly | refuse | silent
STUB_DIR: where it notes its starts ("starts") and the requests that came ("requests").
"""
import argparse
import fcntl
import json
import os
import signal
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlparse

MODE = os.environ.get("STUB_MODE", "")
DIR = os.environ["STUB_DIR"]
EVIL = "Evil\x1b[2J\x07 Song\u202e\x9b"

STATUS = {
    "logged_in": True, "user": "ann", "login_expires_at": "2999-01-01T00:00:00Z",
    "login_days_left": 99, "liked": 600, "liked_kinds": {"local_files": 3}, "labelled": 590,
    "last_sync": None, "next_sync": None, "cooldown_until": None, "access": "development",
    "sources_pending": 0, "client_id_set": True, "running": None,
    "playlists": [{"genre": "rock", "name": "rock (genred)", "id": "p1", "tracks": 7}],
    "warnings": ["the login ends soon"], "pid": 1, "version": "0",
}
GENRES = {"songs": 600, "genres": [
    {"name": "rock", "tracks": 70, "chosen": True, "playlist": {"name": "rock (genred)"},
     "children": [{"name": "grunge", "tracks": 5, "chosen": False, "playlist": None,
                   "children": []}]},
    {"name": "jazz", "tracks": 3, "chosen": False, "playlist": None, "children": []}]}
LIST = {"genre": "rock", "tracks": [
    {"id": "1", "name": EVIL, "artists": "Band", "p": 0.93, "playlist": True}]}
RUNS = {"runs": [{"id": 4, "job": "sort", "started_at": "2026-01-01T00:00:00Z",
                  "finished_at": "2026-01-01T00:00:09Z", "outcome": "done", "message": None,
                  "requests": 12, "added": 5, "removed": 1}]}
PROGRESS = [
    '{"message_type":"progress", "run":7,"job":"sort","step":"liked","done":50,"total":600}',
    '{"message_type":"progress","run":7,"job":"sort","step":"label","done":600,"total":600}',
]
SUMMARY = {
    "message_type": "summary", "run": 7, "job": "sort", "dry_run": False, "tracks": 600,
    "labelled": 590, "unsorted": 20, "requests": 34, "seconds": 2.1, "exit_status": 0,
    "notes": [], "playlists": [
        {"genre": "rock", "name": "rock (genred)", "id": "p1", "added": 12, "removed": 3,
         "total": 70, "examples": [{"name": EVIL, "artists": "Band", "p": 0.97},
                                   {"name": "Zweites Lied", "artists": "Ä", "p": 0.9}]}]}
LOGIN = {"authorize_url": "https://accounts.example/authorize?client_id=x&state=y", "run": 9,
         "expires_at": "2999-01-01T00:00:00Z"}
answered = threading.Event()
cancelled = threading.Event()


def note(name, text):
    with open(os.path.join(DIR, name), "a", encoding="utf-8") as f:
        f.write(text + "\n")


def final_event(run):
    if run == 9:
        answered.wait(10)
        return {"message_type": "summary", "run": 9, "job": "login", "user": "ann"}
    if MODE == "rate":
        return {"message_type": "error", "run": run, "error": "rate", "message": "too many",
                "exit_status": 6, "retry_at": "2999-01-01T00:00:00Z"}
    return dict(SUMMARY, exit_status=3, notes=["two songs are gone"]) if MODE == "partly" else SUMMARY


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    open_now = set()

    def setup(self):
        Handler.open_now.add(self)
        super().setup()

    def finish(self):
        super().finish()
        Handler.open_now.discard(self)

    def log_message(self, *args):
        pass

    def address_string(self):
        return "unix"

    def reply(self, value, status=200):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def chunk(self, text):
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def events(self, run):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.chunk(": hello\n\n")
        if run != 9:
            for line in PROGRESS:
                # In two pieces, so that an event is not always one read.
                self.chunk("data: " + line[:20])
                self.chunk(line[20:] + "\n\n")
        if MODE == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if MODE == "stall":
            cancelled.wait(30)
            return
        self.chunk("data: " + json.dumps(final_event(run)) + "\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def do_GET(self):
        url = urlparse(self.path)
        query = parse_qs(url.query)
        note("requests", "GET " + self.path)
        answers = {"/api/status": STATUS, "/api/genres": GENRES, "/api/list": LIST,
                   "/api/runs": RUNS, "/api/paths": {"pid": os.getpid(), "page": None},
                   "/api/doctor": {"checks": [{"name": "model", "ok": MODE != "refuse",
                                               "message": "x", "hint": "mend it"}]}}
        if MODE == "silent" and url.path == "/api/status":
            os._exit(1)
        if url.path == "/api/events":
            self.events(int(query.get("run", ["0"])[0]))
        elif url.path in answers:
            self.reply(answers[url.path])
        else:
            self.reply({"error": "bug", "message": "no such path"}, 404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        note("requests", "POST " + self.path + " " + body)
        if MODE == "refuse":
            self.reply({"error": "login", "message": "the login has ended: genrectl login",
                        "exit_status": 4}, 409)
        elif self.path == "/api/login":
            self.reply(LOGIN)
            if not json.loads(body)["paste"]:
                answered.set()
        elif self.path == "/api/login/answer":
            answered.set()
            self.reply({})
        elif self.path == "/api/logout":
            self.reply({"logged_out": True})
        elif self.path == "/api/cancel":
            cancelled.set()
            self.reply({"cancelled": True})
        else:
            self.reply({"run": 7}, 202)


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 16

    def handle_error(self, request, client_address):
        pass  # who went away in the middle is none of our business


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--config")
    parser.add_argument("--transient", type=int, default=-1)
    parser.add_argument("--ready", type=int, default=-1)
    args = parser.parse_args()
    note("starts", str(os.getpid()))
    if MODE in ("busy", "config"):
        message = {"busy": "the state directory is locked by process 1",
                   "config": "line 3: malformed"}[MODE]
        os.write(args.ready, (json.dumps({"error": MODE, "message": message,
                              "exit_status": 1 if MODE == "busy" else 2}) + "\n").encode())
        return 1
    lock = open(os.path.join(DIR, "lock"), "w", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.write(args.ready, b'{"error":"busy","message":"locked by process 1","exit_status":1}\n')
        return 1
    path = os.path.join(os.environ["GENRED_DAEMON_STATE_DIR"], "genred.sock")
    if os.path.exists(path):
        os.unlink(path)
    server = Server(path, Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if args.ready >= 0:
        os.write(args.ready, b"1")
    if args.transient >= 0:
        os.read(args.transient, 1)
        answered.set()
        cancelled.set()
        while Handler.open_now:
            time.sleep(0.01)
    else:
        signal.sigwait({signal.SIGTERM})
    os.unlink(path)
    note("starts", "ended")
    return 0


if __name__ == "__main__":
    sys.exit(main())
