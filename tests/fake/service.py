"""One request from its arrival to its answer: log, faults, holds, pauses, dispatch."""

import asyncio
import random
import re
import sys
import traceback

import api
import proxy
import spoil
from audit import LOST, Audit
from control import Control
from faults import KINDS, MANNERS, Faults, Holds
from gate import Gate
from gate import error as gate_error
from oauth import Accounts
from server import JSON_TYPE, Response, html_response, json_response
from sources import Sources

PLAYLIST_WRITE = re.compile(r"/v1/playlists/([0-9A-Za-z]{22})(/[a-z]+)?")
CREATE = re.compile(r"/v1/(me|users/[^/]+)/playlists")


class Service:
    def __init__(self, world):
        self.world = world
        self.audit = Audit(world)
        self.accounts = Accounts(world, self.audit)
        self.gate = Gate(world, self.audit, self.accounts, api.ROUTES)
        self.faults, self.holds = Faults(), Holds()
        self.sources = Sources(world, self.audit)
        self.control = Control(self)
        self.rng = random.Random(f"service {world.seed}")
        self.connections = set()
        self.hosts = set()
        self.address = ""
        self.proxying = False

    def listen_at(self, origin, address):
        """`origin`: how the URLs begin; `address`: where a tunnel finds it."""
        port = origin.rpartition(":")[2]
        self.world.accounts, self.address = origin, address
        self.world.base = origin + "/v1"
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}", origin.partition("://")[2]}

    def connect(self, connection, request):
        return proxy.connect(connection, request)

    def unwrap(self, request):
        proxy.unwrap(self, request)

    def failed(self, request):
        """A mistake in the fake must not look like weather to the client's tests."""
        traceback.print_exc()
        self.audit.frown(f"the fake itself failed: {sys.exc_info()[1]!r}", request)

    def refused(self, status, request):
        """The server could not even read it; what is known of it is logged."""
        if request is not None:
            self.audit.close(self.audit.open(request), status)

    def respond(self, request):
        if request.path.startswith("/_control"):
            return self.control.respond(request)
        entry = self.audit.open(request)
        if request.headers.get("host") not in self.hosts:
            self.audit.frown("wrong host", request)
            self.audit.close(entry, 404)
            return html_response(404, "Unknown host")
        source = entry["service"] in self.sources.services
        if source:
            self.sources.arrived(request, entry)
        faults, holds = self.faults, self.holds
        fault = faults.pick(request) if faults.script or faults.random else None
        if source:
            fault = fault or self.sources.down(entry["service"])
        hold = holds.pick(request) if holds.rules else None
        switches = self.world.switches
        playlist = self.written_playlist(request)
        if not (fault or hold or playlist or switches["latency_ms"]):
            response = self.dispatch(request, entry)
            self.settle(request, entry, response)
            return response
        return self.respond_slowly(request, entry, fault, hold, playlist)

    def dispatch(self, request, entry):
        path = request.path
        if request.ask:
            return self.sources.respond(request, entry)
        if path.startswith("/v1/"):
            return self.gate.respond(request, entry)
        if path == "/authorize":
            return self.accounts.authorize(request)
        if path == "/api/token":
            return self.accounts.token(request)
        if path == "/sign-in":
            self.audit.frown("followed a redirect to a sign-in page", request)
            return html_response(200, "Welcome", "Sign in to use this network.")
        return html_response(404, "Not found")

    def settle(self, request, entry, response):
        source = request.ask is not None
        if response.status == 429 or (source and response.status == 503):
            seconds = dict(response.headers).get("retry-after")
            who = entry["service"] if source else entry["client_id"]
            self.audit.waits(request, who, int(seconds) if seconds else 0)
        self.audit.close(entry, response.status)

    def written_playlist(self, request):
        if request.method == "GET":
            return None
        match = PLAYLIST_WRITE.fullmatch(request.path)
        return self.world.playlists.get(match[1]) if match else None

    async def respond_slowly(self, request, entry, fault, hold, playlist):
        kind, seconds = fault or (None, None)
        entry["kind"] = kind or ("held" if hold else "")
        if playlist:
            playlist.in_flight += 1
            playlist.max_parallel = max(playlist.max_parallel, playlist.in_flight)
        try:
            if hold == "before":
                kind = await self.holds.wait(request, hold) or kind
                entry["kind"] = kind or "held"
            response = self.carry_out(request, entry, kind, seconds, playlist)
            if playlist and self.world.switches["write_ms"]:
                await asyncio.sleep(self.world.switches["write_ms"] / 1000)
            if self.world.switches["latency_ms"]:
                await asyncio.sleep(self.world.switches["latency_ms"] / 1000)
            if hold == "after":
                late = await self.holds.wait(request, hold)
                if late:
                    kind = entry["kind"] = late
                    response = self.spoil(request, response, late, seconds)
            failed = "500" if response.status >= 500 else kind
            self.doubt(request, entry, failed, playlist)
            lost = response.manner in ("reset", "silent")
            self.settle(request, entry, response)
            if lost:
                entry["status"] = 0
            return response
        except asyncio.CancelledError:
            self.doubt(request, entry, "timeout", playlist)
            entry["kind"] = entry["kind"] or "client gone"
            self.audit.close(entry, 0)
            raise
        finally:
            if playlist:
                playlist.in_flight -= 1

    def carry_out(self, request, entry, kind, seconds, playlist):
        when = KINDS[kind][0] if kind else ""
        if when == "instead":
            self.known_client(request, entry)
            return self.instead(request, kind, seconds)
        if playlist and playlist.in_flight > 1:
            self.audit.frown("parallel writes to one playlist", request, entry["client_id"])
            if self.rng.random() < 0.5:
                self.dispatch(request, entry)
            return gate_error(500, "Server error.")
        if when == "before":
            self.shift(request, kind)
        response = self.dispatch(request, entry)
        return self.spoil(request, response, kind, seconds) if when == "after" else response

    def known_client(self, request, entry):
        """A request that never reaches the gate still counts for the rules about waiting."""
        if request.ask:
            return
        token = request.headers.get("authorization", "").partition(" ")[2]
        login, _ = self.accounts.holder(token)
        if login:
            entry["client_id"] = login.client
            self.audit.arrived(request, login.client, f"{request.method} {request.path}")

    def doubt(self, request, entry, kind, playlist):
        if kind not in LOST or request.method == "GET":
            return
        if playlist:
            playlist.unknown_outcome = True
        elif CREATE.fullmatch(request.path):
            self.audit.creates_in_doubt.add(entry["client_id"])

    def instead(self, request, kind, seconds):
        wait = [("retry-after", max(1, int(seconds or (48925 if kind == "quota" else 1))))]
        error = self.sources.weather(request) or gate_error
        if kind in MANNERS:
            response = Response(0)
            response.manner = MANNERS[kind]
            return response
        if kind == "expired_token":
            token = request.headers.get("authorization", "").partition(" ")[2]
            self.accounts.expire_access(token)
            return error(401, "The access token expired")
        answers = {
            "html": lambda: html_response(502, "502 Bad Gateway"),
            "html_302": lambda: portal(self.world.accounts),
            "html_200": lambda: html_response(200, "Please wait"),
            "empty": lambda: Response(200), "empty_502": lambda: Response(502),
            "500": lambda: error(500, "Server error."), "502": lambda: error(502, "Bad gateway."),
            "503": lambda: Response(503, "Service unavailable", "text/plain", wait),
            "504": lambda: Response(504),
            "429": lambda: error(429, "API rate limit exceeded", wait),
            "429_text": lambda: Response(429, "Too many requests", "text/plain", wait),
            "429_no_header": lambda: error(429, "API rate limit exceeded"),
            "quota": lambda: error(429, "Too many requests", wait, reason="QUOTA_EXCEEDED"),
            "forbidden": lambda: error(403, "Forbidden"),
            "invalid_grant": lambda: json_response(400, {
                "error": "invalid_grant", "error_description": "Refresh token revoked"}),
            "not_found": lambda: error(404, "Resource not found"),
        }  # fmt: skip
        return answers[kind]()

    def spoil(self, request, response, kind, seconds):
        if KINDS[kind][0] == "instead":
            return self.instead(request, kind, seconds)
        if kind in MANNERS:
            response.manner = MANNERS[kind]
            response.seconds = seconds or 0.3
        elif kind == "500_done":
            response = (self.sources.weather(request) or gate_error)(500, "Server error.")
        elif kind == "garbage":
            response = Response(200, b"\x00\xff<{not json", JSON_TYPE)
        elif kind == "truncated":
            response.body = response.body[:len(response.body) * 2 // 3]
        elif kind == "null_items":
            response = spoil.changed(response, spoil.null_items)
        elif kind == "double_rows":
            response = spoil.changed(response, spoil.double_rows)
        elif kind == "strings":
            response = spoil.changed(response, spoil.strings)
        elif kind == "wrong_ids":
            response = spoil.changed(response, lambda value: self.sources.others(request, value))
        return response

    def shift(self, request, kind):
        world = self.world
        if kind == "shift_like":
            spare = world.unliked()
            if spare:
                world.like(spare[0])
        elif kind == "shift_unlike" and world.likes:
            world.likes.pop(0)
        elif kind == "shift_remove":
            match = re.match(r"/v1/playlists/([0-9A-Za-z]{22})", request.path)
            playlist = world.playlists.get(match[1]) if match else None
            if playlist and playlist.items:
                playlist.items.pop(0)
                playlist.touch()


def portal(origin):
    """What a captive network puts in the way of every request."""
    response = html_response(302, "Sign in", "Sign in to use this network.")
    response.headers.append(("location", f"{origin}/sign-in"))
    return response
