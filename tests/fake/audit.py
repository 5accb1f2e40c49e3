"""What a strict service would frown on, and the log of every request."""

import hashlib
import time
from collections import Counter, deque

from common import service_of

GRACE_S = 0.25  # requests already on the wire when a refusal was sent
LOST = ("lost_answer", "lost_request", "reset", "reset_body", "cut", "timeout", "500", "502",
        "503", "504", "500_done", "html", "html_302", "empty", "garbage",
        "truncated")  # fmt: skip
LEGAL = ("", "held", "slow", "close", "chunked", "gzip")


class Audit:
    def __init__(self, world):
        self.world = world
        self.reset()

    def reset(self):
        self.log = []
        self.violations = []
        self.counts = Counter()
        self.not_before = {}  # client -> (moment, banned)
        self.answered_429 = 0.0
        self.refused_at = {}  # (client, method, target) -> moment it may come again
        self.single_reads = deque()
        self.refusals = Counter()  # (client, endpoint) -> 403 Forbidden in a row
        self.shut_out = Counter()  # client -> calls after a refusal of the whole app
        self.unauthorised = Counter()  # access token -> 401 in a row
        self.bad_grants = Counter()  # refresh token -> invalid_grant in a row
        self.creates_in_doubt = set()  # clients that lost the answer to a create
        self.asked = {}  # service -> kind -> id -> [(moment by the fake's clock, log entry)]
        self.bytes = {}  # service -> {"received", "sent"}

    def frown(self, what, request, client=""):
        number = len(self.log)
        self.violations.append({
            "what": what, "n": number, "method": request.method, "path": request.path,
            "client_id": client})

    # the log

    def service_of(self, request):
        return "proxy" if request.method == "CONNECT" else service_of(request.path)

    def open(self, request):
        entry = {
            "n": len(self.log) + 1, "service": self.service_of(request),
            "t_start": round(time.time(), 6), "t_end": None,
            "method": request.method, "path": request.path, "query": request.query,
            "status": 0, "client_id": "",
            "body_sha": hashlib.sha256(request.body).hexdigest() if request.body else "",
            "kind": ""}
        self.log.append(entry)
        return entry

    def close(self, entry, status):
        entry["t_end"] = round(time.time(), 6)
        entry["status"] = status

    def moved(self, service, received=0, sent=0):
        if service and service != "control":
            row = self.bytes.setdefault(service, {"received": 0, "sent": 0})
            row["received"] += received
            row["sent"] += sent

    def note_asked(self, service, kind, key, entry):
        times = self.asked.setdefault(service, {}).setdefault(kind, {}).setdefault(key, [])
        times.append((round(self.world.now(), 3), entry))

    def list_asked(self, answered):
        """`answered`: without the requests that got no whole and true answer."""
        def times(rows):
            return [moment for moment, entry in rows if not answered or
                    (entry["status"] in (200, 404) and entry["kind"] in LEGAL)]

        return {service: {kind: {key: times(rows) for key, rows in ids.items() if times(rows)}
                          for kind, ids in kinds.items()} for service, kinds in self.asked.items()}

    # the rules

    def arrived(self, request, client, endpoint):
        """Called for each Web API request with a known token, before anything is decided."""
        self.counts[endpoint] += 1
        now = self.world.now()
        if "access_token" in request.query:
            self.frown("token in URL", request, client)
        until, banned = self.not_before.get(client, (0, False))
        again = self.refused_at.get((client, request.method, request.target), 0)
        if now < again or (now < until and now > self.answered_429 + GRACE_S):
            what = "request during a ban" if banned else "retry sooner than Retry-After"
            self.frown(what, request, client)

    def waits(self, request, client, seconds):
        now = self.world.now()
        if not seconds:
            return
        self.not_before[client] = (now + seconds, seconds > 60)
        self.refused_at[client, request.method, request.target] = now + seconds
        self.answered_429 = now

    def forget_waits(self):
        self.not_before.clear()
        self.refused_at.clear()

    def single_read(self, request, client):
        now, reads = self.world.now(), self.single_reads
        reads.append(now)
        while reads and reads[0] < now - 30:
            reads.popleft()
        if len(reads) == self.world.switches["bulk_single_reads"] + 1:
            self.frown("single reads in bulk", request, client)

    def forbidden(self, request, client, endpoint):
        self.refusals[client, endpoint] += 1
        if self.refusals[client, endpoint] == 6:
            self.frown("kept asking a refused endpoint", request, client)

    def shut(self, request, client):
        self.shut_out[client] += 1
        if self.shut_out[client] == 9:
            self.frown("kept calling after the app was refused", request, client)

    def token_refused(self, request, token):
        self.unauthorised[token] += 1
        if token and self.unauthorised[token] == 9:
            self.frown("kept using a refused access token", request)

    def grant_refused(self, request, token, client):
        self.bad_grants[token] += 1
        if self.bad_grants[token] == 4:
            self.frown("refresh loop with a dead login", request, client)

    def playlist_write(self, request, client, playlist, adds):
        if playlist.created_by != client and not playlist.adopted:
            self.frown("write to a playlist the app did not create", request, client)
        if adds and playlist.unknown_outcome and self.world.switches["playlist_reads"]:
            self.frown("add after an unknown outcome without reading back", request, client)

    def library_write(self, request, client):
        self.frown("write to likes or follows", request, client)

    def created(self, request, client):
        if client in self.creates_in_doubt and self.world.switches["playlist_reads"]:
            self.frown("create after an unknown outcome without reading the list", request, client)
