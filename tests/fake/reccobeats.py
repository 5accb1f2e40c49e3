"""ReccoBeats' batch of audio features: copies of the music service's own old numbers."""

import time

from common import ISRC, UUID, Refused, chance, make_uuid
from music import ID
from server import json_response

MOST = 40
LEFT_OUT = ("time_signature",)
NAMES = {4001: "MissingParameterException", 4004: "ValidationException",
         4041: "ResourceNotFoundException", 4042: "NoResourceFoundException",
         4291: "TooManyRequestsException"}  # fmt: skip
TRACK = "https://open.spotify.com/track/"


class ReccoBeats:
    def __init__(self, world, audit):
        self.world, self.audit = world, audit
        self.records = {}  # any id -> list of (uuid, song, number of the copy)
        for song in world.catalogue.songs.values():
            if song.id and song.statistics:
                self.enter(song)

    def enter(self, song):
        copies = 2 if song.isrc and chance("copies", song.id) < 0.1 else 1
        for n in range(copies):
            key = make_uuid("reccobeats", song.id, n)
            record = (key, song, n)
            for name in (key, song.isrc, "" if n else song.id):
                if name:
                    self.records.setdefault(name, []).append(record)

    def knows(self, song):
        return chance("reccobeats", song.id) >= self.world.switches["reccobeats_unknown"]

    def arrived(self, ask):
        if not ask.request.headers.get("user-agent"):
            self.audit.frown("no User-Agent", ask.request, "reccobeats")
        return None

    def refusal(self, request, status, text, code=0):
        code = code or {429: 4291, 404: 4041}.get(status, status * 10)
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.world.now()))
        return json_response(status, {"timestamp": moment, "error": NAMES.get(code, text),
                                      "message": text, "path": request.path, "status": code})

    def asked(self, ask):
        return [("features", each) for each in self.ids(ask)]

    def ids(self, ask):
        return [each for text in ask.every("ids") for each in text.split(",")]

    def respond(self, ask):
        if ask.path != "/v1/audio-features" or ask.request.method != "GET":
            raise Refused(404, "No such path", 4042)
        if ask.malformed:
            raise Refused(400, "Malformed query", 4002)
        for name in {name for name, _ in ask.pairs} - {"ids"}:
            self.audit.frown(f"unknown parameter {name}", ask.request, "reccobeats")
        ids = self.ids(ask)
        if not any(ids):
            raise Refused(400, "Required parameter 'ids' is missing", 4001)
        for each in ids:
            if not (ID.fullmatch(each) or UUID.fullmatch(each) or ISRC.fullmatch(each)):
                raise Refused(400, f"Invalid id: {each[:60]}", 4004)
        if len(ids) > MOST:
            self.audit.frown("more than 40 ids", ask.request, "reccobeats")
        found = {}
        for each in ids[:MOST]:
            for record in self.records.get(each, ()):
                if self.knows(record[1]):
                    found[record[0]] = record
        return json_response(200, {"content": [self.row(*found[key]) for key in sorted(found)]})

    def row(self, key, song, n):
        place = make_uuid("release", song.id, n).replace("-", "")[:22] if n else song.id
        row = {"id": key, "href": TRACK + place, "isrc": song.isrc or None}
        for name, value in song.statistics.items():
            if name not in LEFT_OUT:
                row[name] = value
        if n:  # another master: nearly the same
            row["energy"] = round(min(1.0, row["energy"] * 0.97), 4)
            row["loudness"] = round(row["loudness"] - 0.5, 4)
        draw = chance("null", key)
        share = self.world.switches["reccobeats_nulls"]
        if draw < share:
            names = sorted(set(song.statistics) - set(LEFT_OUT))
            row[names[int(draw / share * len(names))]] = None
            if draw < share / 4:
                row["isrc"] = row["valence"] = row["tempo"] = None
            elif draw < share / 2:
                row["key"] = -1  # not found out
        return row

    def others(self, value):
        """As many rows, about songs that nobody asked for."""
        asked = {row["href"] for row in value["content"]}
        spare = [row for rows in self.records.values() for row in rows[:1]
                 if TRACK + row[1].id not in asked and not row[2]]
        return {"content": [self.row(*row) for row in spare[:max(3, len(asked))]]}
