"""Last.fm's top tags: an answer of 200 with an error inside is its way of saying no."""

import random
from collections import deque
from urllib.parse import quote_plus

import genres
from common import UUID, Refused, chance, plain
from server import Response, json_response

TEXTS = {
    3: "Invalid Method - No method with that name in this package",
    6: "Invalid parameters - Your request is missing a required parameter",
    8: "Operation failed - Most likely the backend service failed. Please try again.",
    10: "Invalid API key - You must be granted a valid key by last.fm",
    11: "Service Offline - This service is temporarily offline. Try again later.",
    26: "API Key Suspended - This application is not allowed to make requests to the web services",
    29: "Rate Limit Exceeded - Your IP has made too many requests in a short period, exceeding "
        "our API guidelines",
}  # fmt: skip
STATUS = {3: 400, 6: 404, 8: 500, 10: 403, 11: 503, 26: 403, 29: 429}
KNOWN = {"method", "artist", "track", "mbid", "autocorrect", "api_key", "format", "lang"}
METHODS = {"artist.gettoptags": "artist", "track.gettoptags": "track"}
NOISE = ("seen live", "favorites", "80s", "female vocalists", "american", "awesome", "spotify",
         "albums I own", "male vocalists", "good", "00s", "Love", "under 2000 listeners")
SPELT = {"hip hop": "Hip-Hop", "r&b": "rnb", "electronic": "electronica", "soul": "Soul",
         "singer-songwriter": "singer songwriter", "synthpop": "synth pop", "k-pop": "Kpop",
         "alternative rock": "alternative", "spoken word": "spoken", "j-pop": "japanese pop"}
WINDOW_S = 5  # the rate is an average over this long


class LastFm:
    def __init__(self, world, audit, known):
        self.world, self.audit, self.known = world, audit, known
        self.moments = deque()
        self.names = {}
        for artist in world.catalogue.artists.values():
            self.names.setdefault(plain(artist.name), artist)

    def arrived(self, ask):
        """About five requests a second, on average."""
        now, moments = self.world.now(), self.moments
        if moments and now < moments[-1]:
            moments.clear()
        while moments and moments[0] <= now - WINDOW_S:
            moments.popleft()
        moments.append(now)
        if not ask.request.headers.get("user-agent"):
            self.audit.frown("no User-Agent", ask.request, "lastfm")
        rate = self.world.switches["lastfm_rate"]
        if rate and len(moments) > rate * WINDOW_S:
            self.audit.frown("Last.fm asked too fast", ask.request, "lastfm")
            return Refused(200, TEXTS[29], 29)
        return None

    def refusal(self, request, status, text, code=0):
        if code and self.world.switches["lastfm_statuses"]:
            status = STATUS[code]
        code = code or {429: 29, 404: 6, 403: 26}.get(status, 8)
        if "format=json" not in request.query.split("&"):
            page = (f'<?xml version="1.0" encoding="utf-8"?>\n<lfm status="failed">'
                    f'<error code="{code}">{text}</error></lfm>')
            return Response(status, page, "text/xml; charset=utf-8")
        value = {"error": code, "message": text}
        return json_response(status, value | {"links": []} if code == 6 else value)

    def asked(self, ask):
        name = ask.one("mbid") or ask.one("artist")
        if ask.one("method").lower() == "track.gettoptags":
            return [("track", f"{name} / {ask.one('track')}")]
        return [("mbid" if ask.one("mbid") else "artist", name)]

    def respond(self, ask):
        if ask.path != "/2.0/" or ask.request.method not in ("GET", "POST"):
            return Response(404, "Not found")
        if ask.malformed:
            raise Refused(200, TEXTS[6], 6)
        if ask.one("api_key") != self.world.lastfm_key:
            self.audit.frown("wrong api_key", ask.request, "lastfm")
            raise Refused(200, TEXTS[10], 10)
        failing = self.world.switches["lastfm_error"]
        if failing:
            raise Refused(200, TEXTS[failing], failing)
        kind = METHODS.get(ask.one("method").lower())
        if kind is None:
            raise Refused(200, TEXTS[3], 3)
        names = [name for name, _ in ask.pairs]
        for name in sorted(set(names) - KNOWN | {n for n in names if names.count(n) > 1}):
            self.audit.frown(f"unknown or repeated parameter {name}", ask.request, "lastfm")
        value = self.track_tags(ask) if kind == "track" else self.artist_tags(ask)
        if ask.one("format") != "json":
            return Response(200, '<lfm status="ok"/>', "text/xml; charset=utf-8")
        return json_response(200, {"toptags": value})

    def find(self, ask):
        mbid, name = ask.one("mbid"), ask.one("artist")
        if mbid:
            doc = self.known.docs().by_mbid.get(mbid) if UUID.fullmatch(mbid) else None
            artist = doc and doc.artist
        elif name.strip():
            artist = self.names.get(plain(name))
            exact = artist and artist.name.casefold() == name.strip().casefold()
            artist = artist if exact or ask.one("autocorrect") == "1" else None
        else:
            raise Refused(200, TEXTS[6], 6)
        if artist is None or not self.knows(artist):
            raise Refused(200, "The artist you supplied could not be found", 6)
        return artist

    def knows(self, artist):
        return chance("last.fm", artist.id) >= self.world.switches["lastfm_unknown"]

    def artist_tags(self, ask):
        artist = self.find(ask)
        rows = [] if chance("no tags", artist.id) < 0.05 else tags_of(artist)
        return shape(rows, {"artist": artist.name}, chance("one tag", artist.id) < 0.03)

    def track_tags(self, ask):
        if not ask.one("track").strip() and not ask.one("mbid"):
            raise Refused(200, TEXTS[6], 6)
        artist, title = self.find(ask), ask.one("track")
        songs = [song for song in self.world.catalogue.songs.values()
                 if artist in song.artists and plain(song.name) == plain(title)]
        rows = tags_of(artist, songs[0]) if songs and chance("few", songs[0].id) < 0.6 else []
        return shape(rows, {"artist": artist.name, "track": title})


def tags_of(artist, song=None):
    """(name, count) from 100 down, with what listeners write besides genres."""
    rng = random.Random(f"last.fm {artist.id} {song and song.id}")
    families = (song.family,) if song else artist.families
    rows = {}
    for place, family in enumerate(families):
        top = 100 - 35 * place
        names = genres.TAGS[family]
        for n, name in enumerate(names[:1] + tuple(rng.sample(names[1:], min(3, len(names) - 1)))):
            rows.setdefault(SPELT.get(name, name), max(1, top - n * rng.randint(12, 30)))
    for name in rng.sample(NOISE, rng.randint(2, 5)):
        rows.setdefault(name, rng.randint(0, 60))
    rows.setdefault(artist.name, rng.randint(0, 20))
    return sorted(rows.items(), key=lambda row: -row[1])


def shape(rows, about, alone=False):
    tags = [{"count": count, "name": name, "url": f"https://www.last.fm/tag/{quote_plus(name)}"}
            for name, count in rows]
    if alone and tags:  # a list of one is no list there, as it is made from XML
        return {"tag": tags[0], "@attr": about}
    return {"tag": tags, "@attr": about}
